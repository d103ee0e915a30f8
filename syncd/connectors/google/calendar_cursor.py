"""What a Google Calendar account remembers between two pulls, and how it becomes a cursor.

The occurrences of a series that have a resource of their own are remembered by their key: when the
series itself changes, Google does not send them again. Nothing else of an event is kept: when the
horizon moves on, about once a month, the calendar is listed anew.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from syncd.connectors.google.calendar_list import ListedCalendar
from syncd.model import Cursor

HORIZON = timedelta(days=400)
"""How far ahead series are worked out: a yearly one shows its next date."""
LISTED_FOR = timedelta(hours=6)
"""How long the list of calendars is taken to hold: it costs a request, and changes rarely."""

_VERSION = 1
_ROLLED = timedelta(days=30)

Listing = Literal["bounded", "whole", "tokenless"]
"""How a calendar is listed: from the user's history on; or whole, where a bounded list gave no
sync token that works; or bounded again, at each pull, where the server gives none at all."""


@dataclass
class CalendarState:
    """How far one calendar has been read."""

    since: int
    """Meetings that ended before this instant (epoch seconds) are not kept."""
    until: int
    """Series are worked out to this instant."""
    token: str = ""
    """For what changes from here on; empty: the calendar must be listed."""
    page: str = ""
    """The page at which a first listing goes on."""
    listing: Listing = "bounded"
    own: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By series, the keys of the occurrences with a resource of their own: true for those with a
    record, false for those that are cancelled or lie before `since`."""
    witnesses: dict[str, str] = field(default_factory=dict)
    """See calendar_witnesses."""

    def list_again(self) -> None:
        """Forget the place, not what was learned about the server."""
        self.token = self.page = ""

    def copy(self) -> CalendarState:
        """A state of its own."""
        return deepcopy(self)


@dataclass
class AccountState:
    """How far the account has been read."""

    meaning: list[str]
    """What the records depend on besides the calendar: who I am and where midnight is."""
    listed_at: int = 0
    """When the calendars were listed (epoch seconds)."""
    calendars: tuple[ListedCalendar, ...] = ()
    states: dict[str, CalendarState] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor | None) -> AccountState:
        """What the cursor says; nothing where there is none, or one of another version."""
        if cursor is None or cursor.get("version") != _VERSION:
            return cls([])
        return cls(
            meaning=list(cursor["meaning"]),
            listed_at=cursor["listed_at"],
            calendars=tuple(ListedCalendar(**entry) for entry in cursor["calendars"]),
            states={name: CalendarState(**state) for name, state in cursor["states"].items()},
        )

    def cursor(self) -> dict[str, Any]:
        """A copy as JSON keeps it."""
        return {
            "version": _VERSION,
            "meaning": list(self.meaning),
            "listed_at": self.listed_at,
            "calendars": [entry.as_json() for entry in self.calendars],
            "states": {name: asdict(state) for name, state in self.states.items()},
        }

    def is_list_old(self, now: datetime) -> bool:
        """Whether the calendars must be listed again; `--now` may also go back."""
        age = abs(now.timestamp() - self.listed_at)
        return not self.calendars or age > LISTED_FOR.total_seconds()

    def prepare(self, meaning: list[str], since: datetime, now: datetime) -> None:
        """See that every calendar is listed again where what is asked for has changed: the horizon
        has moved, the history begins earlier, or "me" and "midnight" mean something else.

        History that was once read stays, though `since` moves on.
        """
        changed = meaning != self.meaning
        self.meaning = meaning
        wanted_since = int(since.timestamp())
        wanted_until = int((now + HORIZON).timestamp())
        for state in self.states.values():
            rolled = wanted_until - state.until > _ROLLED.total_seconds()
            if changed or rolled or wanted_since < state.since:
                state.list_again()
                state.since = min(state.since, wanted_since)
                state.until = max(state.until, wanted_until)
                state.listing = "bounded"

    def state(self, name: str, since: datetime, now: datetime) -> CalendarState:
        """The state of one calendar, to be worked on: put it back when its records are safe."""
        known = self.states.get(name)
        if known is not None:
            return known.copy()
        return CalendarState(int(since.timestamp()), int((now + HORIZON).timestamp()))

    def keep_only(self, names: Collection[str]) -> None:
        """Forget the calendars that are not read any more."""
        self.states = {name: state for name, state in self.states.items() if name in names}

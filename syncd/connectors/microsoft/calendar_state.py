"""How far Outlook's calendars have been read: the calendar part of the connector's cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

_VERSION = 1


@dataclass
class Window:
    """A stretch of time (epoch seconds, the end excluded) that one delta token covers for good."""

    start: int
    end: int
    link: str = ""
    """The nextLink or deltaLink to go on with; empty: to be listed from the beginning."""

    def halves(self) -> list[Window]:
        """The later half and the earlier one, neither begun."""
        middle = (self.start + self.end) // 2
        return [Window(middle, self.end), Window(self.start, middle)]


@dataclass
class CalendarState:
    """How far one calendar has been read."""

    name: str
    mine: bool
    """False where somebody else owns it and shares it with me."""
    windows: list[Window] = field(default_factory=list)
    """Read to their end; each is followed from its deltaLink."""
    todo: list[Window] = field(default_factory=list)
    """What a first listing still has to read; its last one may have been begun."""

    @property
    def start(self) -> int:
        """From when on it is read."""
        return min(window.start for window in (*self.windows, *self.todo))

    @property
    def end(self) -> int:
        """Until when it is read."""
        return max(window.end for window in (*self.windows, *self.todo))


@dataclass
class CalendarsState:
    """The calendar part of the cursor."""

    meaning: str
    """What else the meetings depend on (my addresses, my zone); where it changes, all are read
    again."""
    listed: int = 0
    """When the list of calendars was last read (epoch seconds)."""
    calendars: dict[str, CalendarState] = field(default_factory=dict)
    """The calendars that are followed, by id."""

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any] | None, meaning: str) -> CalendarsState:
        """The state that `cursor` holds; a new one where it is of another version."""
        if not cursor or cursor.get("version") != _VERSION:
            return cls(meaning)
        calendars = dict(_calendars(cursor["calendars"]))
        if cursor["meaning"] != meaning:
            for calendar in calendars.values():
                windows = [*calendar.windows, *calendar.todo]
                calendar.windows = [Window(window.start, window.end) for window in windows]
                calendar.todo = []
        return cls(meaning, int(cursor["listed"]), calendars)

    def cursor(self) -> dict[str, Any]:
        """The state as JSON."""
        return {
            "version": _VERSION,
            "meaning": self.meaning,
            "listed": self.listed,
            "calendars": {name: asdict(state) for name, state in self.calendars.items()},
        }


def _calendars(kept: Mapping[str, Any]) -> Iterator[tuple[str, CalendarState]]:
    for name, state in kept.items():
        windows = [Window(**window) for window in state["windows"]]
        todo = [Window(**window) for window in state["todo"]]
        yield name, CalendarState(state["name"], state["mine"], windows, todo)

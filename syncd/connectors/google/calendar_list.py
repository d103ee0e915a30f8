"""Which calendars an account has, and which of them the user wants read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from syncd import log
from syncd.connectors.google.api import GoogleApi, NotFound
from syncd.connectors.google.calendar_options import GoogleCalendarOptions
from syncd.connectors.google.calendar_pages import pages
from syncd.errors import Problem, UserError
from syncd.normalise.safe_text import one_line

MOST_CALENDARS = 1_000

_FIELDS = (
    "nextPageToken,"
    "items(id,summary,summaryOverride,timeZone,selected,primary,accessRole,dataOwner,deleted)"
)
_GROUP = "@group.calendar.google.com"


@dataclass(frozen=True, slots=True)
class ListedCalendar:
    """One entry of the user's calendar list, as the cursor keeps it."""

    id: str
    name: str = ""
    zone: str = ""
    """IANA name; empty where Google says none."""
    primary: bool = False
    selected: bool = False
    """Ticked in the web page."""
    owned: bool = False
    """I may manage it, and it is nobody else's own calendar."""

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return asdict(self)


def list_calendars(api: GoogleApi, account: str, user: str) -> tuple[ListedCalendar, ...]:
    """Every calendar of the account, the primary one first.

    A server that has no such list has the user's own calendar at least.
    """
    found: dict[str, ListedCalendar] = {}
    try:
        for page in pages(api, "calendar.calendarList.list", maxResults=250, fields=_FIELDS):
            for item in page.items:
                entry = _entry(item, user)
                if entry is not None and len(found) < MOST_CALENDARS:
                    found[entry.id] = entry
    except NotFound:
        log.debug("no_calendar_list", account=account)
        found = {user: ListedCalendar(user, user, primary=True, selected=True, owned=True)}
    return tuple(sorted(found.values(), key=lambda entry: (not entry.primary, entry.id)))


def chosen(
    entries: Sequence[ListedCalendar], options: GoogleCalendarOptions, account: str
) -> tuple[ListedCalendar, ...]:
    """The calendars to read: those that the user names, else those that are ticked, else the
    primary one.

    :raises UserError: a name fits no calendar
    """
    unknown = [
        Problem(f"there is no calendar {name!r}", account, _hint(name, entries))
        for name in (*options.calendars, *options.leave_out)
        if not any(_is(entry, name) for entry in entries)
    ]
    if unknown:
        raise UserError(*unknown)
    if options.calendars:
        wanted = [entry for entry in entries if _is_any(entry, options.calendars)]
    else:
        ticked = [entry for entry in entries if entry.selected]
        wanted = ticked or [entry for entry in entries if entry.primary]
    return tuple(entry for entry in wanted if not _is_any(entry, options.leave_out))


def _entry(item: Any, user: str) -> ListedCalendar | None:
    if not isinstance(item, Mapping) or item.get("deleted") is True:
        return None
    identifier = item.get("id")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= 1_000:
        return None
    names = [
        name for key in ("summaryOverride", "summary") if isinstance(name := item.get(key), str)
    ]
    primary = item.get("primary") is True or identifier.lower() == user
    zone, owner = item.get("timeZone"), item.get("dataOwner")
    return ListedCalendar(
        id=identifier,
        name=one_line(next(iter(names), ""), 200),
        zone=zone[:100] if isinstance(zone, str) else "",
        primary=primary,
        selected=item.get("selected") is True,
        owned=primary
        or (
            item.get("accessRole") == "owner"
            and identifier.endswith(_GROUP)
            and (not isinstance(owner, str) or owner.lower() == user)
        ),
    )


def _is(entry: ListedCalendar, name: str) -> bool:
    folded = name.strip().casefold()
    return folded in (entry.id.casefold(), entry.name.casefold()) or (
        entry.primary and folded == "primary"
    )


def _is_any(entry: ListedCalendar, names: Iterable[str]) -> bool:
    return any(_is(entry, name) for name in names)


def _hint(name: str, entries: Sequence[ListedCalendar]) -> str:
    names = [entry.name or entry.id for entry in entries]
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return "there are " + ", ".join(map(repr, names[:10])) if names else ""

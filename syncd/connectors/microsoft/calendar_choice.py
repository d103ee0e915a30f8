"""Which of the mailbox's calendars are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from syncd.connectors.microsoft.graph import DeltaExpired, Graph
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.errors import Problem, Transient, UserError
from syncd.normalise.addresses import is_one_of
from syncd.normalise.graph_calendar import Calendar
from syncd.normalise.safe_text import one_line

_MOST_CALENDARS = 200


def chosen_calendars(
    graph: Graph, options: OutlookOptions, account: str, me: frozenset[str]
) -> list[Calendar]:
    """The calendars to read, the default one first.

    A calendar that somebody else owns and shares is read only where `calendars:` asks for it: its
    meetings are its owner's. https://learn.microsoft.com/graph/api/resources/calendar

    Leaving out `*` asks for none at all, and nothing is requested.

    :raises UserError: the options leave none by accident
    """
    if "*" in options.leave_out_calendars:
        return []
    listed = list(_listed(graph))
    default = (_owner(entry) for entry in listed if entry.get("isDefaultCalendar") is True)
    owners = frozenset({*me, options.user, *filter(None, default)})
    names: list[str] = []
    found: list[tuple[bool, Calendar]] = []
    for entry in listed:
        identifier, name = entry.get("id"), entry.get("name")
        if not isinstance(identifier, str) or not identifier:
            continue
        name = one_line(name, 200) if isinstance(name, str) else ""
        names.append(name)
        first = entry.get("isDefaultCalendar") is True
        mine = first or not _owner(entry) or is_one_of(_owner(entry), owners)
        wanted = _matches(name, options.calendars) if options.calendars else mine
        if wanted and not _matches(name, options.leave_out_calendars):
            found.append((first, Calendar(identifier, name, mine)))
    if names and not found:
        hint = f"There are: {', '.join(sorted(names)[:10])}."
        what = "`calendars:` and `leave_out_calendars:` leave no calendar to read"
        raise UserError(Problem(what, account, hint))
    return [calendar for _, calendar in sorted(found, key=lambda pair: not pair[0])]


def _listed(graph: Graph) -> Iterator[Mapping[str, Any]]:
    count = 0
    try:
        for page in graph.pages(f"{graph.mailbox}/calendars", {"$top": "100"}):
            for entry in entries_of(page):
                count += 1
                if count > _MOST_CALENDARS:
                    return
                yield entry
    except DeltaExpired as error:
        # A nextLink that died under way is no cursor of ours.
        raise Transient("Microsoft lost its place in the list of calendars") from error


def entries_of(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects of a page of Graph's.

    :raises Transient: it is no page
    """
    value = page.get("value")
    if not isinstance(value, list):
        raise Transient("Microsoft's answer is not a list; the next pass tries again")
    return (entry for entry in value if isinstance(entry, Mapping))


def _owner(entry: Mapping[str, Any]) -> str:
    owner = entry.get("owner")
    address = owner.get("address") if isinstance(owner, Mapping) else None
    return address.lower() if isinstance(address, str) else ""


def _matches(name: str, patterns: Iterable[str]) -> bool:
    folded = name.casefold()
    return any(fnmatchcase(folded, pattern.casefold()) for pattern in patterns)

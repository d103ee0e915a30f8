"""What is asked of Graph about events: addresses, parameters, and answers to many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from syncd.connectors.microsoft.calendar_choice import entries_of
from syncd.connectors.microsoft.calendar_state import Window
from syncd.connectors.microsoft.faults import GatewayTimeout
from syncd.connectors.microsoft.graph import DeltaExpired, Graph, GraphError
from syncd.errors import Transient

LONGEST_WINDOW: Final = 1_800 * 86_400
"""Seconds; Graph refuses a calendar view of more than 1825 days."""
SHORTEST_WINDOW: Final = 28 * 86_400
"""Seconds; a window that times out is halved until it is shorter than two of these."""
TEXT: Final = 'outlook.body-content-type="text"'
_DELTA: Final = ("odata.maxpagesize=100", TEXT)
_STUB: Final = "id,type,seriesMasterId,start,end,isCancelled"
_GONE: Final = (404, 410)
_NO_OCCURRENCE: Final = "ErrorCalendarOccurrence"
"""How Exchange's words begin for an occurrence that its series no longer has."""


class LostPlace(Transient):
    """Graph contradicts itself about a calendar; another pass may have more luck."""


def windows(start: int, end: int) -> list[Window]:
    """The stretch cut into windows that Graph accepts, the latest first."""
    count = max(1, -(-(end - start) // LONGEST_WINDOW))
    edges = [start + (end - start) * number // count for number in range(count + 1)]
    return [Window(edges[number], edges[number + 1]) for number in reversed(range(count))]


def is_short(window: Window) -> bool:
    """Whether halving would leave less than a window must have."""
    return window.end - window.start < 2 * SHORTEST_WINDOW


def delta(graph: Graph, calendar: str, window: Window) -> Iterator[dict[str, Any]]:
    """The pages of a round of `calendarView/delta`, from where the window's link is.

    https://learn.microsoft.com/graph/api/event-delta: the window is frozen in the token, and
    `$select` and the like are refused.
    """
    if window.link:
        return graph.pages(window.link, prefer=_DELTA)
    path = f"{graph.mailbox}/calendars/{quote(calendar, safe='')}/calendarView/delta"
    return graph.pages(path, _range(window), _DELTA)


def instances(graph: Graph, calendar: str, series: str, window: Window) -> list[Mapping[str, Any]]:
    """Stubs of a series' occurrences and exceptions in the window; in smaller steps where the
    whole is too much for the server.

    :raises NotFound: there is no such series
    """
    path = f"{_event(graph, calendar, series)}/instances"
    asked = {**_range(window), "$select": _STUB, "$top": "200"}
    try:
        return [entry for page in graph.pages(path, asked) for entry in events_of(page)]
    except GatewayTimeout:
        if is_short(window):
            raise
        return [
            entry for half in window.halves() for entry in instances(graph, calendar, series, half)
        ]
    except DeltaExpired as error:
        raise LostPlace("Microsoft lost its place in a series") from error


def events(
    graph: Graph, ids: Collection[str], calendar: str
) -> dict[str, Mapping[str, Any] | GraphError]:
    """The events with these ids in this calendar, or why each cannot be had: one that has moved to
    another calendar is not found.

    :raises LostPlace: no answer at all, though no token is involved that could expire
    """
    ordered = sorted(ids)
    paths = [_event(graph, calendar, name) for name in ordered]
    try:
        answers = graph.batch(paths, (TEXT,)) if paths else []
    except DeltaExpired as error:
        raise LostPlace("Microsoft refused to look up events") from error
    return {
        name: answer if isinstance(answer, GraphError) else {**answer, "id": name}
        for name, answer in zip(ordered, answers, strict=True)
    }


def events_of(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The events of a page, those without a usable id left out."""
    return [
        entry
        for entry in entries_of(page)
        if isinstance(entry.get("id"), str) and entry["id"] and "#" not in entry["id"]
    ]


def is_gone(answer: Mapping[str, Any] | GraphError) -> bool:
    """Whether the event is there no more: not that it cannot be had just now."""
    return isinstance(answer, GraphError) and (
        answer.status in _GONE or answer.code.startswith(_NO_OCCURRENCE)
    )


def _event(graph: Graph, calendar: str, name: str) -> str:
    return f"{graph.mailbox}/calendars/{quote(calendar, safe='')}/events/{quote(name, safe='')}"


def _range(window: Window) -> dict[str, str]:
    return {"startDateTime": _iso(window.start), "endDateTime": _iso(window.end)}


def _iso(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""One calendar's part of a pass: first listings, delta rounds, and listings anew.

Graph says what changed in a calendar as a delta over a window of time that is frozen in its token.
A window is rolled by listing a new one while the old one is still followed; what the records have
and a complete listing has not is doubted, and every doubt is put to Graph by id before anything is
deleted. Deleted occurrences are not signalled at all, so a series that changed is listed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from syncd import log
from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.calendar_doubts import Doubts
from syncd.connectors.microsoft.calendar_ledger import Ledger
from syncd.connectors.microsoft.calendar_masters import Masters
from syncd.connectors.microsoft.calendar_reading import series_of
from syncd.connectors.microsoft.calendar_requests import (
    LostPlace,
    delta,
    events_of,
    instances,
    is_short,
    windows,
)
from syncd.connectors.microsoft.calendar_round import Round
from syncd.connectors.microsoft.calendar_state import CalendarState, Window
from syncd.connectors.microsoft.faults import GatewayTimeout
from syncd.connectors.microsoft.graph import DeltaExpired, Graph, NotFound
from syncd.model import Batch, Cursor
from syncd.normalise.graph_calendar import Calendar, Event
from syncd.normalise.graph_calendar_ids import event_id, source_id

HORIZON = timedelta(days=400)
"""How far ahead meetings are read: a yearly series shows its next date."""
_ROLLED = 30 * 86_400
"""Seconds by which the horizon moves before a new window is listed."""
_SPARE = 86_400
"""Seconds: summer time may set `since` back a little."""
_RESTARTS = 2
"""Times that a listing starts again in one pass because its links died under way."""


class OneCalendar:
    """Reads one calendar from where its state says it was left."""

    def __init__(
        self,
        graph: Graph,
        masters: Masters,
        ledger: Ledger,
        context: PullContext,
        calendar: Calendar,
        state: CalendarState,
        cursor: Callable[[], Cursor],
    ) -> None:
        """:param cursor: the cursor as it is safe to keep now; `state` is in it while the first
        listing goes on, and changes under way"""
        self._graph = graph
        self._masters = masters
        self._ledger = ledger
        self._context = context
        self._calendar = calendar
        self._state = state
        self._cursor = cursor

    def read(self) -> Iterator[Batch]:
        """Yield what is new; the state behind it and the doubts go into the ledger.

        :raises NotFound: there is no such calendar
        :raises LostPlace: its links keep dying under way
        :raises GraphError: it cannot be read now, or not at all
        """
        state = self._state
        if not state.windows and not state.todo:
            if self._ledger.known(self._calendar):
                yield from self._relist(windows(*self._period(None)))
                return
            state.todo = windows(*self._period(None))
        if state.todo:
            try:
                yield from self._list_first()
            except DeltaExpired:
                # What earlier pages brought may have changed unseen: compare with all of it.
                yield from self._relist(windows(state.start, state.end))
            return
        if any(not window.link for window in state.windows):
            yield from self._relist(windows(*self._period(state)))
            return
        try:
            followed = yield from self._follow()
        except DeltaExpired:
            log.info("calendar_expired")
            yield from self._relist(windows(*self._period(state)))
        except GatewayTimeout:
            halves = [
                half
                for window in state.windows
                for half in ([replace(window, link="")] if is_short(window) else window.halves())
            ]
            yield from self._relist(halves)
        else:
            if self._is_rolled(followed):
                yield from self._relist(windows(*self._period(followed)))

    def _period(self, state: CalendarState | None) -> tuple[int, int]:
        since = int(self._context.since.timestamp())
        until = int((self._context.now + HORIZON).timestamp())
        return since, until if state is None else max(until, state.end)

    def _is_rolled(self, state: CalendarState) -> bool:
        """Whether the windows no longer reach as far as the user's history and the horizon."""
        since, until = self._period(None)
        return until - state.end > _ROLLED or since < state.start - _SPARE

    def _list_first(self) -> Iterator[Batch]:
        """List a calendar of which nothing is known, page by page: each is a safe place to stop,
        for the deltaLink at the end tells what has changed since the beginning."""
        state = self._state
        while state.todo:
            window = state.todo[0]
            try:
                for page in delta(self._graph, self._calendar.id, window):
                    batch = self._batch(self._listed(page))
                    if "@odata.nextLink" in page:
                        window.link = page["@odata.nextLink"]
                    else:
                        window.link = page.get("@odata.deltaLink", "")
                        state.windows.append(state.todo.pop(0))
                    yield replace(batch, cursor=self._cursor())
            except GatewayTimeout:
                if is_short(window):
                    raise
                if window.link:
                    # Begun: what it brought must be compared, as for a link that died.
                    done = [Window(other.start, other.end) for other in state.windows]
                    later = [*window.halves(), *state.todo[1:], *done]
                    yield from self._relist(later)
                    return
                state.todo[:1] = window.halves()

    def _relist(self, todo: list[Window]) -> Iterator[Batch]:
        """List a calendar anew beside what is known of it; the old windows stay until it is done.

        :raises LostPlace: its links keep dying under way
        """
        found: list[Window] = []
        listed: set[str] = set()
        restarts = 0
        while todo:
            window = todo[0]
            here: set[str] = set()
            try:
                link = ""
                for page in delta(self._graph, self._calendar.id, window):
                    entries = self._listed(page)
                    here.update(source_id(entry["id"], series_of(entry)) for entry in entries)
                    if entries:
                        yield self._batch(entries)
                    link = page.get("@odata.deltaLink", "")
            except GatewayTimeout:
                if is_short(window):
                    raise
                todo[:1] = window.halves()
            except DeltaExpired as error:
                restarts += 1
                if restarts > _RESTARTS:
                    raise LostPlace("Microsoft keeps losing its place in a calendar") from error
            else:
                found.append(replace(todo.pop(0), link=link))
                listed |= here
        known = self._ledger.known(self._calendar)
        doubts = Doubts(self._calendar, self._settle(found), known, set(known - listed))
        self._ledger.replace_doubts(doubts)

    def _listed(self, page: Mapping[str, Any]) -> list[Event]:
        """The meetings of a page of a whole listing; masters are remembered."""
        entries = []
        for event in events_of(page):
            if "@removed" in event:
                continue
            if event.get("type") == "seriesMaster":
                self._masters.remember(event, self._calendar)
            else:
                entries.append(event)
        return entries

    # --- changes --------------------------------------------------------------------------------

    def _follow(self) -> Generator[Batch, None, CalendarState]:
        """Apply what changed in the windows; returns the state behind it."""
        round_ = Round()
        followed: list[Window] = []
        for window in self._state.windows:
            link = ""
            for page in delta(self._graph, self._calendar.id, window):
                singles = round_.sort_out(events_of(page))
                if singles:
                    yield self._batch(singles)
                link = page.get("@odata.deltaLink", "")
            followed.append(replace(window, link=link))
        new = CalendarState(self._calendar.name, self._calendar.mine, followed)
        if not round_.is_empty:
            doubts = Doubts(self._calendar, new, self._ledger.known(self._calendar))
            self._ledger.doubts.append(doubts)
            round_.judge(doubts)
            for master in round_.masters:
                self._masters.remember(master, self._calendar)
            for series in sorted(round_.series):
                yield from self._list_series(series, round_, doubts)
        return self._settle(followed)

    def _list_series(self, series: str, round_: Round, doubts: Doubts) -> Iterator[Batch]:
        """Read a series that changed as it is now: nothing tells which of its occurrences are
        gone, nor what its exceptions took over from it."""
        members = {
            identifier for identifier in doubts.known if event_id(identifier).series == series
        }
        calendar = self._calendar
        listed: list[Event] = []
        try:
            if not self._masters.is_gone(series, calendar):
                for window in doubts.state.windows:
                    listed += instances(self._graph, calendar.id, series, window)
        except NotFound as error:
            self._masters.forget(series, calendar)
            if not self._masters.is_gone(series, calendar):
                raise LostPlace("Microsoft cannot list a series that it has") from error
        if self._masters.is_gone(series, calendar):
            doubts.gone |= members
            return
        stubs = {stub["id"]: stub for stub in listed}
        current: list[Event] = [
            {**round_.exceptions.get(name, stub), "seriesMasterId": series}
            for name, stub in stubs.items()
        ]
        if current:
            yield self._batch(current)
        doubts.doubted |= members - {source_id(name, series) for name in stubs}

    # --- the ledger -----------------------------------------------------------------------------

    def _batch(self, entries: list[Event]) -> Batch:
        return self._ledger.batch(entries, self._calendar)

    def _settle(self, found: list[Window]) -> CalendarState:
        state = CalendarState(self._calendar.name, self._calendar.mine, found)
        self._ledger.settled[self._calendar.id] = state
        return state

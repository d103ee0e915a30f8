"""One pull of Outlook's calendars: which they are, what is new in each, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.calendar_choice import chosen_calendars
from syncd.connectors.microsoft.calendar_ledger import Ledger
from syncd.connectors.microsoft.calendar_one import OneCalendar
from syncd.connectors.microsoft.calendar_reading import EventReader
from syncd.connectors.microsoft.calendar_requests import LostPlace
from syncd.connectors.microsoft.calendar_state import CalendarsState, CalendarState, Window
from syncd.connectors.microsoft.graph import Graph, GraphError, NotFound
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.errors import Problem, SyncdError, Transient, UserError
from syncd.model import Batch
from syncd.normalise.graph_calendar import Calendar
from syncd.normalise.graph_calendar_ids import calendar_id

_LIST_EVERY = 6 * 3600
"""Seconds after which the list of calendars is read again."""


class CalendarsPull:
    """One pass over the calendars of a mailbox."""

    def __init__(
        self,
        graph: Graph,
        options: OutlookOptions,
        account: str,
        state: CalendarsState,
        reader: EventReader,
        context: PullContext,
    ) -> None:
        self._graph = graph
        self._options = options
        self._account = account
        self._state = state
        self._reader = reader
        self._context = context
        self._ledger = Ledger(graph, reader, context.known)
        self._errors: list[SyncdError] = []

    def run(self) -> Iterator[Batch]:
        """Additions of all calendars, then deletions, then the cursor of what was followed.

        :raises Transient: a calendar could not be read to its end; the others were
        """
        before = self._state.cursor()
        dropped: list[str] = []
        if self._is_list_due():
            dropped = self._list()
        for name, state in list(self._state.calendars.items()):
            calendar = Calendar(name, state.name, state.mine)
            try:
                yield from self._one(calendar, state).read()
            except NotFound as error:
                # The calendar itself: removed since the calendars were listed.
                dropped = self._list()
                if name in self._state.calendars:
                    self._errors.append(self._named(error, calendar))
            except (GraphError, LostPlace) as error:
                self._errors.append(self._named(error, calendar))
        yield from self._ledger.deletions(dropped)
        settled = self._ledger.settled
        for name in self._state.calendars.keys() & settled.keys():
            self._state.calendars[name] = settled[name]
        after = self._state.cursor()
        if after != before:
            yield Batch(cursor=after, done=self._ledger.done)
        if self._errors:
            raise self._errors[0]

    def _one(self, calendar: Calendar, state: CalendarState) -> OneCalendar:
        return OneCalendar(
            self._graph,
            self._reader.masters,
            self._ledger,
            self._context,
            calendar,
            state,
            self._state.cursor,
        )

    def _named(self, error: SyncdError, calendar: Calendar) -> SyncdError:
        """The error of one calendar, in words that say which."""
        if isinstance(error, Transient):
            return error
        hint = "if it need not be read, name it under `leave_out_calendars:`"
        what = f"the calendar “{calendar.name}” cannot be read ({error})"
        return UserError(Problem(what, self._account, hint))

    # --- which calendars ------------------------------------------------------------------------

    def _is_list_due(self) -> bool:
        passed = self._clock() - self._state.listed
        return not 0 <= passed < _LIST_EVERY or not self._state.calendars

    def _list(self) -> list[str]:
        """Bring the calendars that are followed up to date; the folders that are no more."""
        chosen = chosen_calendars(self._graph, self._options, self._account, self._context.me)
        kept = self._state.calendars
        self._state.calendars = {}
        for calendar in chosen:
            state = kept.get(calendar.id)
            if state is None:
                state = CalendarState(calendar.name, calendar.mine)
            elif (state.name, state.mine) != (calendar.name, calendar.mine):
                # what an entry is for depends on these
                every = [*state.windows, *state.todo]
                fresh = [Window(window.start, window.end) for window in every]
                state = CalendarState(calendar.name, calendar.mine, fresh)
            self._state.calendars[calendar.id] = state
        self._state.listed = self._clock()
        return [
            folder
            for folder in self._context.known.folders()
            if (known := calendar_id(folder)) is not None and known not in self._state.calendars
        ]

    def _clock(self) -> int:
        return int((self._context.clock or self._context.now).timestamp())

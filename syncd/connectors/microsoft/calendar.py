"""The calendars of an Outlook account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC
from hashlib import blake2b

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.calendar_choice import chosen_calendars
from syncd.connectors.microsoft.calendar_pull import CalendarsPull
from syncd.connectors.microsoft.calendar_reading import EventReader
from syncd.connectors.microsoft.calendar_requests import events, is_gone
from syncd.connectors.microsoft.calendar_state import CalendarsState
from syncd.connectors.microsoft.graph import Graph, GraphError
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.model import Batch, Cursor, Failure
from syncd.normalise.graph_calendar import Calendar, Event, Owner
from syncd.normalise.graph_calendar_ids import calendar_id, event_id, folder_of, is_event


class Calendars:
    """Reads the calendars of one mailbox; one object serves one pass.

    Records keep to folders of their own, one for each calendar: see `owns_folder`.
    """

    def __init__(self, account: str, options: OutlookOptions, graph: Graph) -> None:
        self._account = account
        self._options = options
        self._graph = graph

    @staticmethod
    def owns(source_id: str) -> bool:
        """Whether a record is a calendar's."""
        return is_event(source_id)

    @staticmethod
    def owns_folder(folder: str) -> bool:
        """Whether a folder of the records is a calendar."""
        return calendar_id(folder) is not None

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield what changed since `cursor` (the calendar part of the account's), additions of all
        calendars first, then deletions.

        Nothing new costs one request for each calendar, and a list of the calendars every six
        hours. A deltaLink that Graph has forgotten makes that calendar alone be listed anew.

        :raises Transient: a passing fault; where it is one calendar's, the others were read
        :raises UserError: a permission is missing, or the options leave no calendar
        """
        reader = self._reader(context)
        state = CalendarsState.from_cursor(cursor, _meaning(context))
        pull = CalendarsPull(self._graph, self._options, self._account, state, reader, context)
        yield from pull.run()

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these events again; those that are gone come back as deletions."""
        wanted = set(source_ids)
        reader = self._reader(context)
        chosen = chosen_calendars(self._graph, self._options, self._account, context.me)
        calendars = {calendar.id: calendar for calendar in chosen}
        for folder in sorted(context.known.folders()):
            calendar = calendar_id(folder)
            if calendar is None:
                continue
            identifiers = wanted.intersection(context.known.source_ids(folder))
            wanted -= identifiers
            if identifiers:
                where = calendars.get(calendar, Calendar(calendar))
                yield from self._fetched(sorted(identifiers), where, reader)
        if wanted:
            yield Batch(deletions=tuple(sorted(wanted)))

    def _fetched(
        self, identifiers: list[str], calendar: Calendar, reader: EventReader
    ) -> Iterator[Batch]:
        by_id = {event_id(identifier).id: identifier for identifier in identifiers}
        there: list[Event] = []
        failed: list[Failure] = []
        for name, answer in events(self._graph, by_id, calendar.id).items():
            if not isinstance(answer, GraphError):
                series = event_id(by_id[name]).series
                there.append({**answer, "seriesMasterId": series or None})
            elif not is_gone(answer):
                reason = "the event cannot be had"
                failed.append(Failure(by_id[name], folder_of(calendar.id), reason))
        batch = reader.read(there, calendar)
        batch = replace(batch, failed=(*batch.failed, *failed))
        if batch.upserts or batch.failed:
            yield batch
        kept = {item.source_id for item in (*batch.upserts, *batch.failed)}
        gone = [identifier for identifier in identifiers if identifier not in kept]
        if gone:
            yield Batch(deletions=tuple(gone))

    def _reader(self, context: PullContext) -> EventReader:
        zone = context.now.tzinfo or UTC
        return EventReader(self._graph, Owner(self._account, context.me, zone))


def _meaning(context: PullContext) -> str:
    """What the meetings depend on besides the events, in short."""
    text = "\n".join([*sorted(context.me), str(context.now.tzinfo)])
    return blake2b(text.encode(), digest_size=8).hexdigest()

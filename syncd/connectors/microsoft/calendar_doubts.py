"""What may be gone from a calendar, and Graph's word on it: nothing is deleted on a suspicion."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from syncd.connectors.microsoft.calendar_reading import EventReader
from syncd.connectors.microsoft.calendar_requests import events, is_gone
from syncd.connectors.microsoft.calendar_state import CalendarState
from syncd.connectors.microsoft.graph import Graph, GraphError
from syncd.model import Batch, Failure, Meeting
from syncd.normalise.graph_calendar import Calendar, Event
from syncd.normalise.graph_calendar_ids import event_id, folder_of


@dataclass
class Doubts:
    """Source ids of one calendar that were not where the records have them."""

    calendar: Calendar
    state: CalendarState
    """Behind the round or listing that raised them: its windows are complete."""
    known: frozenset[str]
    """What the records held of the calendar."""
    doubted: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    """Beyond doubt: their series is gone, or they have become something else."""


def confirmed(
    graph: Graph, reader: EventReader, doubts: Doubts, identifiers: Collection[str]
) -> Batch:
    """Each of `identifiers` as it is: gone, still there (history from before the windows, or
    changed under our eyes), or set aside because Graph cannot tell; the retries of it will."""
    calendar = doubts.calendar
    by_id = {event_id(identifier).id: identifier for identifier in identifiers}
    gone: list[str] = []
    there: list[Event] = []
    failed: list[Failure] = []
    for name, answer in events(graph, by_id, calendar.id).items():
        identifier = by_id[name]
        series = event_id(identifier).series
        if isinstance(answer, GraphError):
            if is_gone(answer):
                gone.append(identifier)
            else:
                reason = "whether the event is gone could not be found out"
                failed.append(Failure(identifier, folder_of(calendar.id), reason))
        else:
            there.append({**answer, "seriesMasterId": series or None})
    batch = reader.read(there, calendar)
    read = {item.source_id: item for item in batch.upserts if isinstance(item, Meeting)}
    failures = {failure.source_id for failure in batch.failed}
    for event in there:
        identifier = by_id[event["id"]]
        meeting = read.get(identifier)
        if meeting is None:
            # It has become a series, or its series is gone; unless it could not be read.
            gone += [identifier] if identifier not in failures else []
        elif _is_past_belief(meeting, doubts.state):
            gone.append(identifier)
            del read[identifier]
    return replace(
        batch,
        upserts=tuple(read.values()),
        deletions=tuple(gone),
        failed=(*batch.failed, *failed),
    )


def _is_past_belief(meeting: Meeting, state: CalendarState) -> bool:
    """Whether an event that Graph still has is none of the records': it lies beyond the horizon,
    or within the windows, where the list of its series did not have it."""
    inside = meeting.at < state.end and meeting.end > state.start
    return meeting.at >= state.end or (inside and bool(event_id(meeting.source_id).series))

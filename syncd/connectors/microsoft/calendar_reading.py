"""From Graph's events to batches of meetings: stubs are completed from their series' masters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncd.connectors.microsoft.calendar_masters import Masters, Missing
from syncd.connectors.microsoft.calendar_requests import events, is_gone
from syncd.connectors.microsoft.graph import Graph, GraphError
from syncd.model import Batch, Failure, Meeting
from syncd.normalise.event_times import Unreadable
from syncd.normalise.graph_calendar import (
    Calendar,
    Event,
    Master,
    Owner,
    is_complete,
    meeting_of,
)
from syncd.normalise.graph_calendar_ids import folder_of, source_id


class EventReader:
    """Reads the events of one pass."""

    def __init__(self, graph: Graph, owner: Owner) -> None:
        self._graph = graph
        self._owner = owner
        self.masters = Masters(graph, owner)

    def read(self, found: Iterable[Event], calendar: Calendar) -> Batch:
        """The meetings of these events, newest first, and what could not be read.

        Masters are no meetings, and an occurrence whose series has gone in the meantime is left
        out: the next round says so.
        """
        listed = [event for event in found if event.get("type") != "seriesMaster"]
        masters = self.masters.of(filter(None, map(series_of, listed)), calendar)
        listed, failed = self._completed(listed, calendar)
        meetings: dict[str, Meeting] = {}
        for event in listed:
            series = series_of(event)
            master = masters[series] if series else None
            if isinstance(master, Missing):
                if not master.gone:
                    failed.append(_failure(event, calendar, master.reason))
                continue
            read = self._meeting(event, calendar, master)
            if isinstance(read, Failure):
                failed.append(read)
            else:
                meetings[read.source_id] = read
        newest = sorted(meetings.values(), key=lambda meeting: meeting.at, reverse=True)
        return Batch(upserts=tuple(newest), failed=tuple(failed))

    def _completed(
        self, listed: list[Event], calendar: Calendar
    ) -> tuple[list[Event], list[Failure]]:
        """Events that came as stubs though no master speaks for them, fetched."""
        bare = {
            event["id"]
            for event in listed
            if event.get("type") != "occurrence" and not is_complete(event)
        }
        fetched = events(self._graph, bare, calendar.id)
        whole: list[Event] = []
        failed: list[Failure] = []
        for event in listed:
            answer = fetched.get(event["id"], event)
            if not isinstance(answer, GraphError):
                if answer.get("type") != "seriesMaster":
                    whole.append({**answer, "seriesMasterId": series_of(event) or None})
            elif not is_gone(answer):
                failed.append(_failure(event, calendar, "the event cannot be had"))
        return whole, failed

    def _meeting(
        self, event: Event, calendar: Calendar, master: Master | None
    ) -> Meeting | Failure:
        try:
            return meeting_of(event, calendar, self._owner, master)
        except Unreadable as error:
            return _failure(event, calendar, f"the event cannot be read: {error}", permanent=True)
        except Exception as error:
            # One event that trips a fault in syncd must not stop the others; it is set aside by
            # name, shown to the user, and tried again after an update.
            return _failure(event, calendar, f"syncd failed on it ({type(error).__name__})")


def series_of(event: Mapping[str, Any]) -> str:
    """The id of the series an event belongs to, empty for none."""
    series = event.get("seriesMasterId")
    return series if isinstance(series, str) else ""


def _failure(event: Event, calendar: Calendar, reason: str, *, permanent: bool = False) -> Failure:
    return Failure(
        source_id(event["id"], series_of(event)), folder_of(calendar.id), reason, permanent
    )

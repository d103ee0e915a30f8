"""The masters of series, each asked for once in a pass, however many occurrences it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncd.connectors.microsoft.calendar_requests import events, is_gone
from syncd.connectors.microsoft.graph import Graph, GraphError, NotFound
from syncd.normalise.graph_calendar import Calendar, Event, Master, Owner, master_of


@dataclass(frozen=True, slots=True)
class Missing:
    """A master that cannot be had or read."""

    gone: bool
    """The series is no more; otherwise another try may help."""
    reason: str


class Masters:
    """Masters by calendar and id: a series that moves is gone from one and found in the other."""

    def __init__(self, graph: Graph, owner: Owner) -> None:
        self._graph = graph
        self._owner = owner
        self._kept: dict[tuple[str, str], Master | Missing] = {}

    def remember(self, master: Event, calendar: Calendar) -> None:
        """Keep a master that came by: it is the newest word on its series."""
        self._kept[calendar.id, master["id"]] = self._read(master, calendar)

    def forget(self, series: str, calendar: Calendar) -> None:
        """Ask for this master again when it is next needed."""
        self._kept.pop((calendar.id, series), None)

    def of(self, series: Iterable[str], calendar: Calendar) -> Mapping[str, Master | Missing]:
        """The masters of these series of a calendar, by their ids."""
        wanted = set(series)
        unknown = {name for name in wanted if (calendar.id, name) not in self._kept}
        for name, answer in events(self._graph, unknown, calendar.id).items():
            self._kept[calendar.id, name] = self._read(answer, calendar)
        return {name: self._kept[calendar.id, name] for name in wanted}

    def is_gone(self, series: str, calendar: Calendar) -> bool:
        """Whether the calendar has no such series any more."""
        master = self.of([series], calendar)[series]
        return isinstance(master, Missing) and master.gone

    def _read(self, answer: Event | GraphError, calendar: Calendar) -> Master | Missing:
        if not isinstance(answer, GraphError) and answer.get("type") == "singleInstance":
            answer = NotFound(404)  # it was made a single event meanwhile
        if isinstance(answer, GraphError):
            return Missing(is_gone(answer), "its series cannot be had")
        try:
            return master_of(answer, calendar, self._owner)
        except Exception as error:
            # as for a single event: what trips a fault in syncd stops nobody else
            return Missing(
                gone=False, reason=f"syncd failed on its series ({type(error).__name__})"
            )

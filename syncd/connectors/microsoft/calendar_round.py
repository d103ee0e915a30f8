"""What the deltas of one calendar brought since the last pass, sorted out. No requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from syncd.connectors.microsoft.calendar_doubts import Doubts
from syncd.connectors.microsoft.calendar_reading import series_of
from syncd.normalise.graph_calendar import Event
from syncd.normalise.graph_calendar_ids import event_id


@dataclass
class Round:
    """The changes of a delta round. Ids are Graph's, not those of the records."""

    removed: set[str] = field(default_factory=set)
    """Deleted, or outside the window and changed."""
    series: set[str] = field(default_factory=set)
    """Series of which anything changed."""
    singles: set[str] = field(default_factory=set)
    exceptions: dict[str, Event] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.removed or self.series or self.singles)

    masters: list[Event] = field(default_factory=list)

    def sort_out(self, entries: Iterable[Event]) -> list[Event]:
        """The single events among the entries; the rest is noted here."""
        singles: list[Event] = []
        for event in entries:
            name, series = event["id"], series_of(event)
            if "@removed" in event:
                self.removed.add(name)
            elif event.get("type") == "seriesMaster":
                self.series.add(name)
                self.masters.append(event)
            elif series:
                self.series.add(series)
                if event.get("type") == "exception":
                    self.exceptions[name] = event
            else:
                self.singles.add(name)
                singles.append(event)
        return singles

    def judge(self, doubts: Doubts) -> None:
        """Say of what is known what the removals and changes of kind mean for it."""
        # Told as one meeting and as a series: it changed its kind within the round.
        both = self.singles & self.series
        known = [(identifier, *event_id(identifier)) for identifier in doubts.known]
        for _, name, series in known:
            if series and (series in self.removed or name in self.removed):
                self.series.add(series)
        self.series -= self.singles - both
        for identifier, name, series in known:
            if series:
                if series in self.singles - both:
                    doubts.gone.add(identifier)
            elif name in self.removed or name in both:
                doubts.doubted.add(identifier)
            elif name in self.series:
                doubts.gone.add(identifier)

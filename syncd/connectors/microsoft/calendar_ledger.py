"""What a pass over the calendars has found so far, and what it leaves to be settled at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from syncd.connectors.base import Known
from syncd.connectors.microsoft.calendar_doubts import Doubts, confirmed
from syncd.connectors.microsoft.calendar_reading import EventReader
from syncd.connectors.microsoft.calendar_state import CalendarState
from syncd.connectors.microsoft.graph import Graph
from syncd.model import Batch
from syncd.normalise.graph_calendar import Calendar, Event
from syncd.normalise.graph_calendar_ids import folder_of

_BATCH = 500


class Ledger:
    """Keeps count of additions as they are read, and settles doubts when all are in."""

    def __init__(self, graph: Graph, reader: EventReader, known: Known) -> None:
        self._graph = graph
        self._reader = reader
        self._known = known
        self._found: dict[str, str] = {}
        """Where every meeting and failure of this pass was found: source id to folder."""
        self.doubts: list[Doubts] = []
        self.settled: dict[str, CalendarState] = {}
        """States by calendar that may be kept once the deletions of this pass are."""
        self.done = 0
        """Items so far."""

    def known(self, calendar: Calendar) -> frozenset[str]:
        """What the records hold of a calendar at this moment."""
        return frozenset(self._known.source_ids(folder_of(calendar.id)))

    def replace_doubts(self, doubts: Doubts) -> None:
        """Keep these of its calendar alone: a complete listing knows better than the deltas of the
        old windows, beyond which an event may have moved into the new ones."""
        others = [other for other in self.doubts if other.calendar.id != doubts.calendar.id]
        self.doubts = [*others, doubts]

    def batch(self, entries: Collection[Event], calendar: Calendar) -> Batch:
        """The meetings of these events."""
        batch = self._reader.read(entries, calendar)
        self.done += len(entries)
        return self._noted(batch)

    def deletions(self, dropped: Collection[str]) -> Iterator[Batch]:
        """Put every doubt to Graph; then yield what is gone, and all of the `dropped` folders.

        What has moved to another calendar was found there by now, and stays.
        """
        gone: list[str] = []
        for doubts in self.doubts:
            # Asked again: another calendar's additions may have taken an event over.
            known = self._still_in(folder_of(doubts.calendar.id))
            gone += sorted(doubts.gone & known)
            for identifiers in _chunks(sorted((doubts.doubted - doubts.gone) & known)):
                batch = confirmed(self._graph, self._reader, doubts, identifiers)
                gone += batch.deletions
                if batch.upserts or batch.failed:
                    yield self._noted(replace(batch, deletions=()))
        for folder in dropped:
            gone += sorted(self._still_in(folder))
        for identifiers in _chunks(gone):
            self.done += len(identifiers)
            yield Batch(deletions=tuple(identifiers), done=self.done)

    def _still_in(self, folder: str) -> set[str]:
        """What the records have in a folder, but for what this pass found in another."""
        known = self._known.source_ids(folder)
        return {name for name in known if self._found.get(name, folder) == folder}

    def _noted(self, batch: Batch) -> Batch:
        for item in (*batch.upserts, *batch.failed):
            self._found[item.source_id] = item.folder
        return replace(batch, done=self.done)


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]

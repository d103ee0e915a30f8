"""An account's calendars as the pipeline sees them: pulled, committed, pulled again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from syncd.connectors.microsoft.calendar import Calendars
from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.tokens import Tokens
from syncd.model import Batch, Meeting
from tests.contract.contract import NOW, Records, context
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.calendar import FakeCalendars
from tests.fakes.microsoft.server import FakeGraph, GoodToken


class CalendarAccount:
    """One account `work` on a fake of Graph; pauses take no time."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.graph = FakeGraph()
        self.outlook = FakeCalendars(self.graph)
        self.records = Records()
        self.now = NOW
        self.history = timedelta(days=365)
        self.clock = SimulatedClock()
        self._folder = folder
        self._connection: Graph | None = None
        self.options = options

    def __enter__(self) -> CalendarAccount:
        self.graph.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._connection is not None:
            self._connection.close()
        self.graph.__exit__(*error)

    def pull(self, records: Records | None = None, *, commits: int | None = None) -> list[Batch]:
        """Pull and commit, batch by batch; `commits`: killed before a further one."""
        records = self.records if records is None else records
        asked = replace(
            context(records), now=self.now, since=self.now - self.history, pace=self.clock
        )
        batches: list[Batch] = []
        for batch in self._calendars().pull(records.cursor, asked):
            if commits is not None and len(batches) >= commits:
                break
            records.commit(batch)
            batches.append(batch)
        return batches

    def fetch(self, source_ids: Iterable[str]) -> list[Batch]:
        batches = list(self._calendars().fetch(source_ids, context(self.records)))
        for batch in batches:
            self.records.commit(batch)
        return batches

    def fresh(self) -> Records:
        """The records of a first sync."""
        records = Records()
        self.pull(records)
        return records

    def meetings(self) -> list[Meeting]:
        """Everything that is known, oldest first."""
        items = [item for item in self.records.items.values() if isinstance(item, Meeting)]
        return sorted(items, key=lambda meeting: (meeting.at, meeting.source_id))

    def meeting(self, title: str) -> Meeting:
        (found,) = [meeting for meeting in self.meetings() if meeting.title == title]
        return found

    def titles(self) -> list[str]:
        return [meeting.title for meeting in self.meetings()]

    def requests(self) -> list[str]:
        """Method and path of every request so far, and forgets them."""
        found = [f"{request.method} {request.path}" for request, _ in self.graph.log]
        self.graph.log.clear()
        return found

    def _settings(self) -> OutlookOptions:
        return OutlookOptions.model_validate(
            {
                "user": "camille@cabinet.example",
                "endpoint": self.graph.url,
                "token_command": "unused",
                **self.options,
            }
        )

    def _calendars(self) -> Calendars:
        settings = self._settings()
        if self._connection is None:
            tokens = Tokens(self._folder, "work")
            self._connection = Graph("work", settings, tokens, self.clock, bearer=GoodToken())
        return Calendars("work", settings, self._connection)


def day(offset: int, hour: int = 9) -> datetime:
    """That hour (UTC), so many days after the tests' present."""
    return NOW.replace(hour=hour) + timedelta(days=offset)

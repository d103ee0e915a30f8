"""An account's mail as the pipeline sees it: pulled, committed, pulled again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.mail import Mail
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.tokens import Tokens
from syncd.model import Batch, Message
from syncd.text.reading import Reader
from tests.contract.contract import NOW, Records, context
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.mail import WELL_KNOWN, Mailbox
from tests.fakes.microsoft.server import FakeGraph, GoodToken

READER = Reader()


class MailAccount:
    """One account `work` on a fake of Graph; pauses take no time. Words are read of mail of the
    last ten days."""

    def __init__(self, names: dict[str, str] = WELL_KNOWN) -> None:
        self.graph = FakeGraph()
        self.mailbox = Mailbox(self.graph, names)
        self.records = Records()
        self.now = NOW
        self.history = timedelta(days=365)
        self.clock = SimulatedClock()
        self.text = True
        self._told = 0
        self._connection: Graph | None = None

    def __enter__(self) -> MailAccount:
        self.graph.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._connection is not None:
            self._connection.close()
        self.graph.__exit__(*error)

    def context(self, records: Records | None = None, **changes: Any) -> PullContext:
        now = self.now
        usual: dict[str, Any] = {
            "now": now,
            "since": now - self.history,
            "words_since": now - timedelta(days=10),
            "reader": READER,
            "pace": self.clock,
        }
        held = self.records if records is None else records
        return replace(context(held), **{**usual, **changes})

    def mail(self) -> Mail:
        """A reader as a fresh process would make it."""
        if self._connection is None:
            settings = OutlookOptions(
                user="camille@cabinet.example", token_command="unused", endpoint=self.graph.url
            )
            tokens = Tokens(Path("unused"), "work")
            self._connection = Graph("work", settings, tokens, self.clock, bearer=GoodToken())
        return Mail("work", self._connection, read_text=self.text)

    def pull(
        self, records: Records | None = None, *, commits: int | None = None, **changes: Any
    ) -> list[Batch]:
        """Pull and commit, batch by batch; `commits`: killed before a further one."""
        held = self.records if records is None else records
        batches: list[Batch] = []
        for batch in self.mail().pull(held.cursor, self.context(held, **changes)):
            if commits is not None and len(batches) >= commits:
                break
            held.commit(batch)
            batches.append(batch)
        return batches

    def fetch(self, source_ids: Iterable[str], **changes: Any) -> list[Batch]:
        batches = list(self.mail().fetch(source_ids, self.context(**changes)))
        for batch in batches:
            self.records.commit(batch)
        return batches

    def fresh(self) -> Records:
        """The records of a first sync."""
        records = Records()
        self.pull(records)
        return records

    def message(self, subject: str) -> Message:
        """The record with this subject."""
        (found,) = [
            item
            for item in self.records.items.values()
            if isinstance(item, Message) and item.subject == subject
        ]
        return found

    def subjects(self) -> list[str]:
        return sorted(self.records.names())

    def requests(self) -> list[str]:
        """Method and path of every request since the last time."""
        told, self._told = self._told, len(self.graph.log)
        return [f"{request.method} {request.path}" for request, _ in self.graph.log[told:]]


def ago(**span: float) -> datetime:
    """So long before the tests' present."""
    return (NOW - timedelta(**span)).astimezone(UTC)

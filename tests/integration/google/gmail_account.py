"""One Gmail account `work` before its connector, with the records that a pull leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from syncd.connectors.base import Clock, PullContext
from syncd.connectors.google.gmail import Gmail, GmailOptions
from syncd.connectors.tokens import Tokens
from syncd.errors import CursorExpired
from syncd.model import Batch, Message
from syncd.text.reading import Reader
from tests.contract.contract import Records
from tests.fakes.clock import SimulatedClock
from tests.fakes.google.gmail import FakeGmail
from tests.fakes.google.server import GoogleServer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
READER = Reader()


class Killed(BaseException):
    """The process ends here: what was not committed is lost."""


@dataclass
class DyingClock:
    """A clock that kills whoever looks at it once too often: before some request."""

    inner: SimulatedClock
    looks: int

    def monotonic(self) -> float:
        self.looks -= 1
        if self.looks < 0:
            raise Killed
        return self.inner.monotonic()

    def wait(self, seconds: float) -> None:
        self.inner.wait(seconds)


@dataclass
class GmailAccount:
    """The mailbox, the server it is behind, and what syncd holds of it."""

    mailbox: FakeGmail
    server: GoogleServer
    folder: Path
    name: str = "work"
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    records: Records = field(default_factory=Records)
    options: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    """What differs from the usual context: two years of history, 90 days of texts."""

    def connector(self) -> Gmail:
        """As a fresh process would make it."""
        usual = {
            "user": self.mailbox.address,
            "token_command": "echo ya29.fake",
            "endpoint": self.server.url,
        }
        options = GmailOptions.model_validate({**usual, **self.options})
        return Gmail(self.name, options, Tokens(self.folder, self.name))

    def pull_context(self, clock: Clock | None = None) -> PullContext:
        usual = PullContext(
            now=NOW,
            since=NOW - timedelta(days=730),
            words_since=NOW - timedelta(days=90),
            me=frozenset({"camille@cabinet.example"}),
            known=self.records,
            reader=READER,
            pace=clock or self.clock,
        )
        return replace(usual, **self.context)

    def pull(self, clock: Clock | None = None) -> list[Batch]:
        """One pass as the pipeline does it: at most one resync."""
        try:
            return list(self.batches(clock))
        except CursorExpired:
            self.records.cursor = None
            return list(self.batches(clock))

    def batches(self, clock: Clock | None = None) -> Iterator[Batch]:
        """A pull, committed batch by batch."""
        for batch in self.connector().pull(self.records.cursor, self.pull_context(clock)):
            self.records.commit(batch)
            yield batch

    def fetch(self, ids: Iterable[str]) -> list[Batch]:
        batches = list(self.connector().fetch(ids, self.pull_context()))
        for batch in batches:
            self.records.commit(batch)
        return batches

    def message(self, subject: str) -> Message:
        """The record with this subject."""
        found = [item for item in self.records.items.values() if isinstance(item, Message)]
        return next(message for message in found if message.subject == subject)

    def fresh(self) -> dict[str, Any]:
        """What a first look of a new installation would hold now."""
        other = replace(self, records=Records())
        other.pull()
        return other.records.items

    def fill(self, count: int, *, first: datetime = NOW - timedelta(hours=1)) -> list[str]:
        """Messages an hour apart, the newest `first`; their ids, newest first."""
        moments = [first - timedelta(hours=number) for number in range(count)]
        named = [
            self.mailbox.deliver(f"Item {number}", moment)
            for number, moment in reversed(list(enumerate(moments)))
        ]
        return named[::-1]


@contextmanager
def gmail_account(folder: Path, **mailbox: Any) -> Iterator[GmailAccount]:
    """An account on a server of its own."""
    fake = FakeGmail(**mailbox)
    with GoogleServer(fake) as server:
        account = GmailAccount(fake, server, folder)
        server.meter.clock = account.clock
        yield account

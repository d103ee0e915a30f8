"""A Google Calendar account as a test holds it: the fake, the connector, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from syncd.connectors.base import PullContext
from syncd.connectors.google.calendar import GoogleCalendar
from syncd.connectors.tokens import Tokens
from syncd.model import Batch, Failure, Meeting
from tests.contract.contract import Records
from tests.fakes.clock import SimulatedClock
from tests.fakes.google.calendar import FakeGoogleCalendar
from tests.fakes.google.server import Call, GoogleServer

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 8, tzinfo=PARIS)
ME = "camille@cabinet.example"


class Account:
    """One account, pulled as the pipeline does."""

    def __init__(self, server: GoogleServer, google: FakeGoogleCalendar, **options: Any) -> None:
        self.server = server
        self.google = google
        self.records = Records()
        self.clock = SimulatedClock()
        self.now = NOW
        self.since = NOW - timedelta(days=730)
        self.options = options

    def connector(self) -> GoogleCalendar:
        """As a fresh process would make it."""
        options = GoogleCalendar.Options(
            user=self.google.user,
            endpoint=self.server.url,
            token_command="echo ya29.fake",
            **self.options,
        )
        return GoogleCalendar("private", options, Tokens(Path("/nonexistent"), "private"))

    def context(self, records: Records | None = None) -> PullContext:
        return PullContext(
            now=self.now,
            since=self.since,
            words_since=self.now,
            me=frozenset({ME}),
            known=self.records if records is None else records,
            reader=None,
            pace=self.clock,
        )

    def batches(self, records: Records | None = None) -> Iterator[Batch]:
        """One pull, a minute after the last; each batch committed before it is handed on."""
        held = self.records if records is None else records
        self.clock.wait(60.0)
        for batch in self.connector().pull(held.cursor, self.context(held)):
            held.commit(batch)
            yield batch

    def pull(self, records: Records | None = None) -> list[Call]:
        """One whole pull; the calls that it made."""
        before = len(self.server.calls)
        for _ in self.batches(records):
            pass
        return self.server.calls[before:]

    def fresh(self) -> Records:
        """What a first sync of this moment finds."""
        records = Records()
        self.pull(records)
        return records

    def shown(self, records: Records | None = None) -> list[tuple[str, str]]:
        """Start in Paris and title of every meeting, in order."""
        return sorted(
            (datetime.fromtimestamp(meeting.at, PARIS).strftime("%Y-%m-%d %H:%M"), meeting.title)
            for meeting in self.meetings(records)
        )

    def meetings(self, records: Records | None = None) -> list[Meeting]:
        held = (self.records if records is None else records).items.values()
        return [item for item in held if isinstance(item, Meeting)]

    def remarks(self) -> list[Failure]:
        return list(self.records.failures.values())


@contextmanager
def google_account(google: FakeGoogleCalendar | None = None, **options: Any) -> Iterator[Account]:
    """An account on a server of its own; what breaks Google's rules fails the test."""
    google = google or FakeGoogleCalendar()
    with GoogleServer(google) as server:
        account = Account(server, google, **options)
        server.meter.clock = account.clock
        server.meter.limit = 600
        yield account


def paris(text: str) -> datetime:
    """`2026-11-24 09:30` on the clock of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def key(text: str) -> str:
    """The name of an occurrence that begins then."""
    return paris(text).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def looking_from(account: Account, now: datetime) -> Account:
    """The same account at another moment, with the same records."""
    account.now = now
    account.since = now - timedelta(days=730)
    return account

"""The Outlook connector fulfils the contract over real HTTP, mail and calendars together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from syncd.connectors.base import Connector, SignsIn
from syncd.connectors.microsoft.outlook import Outlook
from syncd.connectors.tokens import Tokens
from syncd.errors import UserError
from syncd.model import Meeting
from tests.contract.contract import (
    NOW,
    ConnectorContract,
    Records,
    Source,
    context,
    name_of,
    pull,
    upserts,
)
from tests.fakes.microsoft.calendar import FakeCalendars
from tests.fakes.microsoft.mail import Mailbox
from tests.fakes.microsoft.server import TOKEN, FakeGraph, Grant


class OutlookSource(Source):
    """A mailbox whose every other item is a meeting, behind a Graph that tells the least it may."""

    def __init__(self, graph: FakeGraph, state: Path) -> None:
        self.graph = graph
        self._state = state
        self._mailbox = Mailbox(graph)
        self._mailbox.sparse = self._mailbox.repeats = True
        self._calendars = FakeCalendars(graph)
        self._events: dict[str, str] = {}
        self._added = 0

    def connector(self) -> Connector:
        options = Outlook.Options(
            user="camille@cabinet.example",
            token_command=f"echo {TOKEN}",
            endpoint=self.graph.url,
        )
        return Outlook("work", options, Tokens(self._state, "work"))

    def add(self, name: str, at: datetime) -> None:
        self._added += 1
        if self._added % 2:
            self._mailbox.deliver(name, at)
        else:
            self._events[name] = self._calendars.add(name, at)

    def remove(self, name: str) -> None:
        if name in self._events:
            self._calendars.delete(self._events.pop(name))
        else:
            self._mailbox.remove(self._mailbox.key_of(name))

    def add_broken(self, name: str) -> None:
        self._mailbox.unreadable[self._mailbox.deliver(name, NOW - timedelta(days=3))] = 400

    def take_away(self) -> None:
        self.graph.tokens.clear()


class TestOutlook(ConnectorContract):
    name = "outlook"

    @pytest.fixture
    def source(self, tmp_path: Path) -> Iterator[OutlookSource]:
        with FakeGraph() as graph:
            yield OutlookSource(graph, tmp_path)

    def test_its_account_needs_a_sign_in(self, source: OutlookSource) -> None:
        assert isinstance(source.connector(), SignsIn)

    def test_newest_comes_first(self, source: Source) -> None:
        """Of the mail; the calendars come after it."""
        for number in range(6):
            source.add(f"Item {number}", NOW - timedelta(days=1, minutes=number))
        items = list(upserts(pull(source, Records())))
        assert [isinstance(item, Meeting) for item in items] == [False] * 3 + [True] * 3
        moments = [item.at for item in items[:3]]
        assert moments == sorted(moments, reverse=True)

    def test_mail_that_goes_waits_for_meetings_that_come(self, source: OutlookSource) -> None:
        for number in range(2):
            source.add(f"Item {number}", NOW - timedelta(days=1, minutes=number))
        records = Records()
        pull(source, records)
        source.remove("Item 0")
        source.add("A mail", NOW - timedelta(hours=1))
        source.add("A meeting", NOW - timedelta(hours=1))
        batches = pull(source, records)
        came = [bool(batch.upserts) for batch in batches]
        went = [bool(batch.deletions) for batch in batches]
        assert came.count(True) == 2
        assert went.index(True) > len(came) - 1 - came[::-1].index(True)
        assert records.names() == {"Item 1", "A mail", "A meeting"}

    def test_the_calendars_are_read_where_the_mail_may_not_be(self, source: OutlookSource) -> None:
        for number in range(4):
            source.add(f"Item {number}", NOW - timedelta(days=1, minutes=number))
        source.graph.tokens[TOKEN] = Grant(scopes=frozenset({"User.Read", "Calendars.Read"}))
        found: list[str] = []
        with pytest.raises(UserError) as caught:
            for batch in source.connector().pull(None, context(Records())):
                found += map(name_of, batch.upserts)
        assert "permission" in caught.value.problems[0].hint
        assert sorted(found) == ["Item 1", "Item 3"]

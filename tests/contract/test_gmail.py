"""Gmail against a mailbox that enforces Google's rules, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.google import api
from syncd.connectors.google.gmail import Gmail, GmailOptions
from syncd.connectors.tokens import Tokens
from syncd.model import Cursor
from tests.contract import contract
from tests.contract.contract import NOW, ConnectorContract, Source
from tests.fakes.google.gmail import FakeGmail
from tests.fakes.google.server import GoogleServer


class GmailSource(Source):
    def __init__(self, server: GoogleServer, mailbox: FakeGmail, folder: Path) -> None:
        self._server = server
        self._mailbox = mailbox
        self._tokens = Tokens(folder, "work")
        self._ids: dict[str, str] = {}

    def connector(self) -> Connector:
        options = GmailOptions(
            user=self._mailbox.address,
            token_command="echo ya29.fake",
            endpoint=self._server.url,
            units_per_minute=10_000_000,
        )
        return Gmail("work", options, self._tokens)

    def add(self, name: str, at: datetime) -> None:
        self._ids[name] = self._mailbox.deliver(name, at)

    def remove(self, name: str) -> None:
        self._mailbox.delete(self._ids[name])

    def add_broken(self, name: str) -> None:
        self._mailbox.broken.add(self._mailbox.deliver(name, NOW))

    def take_away(self) -> None:
        self._server.tokens.clear()

    def expired(self, cursor: Cursor) -> Cursor:
        self._mailbox.forget_history()
        return cursor


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GmailSource]:
    monkeypatch.setattr(contract, "MANY", 120)  # several batches of 25
    monkeypatch.setattr(api, "_FIRST_PAUSE", 0.001)
    mailbox = FakeGmail()
    with GoogleServer(mailbox) as server:
        yield GmailSource(server, mailbox, tmp_path)


class TestGmail(ConnectorContract):
    name = "gmail"

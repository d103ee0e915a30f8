"""The google_calendar connector fulfils the contract, on a stateful fake over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.google.calendar import GoogleCalendar
from syncd.connectors.tokens import Tokens
from tests.contract.contract import NOW, ConnectorContract, Source
from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.fakes.google.server import GoogleServer


class CalendarAtGoogle(Source):
    """A user's primary calendar."""

    def __init__(self, server: GoogleServer, calendar: FakeGoogleCalendar, folder: Path) -> None:
        self.server = server
        self.calendar = calendar
        self._folder = folder
        self._ids: dict[str, str] = {}

    def connector(self) -> Connector:
        options = GoogleCalendar.Options(
            user=self.calendar.user, endpoint=self.server.url, token_command="echo ya29.fake"
        )
        return GoogleCalendar("work", options, Tokens(self._folder, "work"))

    def add(self, name: str, at: datetime) -> None:
        self._ids[name] = self.calendar.insert({"summary": name, **timed(at, 30)})

    def remove(self, name: str) -> None:
        self.calendar.delete(self._ids[name])

    def add_broken(self, name: str) -> None:
        self.calendar.insert({"summary": name, **timed(NOW), "start": {"dateTime": "soon"}})

    def take_away(self) -> None:
        self.server.tokens.clear()


class TestGoogleCalendar(ConnectorContract):
    name = "google_calendar"

    @pytest.fixture
    def source(self, tmp_path: Path) -> Iterator[CalendarAtGoogle]:
        calendar = FakeGoogleCalendar(page=400)
        with GoogleServer(calendar) as server:
            yield CalendarAtGoogle(server, calendar, tmp_path)

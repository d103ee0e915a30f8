"""The ics connector fulfils the contract, on a folder with one file per event."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.local.ics import Ics
from tests.contract.contract import ConnectorContract, Source


class CalendarFolder(Source):
    """A calendar as vdirsyncer keeps it: a folder, each event in a file named after its UID."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._added = 0
        root.mkdir()

    def connector(self) -> Connector:
        return Ics("work", Ics.Options(path=self.root))

    def add(self, name: str, at: datetime) -> None:
        self._added += 1
        stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        self._path(name).write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//client.example//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:{self._added}@client.example\r\nDTSTAMP:{stamp}\r\nDTSTART:{stamp}\r\n"
            f"DURATION:PT30M\r\nSUMMARY:{name}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            encoding="utf-8",
            newline="",
        )

    def remove(self, name: str) -> None:
        self._path(name).unlink()

    def add_broken(self, name: str) -> None:
        self._path(name).write_bytes(b"\x89PNG\r\n\x1a\n not a calendar")

    def take_away(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))

    def _path(self, name: str) -> Path:
        return self.root / f"{name.replace(' ', '-')}.ics"


class TestIcs(ConnectorContract):
    name = "ics"

    @pytest.fixture
    def source(self, tmp_path: Path) -> CalendarFolder:
        return CalendarFolder(tmp_path / "calendar")

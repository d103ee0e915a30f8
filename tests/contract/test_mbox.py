"""The mbox connector fulfils the contract."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.local.mbox import Mbox
from tests.contract.contract import ConnectorContract, Source


class MboxSource(Source):
    """A folder with one mbox file, appended to by delivery and rewritten by deletion."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self._file = root / "Archive.mbox"
        self._file.touch()
        self._messages: dict[str, bytes] = {}

    def connector(self) -> Connector:
        return Mbox("work", Mbox.Options(path=self.root))

    def add(self, name: str, at: datetime) -> None:
        self._messages[name] = (
            f"From ann.lee@client.example {at:%a %b %d %H:%M:%S %Y}\n"
            f"From: Ann Lee <ann.lee@client.example>\nTo: camille@cabinet.example\n"
            f"Subject: {name}\nDate: {format_datetime(at)}\n"
            f"Message-ID: <{len(self._messages)}@client.example>\n\nHello\n\n"
        ).encode()
        with self._file.open("ab") as file:
            file.write(self._messages[name])

    def remove(self, name: str) -> None:
        del self._messages[name]
        self._file.write_bytes(b"".join(self._messages.values()))

    def add_broken(self, name: str) -> None:
        (self.root / "Other.mbox").write_bytes(b"\x1f\x8b\x08\x00 compressed")

    def take_away(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))


class TestMbox(ConnectorContract):
    name = "mbox"

    @pytest.fixture
    def source(self, tmp_path: Path) -> MboxSource:
        return MboxSource(tmp_path / "mail")

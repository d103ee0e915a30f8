"""The maildir connector fulfils the contract."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.local.maildir import Maildir
from tests.contract.contract import ConnectorContract, Source


class MaildirSource(Source):
    """A Maildir as a delivery agent and a mail program leave it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, Path] = {}
        for place in ("cur", "new", "tmp"):
            (root / place).mkdir(parents=True)

    def connector(self) -> Connector:
        return Maildir("work", Maildir.Options(path=self.root))

    def add(self, name: str, at: datetime) -> None:
        stamp = int(at.timestamp())
        path = self.root / "cur" / f"{stamp}.M{len(self._files)}P7.host:2,S"
        path.write_bytes(
            f"From: Ann Lee <ann.lee@client.example>\nTo: camille@cabinet.example\n"
            f"Subject: {name}\nDate: {format_datetime(at)}\n"
            f"Message-ID: <{stamp}.{len(self._files)}@client.example>\n\nHello\n".encode()
        )
        self._files[name] = path

    def remove(self, name: str) -> None:
        self._files.pop(name).unlink()

    def add_broken(self, name: str) -> None:
        (self.root / "new" / "1795400000.M9P7.host").write_bytes(b"")

    def take_away(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))


class TestMaildir(ConnectorContract):
    name = "maildir"

    @pytest.fixture
    def source(self, tmp_path: Path) -> MaildirSource:
        return MaildirSource(tmp_path / "Maildir")

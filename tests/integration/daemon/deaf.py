"""A third party's connector whose server takes the connection and never answers, and which sets
itself no time limit."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from syncd.connectors.base import PullContext
from syncd.model import Batch, Cursor
from syncd.options import StrictModel


class DeafOptions(StrictModel):
    """Where nobody answers."""

    port: int = Field(description="On loopback")


class Deaf:
    """Waits for ever."""

    name: ClassVar[str] = "deaf"
    Options: ClassVar[type[DeafOptions]] = DeafOptions
    every: ClassVar[str] = "1 hour"

    def __init__(self, _account: str, options: DeafOptions) -> None:
        self._port = options.port

    def pull(self, _cursor: Cursor | None, _context: PullContext) -> Iterator[Batch]:
        """Ask, and wait."""
        with socket.create_connection(("127.0.0.1", self._port)) as connection:
            connection.sendall(b"?")
            connection.recv(1)
        yield Batch(cursor={})

    def fetch(self, source_ids: Iterable[str], _context: PullContext) -> Iterator[Batch]:
        """Nothing is ever set aside."""
        yield from ()

    def check(self) -> None:
        """There is nothing to check."""


def install(folder: Path) -> None:
    """Make the connector known, as a package that is installed in `folder` would."""
    info = folder / "deaf-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: deaf\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[syncd.connectors]\ndeaf = {__name__}:Deaf\n")

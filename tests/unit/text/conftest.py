"""What the tests of the reading share: one reader, and a moment to read at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from syncd.model import Signal
from syncd.text.reading import Reader

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)

Signals = Callable[[str], dict[str, Signal]]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def signals(reader: Reader) -> Signals:
    """The signals of one sentence, written on Monday 23 November 2026, by kind."""

    def read(sentence: str) -> dict[str, Signal]:
        return {s.kind: s for s in reader.read_sentence(sentence, at=MONDAY).signals}

    return read

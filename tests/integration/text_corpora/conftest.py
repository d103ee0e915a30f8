"""Where the corpora lie, and how results on them are scored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.text.reading import Reader

CORPORA = Path(__file__).parents[4] / "shared" / "corpora"
AT = datetime(2001, 5, 10, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1 of found against expected."""

    n: int
    right: int
    false_alarms: int
    missed: int

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Score:
        """From pairs of (expected, found)."""
        pairs = list(pairs)
        return cls(
            len(pairs),
            sum(expected and found for expected, found in pairs),
            sum(found and not expected for expected, found in pairs),
            sum(expected and not found for expected, found in pairs),
        )

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.false_alarms)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.false_alarms + self.missed)


def half(key: str) -> int:
    """0 for the half that rules were tuned on, 1 for the half that was never looked at."""
    return hashlib.sha256(key.encode()).digest()[-1] & 1


@pytest.fixture(scope="session")
def corpora() -> Path:
    if not CORPORA.is_dir():
        pytest.skip("the corpora are not beside this checkout")
    return CORPORA


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()

"""Where the corpora lie, and how results on them and on invented sentences are scored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.text.reading import Reader

CORPORA = Path(__file__).parents[4] / "shared" / "corpora"
INVENTED = Path(__file__).parents[2]
"""Holds a folder of invented sentences per language."""
AT = datetime(2001, 5, 10, 9, tzinfo=UTC)
FOLLOWS = {
    "meeting_proposal": {"ask", "promise"},
    "renegotiation": {"ask", "promise", "meeting_proposal"},
    "closing": {"thanks", "care", "promise"},
    "thanks": {"closing", "care", "fulfilment"},
    "care": {"ask", "closing", "promise"},
    "fulfilment": {"closing", "ask", "thanks"},
}
"""Kinds that may be found with a label because they follow from it (tests/french/README.md)."""


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


def on_invented(reader: Reader, language: str, kind: str) -> Score:
    """The score on the file of one kind of signal; a promise is one where it is firm."""
    pairs = []
    for line in (INVENTED / language / f"{kind}.tsv").read_text("utf-8").splitlines()[1:]:
        labels, strength, sentence = line.split("\t")
        if strength == "weak":
            continue
        found = {
            s.kind
            for s in reader.read_sentence(sentence, at=AT).signals
            if s.kind != "promise" or s.strength == "firm"
        }
        expected = kind in labels.split("|")
        follows = any(kind in FOLLOWS.get(label, ()) for label in labels.split("|"))
        if expected or not follows:
            pairs.append((expected, kind in found))
    return Score.of(pairs)


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

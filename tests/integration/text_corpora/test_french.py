"""Invented French sentences of each kind (tests/french), written apart from the lexicon."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncd.text.reading import Reader

from .conftest import AT, Score

FRENCH = Path(__file__).parents[2] / "french"
FOLLOWS = {
    "meeting_proposal": {"ask", "promise"},
    "renegotiation": {"ask", "promise", "meeting_proposal"},
    "closing": {"thanks", "care", "promise"},
    "thanks": {"closing", "care", "fulfilment"},
    "care": {"ask", "closing", "promise"},
    "fulfilment": {"closing", "ask", "thanks"},
}
"""Kinds that may be found with a label because they follow from it (tests/french/README.md)."""
LEAST = {
    "ask": 0.93,
    "care": 0.70,
    "closing": 0.75,
    "fulfilment": 0.73,
    "meeting_proposal": 0.68,
    "personal_news": 0.67,
    "promise": 0.84,
    "renegotiation": 0.60,
    "thanks": 0.85,
}
"""F1 per kind."""


def _pairs(reader: Reader, kind: str) -> list[tuple[bool, bool]]:
    pairs = []
    for line in (FRENCH / f"{kind}.tsv").read_text("utf-8").splitlines()[1:]:
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
    return pairs


@pytest.mark.parametrize("kind", LEAST)
def test_kind(reader: Reader, kind: str) -> None:
    score = Score.of(_pairs(reader, kind))
    assert score.n >= 150
    assert score.f1 >= LEAST[kind], score

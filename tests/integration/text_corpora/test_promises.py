"""Firm promises in Enron mail. Every error was read by now: no part of it is unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncd.text.reading import Reader

from .conftest import AT, Score


def _firm(reader: Reader, sentence: str) -> bool:
    signals = reader.read_sentence(sentence, at=AT).signals
    return any(s.kind == "promise" and s.strength == "firm" for s in signals)


@pytest.mark.slow
def test_firm_promises(corpora: Path, reader: Reader) -> None:
    """C is to be found and N is not; W (weak or an offer) is left out, as are repetitions."""
    pairs = []
    lines = (corpora / "promises" / "enron-sentences.tsv").read_text("utf-8").splitlines()
    for line in lines[1:]:
        _, _, label, sentence = line.split("\t", 3)
        if label in ("C", "N"):
            pairs.append((label == "C", _firm(reader, sentence)))
    score = Score.of(pairs)
    assert score.n > 3000
    assert score.f1 >= 0.90, score

"""Firm promises in Enron mail: half the messages tuned on, half never looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncd.text.reading import Reader

from .conftest import AT, Score, half


def _firm(reader: Reader, sentence: str) -> bool:
    signals = reader.read_sentence(sentence, at=AT).signals
    return any(s.kind == "promise" and s.strength == "firm" for s in signals)


@pytest.mark.slow
def test_firm_promises(corpora: Path, reader: Reader) -> None:
    """C is to be found and N is not; W (weak or an offer) is left out, as are repetitions."""
    pairs: dict[int, list[tuple[bool, bool]]] = {0: [], 1: []}
    lines = (corpora / "promises" / "enron-sentences.tsv").read_text("utf-8").splitlines()
    for line in lines[1:]:
        message, _, label, sentence = line.split("\t", 3)
        if label in ("C", "N"):
            pairs[half(message)].append((label == "C", _firm(reader, sentence)))
    tuned, unseen, both = Score.of(pairs[0]), Score.of(pairs[1]), Score.of(pairs[0] + pairs[1])
    assert both.n > 3000
    assert both.f1 >= 0.90
    assert tuned.f1 >= 0.93
    assert unseen.f1 >= 0.84

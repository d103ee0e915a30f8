"""Requests in Enron mail (Parakweet): half the sentences tuned on, half never looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncd.model import Signal
from syncd.text.reading import Reader

from .conftest import AT, Score, half


def _is_request(signal: Signal) -> bool:
    """Parakweet's "Yes": a request, a proposal to meet, or a firm commitment with a date."""
    return signal.kind in ("ask", "meeting_proposal") or (
        signal.kind == "promise" and signal.strength == "firm" and signal.due is not None
    )


@pytest.mark.slow
def test_requests(corpora: Path, reader: Reader) -> None:
    pairs: dict[int, list[tuple[bool, bool]]] = {0: [], 1: []}
    text = (corpora / "requests" / "parakweet-train.tsv").read_text("utf-8")
    for line in text.split("\n"):
        label, tab, sentence = line.rstrip("\r").partition("\t")
        if not tab:
            continue
        found = any(map(_is_request, reader.read_sentence(sentence, at=AT).signals))
        pairs[half(sentence)].append((label == "Yes", found))
    tuned, unseen = Score.of(pairs[0]), Score.of(pairs[1])
    assert tuned.n + unseen.n > 3600
    assert tuned.f1 >= 0.81
    assert unseen.f1 >= 0.78

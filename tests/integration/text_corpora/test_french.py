"""Invented French sentences of each kind (tests/french), written apart from the lexicon."""

from __future__ import annotations

import pytest

from syncd.text.reading import Reader

from .conftest import on_invented

LEAST = {
    "ask": 0.93,
    "care": 0.92,
    "closing": 0.90,
    "fulfilment": 0.92,
    "meeting_proposal": 0.91,
    "personal_news": 0.91,
    "promise": 0.84,
    "renegotiation": 0.89,
    "thanks": 0.85,
}
"""F1 per kind."""


@pytest.mark.parametrize("kind", LEAST)
def test_kind(reader: Reader, kind: str) -> None:
    score = on_invented(reader, "french", kind)
    assert score.n >= 150
    assert score.f1 >= LEAST[kind], score

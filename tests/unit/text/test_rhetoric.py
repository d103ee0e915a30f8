"""A question that its writer answers in the next sentence asks nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syncd.text.reading import Reader

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def firm_asks(reader: Reader, text: str) -> list[str]:
    signals = reader.read(text, at=AT).signals
    return [s.quote for s in signals if s.kind == "ask" and s.strength == "firm"]


@pytest.mark.parametrize(
    "text",
    [
        "Why do you want to change the supplier now? Because the old one was late twice.",
        "Is it worth the price? Hardly. I would rather keep the one we have.",
        "Do you lose anything by waiting? No, the offer stands until March.",
        "Pourquoi est-ce que tu hésites encore ? Parce que le prix a doublé.",
        "Est-ce que vous y gagnez quelque chose ? Non, pas vraiment.",
        "## Review findings",
        '"We would like you to start on Monday", and then I would gladly come.',
    ],
)
def test_asks_nobody(reader: Reader, text: str) -> None:
    assert not firm_asks(reader, text)


@pytest.mark.parametrize(
    "text",
    [
        "Could you send me the figures? No rush, next week is fine.",
        "Why is the invoice higher than the quote? Please check it with Luc.",
        "Can you come on Monday? Because of the strike I will need a car.",
        "Do you have the signed copy?\n\nNo, wait for Luc before you print it.",
        "Tu peux m'envoyer le devis ? Pas d'urgence.",
        "“Budget” is missing on page two, could you add it?",
    ],
)
def test_still_asks(reader: Reader, text: str) -> None:
    assert firm_asks(reader, text)

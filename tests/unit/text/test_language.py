"""Which language: per sentence, and of a message by majority."""

from __future__ import annotations

import pytest

from syncd.text.reading import Reader

from .conftest import MONDAY


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Could you send the contract to my office?", "en"),
        ("Pourriez-vous envoyer le contrat à mon bureau ?", "fr"),
        ("N'hésitez pas à m'appeler.", "fr"),
        ("Thanks for the quick call.", "en"),
        ("C’est noté.", "fr"),
        ("xyzzy 42", ""),
    ],
)
def test_sentences(reader: Reader, sentence: str, language: str) -> None:
    assert reader.read_sentence(sentence, at=MONDAY).language == language


def test_a_mixed_mail(reader: Reader) -> None:
    text = (
        "Bonjour Marc,\n\nVoici le contrat que nous avons relu avec le client ce matin.\n"
        "Could you please send me the English version by Friday?\n"
        "Je vous rappelle demain pour la suite.\n"
    )
    reading = reader.read(text, at=MONDAY)
    assert reading.language == "fr"
    assert [s.language for s in reading.sentences] == ["fr", "en", "fr"]
    assert [s.kind for s in reading.signals] == ["fulfilment", "ask", "promise"]


def test_a_short_sentence_stays_in_its_messages_language(reader: Reader) -> None:
    text = "The budget was approved by the board and we can start.\n\nSuper!\n"
    assert {s.language for s in reader.read(text, at=MONDAY).sentences} == {"en"}


def test_the_subject_tells_the_language_of_an_empty_text(reader: Reader) -> None:
    assert reader.read("", at=MONDAY, subject="Le contrat de la semaine").language == "fr"

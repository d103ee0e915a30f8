"""Whole messages: zones, sentences, signals, and what a text may cost."""

from __future__ import annotations

import random
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.text.lexicon import load
from syncd.text.reading import LANGUAGES, MOST_CHARACTERS, MOST_SENTENCES, QUOTE, Reader
from tests.processor_time import takes_at_most

from .conftest import MONDAY

MAIL = """Hi Camille,

Thanks for the call. Could you send me the revised quote by Friday?
I will talk to our buyer tomorrow.

Let me know if you have any questions.

Best regards,
Ann Lee

On Fri, Nov 20, 2026 at 9:12 AM Camille Roy <camille@cabinet.example> wrote:
> Could you tell me how many seats you need?
> I will prepare the contract.
"""


def test_a_mail(reader: Reader) -> None:
    reading = reader.read(MAIL, at=MONDAY)
    assert reading.language == "en"
    assert reading.greeting == "Camille"
    kinds = [signal.kind for signal in reading.signals]
    assert kinds == ["closing", "thanks", "ask", "promise"]


def test_offsets_and_quotes_point_into_the_text(reader: Reader) -> None:
    for signal in reader.read(MAIL, at=MONDAY).signals:
        assert " ".join(MAIL[signal.start : signal.end].split()) == signal.quote


def test_quoted_words_say_nothing(reader: Reader) -> None:
    for signal in reader.read(MAIL, at=MONDAY).signals:
        assert "seats" not in signal.quote
        assert "prepare" not in signal.quote


def test_several_sentences_on_one_line(reader: Reader) -> None:
    sentence = reader.read_sentence("Thanks. Could you call me? I'll be here.", at=MONDAY)
    assert [signal.kind for signal in sentence.signals] == ["closing", "thanks", "ask"]


def test_a_day_is_enough(reader: Reader) -> None:
    (signal,) = reader.read_sentence("I'll send it tomorrow.", at=date(2026, 11, 23)).signals
    assert signal.due is not None
    assert signal.due.start == date(2026, 11, 24)


def test_long_texts_are_bounded(reader: Reader) -> None:
    reading = reader.read("Could you call me? " * 5000, at=MONDAY)
    assert len(reading.sentences) == MOST_SENTENCES
    reading = reader.read("word " * 5000 + "x" * 100_000, at=MONDAY)
    assert max(sentence.end for sentence in reading.sentences) <= MOST_CHARACTERS
    assert max(len(sentence.text) for sentence in reading.sentences) <= 600
    long = "Could you please " + "really " * 100 + "call me?"
    assert all(len(s.quote) <= QUOTE for s in reader.read_sentence(long, at=MONDAY).signals)


@settings(max_examples=200)
@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            ["I", "will", "not", "please", "je", "vous", "?", ",", "\n", '"', "d'", "Ann,", "be",
             "if", "merci", "de", "attached", "by Friday", "é", "\u2028", "can't", "- ", "«"]
        ),
        max_size=60,
    ).map(" ".join)
)  # fmt: skip
def test_any_text_reads(reader: Reader, text: str) -> None:
    reading = reader.read(text, at=MONDAY)
    for sentence in reading.sentences:
        assert 0 <= sentence.start < sentence.end <= len(text)
        for signal in sentence.signals:
            assert (signal.start, signal.end) == (sentence.start, sentence.end)
            assert signal.fired


def _hostile() -> list[str]:
    rng = random.Random(1)
    lexicons = [load(language) for language in LANGUAGES]
    indexes = [(one.finders, one.questions, *one.guards.values()) for one in lexicons]
    words = [sorted(frozenset().union(*(index.words for index in own))) for own in indexes]
    texts = [
        " ".join(rng.choice(known) for _ in range(160_000)) for known in words
    ] + [
        "? ".join(" ".join(rng.choice(known) for _ in range(9)).title() for _ in range(18_000))
        for known in words
    ]  # fmt: skip
    pieces = ["I will ", "please ", "could you please ", "if I have not been able to ", "a", " ",
              "\n", "?", ". ", '" ', ", ", "A, ", "Ann Bob Carl ", "'", "j'", "- ", "> ", "a@",
              "http://", "é", "e\u0301", "Ann,\n", "I will\nplease\n", "\u200b", " \t\r\n",
              "ok, but so ", "<", "(", "je vous le lui ", "nous ne vous en ", "1. "]  # fmt: skip
    texts += [(piece * (1_000_000 // len(piece) + 1)) for piece in pieces]
    return [text[:1_000_000] for text in texts]


@pytest.mark.slow
def test_hostile_texts_of_a_megabyte_take_no_longer_than_50_ms(reader: Reader) -> None:
    for text in _hostile():
        takes_at_most(0.050, partial(reader.read, text, at=MONDAY))

"""Where sentences end."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.text.sentences import LONGEST, spans
from tests.processor_time import takes_at_most


def split(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in spans(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Roy and Dr. Lee met.", ["Mr. Roy and Dr. Lee met."]),
        ("Call me. Then write.", ["Call me.", "Then write."]),
        ("It costs 3.50 in v2.1 of it.", ["It costs 3.50 in v2.1 of it."]),
        ("Use e.g. the form, i.e. page 2.", ["Use e.g. the form, i.e. page 2."]),
        ("We signed... and left.", ["We signed... and left."]),
        ("“Yes.” Then we left.", ["“Yes.”", "Then we left."]),
        (
            "I read the whole document on the train this morning and\nagree with it.",
            ["I read the whole document on the train this morning and agree with it."],
        ),
        ("Thanks\nAnn", ["Thanks", "Ann"]),
        ("Two things:\n- the quote\n- the plan", ["Two things:", "- the quote", "- the plan"]),
        ("First part\n\nsecond part", ["First part", "second part"]),
        ("1. Sign it\n2. Send it", ["1. Sign it", "2. Send it"]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_split(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@pytest.mark.parametrize("text", ["." * 30_000 + "x", "!?" * 15_000 + "x", ".)" * 15_000 + "x"])
def test_a_long_run_of_marks_takes_a_few_milliseconds(text: str) -> None:
    takes_at_most(0.02, partial(split, text))


@given(st.text(alphabet=" \n\tab.?!,A1-é", max_size=3000))
def test_spans_are_ordered_trimmed_and_short(text: str) -> None:
    last = 0
    for start, end in spans(text, 0, len(text)):
        assert last <= start < end <= len(text)
        assert end - start <= LONGEST
        assert text[start:end] == text[start:end].strip()
        last = end
    told = "".join(text[start:end] for start, end in spans(text, 0, len(text)))
    assert "".join(told.split()) == "".join(text.split())

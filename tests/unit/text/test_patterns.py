"""The pattern notation: what each element matches, and the words a pattern cannot do without."""

from __future__ import annotations

import re

import pytest

from syncd.text.patterns import PatternError, Vocabulary, parse


def matches(pattern: str, normal_form: str) -> bool:
    vocabulary = Vocabulary({"verb": ["send", "get back to"]}, lambda words: words)
    return re.search(parse(pattern, vocabulary).expression, normal_form) is not None


@pytest.mark.parametrize(
    ("pattern", "normal_form"),
    [
        ("could you", " ^ could you come ¶ ? "),
        ("(can|could) you", " ^ can you come ¶ ? "),
        ("could you [please] send", " ^ could you send it ¶ "),
        ("could you [please] send", " ^ could you please send it ¶ "),
        ("could _ send", " ^ could ann send it ¶ "),
        ("send ... today", " ^ send it to me today ¶ "),
        ("send ... today", " ^ send today ¶ "),
        ("promis* you", " ^ i promised you ¶ "),
        ("i *rai", " ^ i ferai ¶ "),
        ("you <verb>", " ^ you get back to me ¶ "),
        ("^ send", " ok , ^ send it ¶ "),
        ("please $", " ^ send it please ¶ "),
        ("is ... $ ?", " ^ is it here ¶ ? "),
        ("follow-up", " ^ the follow up ¶ "),
    ],
)
def test_matches(pattern: str, normal_form: str) -> None:
    assert matches(pattern, normal_form)


@pytest.mark.parametrize(
    ("pattern", "normal_form"),
    [
        ("could you", " ^ could your team come ¶ ? "),
        ("send ... today", " ^ send it , we leave today ¶ "),
        ("send ... today", " ^ send a b c d e f today ¶ "),
        ("^ send", " ^ i send it ¶ "),
        ("please $", " ^ please send it ¶ "),
        ("could _ send", " ^ could send it ¶ "),
    ],
)
def test_does_not_match(pattern: str, normal_form: str) -> None:
    assert not matches(pattern, normal_form)


@pytest.mark.parametrize(
    "pattern", ["(could you", "could] you", "[please]", "... _", "<nothing> you", "send |", ""]
)
def test_unreadable(pattern: str) -> None:
    with pytest.raises(PatternError):
        matches(pattern, "")


def test_options_are_the_words_a_pattern_needs() -> None:
    vocabulary = Vocabulary({}, lambda words: words)
    options = parse("(could you|let us) [please] meet", vocabulary).options
    assert {frozenset(word for group in option for word in group) for option in options} == {
        frozenset({"could", "you", "meet"}),
        frozenset({"let", "us", "meet"}),
    }


def test_a_list_that_names_itself_ends() -> None:
    vocabulary = Vocabulary({"loop": ["go <loop>"]}, lambda words: words)
    assert parse("<loop> on", vocabulary).expression

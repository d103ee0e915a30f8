"""Lexicons: the shipped ones load, mistakes are told together, the user's words count."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from syncd.errors import UserError
from syncd.text.lexicon import KINDS, Lexicon, Rule, load, parse_lexicon
from syncd.text.matching import Effort, hits
from syncd.text.reading import LANGUAGES, Reader
from syncd.text.words import tokens

from .conftest import MONDAY

TESTS = Path(__file__).parents[2]
MINIMAL = """
language: de
common: ich sie wir und der die das
signals:
  ask:
    bitte: |
      (koennen|koennten) sie
"""


def _rules(lexicon: Lexicon) -> list[Rule]:
    indexes = [lexicon.finders, lexicon.questions, *lexicon.guards.values()]
    return [rule for index in indexes for filed in index.filed.values() for *_, rule in filed]


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_lexicons_cover_every_kind_and_compile(language: str) -> None:
    lexicon = load(language)
    rules = _rules(lexicon)
    assert {rule.kind for rule in rules} == set(KINDS)
    for rule in rules:
        assert isinstance(rule.expression(), re.Pattern)


def test_shipped_common_words_tell_the_languages_apart() -> None:
    english, french = (load(language).common for language in LANGUAGES)
    assert len(english & french) <= 2


def test_every_language_is_shipped() -> None:
    with pytest.raises(UserError, match="no lexicon for the language 'xx'"):
        load("xx")
    with pytest.raises(UserError):
        load("../en")


@pytest.mark.parametrize(("language", "folder"), [("en", "english"), ("fr", "french")])
def test_frequent_words_change_the_cost_and_nothing_else(language: str, folder: str) -> None:
    text = files("syncd.text.lexicon").joinpath(f"{language}.yaml").read_text("utf-8")
    bare, count = re.subn(r"^frequent: >-\n(?:  .*\n)+", "", text, flags=re.MULTILINE)
    assert count == 1
    whole, without = (parse_lexicon(source, language, {}) for source in (text, bare))
    assert _looked_at(whole) < _looked_at(without)
    found = 0
    for path in sorted((TESTS / folder).glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines()[::5]:
            words = tokens(line.split("\t")[-1])
            fired, bare_fired = (
                [hit.fired for held in hits(lexicon, [], words, Effort()).values() for hit in held]
                for lexicon in (whole, without)
            )
            assert sorted(fired) == sorted(bare_fired), line
            found += bool(fired)
    assert found > 100


def _looked_at(lexicon: Lexicon) -> int:
    """The rules filed under words that nearly every sentence has."""
    words = ("the", "to", "a", "is", "and", "i", "in", "de", "la", "le", "les", "est", "pour", "je")
    return sum(len(lexicon.finders.filed.get(word, ())) for word in words)


def test_a_new_language_needs_no_code() -> None:
    lexicon = parse_lexicon(MINIMAL, "de.yaml", {})
    assert lexicon.language == "de"
    assert {(rule.kind, rule.name) for rule in _rules(lexicon)} == {("ask", "bitte")}


def test_all_mistakes_are_told_together() -> None:
    broken = """
    language: xx
    colour: red
    spelling: |
      no equals sign
    signals:
      wish:
        a: hello
      ask:
        b (loud): hello
        c: "(unbalanced"
    """
    with pytest.raises(UserError) as caught:
        parse_lexicon(broken, "xx.yaml", {})
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert len(caught.value.problems) == 5
    for piece in ("colour", "no equals sign", "wish", "loud", "without ')'"):
        assert piece in told


def test_not_yaml() -> None:
    with pytest.raises(UserError, match="not YAML"):
        parse_lexicon("a: [", "xx.yaml", {})


def test_the_users_own_words() -> None:
    sentence = "Ball is in your court on the Dubois file."
    assert not Reader().read_sentence(sentence, at=MONDAY).signals
    reader = Reader(words={"ask": ["ball is in your court"]})
    (signal,) = reader.read_sentence(sentence, at=MONDAY).signals
    assert signal.kind == "ask"
    assert signal.fired == "your words: ball is in your court"


def test_the_users_words_that_cannot_be_read() -> None:
    reader = Reader(words={"ask": ["(oops"]})
    with pytest.raises(UserError, match="without"):
        reader.read_sentence("Hello.", at=MONDAY)


def test_of_rules_that_say_the_same_the_first_is_told() -> None:
    """Each rule is filed under another word, and sets of words come in any order."""
    words = ["abricot", "banane", "cerise", "datte", "figue", "grenade", "kiwi"]
    rules = "".join(
        f"\n    {word}: |\n      {' '.join(word if word == other else '_' for other in words)}"
        for word in reversed(words)
    )
    text = MINIMAL[: MINIMAL.index("    bitte")].rstrip() + rules
    lexicon = parse_lexicon(text, "de.yaml", {})
    found = hits(lexicon, [], words, Effort())
    assert [hit.rule.name for hit in found["ask"]] == words[::-1]

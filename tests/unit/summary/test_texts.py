"""The texts of both languages are complete and alike."""

from __future__ import annotations

import ast
import re
import string
from datetime import date, timedelta
from pathlib import Path

import pytest

import syncd.rules
import syncd.summary
from syncd.rules.personal_news import EXPIRES
from syncd.summary.texts import CATALOGUES, ENGLISH, FRENCH, Catalogue, Text

_KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")
_SAID = re.compile(r"(?:unanswered|meet|touch|plan|promise|news|birthday)\.[a-z_.]+")
_PACKAGES = [Path(package.__path__[0]) for package in (syncd.rules, syncd.summary)]


def _forms(text: Text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _literals(folder: Path) -> set[str]:
    """Every string in the code of a package."""
    return {
        node.value
        for path in folder.glob("*.py")
        for part in ast.parse(path.read_text("utf-8")).body
        if path.name != "texts.py" or isinstance(part, ast.ClassDef)  # not the texts themselves
        for node in ast.walk(part)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _said() -> set[str]:
    """The text names that rules give their findings."""
    literals = _literals(_PACKAGES[0])
    names = {text for text in literals if _SAID.fullmatch(text) and not text.endswith(".")}
    return names | {f"news.{topic}" for topic in EXPIRES} | {"one_sided", "expression"}


def test_both_languages_have_the_same_texts() -> None:
    assert set(ENGLISH) == set(FRENCH)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_fill_in_the_same(key: str) -> None:
    english, french = (_forms(texts[key]) for texts in (ENGLISH, FRENCH))
    assert len(english) == len(french)
    assert set().union(*map(_placeholders, english)) == set().union(*map(_placeholders, french))


def test_every_text_that_a_rule_names_is_there() -> None:
    said = _said()
    assert len(said) > 20
    assert said <= set(ENGLISH)


def test_every_text_that_the_summary_names_is_there() -> None:
    """And none is there that nobody names."""
    literals = set().union(*map(_literals, _PACKAGES))
    template = (_PACKAGES[1] / "summary.html.jinja").read_text("utf-8")
    literals |= set(re.findall(r'say\("([a-z_.]+)"', template))
    built = {f"{text}.late" for text in literals if _KEY.fullmatch(text)}
    prefixes = ("heading.", "coverage.", "closed.", "news.")
    unused = {
        key for key in ENGLISH if key not in literals | built and not key.startswith(prefixes)
    }
    assert unused == set()


@pytest.mark.parametrize("language", sorted(CATALOGUES))
@pytest.mark.parametrize("key", [key for key, text in ENGLISH.items() if not isinstance(text, str)])
def test_counted_texts_follow_the_rule_of_their_language(language: str, key: str) -> None:
    catalogue, text = Catalogue(language), CATALOGUES[language][key]
    values = dict.fromkeys(set().union(*map(_placeholders, text)), 5)
    number = "count" if "count" in values or "days" not in values else "days"
    for count, form in ((1, 0), (2, 1), (0, 0 if language == "fr" else 1)):
        said = catalogue.say(key, **{**values, number: count})
        assert said == text[form].format_map({**values, number: count})


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("en", 0, "today"),
        ("fr", 1, "demain"),
        ("fr", -1, "hier"),
        ("en", 4, "Friday 27 November"),
        ("fr", -5, "mercredi 18 novembre"),
        ("en", 20, "13 December"),
        ("fr", 60, "22 janvier 2027"),
    ],
)
def test_a_day_is_said_as_people_say_it(language: str, days: int, said: str) -> None:
    today = date(2026, 11, 23)
    assert Catalogue(language).day(today + timedelta(days=days), today) == said

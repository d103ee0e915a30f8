"""What the entries of rules.yaml accept, and whom and what they fit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from syncd.cli.explain import _CLOSES
from syncd.model import Address, Facts, Message, Person, Profile
from syncd.registry import rules
from syncd.rules.base import Match, Rule, Who
from syncd.rules.birthdays import next_birthday
from syncd.rules.expression import NAMES, Expression, person_variables

ANN = Person(
    "ann.lee@client.example",
    "Ann Lee",
    ("ann.lee@client.example", "ann@home.example"),
    Profile("Ann Lee", ("ann.lee@client.example",), ("client",)),
)
BOB = Person("bob@other.example", "Bob Stone", ("bob@other.example",))


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_keeps_the_contract(name: str) -> None:
    rule = rules()[name]()
    assert isinstance(rule, Rule)
    assert rule.type == name
    assert rule.Options.__doc__


@pytest.mark.parametrize("name", sorted(set(rules()) - {"expression"}))
def test_a_rule_needs_nothing_but_a_name(name: str) -> None:
    rule = rules()[name]()
    options = rule.Options(name="x")
    assert rule.horizon(options) >= 0
    with pytest.raises(ValidationError, match="afterr"):
        rule.Options(name="x", afterr="1 day")  # type: ignore[call-arg] # the mistake is the test


@pytest.mark.parametrize(
    ("who", "ann", "bob"),
    [
        ({}, True, True),
        ({"tags": ["client"]}, True, False),
        ({"tags": ["mentor", "client"]}, True, False),
        ({"people": ["ann lee"]}, True, False),
        ({"people": ["bob@other.example"]}, False, True),
        ({"domains": ["home.example"]}, True, False),
        ({"domains": ["@Other.Example"]}, False, True),
        ({"known": True}, True, False),
        ({"known": False}, False, True),
        ({"tags": ["client"], "domains": ["other.example"]}, False, False),
    ],
)
def test_whom_a_rule_is_about(who: dict[str, Any], ann: bool, bob: bool) -> None:
    chosen = Who.model_validate(who)
    assert (chosen.fits(ANN), chosen.fits(BOB)) == (ann, bob)


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({"subject": "(?i)quote"}, True),
        ({"subject": "^quote"}, False),
        ({"sender": "@client"}, True),
        ({"sender": "^Ann"}, True),
        ({"folder": "^INBOX$"}, True),
        ({"account": "old"}, False),
        ({"label": "Flagged"}, True),
        ({"subject": "Quote", "account": "old"}, False),
        ({}, True),
    ],
)
def test_which_messages_a_rule_looks_at(match: dict[str, str], fits: bool) -> None:
    message = Message(
        "work", "1", "INBOX", 0, "inbound", Address("ann@client.example", "Ann Lee"),
        subject="The Quote", labels=("\\Seen", "\\Flagged"),
    )  # fmt: skip
    assert Match.model_validate(match).fits(message) is fits


def test_a_broken_pattern_is_told() -> None:
    with pytest.raises(ValidationError, match="not a regular expression"):
        Match(subject="(quote")


# --- expressions ---


def _expression(when: str, say: str = "{name}") -> Expression.Options:
    return Expression.Options(name="own", when=when, say=say)


@pytest.mark.parametrize(
    ("when", "say", "told"),
    [
        ("person.inbound_90 > 1", "x", "did you mean 'inbound_90d'"),
        ("person.inbound >", "x", "not a CEL expression"),
        ("other.inbound > 1", "x", "not a CEL expression"),
        ("__import__('os').system('x') == 0", "x", "not a CEL expression"),
        ("person.inbound > 1", "{nam}", "not known"),
        ("person.inbound > 1", "{name.__class__}", "not known"),
        ("person.inbound > 1", "{name:>999999999}", "without a format"),
        ("person.inbound > 1", "{inbound!r}", "without a format"),
        ("person.inbound > 1", "{name", "expected"),
    ],
)
def test_a_mistake_in_an_expression_is_told(when: str, say: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        _expression(when, say)


def test_an_expression_may_ask_for_every_fact() -> None:
    variables = person_variables(ANN, 1_795_400_000)
    assert set(variables) == NAMES
    for name in NAMES:
        _expression(f"person.{name} == person.{name}")


def test_what_never_happened_is_very_long_ago() -> None:
    assert person_variables(BOB, 1_795_400_000)["days_since_contact"] == 100_000
    met = Person("x@y.example", "X", ("x@y.example",), facts=Facts(last_contact=1_795_400_000))
    assert person_variables(met, 1_795_400_000 + 86_400 * 3)["days_since_contact"] == 3


# --- birthdays ---


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_next_birthday_is_within_a_year(born: date, today: date) -> None:
    falls = next_birthday(born.isoformat(), today)
    assert 0 <= (falls - today).days <= 365 + 1
    assert (falls.month, falls.day) == (born.month, born.day) or (born.month, born.day) == (2, 29)
    assert next_birthday(f"{born:%m-%d}", today) == falls


@pytest.mark.parametrize(
    ("today", "falls"),
    [
        (date(2027, 2, 1), date(2027, 2, 28)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_birthday_on_29_february(today: date, falls: date) -> None:
    assert next_birthday("2000-02-29", today) == falls


def test_every_way_to_close_an_item_can_be_explained() -> None:
    """What findings name in `closes` has its text in `syncd explain`."""
    import ast
    from pathlib import Path

    import syncd.rules

    named = {
        value.value
        for path in Path(syncd.rules.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "closes"
        for value in ast.walk(node.value)
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    assert len(named) > 8
    assert named <= set(_CLOSES)

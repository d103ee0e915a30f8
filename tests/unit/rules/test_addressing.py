"""For whom a sentence is meant."""

from __future__ import annotations

import pytest

from syncd.model import Address, Message, Signal
from syncd.rules.addressing import names_me, names_somebody, speaks_to_me

ME = Address("camille@cabinet.example", "Camille Roy")
ANN = Address("ann.lee@client.example", "Ann Lee")
PAUL = Address("paul@client.example", "Paul Girard")
LEA = Address("lea@client.example", "Lea Winter")
ASK = Signal("ask", "Could you call?", "test", debtor="reader")


@pytest.mark.parametrize(
    ("text", "mine"),
    [
        ("Camille", True),
        ("CAMILLE", True),
        ("Mme Roy", True),
        ("Camille and Paul", True),
        ("Paul", False),
        ("Cam", False),
        ("all", False),
        ("", False),
    ],
)
def test_a_greeting_names_me(text: str, mine: bool) -> None:
    assert names_me(text, ("Camille Roy",)) is mine


def test_accents_do_not_matter() -> None:
    assert names_me("Zoe", ("Zoé Legrand",))
    assert names_me("Zoé", ("Zoe Legrand",))


@pytest.mark.parametrize(
    ("text", "somebody"),
    [("Paul", True), ("Monsieur Girard", True), ("all", False), ("équipe", False), ("tous", False),
     ("Madame, Monsieur", False), ("both", False), ("", False)],
)  # fmt: skip
def test_a_greeting_to_everybody_names_nobody(text: str, somebody: bool) -> None:
    assert names_somebody(text) is somebody


def _message(*to: Address, greeting: str = "", refs: tuple[str, ...] = ()) -> Message:
    return Message("work", "1", "INBOX", 0, "inbound", ANN, to=to, greeting=greeting, refs=refs)


@pytest.mark.parametrize(
    ("message", "signal", "expected"),
    [
        (_message(ME), ASK, "me"),
        (_message(PAUL), ASK, "no"),
        (_message(ME, PAUL), ASK, "perhaps"),
        (_message(ME, PAUL, LEA, Address("x@client.example")), ASK, "no"),
        (_message(ME, PAUL, greeting="Paul"), ASK, "no"),
        (_message(ME, PAUL, greeting="Camille"), ASK, "me"),
        (_message(PAUL, greeting="Camille"), ASK, "me"),
        (_message(ME, PAUL, greeting="Paul"), Signal("ask", "", "", to="Camille"), "me"),
        (_message(ME), Signal("ask", "", "", to="Paul"), "no"),
        (_message(ME), Signal("ask", "", "", debtor="other"), "no"),
        (_message(ME, PAUL, refs=("mine",)), ASK, "me"),
        (_message(ME, PAUL, refs=("pauls",)), ASK, "no"),
    ],
)
def test_a_name_decides_then_the_to_line(message: Message, signal: Signal, expected: str) -> None:
    by_id = {
        "mine": Message("work", "2", "Sent", 0, "outbound", ME, to=(ANN, PAUL)),
        "pauls": Message("work", "3", "INBOX", 0, "inbound", PAUL, to=(ANN, ME)),
    }
    me = frozenset({ME.email})
    assert speaks_to_me(message, signal, me, ("Camille Roy",), by_id) == expected

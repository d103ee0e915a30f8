"""Interactions to documents and back."""

from __future__ import annotations

import builtins
import json
import types
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd import model
from syncd.model import Address, Due, Meeting, Message, Signal
from syncd.store import encoding
from syncd.store.documents import from_document, to_document
from syncd.store.layout import INTERACTIONS


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model with every field drawn: one the model gains is drawn too."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        drawn = {item.name: any_of(hints[item.name]) for item in fields(kind) if item.init}
        return st.builds(kind, **drawn)
    match get_origin(kind):
        case typing.Literal:
            return st.sampled_from(get_args(kind))
        case types.UnionType:
            return st.one_of([any_of(choice) for choice in get_args(kind)])
        case builtins.tuple:
            return st.lists(any_of(get_args(kind)[0]), max_size=2).map(tuple)
    return PLAIN[kind]


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    types.NoneType: st.none(),
    str: st.text(max_size=12),
    int: st.integers(-(2**40), 2**40),
    bool: st.booleans(),
    date: st.dates(),
}


@given(any_of(Message) | any_of(Meeting))
def test_an_interaction_comes_back_as_it_was(interaction: model.Interaction) -> None:
    text = json.dumps(to_document(interaction))

    assert from_document(json.loads(text)) == interaction


@given(any_of(Message) | any_of(Meeting))
def test_every_document_keeps_to_its_tables_schema(interaction: model.Interaction) -> None:
    encoding.check(to_document(interaction), INTERACTIONS)


FRIDAY = Due(date(2026, 11, 27), date(2026, 11, 27))
MESSAGE = Message(
    account="work",
    source_id="m1",
    folder="INBOX",
    at=1_795_000_000,
    direction="inbound",
    sender=Address("ann.lee@client.example", "Ann Lee"),
    to=(Address("camille@cabinet.example"),),
    subject="Devis révisé",
    signals=(Signal("ask", "Could you send it?", "ask: could you", due=FRIDAY),),
)
MEETING = Meeting("work", "e1", "Calendar", "uid-1", 1_795_000_000, 1_795_003_600)


def test_a_document_holds_what_is_not_at_its_default() -> None:
    assert to_document(MESSAGE, subject_key="devis révisé") == {
        "kind": "message",
        "human": True,
        "copy": False,
        "account": "work",
        "source_id": "m1",
        "folder": "INBOX",
        "at": 1_795_000_000,
        "direction": "inbound",
        "sender": ["ann.lee@client.example", "Ann Lee"],
        "to": [["camille@cabinet.example"]],
        "subject": "Devis révisé",
        "signals": [
            {
                "kind": "ask",
                "quote": "Could you send it?",
                "fired": "ask: could you",
                "due": ["2026-11-27", "2026-11-27", "high", ""],
            }
        ],
        "subject_key": "devis révisé",
    }
    assert to_document(MEETING) == {
        "kind": "meeting",
        "copy": False,
        "account": "work",
        "source_id": "e1",
        "folder": "Calendar",
        "uid": "uid-1",
        "at": 1_795_000_000,
        "end": 1_795_003_600,
    }


@pytest.mark.parametrize("reason", [{"automatic": "out-of-office"}, {"bulk": "List-Id"}])
def test_human_is_kept_for_queries(reason: dict[str, str]) -> None:
    assert to_document(replace(MESSAGE, **reason))["human"] is False  # type: ignore[arg-type]


def test_the_delay_of_an_answer_is_kept_even_if_it_is_none() -> None:
    assert "delay" not in to_document(MESSAGE)
    assert to_document(replace(MESSAGE, answers="camille@cabinet.example"))["delay"] == 0


def test_an_answer_names_the_other_side_whoever_wrote_it() -> None:
    theirs = replace(MESSAGE, answers="camille@cabinet.example")
    mine = replace(MESSAGE, direction="outbound", sender=MESSAGE.to[0], answers="bob@x.example")

    assert to_document(theirs)["counterpart"] == "ann.lee@client.example"
    assert to_document(mine)["counterpart"] == "bob@x.example"
    assert "counterpart" not in to_document(MESSAGE)


@pytest.mark.parametrize("interaction", [MESSAGE, MEETING])
def test_what_a_newer_version_added_is_ignored(interaction: model.Interaction) -> None:
    document = to_document(interaction) | {"key": "work/message/m1", "mood": "sunny"}

    assert from_document(document) == interaction


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'letter' is not an interaction"):
        from_document({"kind": "letter"})

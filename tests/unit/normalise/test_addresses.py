"""Mailboxes as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Address
from syncd.normalise.addresses import (
    MOST_ADDRESSES,
    canonical,
    is_one_of,
    parse_addresses,
    parse_sender,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ann.Lee@Client.example", [("ann.lee@client.example", "")]),
        ("Ann Lee <ann@client.example>", [("ann@client.example", "Ann Lee")]),
        ('"Lee, Ann" <ann@client.example>', [("ann@client.example", "Lee, Ann")]),
        ('"Ann \\"Annie\\" Lee" <ann@client.example>', [("ann@client.example", 'Ann "Annie" Lee')]),
        ("ann@client.example (Ann Lee)", [("ann@client.example", "Ann Lee")]),
        (
            "<ann@client.example>, bob@x.example",
            [("ann@client.example", ""), ("bob@x.example", "")],
        ),
        ("=?utf-8?q?Lo=C3=AFc=2C_?= Roy <l@x.example>", [("l@x.example", "Loïc, Roy")]),
        ('"=?utf-8?b?TG/Dr2M=?=" <l@x.example>', [("l@x.example", "Loïc")]),
        (
            "Team: ann@client.example, bob@x.example;",
            [("ann@client.example", ""), ("bob@x.example", "")],
        ),
        ("undisclosed-recipients:;", []),
        ("", []),
        ("ann", []),
        ("Ann Lee <ann@client.example", [("ann@client.example", "Ann Lee")]),
        ("ann@client.example; bob@x.example", [("ann@client.example", ""), ("bob@x.example", "")]),
        ("'Ann Lee' <ann@client.example>", [("ann@client.example", "Ann Lee")]),
        ("'ann@client.example' <ann@client.example>", [("ann@client.example", "")]),
        ("ann@client.example <ann@client.example>", [("ann@client.example", "")]),
        ("<mailto:ann@client.example>", [("ann@client.example", "")]),
        ("Lee, Ann <ann@client.example>", [("ann@client.example", "Ann")]),
        ("ann@client.example, Ann <ANN@client.example>", [("ann@client.example", "")]),
        ("Ann\u202e <ann@client.example>", [("ann@client.example", "Ann")]),
    ],
)
def test_address_fields(written: str, read: list[tuple[str, str]]) -> None:
    assert [(address.email, address.name) for address in parse_addresses(written)] == read


def test_a_sender_without_an_address_keeps_the_name() -> None:
    assert parse_sender("Ann Lee") == Address("", "Ann Lee")


def test_a_thousand_recipients_are_cut() -> None:
    field = ", ".join(f"p{number}@x.example" for number in range(1000))
    assert len(parse_addresses(field)) == MOST_ADDRESSES


@given(st.text(alphabet='ab@<>(),;:" \\.\n=?', max_size=80))
def test_nothing_breaks_the_parser(written: str) -> None:
    for address in parse_addresses(written):
        local, _, domain = address.email.partition("@")
        assert local
        assert domain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("c.roy@gmail.com", "CRoy@googlemail.com", True),
        ("c.roy+news@gmail.com", "croy@gmail.com", True),
        ("camille+shop@cabinet.example", "camille@cabinet.example", True),
        ("c.amille@cabinet.example", "camille@cabinet.example", False),
        ("+@cabinet.example", "+@cabinet.example", True),
    ],
)
def test_spellings_of_one_mailbox(one: str, other: str, same: bool) -> None:
    assert (canonical(one) == canonical(other)) is same
    assert is_one_of(one, frozenset({other})) is same


def test_no_address_is_nobody() -> None:
    assert not is_one_of("", frozenset({"camille@cabinet.example"}))

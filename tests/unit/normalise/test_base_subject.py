"""Base subjects across languages (RFC 5256)."""

from __future__ import annotations

import pytest

from syncd.normalise.base_subject import base_subject, is_reply


@pytest.mark.parametrize(
    "subject",
    [
        "Quote",
        "Re: Quote",
        "RE:RE: quote",
        "Re[2]: Quote",
        "Re (3): Quote",
        "AW: WG: Quote",
        "RE : Quote",
        "TR : Quote",
        "Rép. : Quote".replace(".", ""),
        "RV: Quote",
        "SV: Quote",
        "Antw: Quote",
        "Rif: R: I: Quote",
        "FW: Fwd: Quote",
        "Quote (fwd)",
        "[team] Re: [team] Quote",
        "回复：Quote",
    ],
)
def test_marks_are_removed(subject: str) -> None:
    assert base_subject(subject) == "quote"


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Rent: the new lease", "rent: the new lease"),
        ("Invoice re: lease", "invoice re: lease"),
        ("[team]", "[team]"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_what_only_looks_like_a_mark_stays(subject: str, base: str) -> None:
    assert base_subject(subject) == base


def test_a_forward_is_no_reply() -> None:
    assert is_reply("RE : devis")
    assert is_reply("[team] Re: quote")
    assert not is_reply("Fwd: Re: quote")
    assert not is_reply("Quote")


def test_a_thousand_marks_end() -> None:
    assert base_subject("Re: " * 5000 + "x").startswith("re: re:")

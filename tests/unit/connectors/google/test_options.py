"""The options of accounts at Google."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from syncd.connectors.google.gmail import GmailOptions
from syncd.connectors.google.options import GoogleOptions

USER = "Camille@Cabinet.example"


def test_an_address_is_lower_case() -> None:
    assert GoogleOptions(user=USER).user == "camille@cabinet.example"


@pytest.mark.parametrize("user", ["", "camille", "Camille <camille@cabinet.example>", "a b@c.d"])
def test_only_a_bare_address_is_one(user: str) -> None:
    with pytest.raises(ValidationError, match="not an e-mail address"):
        GoogleOptions(user=user)


@pytest.mark.parametrize(
    ("endpoint", "kept"),
    [
        ("http://127.0.0.1:4000/", "http://127.0.0.1:4000"),
        ("http://localhost:4000", "http://localhost:4000"),
        ("http://[::1]:4000", "http://[::1]:4000"),
        ("https://mail.example/google", "https://mail.example/google"),
    ],
)
def test_an_endpoint(endpoint: str, kept: str) -> None:
    assert GoogleOptions(user=USER, endpoint=endpoint).endpoint == kept


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://mail.example",
        "http://127.0.0.1.mail.example",
        "ftp://127.0.0.1",
        "https://user:secret@mail.example",
        "https://mail.example?x=1",
        "mail.example",
        "https://",
        "http://[::1",
        "http://localhost:99999",
    ],
)
def test_no_token_goes_to_such_a_place(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="endpoint"):
        GoogleOptions(user=USER, endpoint=endpoint)


def test_two_ways_to_sign_in_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="two ways to sign in"):
        GoogleOptions.model_validate({"user": USER, "token_command": "x", "client_secrets": "y"})


@pytest.mark.parametrize("options", [GoogleOptions, GmailOptions])
def test_every_option_is_described(options: type[GoogleOptions]) -> None:
    assert all(field.description for field in options.model_fields.values())

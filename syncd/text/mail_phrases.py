"""The phrases around a message's text, from mail_phrases.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final, Literal

Role = Literal["from", "sent", "to", "cc", "subject", "other"]

_ROLES: Final[tuple[Role, ...]] = ("from", "sent", "to", "cc", "subject", "other")
_BY_LANGUAGE: Final = tuple(
    tomllib.loads(
        files("syncd.text").joinpath("mail_phrases.toml").read_text(encoding="utf-8")
    ).values()
)


def _all(key: str) -> tuple[str, ...]:
    return tuple(phrase for phrases in _BY_LANGUAGE for phrase in phrases[key])


CLOSINGS: Final[frozenset[str]] = frozenset(_all("closings"))
"""Closings as they stand alone on a line."""
FIELD_ROLES: Final[dict[str, Role]] = {name: role for role in _ROLES for name in _all(role)}
"""The role of each copied header field, by its name in lower case."""
FORWARDED: Final = _all("forwarded")
"""Words that announce a forwarded message, lower case."""
ORIGINAL: Final = _all("original")
"""Words that announce the answered message, lower case."""
PERSONAL: Final = frozenset(_all("personal"))
"""Words that make a line a sentence to somebody, whatever its length."""
NOT_NAMES: Final = frozenset(_all("not_names"))
"""Words that may stand before a comma at a text's start and are nobody's name."""

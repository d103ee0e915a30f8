"""Keeps secrets out of quoted lines: what syncd shows of a configuration file passes here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

_NAMES = ("client_secret", "token_command", "password", "access_token", "refresh_token", "api_key")
_WORDS = ("secret", "token", "passw", "credential")
_ALIKE = 0.8
"""How much a key must look like a secret's name: a misspelt `client_secrt` holds a secret too."""

_KEY = re.compile(r"""(?P<key>[\w-]{3,60})["']?\s*:""")
MASK = "***"


@lru_cache(maxsize=512)
def is_secret(key: str) -> bool:
    """Whether a key's value must never be shown."""
    key = key.lower().replace("-", "_")
    return any(word in key for word in _WORDS) or any(
        SequenceMatcher(None, key, name).ratio() >= _ALIKE for name in _NAMES
    )


def masked(lines: Sequence[str]) -> list[str]:
    """The lines with every secret's value replaced, its continuation lines included.

    Works on the text alone, so it also holds for a file that cannot be parsed; where the end of a
    value is not certain it hides too much rather than too little.
    """
    shown: list[str] = []
    inside: int | None = None
    """The column a secret's key stands in, while its value goes on below it."""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if inside is not None and (not line.strip() or indent > inside):
            shown.append(line[:indent] + MASK if line.strip() else line)
            continue
        inside = None
        for found in _KEY.finditer(line):
            if is_secret(found["key"]):
                before = line[: found.start()]
                # After "- " the entry's other keys stand in the same column as this one.
                inside = found.start() if not before.strip(" -\"'") else indent
                line = f"{line[: found.end()]} {MASK}"
                break
        shown.append(line)
    return shown

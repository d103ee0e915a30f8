"""Documents to JSON text and back. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from syncd.store.schema import TableSchema

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
INTEGERS = range(-(2**63), 2**63)
"""The whole numbers that SQLite holds."""


def encode(document: Mapping[str, Any]) -> str:
    """The JSON text of a document.

    NUL characters and lone surrogates, which SQLite cannot index and hostile mail can hold, become
    U+FFFD.

    :raises TypeError: a value that JSON does not know
    :raises ValueError: NaN or an infinity
    """
    text = _ENCODER.encode(document)
    if "\\u0000" in text:
        text = _NUL.sub("\\1\ufffd", text)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def decode(text: str) -> dict[str, Any]:
    """The document that `encode` wrote."""
    document: dict[str, Any] = json.loads(text)
    return document


def check(document: Mapping[str, Any], schema: TableSchema) -> None:
    """Hold a document to what its table declares.

    :raises ValueError: a declared field holds something else than declared
    """
    for field in schema.scalars:
        if field not in document:
            continue
        value = document[field]
        if not isinstance(value, str) and not (isinstance(value, int) and value in INTEGERS):
            raise ValueError(
                f"{schema.name}.{field} holds a text, a whole number or a bool, or is left out; "
                f"not {type(value).__name__}"
            )
    for field in schema.list_names:
        value = document.get(field, ())
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{schema.name}.{field} holds a list of texts, or is left out")

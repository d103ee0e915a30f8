"""A stretch of a message's text and what it is."""

from __future__ import annotations

from typing import Literal, NamedTuple

ZoneKind = Literal[
    "new", "greeting", "quote", "attribution", "forwarded", "signature", "disclaimer", "verbatim"
]
"""`verbatim`: a patch, code, a table or a log that the writer put into the text; not prose."""


class Zone(NamedTuple):
    """A stretch of the text, `start` to `end` in characters; zones cover the text without gaps."""

    kind: ZoneKind
    start: int
    end: int

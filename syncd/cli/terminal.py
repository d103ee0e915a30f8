"""Text for the terminal: whatever mail or file names contain, nothing in it moves the cursor or
the colours."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff"
    "\ufff9-\ufffb]"
)
_BREAKS = re.compile("[\t\n]")


def plain(text: str) -> str:
    """The text with control, bidirectional and invisible characters, and bytes that are no text,
    replaced; tabs and newlines stay."""
    return _UNSAFE.sub("\ufffd", text)


def plain_line(text: str) -> str:
    """The same for what stands in a line, as a name or a path does: no newline gets out of it."""
    return _BREAKS.sub("\ufffd", plain(text))

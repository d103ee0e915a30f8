"""Text for the terminal: whatever mail contains, nothing in it moves the cursor or the colours."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


def plain(text: str) -> str:
    """The text with control, bidirectional and invisible characters replaced; tabs and newlines
    stay."""
    return _UNSAFE.sub("\ufffd", text)

"""Text from mail made safe to keep and to show: no control, bidirectional or invisible characters.

What is removed here can never reach a terminal, a summary file or a log.
"""

from __future__ import annotations

import re

_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
# C0 and C1 controls, soft hyphen, Arabic letter mark, zero width and directional marks, the
# bidirectional embeddings, overrides and isolates, invisible operators, the byte order mark,
# interlinear annotations, tag characters, and halves of surrogate pairs.
_UNSAFE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff"
)
_REMOVED = re.compile(f"[{_UNSAFE}]")
_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


def one_line(text: str, limit: int) -> str:
    """`text` on one line: white space folded, unsafe characters gone, cut to `limit` characters."""
    if not (text.isascii() and text.isprintable()):
        # Four times the limit leaves room for what the folding takes away.
        text = _REMOVED.sub("", _BREAKS.sub(" ", text[: 4 * limit + 1000]))
    return " ".join(text.split())[:limit].rstrip()


def lines(text: str) -> str:
    """`text` with `\\n` as its only line end and unsafe characters gone; tabs stay."""
    if not text.isascii():
        return _REMOVED.sub("", _LINE_ENDS.sub("\n", text))
    if "\r" in text or _REMOVED.search(text):
        return _REMOVED.sub("", _LINE_ENDS.sub("\n", text))
    return text

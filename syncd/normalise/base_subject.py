"""The base subject of a message: what is left without reply and forward marks (RFC 5256)."""

from __future__ import annotations

import re

_MARK = (
    "re|rép|réf|ref|aw|antw|antwort|sv|vs|vá|rv|res|r|odp|ynt|atb|bls|ang|rif|ri|"
    "fwd?|fw|wg|tr|trans|i|enc|doorst|vb|vl|rés|továbbítás|pd|vidarebefordrat|vidsend|"
    "回复|答复|转发|回覆|轉寄"
)
_REPLY = "re|rép|réf|ref|aw|antw|antwort|sv|vs|vá|rv|res|r|odp|ynt|atb|rif|回复|答复|回覆"
# One mark, as `Re:`, `RE :`, `Re[2]:`, `Re(3):` or `Re^2:`; or a list's `[name]`.
_PREFIX = re.compile(
    rf"\s*(?:(?:{_MARK})\s*(?:[\[(^]\s*\d{{1,4}}\s*[\])]?)?\s*[:：]|\[[^\[\]]{{1,60}}\](?=\s*\S))",
    re.IGNORECASE,
)
_IS_REPLY = re.compile(
    rf"\s*(?:\[[^\[\]]{{1,60}}\]\s*)?(?:{_REPLY})\s*(?:[\[(^]\s*\d{{1,4}}\s*[\])]?)?\s*[:：]",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*\((?:fwd?|fw)\)\s*$", re.IGNORECASE)
_MOST_MARKS = 50


def base_subject(subject: str) -> str:
    """`subject` without its marks in the usual languages, folded for comparing; may be empty."""
    text = _SUFFIX.sub("", subject)
    position = 0
    for _ in range(_MOST_MARKS):
        match = _PREFIX.match(text, position)
        if match is None:
            break
        position = match.end()
    return " ".join(text[position:].casefold().split())


def is_reply(subject: str) -> bool:
    """Whether a subject marks its message as an answer."""
    return _IS_REPLY.match(subject) is not None

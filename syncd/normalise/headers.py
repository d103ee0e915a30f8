"""The header section of a message (RFC 5322), with encoded words (RFC 2047) decoded.

Own code where the standard library has two good parsers, for three reasons that were measured:
`email` takes everything after one malformed line for the body, raises or garbles on broken
encoded words next to raw 8-bit text, and spends most of the time of a large sync on fields that
nobody asked for.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from syncd.normalise.charsets import decode

HEAD_LIMIT = 256 * 1024
"""Bytes of a message in which its header section must end; what is beyond is not read."""
_MOST_FIELDS = 2000
_LONGEST_VALUE = 64 * 1024

_END = re.compile(rb"\n\r*(?:\n|\Z)|\A\r*\n")
_FIELD = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"\?=[ \t\r\n]+=\?")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def head_of(data: bytes, *, part: bool = False) -> tuple[bytes, int]:
    """The header section of a message and the offset of its body.

    Line ends may be LF, CRLF or, in very old files, CR alone. Without an empty line everything up
    to HEAD_LIMIT is the header section. Empty lines before a message are passed over; a body
    `part` that begins with one has no header section.
    """
    start = 0 if part else len(data) - len(data.lstrip(b"\r\n"))
    found = _END.search(data, start, start + HEAD_LIMIT)
    if found:
        return data[start : found.start()], found.end()
    limit = min(len(data), start + HEAD_LIMIT)
    head = data[start:limit]
    if b"\n" not in head and b"\r" in head:
        end = head.find(b"\r\r")
        end = len(head) if end < 0 else end
        return head[:end].replace(b"\r", b"\n"), min(start + end + 2, len(data))
    return head, limit


def fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    """The (name, raw value) pairs of a header section; lines that are no field are passed over."""
    for match in islice(_FIELD.finditer(head), _MOST_FIELDS):
        yield match[1].decode("ascii"), match[2][:_LONGEST_VALUE]


class Headers:
    """A message's header fields by name, case ignored. Where a field repeats, the first counts."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[str, str | bytes]]) -> None:
        """`pairs` as parsed from a message, or as a provider's API lists them."""
        self._values: dict[str, list[str | bytes]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(value)

    @classmethod
    def parse(cls, head: bytes) -> Headers:
        """The fields of a header section."""
        return cls(fields(head))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> str:
        """The first value of the field `name` (lower case), unfolded, not decoded; else empty."""
        values = self._values.get(name)
        return _unfolded(values[0]) if values else ""

    def all(self, name: str) -> list[str]:
        """Every value of the field `name` (lower case), in order, unfolded."""
        return [_unfolded(value) for value in self._values.get(name, ())]

    def text(self, name: str, limit: int = 4000) -> str:
        """The first value of the field `name` with its encoded words decoded.

        `limit` bounds the characters that are looked at.
        """
        return decode_words(self.get(name)[:limit])


def _unfolded(value: str | bytes) -> str:
    text = value if isinstance(value, str) else decode(value)
    if "\n" in text or "\r" in text:
        text = _FOLD.sub(" ", text)
    return text.strip()


def decode_words(text: str) -> str:
    """`text` with its RFC 2047 encoded words decoded; what cannot be decoded stays readable.

    Adjacent words in one charset are decoded together, since senders cut characters in half.
    """
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending, pending_charset = b"", ""
    position = 0
    joined = _BETWEEN_WORDS.sub("?==?", text)
    for match in _WORD.finditer(joined):
        charset = match[1].partition("*")[0].lower()
        between = joined[position : match.start()]
        if between or charset != pending_charset:
            pieces.append(decode(pending, pending_charset))
            pieces.append(between)
            pending, pending_charset = b"", charset
        pending += _word_bytes(match[2], match[3])
        position = match.end()
    pieces += (decode(pending, pending_charset), joined[position:])
    return "".join(pieces)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return from_base64(data)


def from_base64(data: bytes) -> bytes:
    """Decode base64 that may be folded, cut, padded in the middle or mixed with other bytes."""
    cleaned = _NOT_BASE64.sub(b"", data)
    usable = len(cleaned) - (len(cleaned) % 4 == 1)
    return binascii.a2b_base64(cleaned[:usable] + b"=" * (-usable % 4))

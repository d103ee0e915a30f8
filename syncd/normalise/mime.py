"""The parts of a MIME message (RFC 2045, 2046), walked within bounds.

The standard library's parser recurses once per nested multipart (a thousand levels end it), feeds
every line of a large attachment through Python, and builds all parts where one is read. This walk
finds the boundaries in the raw bytes and hands out slices.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as FieldReader

from syncd.normalise.headers import Headers, from_base64, head_of

MOST_PARTS = 200
DEEPEST = 12
_LONGEST_FIELD = 2000
_LONGEST_HEAD = 16 * 1024
_MOST_DELIMITERS = 5000


@dataclass(frozen=True, slots=True)
class ContentType:
    """A Content-Type (RFC 2045): lower-case `main`/`sub` and its parameters, decoded (RFC 2231)."""

    main: str
    sub: str
    parameters: dict[str, str]

    @property
    def full(self) -> str:
        """`main/sub`."""
        return f"{self.main}/{self.sub}"


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the MIME tree: its fields and its still encoded content."""

    headers: Headers
    type: ContentType
    disposition: str
    """`attachment`, `inline` or whatever the part says, lower case; empty if nothing."""
    filename: str
    inside: tuple[str, ...]
    """The subtypes of the multiparts around it, outermost first, e.g. ("mixed", "alternative")."""
    data: bytes
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of the encoded content."""
        return self.end - self.start

    def content(self, limit: int) -> tuple[bytes, bool]:
        """The first `limit` bytes of the decoded content, and whether that is all of it."""
        encoding = self.headers.get("content-transfer-encoding")[:40].strip().lower()
        if encoding == "base64":
            taken = self.data[self.start : min(self.end, self.start + limit * 3 // 2)]
            content = from_base64(taken)
        elif encoding == "quoted-printable":
            taken = self.data[self.start : min(self.end, self.start + limit * 3)]
            content = binascii.a2b_qp(taken)
        else:
            content = taken = self.data[self.start : min(self.end, self.start + limit)]
        return content[:limit], len(taken) == self.size and len(content) <= limit


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A structured field's value and parameters, names lower case (`text/plain`, {charset: …})."""
    value = value[:_LONGEST_FIELD]
    if ";" not in value:
        return value.strip().lower(), {}
    field = FieldReader()
    field["content-type"] = value
    found: dict[str, str] = {}
    try:
        listed = field.get_params([], unquote=True)
    except (ValueError, IndexError, TypeError, AttributeError, LookupError):
        listed = []
    for name, content in listed[1:21]:
        # RFC 2231 values come as (charset, language, percent-decoded text).
        if isinstance(content, tuple):
            charset, _, text = content
            try:
                content = text.encode("latin-1", "replace").decode(charset or "utf-8", "replace")
            except (LookupError, ValueError):
                content = text
        found.setdefault(str(name).lower(), str(content))
    return value.partition(";")[0].strip().lower(), found


def content_type(headers: Headers, default: str = "text/plain") -> ContentType:
    """The Content-Type of a message or part; what is malformed counts as plain text."""
    value, found = parameters(headers.get("content-type"))
    if value.count("/") != 1:
        value = default if not value else "text/plain"
    main, _, sub = value.partition("/")
    return ContentType(main.strip(), sub.strip(), found)


def parts(headers: Headers, data: bytes, start: int) -> Iterator[Part]:
    """The leaves of a message in order: at most MOST_PARTS, no deeper than DEEPEST.

    `data` from `start` is the body that `headers` describe. Attached messages are leaves: what
    they hold is not looked into.
    """
    waiting: list[tuple[Headers, int, int, tuple[str, ...], str]] = [
        (headers, start, len(data), (), "text/plain")
    ]
    seen = 0
    while waiting and seen < MOST_PARTS:
        described, begin, end, inside, default = waiting.pop()
        kind = content_type(described, default)
        boundary = kind.parameters.get("boundary", "").rstrip()
        if kind.main == "multipart" and boundary and len(inside) < DEEPEST:
            child_default = "message/rfc822" if kind.sub == "digest" else "text/plain"
            children = []
            for child_begin, child_end in _sections(data, begin, end, boundary):
                head, length = head_of(
                    data[child_begin : min(child_end, child_begin + _LONGEST_HEAD)], part=True
                )
                children.append(
                    (
                        Headers.parse(head),
                        min(child_begin + length, child_end),
                        child_end,
                        (*inside, kind.sub),
                        child_default,
                    )
                )
                seen += 1
                if seen >= MOST_PARTS:
                    break
            waiting.extend(reversed(children))
            continue
        disposition, about = parameters(described.get("content-disposition"))
        yield Part(
            described,
            kind,
            disposition,
            about.get("filename") or kind.parameters.get("name", ""),
            inside,
            data,
            begin,
            end,
        )


def _sections(data: bytes, begin: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """Where the parts between the delimiter lines of a multipart begin and end."""
    delimiter = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    opened = -1
    position = data.find(delimiter, max(0, begin - 1), end)
    for _ in range(_MOST_DELIMITERS):
        if position < 0:
            break
        after = position + len(delimiter)
        closing = data.startswith(b"--", after)
        line_end = data.find(b"\n", after, min(end, after + 1000))
        rest = data[after : line_end if line_end >= 0 else min(end, after + 1000)]
        # "--outer" must not match the line "--outer-inner" of a nested multipart.
        if closing or not rest.strip():
            if opened >= 0:
                yield opened, max(opened, _without_line_end(data, position))
            if closing:
                return
            opened = line_end + 1 if line_end >= 0 else end
            after = opened - 1
        position = data.find(delimiter, after, end)
    if opened >= 0:
        yield opened, end


def _without_line_end(data: bytes, position: int) -> int:
    """Where the content before the delimiter at `position` (its line feed) ends."""
    return position - 1 if data[position - 1 : position] == b"\r" else position

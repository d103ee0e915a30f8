"""The text a person wrote in a message, and what came with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from syncd.normalise.charsets import decode
from syncd.normalise.headers import Headers
from syncd.normalise.mime import Part, parts
from syncd.normalise.safe_text import lines

TEXT_LIMIT = 256 * 1024
"""Bytes of decoded text that are read of one message."""
_HTML_LIMIT = 1024 * 1024
"""Bytes of HTML that are read for its text: styles and embedded images make most of it."""
_MOST_FLOWED = 10_000
"""Lines of a flowed text that are joined; what follows them stays as it was sent."""
_SMALL_IMAGE = 30 * 1024
"""Encoded bytes below which an inline image is taken for a logo."""
_NOT_FILES = frozenset(
    (
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-encrypted",
        "text/calendar",
        "message/delivery-status",
        "message/disposition-notification",
        "message/external-body",
        "text/rfc822-headers",
    )
)
_ENCRYPTED = re.compile(r"\s*-----BEGIN PGP MESSAGE-----")
_METHOD = re.compile(rb"^METHOD:[ \t]*([A-Za-z-]{1,30})", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """What a message holds besides its header section."""

    text: str | None
    """The text, line ends `\\n`, quotes and signature included; None where it is encrypted."""
    attachments: int = 0
    """Files that came with it; inline images, signatures and invitations are none."""
    calendar_method: str = ""
    """The METHOD of a text/calendar part (RFC 5546), lower case; empty where there is none."""
    report: bool = False
    """Whether a delivery report or read receipt is among the parts."""


def read_body(headers: Headers, data: bytes, start: int) -> Body:
    """Read the body that begins at `start` in the message `data` with these `headers`."""
    return body_of(parts(headers, data, start))


def body_of(leaves: Iterable[Part]) -> Body:
    """What the leaves of a message's MIME tree hold, in their order.

    Plain text is preferred to HTML where it says something. Within a bounded time for any input.
    """
    plain: list[Part] = []
    html: list[Part] = []
    attachments = 0
    method = ""
    encrypted = report = False
    for part in leaves:
        full = part.type.full
        if "encrypted" in part.inside or _is_enveloped(part):
            encrypted = True
        elif full == "text/calendar" and not method:
            method = _calendar_method(part)
        elif full in ("message/delivery-status", "message/disposition-notification"):
            report = True
        elif _is_text(part):
            (html if part.type.sub == "html" else plain).append(part)
        elif _is_file(part):
            attachments += 1
    text = None if encrypted else _text(plain, html)
    if text is not None and _ENCRYPTED.match(text):
        text = None
    return Body(text, attachments, method, report)


def _is_enveloped(part: Part) -> bool:
    return part.type.full in ("application/pkcs7-mime", "application/x-pkcs7-mime")


def _is_text(part: Part) -> bool:
    if part.disposition == "attachment" or part.type.full not in ("text/plain", "text/html"):
        return False
    # A text file shown inline is still a file; the first part may carry a name and be the text.
    return not part.filename or part.disposition != "inline"


def _is_file(part: Part) -> bool:
    if part.type.full in _NOT_FILES or part.type.main == "multipart":
        return False
    if part.type.main == "image" and part.disposition != "attachment":
        if "related" in part.inside or "content-id" in part.headers:
            return False
        return part.size >= _SMALL_IMAGE
    if part.type.main == "image" and "related" in part.inside and "content-id" in part.headers:
        return False
    return bool(part.filename) or part.disposition == "attachment" or part.type.main != "text"


def _calendar_method(part: Part) -> str:
    named = part.type.parameters.get("method", "")
    if not named:
        found = _METHOD.search(part.content(4096)[0])
        named = found[1].decode("ascii") if found else ""
    return named.strip().lower()


def _text(plain: list[Part], html: list[Part]) -> str:
    text = _joined(plain)
    if text.strip() or not html:
        return text
    from syncd.text.html import html_to_text  # brings lxml: only who reads HTML pays for it

    content, complete = html[0].content(_HTML_LIMIT)
    return lines(html_to_text(decode(content, _charset(html[0]), complete=complete)))


def _joined(chosen: list[Part]) -> str:
    """The plain parts one after the other: lists append their footers as further parts."""
    pieces: list[str] = []
    left = TEXT_LIMIT
    for part in chosen[:10]:
        content, complete = part.content(left)
        left -= len(content)
        piece = lines(decode(content, _charset(part), complete=complete))
        if part.type.parameters.get("format", "").lower() == "flowed":
            piece = unflow(piece, delsp=part.type.parameters.get("delsp", "").lower() == "yes")
        pieces.append(piece)
        if left <= 0:
            break
    return "\n".join(pieces)


def _charset(part: Part) -> str:
    return part.type.parameters.get("charset", "")


def unflow(text: str, *, delsp: bool = False) -> str:
    """Join the soft line breaks of a format=flowed text (RFC 3676) and remove its stuffing.

    `delsp`: the space before a soft break belongs to the break, not to the text.
    """
    joined: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n", _MOST_FLOWED):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        # The signature separator ends in a space and is a line of its own.
        separator = content == "-- "
        soft = content.endswith(" ") and not separator
        kept = content[:-1] if soft and delsp else content
        if open_depth == depth and not separator:
            joined[-1].append(kept)
        else:
            joined.append([">" * depth + (" " if depth else ""), kept])
        open_depth = depth if soft else -1
    return "\n".join("".join(pieces) for pieces in joined)

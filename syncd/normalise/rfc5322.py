"""A message as a file holds it (RFC 5322), or the fields a provider lists, to a Message. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Protocol

from syncd.model import Address, Direction, Message
from syncd.normalise.addresses import is_one_of, parse_addresses, parse_sender
from syncd.normalise.automatic import automatic, bulk, calendar, is_hint
from syncd.normalise.body import Body, read_body
from syncd.normalise.folders import is_sent
from syncd.normalise.headers import HEAD_LIMIT, Headers, head_of
from syncd.normalise.moments import written_at
from syncd.normalise.safe_text import one_line

if TYPE_CHECKING:
    from syncd.text.reading import Reading

FIRST_READ = 64 * 1024
"""Bytes that hold the header section of nearly every message, and all of most messages."""
MESSAGE_LIMIT = 8 * 1024 * 1024
"""Bytes of a message that are looked at; files beyond are not counted as attachments."""
SUBJECT_LIMIT = 300
"""Characters kept of a subject."""
MOST_REFS = 21
"""Ids kept of References and In-Reply-To: the first (the root) and the last twenty."""
_LONGEST_ID = 250
_END_OF_REFS = 32 * 1024
_HEADERS_OF_A_MESSAGE = ("from", "date", "subject", "message-id", "to", "received", "sender")

_ID = re.compile(r"<([^<>]{1,1000})>")
_SPACE = re.compile(r"\s+")


class NotAMessage(ValueError):
    """The bytes have none of the header fields a message has; the text says what was found."""


class WordReader(Protocol):
    """Analyses the text of one message (text.reading.Reader)."""

    def read(self, text: str, *, at: datetime, attachments: int = 0, subject: str = "") -> Reading:
        """Read the text of a message written at `at` (aware, in the writer's zone)."""
        ...


def read_message(
    source: bytes | BinaryIO,
    *,
    account: str,
    source_id: str,
    folder: str,
    me: frozenset[str],
    now: int,
    filed: int = 0,
    labels: Sequence[str] = (),
    provider_thread: str = "",
    link: str = "",
    words: WordReader | None = None,
    words_since: int = 0,
    excerpt: int = 0,
) -> Message:
    """Read one message file or its bytes.

    :param source: bytes, or a file at the message's start: no more of it is read than is needed
    :param me: the user's addresses
    :param now: the moment of evaluation, epoch seconds
    :param filed: when the message was filed (file name or file time), for messages without dates
    :param words: analyses the text; None leaves the body unread
    :param words_since: the text of older messages is not read (epoch seconds)
    :param excerpt: characters of the new text to keep
    :raises NotAMessage: these are no message's bytes
    :raises OSError: the file cannot be read
    """
    file = BytesIO(source) if isinstance(source, bytes) else source
    data = file.read(FIRST_READ)
    head, start = head_of(data)
    if start >= len(data) == FIRST_READ:
        data += file.read(HEAD_LIMIT - FIRST_READ)
        head, start = head_of(data)
    headers = Headers.parse(head)
    if not any(name in headers for name in _HEADERS_OF_A_MESSAGE):
        raise NotAMessage("the file is empty" if not data.strip() else "no mail header fields")

    def body() -> Body:
        return read_body(headers, data + file.read(MESSAGE_LIMIT - len(data)), start)

    return from_headers(
        headers,
        account=account,
        source_id=source_id,
        folder=folder,
        me=me,
        now=now,
        filed=filed,
        labels=labels,
        provider_thread=provider_thread,
        link=link,
        body=body,
        words=words,
        words_since=words_since,
        excerpt=excerpt,
    )


def from_headers(
    headers: Headers | Iterable[tuple[str, str | bytes]],
    *,
    account: str,
    source_id: str,
    folder: str,
    me: frozenset[str],
    now: int,
    filed: int = 0,
    delivered: int | None = None,
    labels: Sequence[str] = (),
    provider_thread: str = "",
    link: str = "",
    body: Callable[[], Body] | None = None,
    words: WordReader | None = None,
    words_since: int = 0,
    excerpt: int = 0,
) -> Message:
    """The Message that header fields describe, as parsed or as a provider's API lists them.

    `delivered` is when the provider took the message over (epoch seconds), where it says so.
    `body` is called only if the text is to be read; the other parameters are those of
    `read_message`.
    """
    if not isinstance(headers, Headers):
        headers = Headers(headers)
    sender = _sender(headers)
    to = parse_addresses(headers.get("to"))
    cc = parse_addresses(headers.get("cc"))
    subject = one_line(headers.text("subject"), SUBJECT_LIMIT)
    at, offset = written_at(
        headers.get("date"), headers.all("received"), delivered=delivered, now=now, fallback=filed
    )
    direction = _direction(headers, sender, (*to, *cc), folder, labels, me)
    message = Message(
        account=account,
        source_id=source_id,
        folder=folder,
        at=at,
        direction=direction,
        sender=sender,
        message_id=_message_id(headers, source_id),
        refs=_refs(headers, {address.email for address in (sender, *to, *cc)}),
        to=to,
        cc=cc,
        subject=subject,
        utc_offset=offset,
        automatic=automatic(headers, sender, subject),
        bulk=bulk(headers, sender, to, cc, labels, me) if direction == "inbound" else "",
        labels=tuple(labels),
        provider_thread=provider_thread,
        link=link,
    )
    if body is None or words is None or at < words_since or _never_read(message):
        return message
    return with_words(message, body(), words, excerpt)


def with_words(message: Message, body: Body, words: WordReader, excerpt: int) -> Message:
    """`message` with what its text says, unless the body shows that a machine wrote it.

    An encrypted message keeps `words_read` false: nothing is known about what it says.
    """
    reason = calendar(body.calendar_method) or ("report: part" if body.report else "")
    if reason or body.text is None:
        return replace(message, automatic=reason, attachments=body.attachments)
    reading = words.read(
        body.text,
        at=datetime.fromtimestamp(message.at, timezone(timedelta(minutes=message.utc_offset))),
        attachments=body.attachments,
        subject=message.subject,
    )
    return replace(
        message,
        words_read=True,
        language=reading.language,
        excerpt=_excerpt(body.text, reading, excerpt),
        signals=reading.signals,
        greeting=reading.greeting,
        attachments=body.attachments,
    )


def read_message_text(data: bytes, *, now: int) -> tuple[str, datetime, str, int]:
    """The text of one message for `syncd read`: (text, date, subject, attachments).

    The date is aware, in the writer's zone; `now` where the message has none. The text of an
    encrypted message is empty.

    :raises NotAMessage: these are no message's bytes
    """
    head, start = head_of(data)
    headers = Headers.parse(head)
    if not any(name in headers for name in _HEADERS_OF_A_MESSAGE):
        raise NotAMessage("the file is empty" if not data.strip() else "no mail header fields")
    at, offset = written_at(
        headers.get("date"), headers.all("received"), delivered=None, now=now, fallback=now
    )
    body = read_body(headers, data[:MESSAGE_LIMIT], start)
    date = datetime.fromtimestamp(at, UTC).astimezone(timezone(timedelta(minutes=offset)))
    return body.text or "", date, one_line(headers.text("subject"), SUBJECT_LIMIT), body.attachments


def _never_read(message: Message) -> bool:
    return bool(message.automatic) or (bool(message.bulk) and not is_hint(message.bulk))


def _sender(headers: Headers) -> Address:
    for name in ("from", "sender", "return-path"):
        value = headers.get(name)
        if value:
            sender = parse_sender(value)
            if sender.email:
                return sender
    return parse_sender(headers.get("from"))


def _direction(
    headers: Headers,
    sender: Address,
    recipients: tuple[Address, ...],
    folder: str,
    labels: Sequence[str],
    me: frozenset[str],
) -> Direction:
    """From me is outbound wherever it lies; in a Sent folder, so is what I sent for somebody else
    or from an address that the configuration does not name: no server received it."""
    mine = is_one_of(sender.email, me)
    if not mine and is_sent(folder, labels):
        by = parse_sender(headers.get("sender"))
        mine = is_one_of(by.email, me) or "received" not in headers
    if not mine:
        return "inbound"
    only_me = recipients and all(is_one_of(address.email, me) for address in recipients)
    return "self" if only_me else "outbound"


def _message_id(headers: Headers, source_id: str) -> str:
    value = headers.get("message-id")
    found = _ids(value[:4000]) or [_bounded(one_line(value.strip("<> "), 1000).replace(" ", ""))]
    if found[0]:
        return found[0]
    # The same message in another folder must get the same id: only fields that copies share count.
    names = ("from", "date", "to", "cc", "subject")
    shared = [headers.get(name) for name in names]
    if not headers.get("date"):
        shared.append(source_id)
    digest = blake2b("\0".join(shared).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{digest}@no-message-id.invalid"


def _refs(headers: Headers, addresses: set[str]) -> tuple[str, ...]:
    """The ids of References and In-Reply-To, oldest first, the parent last."""
    parents = [ref for ref in _ids(headers.get("in-reply-to")[:8000]) if ref not in addresses]
    refs = list(dict.fromkeys(_ids(_both_ends(headers.get("references")))))
    if len(parents) == 1 and parents[0] in refs:
        refs.remove(parents[0])
        refs.append(parents[0])
    elif parents:
        refs = list(dict.fromkeys((*refs, *parents[:MOST_REFS])))
    if len(refs) > MOST_REFS:
        refs = [refs[0], *refs[1 - MOST_REFS :]]
    return tuple(refs)


def _both_ends(value: str) -> str:
    """A field too long for anything but an attack, without its middle."""
    if len(value) <= 2 * _END_OF_REFS:
        return value
    tail = value[-_END_OF_REFS:]
    return f"{value[:_END_OF_REFS]}> {tail[tail.find('<') :]}"


def _ids(value: str) -> list[str]:
    """The message ids in a field. Ids in angle brackets win; lines folded inside one are mended."""
    found = _ID.findall(value) if "<" in value else [word for word in value.split() if "@" in word]
    cleaned = (_bounded(one_line(_SPACE.sub("", text), 1000)) for text in found)
    return [text for text in cleaned if text]


def _bounded(text: str) -> str:
    if len(text) <= _LONGEST_ID:
        return text
    return blake2b(text.encode(), digest_size=16).hexdigest() + "@long-message-id.invalid"


def _excerpt(text: str, reading: Reading, limit: int) -> str:
    if limit <= 0:
        return ""
    pieces: list[str] = []
    length = 0
    for zone in reading.zones:
        if zone.kind == "new":
            pieces.append(text[zone.start : min(zone.end, zone.start + 4 * limit)])
            length += zone.end - zone.start
            if length > 4 * limit:
                break
    return one_line(" ".join(pieces), limit)

"""A Gmail API `Message` resource to a Message. Pure.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages#Message
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from syncd.model import Message
from syncd.normalise.body import Body, body_of
from syncd.normalise.headers import Headers
from syncd.normalise.mime import DEEPEST, MOST_PARTS, Part, content_type, parameters
from syncd.normalise.rfc5322 import NotAMessage, WordReader, from_headers

FOLDER: Final = "All Mail"
"""Gmail keeps every message once, whatever its labels."""
_FIELDS = """
    From Sender To Cc Date Subject Message-ID In-Reply-To References Received Return-Path
    Content-Type Content-Class Auto-Submitted Precedence X-Precedence X-Auto-Response-Suppress
    X-Autoreply X-Auto-Reply X-Autorespond X-Autoresponder X-Autoreply-From X-Mail-Autoreply
    X-Failed-Recipients X-FC-MachineGenerated List-Id List-Post List-Unsubscribe
    List-Unsubscribe-Post X-Mailing-List Feedback-ID X-Mailer X-Campaign X-CampaignID X-Campaign-ID
    X-MC-User X-Mailchimp-ID X-Mailgun-Tag X-Mailgun-Sid X-SG-EID X-SIB-ID X-CSA-Complaints
    X-Emarsys-Identify X-HubSpot-Message-ID X-MJ-MID X-Mailer-RecptID
"""
METADATA_HEADERS: Final = tuple(_FIELDS.split())
"""The header fields that `from_headers` looks at: all that is asked for where no text is read."""
_LEFT_OUT = frozenset(("TRASH", "SPAM", "DRAFT", "CHAT"))
_VOLATILE = frozenset(("UNREAD",))
"""Changes with every look at the mail, and says nothing between people."""
_MOST_FIELDS = 2000
_MOST_LABELS = 200
_LONGEST_CONTENT = 2 * 1024 * 1024
"""Decoded bytes kept of one part: more than any reader of the text looks at."""


def is_left_out(labels: Collection[str]) -> bool:
    """Whether label ids say that this is no mail to keep: deleted, spam, a draft or a chat."""
    return not _LEFT_OUT.isdisjoint(labels)


def is_volatile(labels: Collection[str]) -> bool:
    """Whether a change of these label ids leaves every record as it was."""
    return _VOLATILE.issuperset(labels)


def label_ids(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The label ids of a `Message` resource, bounded."""
    labels = resource.get("labelIds")
    listed = labels[:_MOST_LABELS] if isinstance(labels, list) else ()
    return tuple(label for label in listed if isinstance(label, str))


def thread_link(user: str, thread: str) -> str:
    """The web page of a thread, in the account of `user` whichever others are signed in."""
    return f"https://mail.google.com/mail/u/?authuser={quote(user)}#all/{quote(thread)}"


def read_gmail(
    resource: Mapping[str, Any],
    *,
    account: str,
    user: str,
    me: frozenset[str],
    now: int,
    label_names: Mapping[str, str],
    words: WordReader | None = None,
    words_since: int = 0,
    excerpt: int = 0,
) -> Message:
    """Read a resource in format `full`, or `metadata` with `words` None.

    :param user: the address of the Gmail account
    :param label_names: names of the user's own labels by id; other labels keep their ids
    :param now: the moment of evaluation, epoch seconds; the other parameters are those of
        normalise.rfc5322.read_message
    :raises NotAMessage: it has no id or no header fields
    """
    payload = resource.get("payload")
    source_id, thread = resource.get("id"), resource.get("threadId")
    pairs = _pairs(payload) if isinstance(payload, Mapping) else []
    if not isinstance(source_id, str) or not source_id or not pairs:
        raise NotAMessage("Gmail gave no header fields")
    delivered = _seconds(resource.get("internalDate"))
    labels = sorted(label_names.get(x, x) for x in label_ids(resource) if x not in _VOLATILE)
    has_text = isinstance(payload, Mapping) and ("body" in payload or "parts" in payload)
    return from_headers(
        Headers(pairs),
        account=account,
        source_id=source_id,
        folder=FOLDER,
        me=me,
        now=now,
        filed=delivered or 0,
        delivered=delivered,
        labels=labels,
        provider_thread=thread if isinstance(thread, str) else "",
        link=thread_link(user, thread) if isinstance(thread, str) and thread else "",
        body=(lambda: _body(payload)) if has_text and isinstance(payload, Mapping) else None,
        words=words,
        words_since=words_since,
        excerpt=excerpt,
    )


def _pairs(part: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The header fields of a `MessagePart`; those that are not well-formed are passed over."""
    listed = part.get("headers")
    fields = listed[:_MOST_FIELDS] if isinstance(listed, list) else ()
    return [
        (field["name"], field["value"])
        for field in fields
        if isinstance(field, Mapping)
        and isinstance(field.get("name"), str)
        and isinstance(field.get("value"), str)
    ]


def _seconds(milliseconds: object) -> int | None:
    """Epoch seconds of an int64 in JSON, which is a string; None where it is no moment."""
    text = str(milliseconds)
    return int(text) // 1000 if text.isascii() and text.isdigit() and len(text) < 16 else None


def _body(payload: Mapping[str, Any]) -> Body:
    leaves = list(_leaves(payload))
    body = body_of(part for part, _ in leaves)
    if body.text is not None and not body.text.strip() and not all(held for _, held in leaves):
        # the text itself was too large to come along: nothing is known about what it says
        return replace(body, text=None)
    return body


def _leaves(payload: Mapping[str, Any]) -> Iterator[tuple[Part, bool]]:
    """The leaves of a `MessagePart` tree in order, each with whether its text came along."""
    waiting: list[tuple[Mapping[str, Any], tuple[str, ...]]] = [(payload, ())]
    seen = 0
    while waiting and seen < MOST_PARTS:
        described, inside = waiting.pop()
        seen += 1
        children = described.get("parts")
        kind = str(described.get("mimeType") or "").lower()
        # what an attached message holds is not looked into
        if kind.startswith("multipart/") and isinstance(children, list):
            if len(inside) < DEEPEST:
                deeper = (*inside, kind.partition("/")[2])
                mappings = [child for child in children[:MOST_PARTS] if isinstance(child, Mapping)]
                waiting += [(child, deeper) for child in reversed(mappings)]
            continue
        yield _leaf(described, inside)


def _leaf(described: Mapping[str, Any], inside: tuple[str, ...]) -> tuple[Part, bool]:
    body = described.get("body")
    body = body if isinstance(body, Mapping) else {}
    data = _content(body.get("data"))
    size = body.get("size")
    size = size if isinstance(size, int) and size > len(data) else len(data)
    # Gmail has undone the transfer encoding; sizes of parts are compared as they travel, in base64
    pairs = [p for p in _pairs(described) if p[0].lower() != "content-transfer-encoding"]
    headers = Headers(pairs)
    kind = content_type(headers, str(described.get("mimeType") or "text/plain").lower())
    if kind.main == "text" and _is_utf8(data):
        kind = replace(kind, parameters={**kind.parameters, "charset": "utf-8"})
    disposition, about = parameters(headers.get("content-disposition"))
    filename = about.get("filename") or kind.parameters.get("name", "")
    end = len(data) if data else size * 4 // 3
    held = kind.main != "text" or bool(data) or not size or disposition == "attachment"
    named = str(described.get("filename") or filename)
    return Part(headers, kind, disposition, named, inside, data, 0, end), held


def _content(data: object) -> bytes:
    """The bytes of a base64url string, cut; broken ones are empty."""
    if not isinstance(data, str):
        return b""
    text = data[: 4 * (_LONGEST_CONTENT // 3)]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")
    except (binascii.Error, ValueError):
        return b""


def _is_utf8(data: bytes) -> bool:
    """Whether a text is UTF-8, whatever its header says: Gmail converts most texts to it and leaves
    the header as it came. Escape and null bytes belong to other charsets."""
    if b"\x1b" in data or b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(data) >= _LONGEST_CONTENT - 3 and error.start >= len(data) - 3
    return True

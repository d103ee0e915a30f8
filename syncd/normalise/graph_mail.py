"""A message resource of Microsoft Graph to a Message. Pure.

https://learn.microsoft.com/graph/api/resources/message: the properties come decoded and separate,
the header fields and the new part of the text only where they were asked for. They are put back
into header fields, so that what is automatic, bulk or mine is decided where it is for all mail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from itertools import islice
from typing import Any

from syncd.model import Message
from syncd.normalise.addresses import is_one_of, parse_addresses
from syncd.normalise.automatic import is_hint
from syncd.normalise.body import TEXT_LIMIT, Body
from syncd.normalise.headers import Headers
from syncd.normalise.rfc5322 import WordReader, from_headers
from syncd.normalise.safe_text import lines, one_line

FIELDS = (
    "internetMessageId",
    "conversationId",
    "parentFolderId",
    "receivedDateTime",
    "sentDateTime",
    "subject",
    "from",
    "sender",
    "toRecipients",
    "ccRecipients",
    "hasAttachments",
    "isDraft",
    "inferenceClassification",
    "categories",
    "webLink",
)
"""The properties a Message is made of; Mail.ReadBasic gives all of them."""
HEADERS = "internetMessageHeaders"
TEXT = "uniqueBody"

SENT = "SENT"
"""The label of mail in the well-known folder of sent items, whatever it is called there."""

_MOST_HEADERS = 500
_MOST_RECIPIENTS = 300
_MOST_CATEGORIES = 20
_MOST_OWN = 200
_LONGEST = 2000
_LONGEST_HTML = 1024 * 1024
_MEETING_TYPES = ("eventMessage", "calendarSharingMessage")
_ENCRYPTED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_ENCRYPTED_TEXT = "-----BEGIN PGP MESSAGE-----"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is the same for every message of one pull."""

    account: str
    me: frozenset[str]
    now: int
    """The moment of evaluation, epoch seconds."""
    zone: tzinfo
    """The user's own: what I write myself carries no offset in Graph."""
    words: WordReader | None = None
    words_since: int = 0
    """The text of older messages is not read (epoch seconds)."""
    excerpt: int = 0

    def wants_headers(self, message: Message) -> bool:
        """Whether header fields could still change what `message`, read without them, is.

        Mail from one of my addresses has none in Graph that matter. What is in the sent items but
        from an address not known as mine is told from received mail by its header fields alone.
        """
        if is_one_of(message.sender.email, self.me):
            return False
        return self._may_matter(message)

    def wants_text(self, message: Message) -> bool:
        """Whether the text of `message` is to be read."""
        return (
            self.words is not None and message.at >= self.words_since and self._may_matter(message)
        )

    def _may_matter(self, message: Message) -> bool:
        # a colleague whom Exchange knows by another name than an address (`/o=…/cn=…`) has one in
        # the header fields
        nameless = not message.sender.email
        return not message.automatic and (not message.bulk or is_hint(message.bulk) or nameless)


def is_complete(item: Mapping[str, Any]) -> bool:
    """Whether `item` has every property of FIELDS: an update may bring only what has changed."""
    return all(name in item for name in FIELDS)


def received_at(item: Mapping[str, Any]) -> int:
    """When the mailbox took the message over, in epoch seconds; 0 where it does not say."""
    return _instant(item.get("receivedDateTime")) or 0


def read_item(
    item: Mapping[str, Any], reading: Reading, *, source_id: str, folder: str, sent: bool
) -> Message:
    """The Message that a message resource describes.

    :param item: with the properties of FIELDS; HEADERS and TEXT are used where they are there
    :param folder: the path of the folder that holds it
    :param sent: whether that is the folder of sent items
    """
    received = received_at(item)
    headers = Headers(_header_fields(item, reading, sent))
    unique = item.get(TEXT)
    return from_headers(
        headers,
        account=reading.account,
        source_id=source_id,
        folder=folder,
        me=reading.me,
        now=reading.now,
        filed=received,
        delivered=received or None,
        labels=tuple(_labels(item, sent)),
        provider_thread=one_line(_text(item.get("conversationId")), _LONGEST),
        link=_link(item.get("webLink")),
        body=(lambda: _body(item, unique, headers)) if isinstance(unique, Mapping) else None,
        words=reading.words,
        words_since=reading.words_since,
        excerpt=reading.excerpt,
    )


def own_addresses(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of mine in a user resource, lower case: mail, sign-in name and aliases.

    https://learn.microsoft.com/graph/api/resources/user: `proxyAddresses` also hold X500 and SIP
    names, which are no mail addresses.
    """
    values = [_text(profile.get("mail")), _text(profile.get("userPrincipalName"))]
    values += [_text(value) for value in _list(profile.get("otherMails"), _MOST_OWN)]
    for value in _list(profile.get("proxyAddresses"), _MOST_OWN):
        scheme, _, address = _text(value).partition(":")
        if scheme.lower() == "smtp":
            values.append(address)
    # a guest's sign-in name holds the sign of its home tenant, and is nobody's mail address
    found = (parse_addresses(value) for value in values if "#ext#" not in value.lower())
    return tuple(dict.fromkeys(address.email for some in found for address in some))


def _header_fields(
    item: Mapping[str, Any], reading: Reading, sent: bool
) -> Iterator[tuple[str, str]]:
    """The properties as header fields, then those that came as such: of a name the first counts,
    and a property is decoded and resolved where the field may not be."""
    sender, by = _mailbox(item.get("from")), _mailbox(item.get("sender"))
    listed = {
        "from": sender,
        "sender": by if by != sender else "",
        "to": _mailboxes(item.get("toRecipients")),
        "cc": _mailboxes(item.get("ccRecipients")),
        "subject": _text(item.get("subject")),
        "message-id": _text(item.get("internetMessageId")),
    }
    for name, value in listed.items():
        if value:
            yield name, value
    if _text(item.get("@odata.type")).rpartition(".")[2].startswith(_MEETING_TYPES):
        yield "content-class", "urn:content-classes:calendarmessage"
    for field in _list(item.get(HEADERS), _MOST_HEADERS):
        if isinstance(field, Mapping):
            yield _text(field.get("name")), _text(field.get("value"))
    mine = sent or any(is_one_of(a.email, reading.me) for a in parse_addresses(sender))
    date = _date(item.get("sentDateTime"), reading.zone if mine else UTC)
    if date:
        yield "date", date


def _labels(item: Mapping[str, Any], sent: bool) -> Iterator[str]:
    if sent:
        yield SENT
    if item.get("inferenceClassification") == "other":
        yield "inferenceClassification:other"
    for category in _list(item.get("categories"), _MOST_CATEGORIES):
        name = one_line(_text(category), 100)
        if name:
            yield f"category:{name}"


def _body(item: Mapping[str, Any], unique: Mapping[str, Any], headers: Headers) -> Body:
    content = _text(unique.get("content"))
    if _text(unique.get("contentType")).lower() == "html":
        from syncd.text.html import html_to_text  # brings lxml: only who reads HTML pays for it

        content = html_to_text(content[:_LONGEST_HTML])
    text = lines(content[:TEXT_LIMIT])
    encrypted = headers.get("content-type")[:100].lower().startswith(_ENCRYPTED_TYPES)
    if encrypted or text.lstrip().startswith(_ENCRYPTED_TEXT):
        return Body(None)
    # Graph tells whether there are files, inline images aside, but not how many.
    return Body(text, attachments=int(item.get("hasAttachments") is True))


def _mailboxes(value: Any) -> str:
    found = (_mailbox(recipient) for recipient in _list(value, _MOST_RECIPIENTS))
    return ", ".join(mailbox for mailbox in found if mailbox)


def _mailbox(value: Any) -> str:
    """A recipient as an RFC 5322 mailbox; empty where it has no address, as colleagues may have
    only an Exchange name (`/o=…/cn=…`)."""
    about = value.get("emailAddress") if isinstance(value, Mapping) else None
    if not isinstance(about, Mapping):
        return ""
    address = _text(about.get("address")).translate(_NO_BRACKETS)
    if "@" not in address:
        return ""
    name = _text(about.get("name"))[:500].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}" <{address[:_LONGEST]}>'


def _link(value: Any) -> str:
    link = one_line(_text(value), _LONGEST)
    return link if link.startswith("https://") else ""


def _date(value: Any, zone: tzinfo) -> str:
    at = _instant(value)
    return format_datetime(datetime.fromtimestamp(at, zone)) if at is not None else ""


def _instant(value: Any) -> int | None:
    """Epoch seconds of an ISO 8601 date-time, which Graph writes in UTC."""
    try:
        moment = datetime.fromisoformat(_text(value)[:40])
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # a year at the calendar's edge would overflow in the user's zone
    return int(moment.timestamp()) if 1900 <= moment.year < 3000 else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any, most: int) -> list[Any]:
    return list(islice(value, most)) if isinstance(value, list) else []


_NO_BRACKETS = str.maketrans("", "", "<>")

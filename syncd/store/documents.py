"""Interactions to documents and back. Pure.

A document has the field names of the model and leaves out what is at its default. Addresses are
`[addr-spec, display name]`, days are ISO 8601. Always there, for the queries: `kind`, `copy`, and
on messages `human`. What a newer version added is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from syncd.model import (
    Address,
    Attendee,
    Due,
    Interaction,
    Meeting,
    Message,
    Place,
    Signal,
)

Document = dict[str, Any]


def _defaults(cls: type, *but: str) -> tuple[tuple[str, Any], ...]:
    """The fields that need no conversion, with their defaults."""
    return tuple((item.name, item.default) for item in fields(cls) if item.name not in but)


_MESSAGE = _defaults(
    Message, "kind", "copy", "sender", "to", "cc", "refs", "labels", "contacts", "signals"
)
_MESSAGE_TEXTS = ("refs", "labels", "contacts")
_SIGNAL = _defaults(Signal, "due")
_MEETING = _defaults(Meeting, "kind", "copy", "organizer", "attendees", "place")


def to_document(interaction: Interaction, *, subject_key: str = "") -> Document:
    """The document of a message or meeting.

    :param subject_key: a message's normalised subject, to find its thread by; empty: none
    """
    if isinstance(interaction, Message):
        return _from_message(interaction, subject_key)
    return _from_meeting(interaction)


def from_document(document: Mapping[str, Any]) -> Interaction:
    """The message or meeting that `to_document` wrote.

    :raises ValueError: the document is neither
    """
    match document.get("kind"):
        case "message":
            return _to_message(document)
        case "meeting":
            return _to_meeting(document)
        case kind:
            raise ValueError(f"a document of kind {kind!r} is not an interaction")


def _from_message(message: Message, subject_key: str) -> Document:
    document: Document = {"kind": "message", "human": message.human, "copy": message.copy}
    document |= _plain(message, _MESSAGE)
    document["sender"] = _address(message.sender)
    for name in _MESSAGE_TEXTS:
        if texts := getattr(message, name):
            document[name] = list(texts)
    if message.to:
        document["to"] = [_address(item) for item in message.to]
    if message.cc:
        document["cc"] = [_address(item) for item in message.cc]
    if message.signals:
        document["signals"] = [_from_signal(item) for item in message.signals]
    if message.answers:
        # read on their own, from the index: who took how long to answer, me or the other
        document["delay"] = message.delay
        theirs = message.direction == "inbound"
        document["counterpart"] = message.sender.email if theirs else message.answers
    if subject_key:
        document["subject_key"] = subject_key
    return document


def _to_message(document: Mapping[str, Any]) -> Message:
    values = _known(document, _MESSAGE)
    for name in _MESSAGE_TEXTS:
        if name in document:
            values[name] = tuple(document[name])
    return Message(
        sender=Address(*document["sender"]),
        to=_addresses(document.get("to", ())),
        cc=_addresses(document.get("cc", ())),
        signals=tuple([_to_signal(item) for item in document.get("signals", ())]),
        copy=document["copy"],
        **values,
    )


def _from_meeting(meeting: Meeting) -> Document:
    document: Document = {"kind": "meeting", "copy": meeting.copy}
    document |= _plain(meeting, _MEETING)
    if meeting.organizer:
        document["organizer"] = _address(meeting.organizer)
    if meeting.attendees:
        document["attendees"] = [
            [_address(item.address), item.response, item.role] for item in meeting.attendees
        ]
    if meeting.place != Place():
        place = meeting.place
        document["place"] = [place.verdict, place.confidence, place.evidence]
    return document


def _to_meeting(document: Mapping[str, Any]) -> Meeting:
    organizer = document.get("organizer")
    return Meeting(
        organizer=Address(*organizer) if organizer else None,
        attendees=tuple(
            Attendee(Address(*address), response, role)
            for address, response, role in document.get("attendees", ())
        ),
        place=Place(*document.get("place", ())),
        copy=document["copy"],
        **_known(document, _MEETING),
    )


def _from_signal(signal: Signal) -> Document:
    document = _plain(signal, _SIGNAL)
    if due := signal.due:
        document["due"] = [due.start.isoformat(), due.end.isoformat(), due.certainty, due.phrase]
    return document


def _to_signal(document: Mapping[str, Any]) -> Signal:
    due = document.get("due")
    return Signal(due=_to_due(due) if due else None, **_known(document, _SIGNAL))


def _to_due(due: Sequence[str]) -> Due:
    start, end, certainty, phrase = due
    return Due(date.fromisoformat(start), date.fromisoformat(end), certainty, phrase)  # type: ignore[arg-type]  # one of the three words, as written


def _plain(record: object, defaults: Iterable[tuple[str, Any]]) -> Document:
    document = {}
    for name, default in defaults:
        value = getattr(record, name)
        if value != default:
            document[name] = value
    return document


def _known(document: Mapping[str, Any], defaults: Iterable[tuple[str, Any]]) -> Document:
    return {name: document[name] for name, _ in defaults if name in document}


def _address(address: Address) -> list[str]:
    return [address.email, address.name] if address.name else [address.email]


def _addresses(items: Iterable[Sequence[str]]) -> tuple[Address, ...]:
    return tuple([Address(*item) for item in items])

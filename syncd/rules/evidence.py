"""What findings rest on, from messages and meetings."""

from __future__ import annotations

from syncd.model import Evidence, Meeting, Message, Signal, Snapshot
from syncd.people.facts import is_contact, others_at


def of_message(message: Message, signal: Signal | None) -> Evidence:
    """A sentence of a message; without a signal, the message as such."""
    quote = signal.quote if signal is not None else ""
    return Evidence(quote, message.link, message.at, f"{message.account}/{message.source_id}")


def of_meeting(meeting: Meeting) -> Evidence:
    """A meeting and what its place was read from."""
    quote = f"{meeting.title} ({meeting.place.evidence or meeting.place.verdict})"
    return Evidence(quote, meeting.link, meeting.at, f"{meeting.account}/{meeting.source_id}")


def last_met(snapshot: Snapshot) -> dict[str, int]:
    """When the last held meeting with each person began, by the person's key."""
    last: dict[str, int] = {}
    for meeting in snapshot.meetings:
        guests = others_at(meeting, snapshot.me)
        if meeting.end > snapshot.now or not is_contact(meeting, len(guests)):
            continue
        for guest in guests:
            person = snapshot.people.get(guest.address.email)
            if person is not None:
                last[person.key] = max(meeting.at, last.get(person.key, 0))
    return last

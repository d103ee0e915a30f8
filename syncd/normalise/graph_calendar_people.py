"""Who is at an event of Microsoft Graph, and what they answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from syncd.model import Address, Attendee
from syncd.normalise.addresses import is_one_of
from syncd.normalise.event_facts import MAX_ATTENDEES
from syncd.normalise.graph_calendar_fields import part, string
from syncd.normalise.safe_text import one_line

Response = Literal["accepted", "declined", "tentative", "none"]
_RESPONSES: Mapping[str, Response] = {
    "organizer": "accepted",
    "accepted": "accepted",
    "tentativelyAccepted": "tentative",
    "declined": "declined",
    "notResponded": "none",
}


def attendees_of(event: Mapping[str, Any]) -> tuple[tuple[Attendee, ...], bool]:
    """The guests, each once, and whether some are missing."""
    listed = event.get("attendees")
    listed = listed if isinstance(listed, list) else []
    guests: dict[str, Attendee] = {}
    omitted = len(listed) > MAX_ATTENDEES
    for entry in listed[:MAX_ATTENDEES]:
        address = mailbox_of(entry)
        kind = string(entry, "type")
        if address is None:
            omitted = omitted or kind != "resource"
            continue
        role: Literal["required", "optional", "resource"] = "required"
        if kind == "resource":
            role = "resource"
        elif kind == "optional":
            role = "optional"
        response = _RESPONSES.get(string(part(entry, "status"), "response"), "none")
        guests.setdefault(address.email, Attendee(address, response, role))
    return tuple(guests.values()), omitted


def mailbox_of(recipient: object) -> Address | None:
    """A `recipient`; None where its address is no mailbox (an X.500 name inside Exchange)."""
    entry = part(recipient, "emailAddress")
    email = one_line(string(entry, "address"), 254).lower()
    if "@" not in email.strip("@") or " " in email:
        return None
    name = one_line(string(entry, "name"), 120).strip("'\" ")
    return Address(email, "" if name.lower() == email else name)


def organizer_of(event: Mapping[str, Any]) -> Address | None:
    """Who invites."""
    return mailbox_of(part(event, "organizer"))


def has_others(event: Mapping[str, Any], me: frozenset[str], *, mine: bool) -> bool:
    """Whether somebody besides me is there. `mine`: the calendar is my own."""
    attendees, _ = attendees_of(event)
    if any(g.role != "resource" and not is_one_of(g.address.email, me) for g in attendees):
        return True
    organizer = organizer_of(event)
    if organizer is None or is_one_of(organizer.email, me):
        return False
    # Who invites is there, whether or not Exchange lists them among the attendees; but an
    # organiser that Exchange knows to be me is me under another address.
    return not (mine and event.get("isOrganizer") is True)


def names_me(event: Mapping[str, Any], me: frozenset[str]) -> bool:
    """Whether I invite or am invited."""
    organizer = organizer_of(event)
    named = [organizer] if organizer is not None else []
    named += [guest.address for guest in attendees_of(event)[0]]
    return any(is_one_of(address.email, me) for address in named)


def my_response(event: Mapping[str, Any], me: frozenset[str], *, mine: bool) -> Response:
    """What I answered. `mine`: the calendar is my own, and so what Exchange says of its owner."""
    organizer = organizer_of(event)
    if organizer is not None and is_one_of(organizer.email, me):
        return "accepted"
    if mine:
        said = _RESPONSES.get(string(part(event, "responseStatus"), "response"))
        if said is not None or event.get("isOrganizer") is True:
            return said or "accepted"
    for guest in attendees_of(event)[0]:
        if is_one_of(guest.address.email, me):
            return guest.response
    return "none" if has_others(event, me, mine=mine) else "accepted"

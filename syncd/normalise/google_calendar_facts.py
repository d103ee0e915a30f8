"""What an event of Google Calendar says besides its times: people, place, purpose, answers. Pure.

Every field may be missing or of another type than documented; nothing here raises.
https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from syncd.model import Address, Attendee, Meeting
from syncd.normalise.addresses import is_one_of
from syncd.normalise.calendar_ids import bounded_uid
from syncd.normalise.event_facts import MAX_ATTENDEES
from syncd.normalise.place import place
from syncd.normalise.purpose import Purpose, purpose
from syncd.normalise.safe_text import one_line

Event = Mapping[str, Any]
"""An `Event` resource as JSON."""

_Response = Literal["accepted", "declined", "tentative", "none"]
_RESPONSES: Mapping[str, _Response] = {
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentative",
}
_NOBODY = ("calendar.google.com",)
"""Domains of group calendars and rooms, which have addresses and are no people."""
_BLOCKS = frozenset({"focusTime", "workingLocation"})
_MOST_ENTRY_POINTS = 10
_LONGEST_LINK = 2_000


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar that holds an event, as far as its meetings depend on it."""

    id: str
    zone: tzinfo
    """For times that name no zone, or one that nobody knows."""
    name: str = ""
    mine: bool = True
    """False for a calendar that somebody shares with me: what does not name me is not mine."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose records the meetings become."""

    account: str
    user: str
    """The address that signs in, for links that open the right account."""
    me: frozenset[str]
    """All my addresses, lower case."""
    zone: tzinfo
    """Whose midnight all-day events keep."""


def facts_of(event: Event, calendar: Calendar, owner: Owner, *, timed: bool) -> Meeting:
    """A meeting without its times and id: what all occurrences of a series have in common."""
    listed = _list(event.get("attendees"))
    attendees, unnamed = _attendees(listed, calendar, owner)
    people = [guest for guest in attendees if guest.role != "resource"]
    others = [guest for guest in people if not is_one_of(guest.address.email, owner.me)]
    organizer = _organizer(event, calendar, owner)
    my_response = _my_response(event, listed, bool(others), calendar, owner)
    unsaid = event.get("transparency") == "transparent" and my_response in ("none", "declined")
    title, location = _text(event, "summary", 300), _text(event, "location", 300)
    hidden = event.get("guestsCanSeeOtherGuests") is False and not _organized_by_me(
        event, calendar, owner
    )
    return Meeting(
        account=owner.account,
        source_id="",
        folder=calendar.id,
        uid=bounded_uid(_text(event, "iCalUID", 1_000) or _text(event, "id", 1_000)),
        at=0,
        end=0,
        title=title,
        status="tentative" if event.get("status") == "tentative" else "confirmed",
        my_response=my_response,
        organizer=organizer,
        attendees=attendees,
        attendees_omitted=unnamed
        or hidden
        or len(listed) > MAX_ATTENDEES
        or event.get("attendeesOmitted") is True,
        place=place(
            title=title,
            location=_raw(event, "location")[:2_000],
            description=_raw(event, "description"),
            conference=_conference(event),
            rooms=[
                guest.address.name or guest.address.email
                for guest in attendees
                if guest.role == "resource" and guest.response != "declined"
            ],
        ),
        location=location,
        # shown as free and not agreed to: announced to many, no appointment of mine
        purpose="other"
        if others and unsaid
        else _purpose(event, calendar, owner, title, timed=timed, guests=bool(others)),
        link=link_of(event, owner),
    )


def link_of(event: Event, owner: Owner) -> str:
    """Opens the event in Google Calendar, as the right one of the user's accounts."""
    link = _raw(event, "htmlLink")
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme != "https" or len(link) > _LONGEST_LINK:
        return ""
    if host != "google.com" and not host.endswith(".google.com"):
        return ""
    query = [(k, v) for k, v in parse_qsl(parts.query, max_num_fields=50) if k != "authuser"]
    query.append(("authuser", owner.user))
    return urlunsplit((*parts[:3], urlencode(query, quote_via=quote), ""))


def link_to_occurrence(link: str, event_id: str, key: str) -> str:
    """A series' link turned to one occurrence: the link's `eid` holds an occurrence's id and the
    calendar, in base64. As it stands where it is made in another way."""
    parts = urlsplit(link)
    query = parse_qsl(parts.query, max_num_fields=50)
    for number, (name, value) in enumerate(query):
        if name != "eid" or not event_id:
            continue
        try:
            text = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
        except (binascii.Error, ValueError):
            return link
        named, _, place_of = text.partition(" ")
        if not place_of or not (named == event_id or named.startswith(f"{event_id}_")):
            return link
        named = base64.urlsafe_b64encode(f"{event_id}_{key} {place_of}".encode()).decode()
        query[number] = (name, named.rstrip("="))
    return urlunsplit((*parts[:3], urlencode(query, quote_via=quote), ""))


def _purpose(
    event: Event, calendar: Calendar, owner: Owner, title: str, *, timed: bool, guests: bool
) -> Purpose:
    kind = _raw(event, "eventType") or "default"
    if kind == "birthday":
        properties = event.get("birthdayProperties")
        special = _raw(properties, "type") if isinstance(properties, Mapping) else ""
        return "birthday" if special in ("", "birthday") else "other"
    if kind in _BLOCKS:
        return "other"
    involved = calendar.mine or _organized_by_me(event, calendar, owner) or _invited(event, owner)
    if kind == "outOfOffice":
        return "out_of_office" if involved else "other"
    said = purpose(title, all_day=not timed, guests=guests, calendar_name=calendar.name)
    if said == "birthday":
        return said
    if not involved:
        return "other"
    if said == "meeting" and kind != "default" and not guests:
        return "other"  # a flight, a booking, or a kind of event that is not known yet
    return said


def _my_response(
    event: Event, listed: Sequence[Any], others: bool, calendar: Calendar, owner: Owner
) -> _Response:
    organized = _organized_by_me(event, calendar, owner)
    for guest in listed[:MAX_ATTENDEES]:
        if _is_me(guest, calendar, owner):
            said = _RESPONSES.get(_raw(guest, "responseStatus"), "none")
            return "accepted" if organized and said == "none" else said
    if organized or (calendar.mine and not others):
        return "accepted"
    return "none"


def _organized_by_me(event: Event, calendar: Calendar, owner: Owner) -> bool:
    return _is_me(event.get("organizer"), calendar, owner)


def _invited(event: Event, owner: Owner) -> bool:
    return any(
        isinstance(guest, Mapping) and is_one_of(_email(guest), owner.me)
        for guest in _list(event.get("attendees"))[:MAX_ATTENDEES]
    )


def _is_me(person: object, calendar: Calendar, owner: Owner) -> bool:
    """`self` is the calendar's owner: me in my own calendar only."""
    if not isinstance(person, Mapping):
        return False
    return is_one_of(_email(person), owner.me) or (calendar.mine and person.get("self") is True)


def _organizer(event: Event, calendar: Calendar, owner: Owner) -> Address | None:
    """Who invites; nobody where it is a group's calendar."""
    person = event.get("organizer")
    if not isinstance(person, Mapping):
        return None
    address = _address(person, calendar, owner)
    return None if address is None or address.email.endswith(_NOBODY) else address


def _attendees(
    listed: Sequence[Any], calendar: Calendar, owner: Owner
) -> tuple[tuple[Attendee, ...], bool]:
    """The guests, each once, and whether some have no address."""
    guests: dict[str, Attendee] = {}
    unnamed = False
    for entry in listed[:MAX_ATTENDEES]:
        address = _address(entry, calendar, owner) if isinstance(entry, Mapping) else None
        if address is None:
            unnamed = True
            continue
        role: Literal["required", "optional", "resource"] = "required"
        if entry.get("resource") is True or address.email.endswith(_NOBODY):
            role = "resource"
        elif entry.get("optional") is True:
            role = "optional"
        response = _RESPONSES.get(_raw(entry, "responseStatus"), "none")
        guests.setdefault(address.email, Attendee(address, response, role))
    return tuple(guests.values()), unnamed


def _address(person: Mapping[str, Any], calendar: Calendar, owner: Owner) -> Address | None:
    """Who it is; one of my addresses where it is me under one that nobody told of."""
    email = _email(person)
    if "@" not in email.strip("@") or " " in email:
        return None
    name = _text(person, "displayName", 120).strip("'\" ")
    name = "" if name.lower() == email else name
    if not email.endswith(_NOBODY) and _is_me(person, calendar, owner):
        email = email if is_one_of(email, owner.me) else owner.user
    return Address(email, name)


def _email(person: Mapping[str, Any]) -> str:
    return _text(person, "email", 254).lower()


def _conference(event: Event) -> Iterator[str]:
    """The links that the calendar itself marks as the meeting's."""
    conference = event.get("conferenceData")
    points = _list(conference.get("entryPoints")) if isinstance(conference, Mapping) else []
    for point in points[:_MOST_ENTRY_POINTS]:
        if isinstance(point, Mapping) and point.get("entryPointType") == "video":
            yield _raw(point, "uri")[:_LONGEST_LINK]
    yield _raw(event, "hangoutLink")[:_LONGEST_LINK]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _raw(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _text(value: Mapping[str, Any], name: str, limit: int) -> str:
    return one_line(_raw(value, name)[: 4 * limit], limit)

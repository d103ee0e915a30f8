"""Where an event of Microsoft Graph takes place: locations, rooms, links. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from syncd.model import Attendee, Place
from syncd.normalise.graph_calendar_fields import part, string
from syncd.normalise.place import place
from syncd.normalise.safe_text import one_line

_PHYSICAL = frozenset(
    {
        "homeAddress",
        "businessAddress",
        "geoCoordinates",
        "streetAddress",
        "hotel",
        "restaurant",
        "localBusiness",
        "postalAddress",
    }
)
"""`locationType`s that lie on a map. `default` is whatever somebody typed."""
_MOST_LOCATIONS = 10
_MOST_BODY = 50_000
_BEFORE_BODY = re.compile(r"<body[\s>]", re.IGNORECASE)


def place_of(event: Mapping[str, Any], title: str, attendees: Sequence[Attendee]) -> Place:
    """The verdict on where people meet; a room that declined is no place."""
    locations = list(_agreed_locations(event, attendees))
    stated = (text for entry in locations for text in (_described(entry), _uri(entry)) if text)
    return place(
        title=title,
        location=" / ".join(stated),
        description=body_of(event),
        conference=_joins(event),
        rooms=_rooms(locations, attendees),
        mapped=any(map(_is_mapped, locations)),
    )


def location_of(event: Mapping[str, Any], attendees: Sequence[Attendee]) -> str:
    """The place as one reads it, on one line."""
    described = map(_described, _agreed_locations(event, attendees))
    return one_line(" / ".join(filter(None, described)), 300)


def _locations(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """`locations`, or the one `location` where that list is empty; what says nothing left out."""
    listed = event.get("locations")
    found = listed[:_MOST_LOCATIONS] if isinstance(listed, list) else []
    every = [entry for entry in found if isinstance(entry, Mapping)] or [part(event, "location")]
    return [entry for entry in every if _described(entry) or _uri(entry)]


def _uri(location: Mapping[str, Any]) -> str:
    """The link a location consists of; `locationUri` may also be a room's mail address."""
    uri = string(location, "locationUri")[:2_000]
    return uri if "://" in uri[:12] else ""


def _described(location: Mapping[str, Any]) -> str:
    """A location as one reads it: its name, and its address where the name does not say it."""
    name = string(location, "displayName")[:500]
    address = part(location, "address")
    street = string(address, "street")[:200].strip()
    town = f"{string(address, 'postalCode')[:20]} {string(address, 'city')[:100]}".strip()
    said = [name.strip(), *(line for line in (street, town) if line not in name)]
    return ", ".join(filter(None, said))


def _agreed_locations(
    event: Mapping[str, Any], attendees: Sequence[Attendee]
) -> Iterator[Mapping[str, Any]]:
    refused = {
        text.lower()
        for guest in attendees
        if guest.role == "resource" and guest.response == "declined"
        for text in (guest.address.email, guest.address.name)
    }
    for location in _locations(event):
        keys = (string(location, key).lower() for key in ("displayName", "locationUri", "uniqueId"))
        if not any(key and key in refused for key in keys):
            yield location


def _rooms(locations: Sequence[Mapping[str, Any]], attendees: Sequence[Attendee]) -> list[str]:
    """The booked rooms: attendees of type resource, and locations of type conferenceRoom."""
    named = [
        string(location, "displayName") or string(location, "locationUri")
        for location in locations
        if string(location, "locationType") == "conferenceRoom"
    ]
    return named + [
        guest.address.name or guest.address.email
        for guest in attendees
        if guest.role == "resource" and guest.response != "declined"
    ]


def _is_mapped(location: Mapping[str, Any]) -> bool:
    if string(location, "locationType") in _PHYSICAL:
        return True
    return isinstance(part(location, "coordinates").get("latitude"), int | float)


def _joins(event: Mapping[str, Any]) -> list[str]:
    """The links that Outlook itself marks as the meeting's."""
    found = (string(part(event, "onlineMeeting"), "joinUrl"), string(event, "onlineMeetingUrl"))
    return [url for url in found if url]


def body_of(event: Mapping[str, Any]) -> str:
    """The body as far as links are looked for in it."""
    body = part(event, "body")
    content = string(body, "content")
    if string(body, "contentType").lower() != "html":
        return content[:_MOST_BODY]
    opening = _BEFORE_BODY.search(content[:_MOST_BODY])
    start = opening.start() if opening else 0
    return content[start : start + _MOST_BODY]

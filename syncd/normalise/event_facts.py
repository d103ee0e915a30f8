"""What an event says besides its times: people, place, purpose, answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from icalendar.parser import unescape_backslash

from syncd.model import Address, Attendee, Meeting
from syncd.normalise.addresses import is_one_of
from syncd.normalise.conferencing import links
from syncd.normalise.content_lines import CalendarBlock, Event, Property, raw
from syncd.normalise.place import place
from syncd.normalise.purpose import purpose
from syncd.normalise.safe_text import one_line

MAX_ATTENDEES = 300
"""Kept per meeting; `attendees_omitted` says when there were more."""

_Response = Literal["accepted", "declined", "tentative", "none"]
_RESPONSES: Mapping[str, _Response] = {
    "ACCEPTED": "accepted",
    "COMPLETED": "accepted",
    "IN-PROCESS": "accepted",
    "DECLINED": "declined",
    "DELEGATED": "declined",
    "TENTATIVE": "tentative",
}


def facts_of(
    event: Event,
    calendar: CalendarBlock,
    account: str,
    folder: str,
    uid: str,
    me: frozenset[str],
    timed: bool,
) -> Meeting:
    """A meeting without its times and id: what all occurrences of a series have in common."""
    attendees, omitted = _attendees(event.get("ATTENDEE", ()))
    organizer = _address(event["ORGANIZER"][0]) if "ORGANIZER" in event else None
    people = [guest for guest in attendees if guest.role != "resource"]
    others = [guest for guest in people if not is_one_of(guest.address.email, me)]
    title, location = _text(event, "SUMMARY", 300), _text(event, "LOCATION", 300)
    mapped = "GEO" in event or "geo:" in raw(event, "X-APPLE-STRUCTURED-LOCATION").lower()
    conference = [
        unescape_backslash(prop.value)
        for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
        for prop in event.get(name, ())[:5]
    ]
    url = raw(event, "URL")[:2_000]
    page = links(url)
    conference += [link.url for link in page if link.kind == "meeting"]
    status = raw(event, "STATUS").upper()
    return Meeting(
        account=account,
        source_id="",
        folder=folder,
        uid=uid,
        at=0,
        end=0,
        title=title,
        status="cancelled"
        if calendar.method == "CANCEL" or status == "CANCELLED"
        else "tentative"
        if status == "TENTATIVE"
        else "confirmed",
        my_response=_my_response(organizer, people, others, me),
        organizer=organizer,
        attendees=attendees,
        attendees_omitted=omitted,
        place=place(
            title=title,
            location=unescape_backslash(raw(event, "LOCATION")[:2_000]),
            description=unescape_backslash(raw(event, "DESCRIPTION")),
            conference=conference,
            rooms=[
                guest.address.name or guest.address.email
                for guest in attendees
                if guest.role == "resource" and guest.response != "declined"
            ],
            mapped=mapped,
        ),
        location=location,
        purpose=purpose(
            title,
            all_day=not timed,
            guests=bool(others),
            busy_status=raw(event, "X-MICROSOFT-CDO-BUSYSTATUS"),
            categories=_text(event, "CATEGORIES", 200),
            calendar_name=calendar.name,
        ),
        link=next((link.url for link in page if link.kind == "other" and "://" in link.url), ""),
    )


def _my_response(
    organizer: Address | None,
    people: Sequence[Attendee],
    others: Sequence[Attendee],
    me: frozenset[str],
) -> _Response:
    if organizer is not None and is_one_of(organizer.email, me):
        return "accepted"
    mine = next((guest for guest in people if is_one_of(guest.address.email, me)), None)
    if mine is not None:
        return mine.response
    return "none" if others else "accepted"


def _attendees(props: Sequence[Property]) -> tuple[tuple[Attendee, ...], bool]:
    """The guests, each once, and whether some are missing."""
    guests: dict[str, Attendee] = {}
    omitted = len(props) > MAX_ATTENDEES
    for prop in props[:MAX_ATTENDEES]:
        address = _address(prop)
        if address is None:
            omitted = True
            continue
        params = prop.params
        role: Literal["required", "optional", "resource"] = "required"
        if params.get("CUTYPE", "").upper() in ("ROOM", "RESOURCE") or address.email.endswith(
            "@resource.calendar.google.com"
        ):
            role = "resource"
        elif params.get("ROLE", "").upper() in ("OPT-PARTICIPANT", "NON-PARTICIPANT"):
            role = "optional"
        response = _RESPONSES.get(params.get("PARTSTAT", "").upper(), "none")
        guests.setdefault(address.email, Attendee(address, response, role))
    return tuple(guests.values()), omitted


def _address(prop: Property) -> Address | None:
    """A CAL-ADDRESS: `mailto:` in any case, or its EMAIL parameter; None where it is no mailbox."""
    value = prop.value.strip()
    scheme, _, rest = value.partition(":")
    email = rest if scheme.lower() == "mailto" else "" if rest else value
    email = one_line(email.partition("?")[0], 254) if "@" in email else ""
    email = (email or one_line(prop.params.get("EMAIL", ""), 254)).lower()
    if "@" not in email.strip("@") or " " in email:
        return None
    name = one_line(prop.params.get("CN", ""), 120).strip("'\" ")
    return Address(email, "" if name.lower() == email else name)


def _text(event: Event, name: str, limit: int) -> str:
    return one_line(unescape_backslash(raw(event, name)[: 4 * limit]), limit)

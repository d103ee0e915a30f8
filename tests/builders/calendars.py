"""Calendars as .ics files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText


def event(
    title: str,
    at: datetime | date,
    guests: Sequence[str] = (),
    *,
    uid: str = "",
    minutes: int = 60,
    me: str = "camille@cabinet.example",
    organizer: str = "",
    my_response: str = "ACCEPTED",
    responses: Sequence[str] = (),
    rooms: Sequence[str] = (),
    repeats: dict[str, Any] | None = None,
    **fields: str,
) -> Event:
    """A VEVENT. A `date` makes it an all-day event.

    `guests` are addresses, `responses` their PARTSTAT in the same order (accepted if left out),
    `rooms` the names of booked rooms, `fields` further properties such as `location`.
    """
    entry = Event()
    entry.add("uid", uid or f"{quote(title)}-{at.isoformat()}@calendar.example")
    entry.add("summary", title)
    entry.add("dtstart", at)
    entry.add("dtend", at + (timedelta(minutes=minutes) if isinstance(at, datetime) else _DAY))
    entry.add("dtstamp", datetime(2026, 1, 1, tzinfo=UTC))
    people = [
        (me, my_response),
        *((guest, _response(responses, n)) for n, guest in enumerate(guests)),
    ]
    if guests or rooms:
        entry["organizer"] = vCalAddress(f"mailto:{organizer or me}")
        for address, response in people:
            entry.add("attendee", _attendee(address, response), encode=False)
        for room in rooms:
            attendee = _attendee(f"{quote(room.lower())}@rooms.example", "ACCEPTED")
            attendee.params["CUTYPE"] = vText("ROOM")
            attendee.params["CN"] = vText(room)
            entry.add("attendee", attendee, encode=False)
    if repeats:
        entry.add("rrule", repeats)
    for name, value in fields.items():
        entry.add(name, value)
    return entry


def write_calendar(path: Path, events: Sequence[Event]) -> None:
    """Write the events as one iCalendar file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Example//Diary//EN")
    calendar.add("version", "2.0")
    for entry in events:
        calendar.add_component(entry)
    path.write_bytes(calendar.to_ical())


_DAY = timedelta(days=1)


def _response(responses: Sequence[str], place: int) -> str:
    return responses[place] if place < len(responses) else "ACCEPTED"


def _attendee(address: str, response: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = vText(response)
    return attendee

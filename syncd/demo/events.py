"""The demonstration's calendar, from calendar.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from syncd.demo.days import ZONE, Days
from syncd.demo.mailbox import load, people


def write_calendar(path: Path, days: Days) -> None:
    """Write the calendar as one iCalendar file."""
    calendar = Calendar()
    calendar.add("prodid", "-//syncd//demonstration//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-timezone", str(ZONE))
    who = people()
    for entry in load("calendar.yaml")["events"]:
        event = _event(entry, who, days)
        calendar.add_component(event)
        for number, hour in entry.get("moved", {}).items():
            calendar.add_component(_moved(entry, event, number, str(hour), days))
    path.write_bytes(calendar.to_ical())


def _event(entry: Mapping[str, Any], who: Mapping[str, str], days: Days) -> Event:
    event = Event()
    event.add("uid", f"{entry['id']}@demo.example")
    event.add("summary", entry["title"])
    if "days" in entry:
        first = days.day(entry["at"])
        event.add("dtstart", first)
        event.add("dtend", first + timedelta(days=entry["days"]))
    else:
        start = days.moment(entry["at"])
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(minutes=entry["for"]))
    event.add("dtstamp", days.moment("-1 00:00"))
    if "place" in entry:
        event.add("location", entry["place"])
    if "link" in entry:
        event.add("description", f"Join: {entry['link']}")
    event.add("status", entry.get("status", "CONFIRMED"))
    if "guests" in entry:
        organizer = entry.get("by", "me")
        event.add("organizer", _address(who[organizer]))
        for guest in ("me", *entry["guests"]):
            status = entry.get("answer", "ACCEPTED") if guest == "me" else "ACCEPTED"
            event.add("attendee", _address(who[guest], PARTSTAT=status))
    if "every" in entry:
        event.add("rrule", vRecur.from_ical(entry["every"]))
    for number in entry.get("skipped", ()):
        event.add("exdate", days.moment(entry["at"]) + timedelta(weeks=number))
    return event


def _moved(entry: Mapping[str, Any], series: Event, number: int, hour: str, days: Days) -> Event:
    """The exception that moves one week's meeting to another hour of its day."""
    usual = days.moment(entry["at"]) + timedelta(weeks=number)
    start = datetime.combine(usual.date(), datetime.strptime(hour, "%H:%M").time(), ZONE)  # noqa: DTZ007 - only its hour
    event = Event()
    for name in ("uid", "summary", "dtstamp", "location", "status", "organizer", "attendee"):
        if name in series:
            event[name] = series[name]
    event.add("recurrence-id", usual)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=entry["for"]))
    return event


def _address(person: str, **params: str) -> vCalAddress:
    name, email = parseaddr(person)
    address = vCalAddress(f"mailto:{email}")
    for key, value in {"CN": name, **params}.items():
        address.params[key] = vText(value)
    return address

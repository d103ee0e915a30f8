"""When an event of Google Calendar is: start, end, and how it repeats. Pure.

Google keeps a series' rules as the iCalendar lines RRULE, RDATE and EXDATE, and gives back what it
was once given: invalid rules, dates that make no sense, zones that nobody knows.
https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from syncd.normalise.content_lines import Event as Properties
from syncd.normalise.content_lines import read
from syncd.normalise.event_times import Unreadable, When, alike, dates_of
from syncd.normalise.time_zones import Zones, named_zone

MAX_LINES = 200
"""Recurrence lines read per event."""

_LINE = re.compile(r"(RRULE|RDATE|EXDATE|EXRULE)[;:][^\r\n]{1,20000}", re.IGNORECASE)
_KEY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?")
_YEARS = (1970, 1971)
"""Recurrence lines bring no VTIMEZONE of their own, so no year matters."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """How a series goes on from its first start."""

    rules: tuple[str, ...] = ()
    rdates: tuple[tuple[When, When | None], ...] = ()
    exdates: tuple[When, ...] = ()


def times_of(
    event: Mapping[str, Any], fallback: tzinfo, notes: list[str]
) -> tuple[When, When, tzinfo]:
    """Start, end (exclusive), and the zone in which the event repeats.

    :param fallback: the calendar's zone, for times that name none or one that is not known
    :param notes: what could not be read is added, each to follow "the event …"
    :raises Unreadable: it has no start that can be read
    """
    zone, known = _zone(event.get("start"), fallback)
    if not known and isinstance(event.get("recurrence"), list):
        notes.append("has a time zone that is not known; the calendar's own was taken")
    start = moment_of(event.get("start"), zone)
    try:
        end = alike(moment_of(event.get("end"), zone), start)
    except Unreadable:
        notes.append("has an invalid end; its length is unknown")
        end = start
    if end < start:
        notes.append("ends before it starts; its length is unknown")
        end = start
    if not isinstance(start, datetime):
        end = max(end, start + timedelta(days=1))
    elif event.get("endTimeUnspecified") is True:
        end = start
    return start, end, zone


def moment_of(value: object, zone: tzinfo) -> When:
    """An EventDateTime: a day, or a time in `zone` where it says no offset of its own.

    :raises Unreadable: it is neither
    """
    if not isinstance(value, Mapping):
        raise Unreadable("it has no date")
    day, moment = value.get("date"), value.get("dateTime")
    try:
        if isinstance(moment, str):
            found = datetime.fromisoformat(moment[:40])
            found = found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
            found.astimezone(UTC)  # the ends of time are in no zone
            return found
        if isinstance(day, str):
            return date.fromisoformat(day[:10])
    except (ValueError, ArithmeticError) as error:
        raise Unreadable("it has an invalid date") from error
    raise Unreadable("it has no date")


def key_of(value: object, zone: tzinfo) -> str:
    """What names an occurrence within its series: the start that the rule gives it, as Google
    writes it into the occurrence's id (`20261124T090000Z`, `20261124`); empty if unreadable."""
    try:
        moment = moment_of(value, zone)
    except Unreadable:
        return ""
    if isinstance(moment, datetime):
        utc = moment.astimezone(UTC)
        return f"{_day(utc)}T{utc.hour:02}{utc.minute:02}{utc.second:02}Z"
    return _day(moment)


def moment_of_key(key: str) -> When | None:
    """The start that a key names; None where it names none."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    numbers = [int(number) for number in found.groups() if number is not None]
    try:
        return datetime(*numbers, tzinfo=UTC) if len(numbers) > 3 else date(*numbers)  # type: ignore[misc,arg-type]  # the pattern counts them
    except ValueError:
        return None


def repetition_of(
    event: Mapping[str, Any], start: When, zone: tzinfo, notes: list[str]
) -> Repetition:
    """The recurrence lines of a series that begins at `start` and repeats in `zone`."""
    lines = event.get("recurrence")
    if not isinstance(lines, list):
        return Repetition()
    properties = _properties(lines, notes)
    zones = Zones(_NO_CALENDAR, zone, _YEARS)
    home = zone if isinstance(start, datetime) else None
    return Repetition(
        rules=tuple(prop.value for prop in properties.get("RRULE", ())[:5]),
        rdates=tuple(dates_of(properties.get("RDATE", ()), zones, notes, home)),
        exdates=tuple(day for day, _ in dates_of(properties.get("EXDATE", ()), zones, notes, home)),
    )


_NO_CALENDAR = read(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n").calendars[0]


def _properties(lines: list[Any], notes: list[str]) -> Properties:
    """The lines as properties of an iCalendar event."""
    kept = [line for line in lines[:MAX_LINES] if isinstance(line, str) and _LINE.fullmatch(line)]
    if len(kept) < len(lines):
        notes.append("has recurrence lines that make no sense; they were left out")
    if any(line[:6].upper() == "EXRULE" for line in kept):
        notes.append("has a rule for what is left out (EXRULE); that rule is not followed")
    text = "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *kept, "END:VEVENT", "END:VCALENDAR"])
    return read(text.encode("utf-8", "replace")).calendars[0].events[0]


def _zone(value: object, fallback: tzinfo) -> tuple[tzinfo, bool]:
    name = value.get("timeZone") if isinstance(value, Mapping) else None
    if not isinstance(name, str) or not name:
        return fallback, True
    zone = named_zone(name)
    return (zone, True) if zone is not None else (fallback, False)


def _day(moment: When) -> str:
    return f"{moment.year:04}{moment.month:02}{moment.day:02}"

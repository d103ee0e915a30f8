"""When an event is: the dates and times of one VEVENT (RFC 5545 §3.8.2 and §3.8.5). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar.prop import vDDDTypes

from syncd.normalise.content_lines import Event, Property, raw
from syncd.normalise.time_zones import Zones

MAX_DATES = 5_000
"""Values of RDATE or EXDATE read per event."""

When = date
"""A `date` for all-day events, an aware `datetime` for all others."""


class Unreadable(ValueError):
    """The event cannot be read; the text is ours and holds no content of the calendar."""


def moment_of(prop: Property, zones: Zones, notes: list[str], home: tzinfo | None = None) -> When:
    """A DATE or DATE-TIME; times without a zone are on `home`'s clock, else the calendar's.

    :raises Unreadable: it is no date
    """
    try:
        value = _value(prop.value)
    except (ValueError, TypeError, IndexError) as error:
        raise Unreadable("it has an invalid date") from error
    if isinstance(value, tuple):
        value = value[0]
    return _located(value, prop, zones, notes, home)


def end_of(event: Event, start: When, zones: Zones, notes: list[str]) -> When:
    """DTEND, or what DURATION makes of the start; without both a day, or no time at all."""
    if "DTEND" in event:
        try:
            return moment_of(event["DTEND"][0], zones, notes)
        except Unreadable:
            notes.append("has an invalid end; its length is unknown")
    elif "DURATION" in event:
        try:
            length: timedelta = _value(raw(event, "DURATION"))
            if isinstance(start, datetime) or not length % timedelta(days=1):
                return start + length
            return start + timedelta(days=1)
        except (ValueError, TypeError, ArithmeticError):
            notes.append("has an invalid duration; its length is unknown")
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def dates_of(
    props: Iterable[Property], zones: Zones, notes: list[str], home: tzinfo | None
) -> Iterator[tuple[When, When | None]]:
    """The values of RDATE or EXDATE, with the end where they are periods."""
    count = 0
    for prop in props:
        for text in prop.value.split(","):
            if not text.strip() or count == MAX_DATES:
                continue
            count += 1
            try:
                value = _value(text)
                if isinstance(value, tuple):
                    start = _located(value[0], prop, zones, notes, home)
                    length = value[1]
                    if not isinstance(length, timedelta):
                        length = _located(length, prop, zones, notes, home) - start
                    yield start, start + length
                else:
                    yield _located(value, prop, zones, notes, home), None
            except (ValueError, TypeError, ArithmeticError):
                notes.append("has an invalid date among its repetitions; that one is left out")


def alike(end: When, start: When) -> When:
    """`end` as a date or a time, whichever `start` is."""
    if not isinstance(start, datetime):
        return day_of(end)
    if not isinstance(end, datetime):
        return datetime.combine(end, time(), start.tzinfo)
    return end


def day_of(moment: When) -> date:
    """The day by the clock of the moment's own zone."""
    return moment.date() if isinstance(moment, datetime) else moment


def _value(text: str) -> Any:
    """What icalendar reads in a date, time, period or duration, without a zone."""
    return vDDDTypes.from_ical(text.strip())  # type: ignore[no-untyped-call] # icalendar


def _located(
    value: object, prop: Property, zones: Zones, notes: list[str], home: tzinfo | None
) -> When:
    if not isinstance(value, date):
        raise Unreadable("it has an invalid date")
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return value
    tzid = prop.params.get("TZID", "")
    zone = zones.zone(tzid) if tzid else None
    if tzid and zone is None:
        notes.append("has a time zone that is not known; the calendar's own was taken")
    return value.replace(tzinfo=zone or home or zones.default)

"""When an event of Microsoft Graph is: its dateTimeTimeZone values and all-day events. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from syncd.normalise.event_times import Unreadable
from syncd.normalise.time_zones import named_zone

_DAY = timedelta(days=1)


def times_of(event: Mapping[str, Any], zone: tzinfo) -> tuple[int, int, bool]:
    """Start and end in epoch seconds, and whether the event lasts whole days.

    All-day events run from midnight to midnight in `zone`, the user's own, as they do everywhere
    in syncd; the end is exclusive, as Graph's is.

    :raises Unreadable: there is no start, or no date in it
    """
    start = _moment(event, "start", "originalStartTimeZone", zone)
    if start is None:
        raise Unreadable("it has no start")
    end = _moment(event, "end", "originalEndTimeZone", zone) or start
    try:
        if event.get("isAllDay") is True:
            first = _day(start, event.get("originalStartTimeZone"))
            after = max(_day(end, event.get("originalEndTimeZone")), first + _DAY)
            return _midnight(first, zone), _midnight(after, zone), True
        return int(start.timestamp()), int(max(start, end).timestamp()), False
    except (ArithmeticError, ValueError) as error:
        raise Unreadable("it has an invalid date") from error


def _moment(
    event: Mapping[str, Any], name: str, original_zone: str, own: tzinfo
) -> datetime | None:
    """A dateTimeTimeZone: local time without an offset, and the zone's name beside it, which is
    UTC where the server did as it was asked (`Prefer: outlook.timezone`). A name that says nothing,
    such as Exchange's "Customized Time Zone", stands for the user's own zone."""
    value = event.get(name)
    if not isinstance(value, Mapping) or not isinstance(value.get("dateTime"), str):
        return None
    try:
        # Seven decimals, or none; whole seconds are enough.
        wall = datetime.fromisoformat(value["dateTime"][:19]).replace(tzinfo=None)
    except ValueError as error:
        raise Unreadable("it has an invalid date") from error
    said = value.get("timeZone")
    named = _zone(said) or _zone(event.get(original_zone)) or (own if said else UTC)
    return wall.replace(tzinfo=named)


def _zone(name: object) -> tzinfo | None:
    """`UTC`, a Windows or an IANA name; `tzone://Microsoft/Utc` and the like too."""
    if not isinstance(name, str) or not name:
        return None
    if name.rpartition("/")[2].upper() == "UTC":
        return UTC
    return named_zone(name)


def _day(moment: datetime, original_zone: object) -> date:
    """The day an all-day event begins or ends with: of a midnight as it stands, else of the nearest
    one in the zone it was made in."""
    if moment.time() == time():
        return moment.date()
    local = moment.astimezone(_zone(original_zone) or UTC)
    return (local + _DAY / 2).date()


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())

"""The occurrences of a recurrence rule (RFC 5545 §3.3.10) inside a window, with bounded work. Pure.

dateutil evaluates the rule. It compares UNTIL and the window only with days that match, so a rule
that never matches ("30 February, daily") is sought until the year 9999: three seconds each. Here
the search stops at the window's end, whatever the rule says.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil import rrule
from icalendar.prop import vRecur

MAX_OCCURRENCES = 2_000
"""Of one series; the latest are kept."""
MAX_STEPS = 10_000
"""Periods (days, weeks …) that one rule may be searched for."""

_MAX_RULE = 1_000
_MAX_TIMES_A_DAY = 100
_UNITS = {
    "YEARLY": (rrule.YEARLY, timedelta(days=365)),
    "MONTHLY": (rrule.MONTHLY, timedelta(days=28)),
    "WEEKLY": (rrule.WEEKLY, timedelta(weeks=1)),
    "DAILY": (rrule.DAILY, timedelta(days=1)),
    "HOURLY": (rrule.HOURLY, timedelta(hours=1)),
    "MINUTELY": (rrule.MINUTELY, timedelta(minutes=1)),
    "SECONDLY": (rrule.SECONDLY, timedelta(seconds=1)),
}
_LISTS = {
    "BYMONTH": "bymonth",
    "BYMONTHDAY": "bymonthday",
    "BYYEARDAY": "byyearday",
    "BYWEEKNO": "byweekno",
    "BYSETPOS": "bysetpos",
    "BYHOUR": "byhour",
    "BYMINUTE": "byminute",
    "BYSECOND": "bysecond",
}
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}


class RuleError(ValueError):
    """The rule cannot be followed: invalid, or more work than a calendar of meetings is worth."""


class _SearchedEnough(Exception):
    """The steps are used up; not an error."""


class _Interval(int):
    """An INTERVAL that counts the periods dateutil tries: it adds or multiplies it once for each,
    matching or not, and offers no other place to stop an endless search."""

    steps: int

    def _step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise _SearchedEnough

    def __radd__(self, other: int) -> int:
        self._step()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        self._step()
        return int(self) * other


@dataclass(frozen=True, slots=True)
class Expansion:
    """Wall-clock starts, ascending."""

    starts: tuple[datetime, ...]
    cut: bool = False
    """Older ones were left out (MAX_OCCURRENCES)."""
    ended: bool = False
    """UNTIL lies before the first occurrence: so some calendars write an emptied series."""


def expand(
    rule: str, first: datetime, *, after: datetime, before: datetime, zone: tzinfo = UTC
) -> Expansion:
    """The rule's starts from `after` to before `before`.

    `first` (DTSTART), `after` and `before` are naive wall-clock times in `zone`, which serves to
    read an UNTIL given in UTC. The first occurrence itself is the caller's: it belongs to the
    series whether or not the rule yields it.

    :raises RuleError: see there
    """
    try:
        options, count, until = _options(rule)
        unit = _UNITS[options.pop("unit")]
        interval = options.pop("interval")
        last = min(before, _wall(until, zone)) if until is not None else before
        if until is not None and last < first < before:
            return Expansion((), ended=True)
        step = unit[1] * interval
        if count is None and after > first:
            first = _forward(first, unit, interval, after)
        steps = (last - first) // step + 2
        # a month without that day takes a step and yields nothing (RFC 5545 section 3.3.10)
        if count is not None and not options and first.day <= 28:
            steps = min(steps, count + 1)
        if steps > MAX_STEPS:
            raise RuleError("repeats too often or since too long to be followed")
        if steps < 1:
            return Expansion(())
        counting = _Interval(interval)
        counting.steps = steps
        series = rrule.rrule(unit[0], dtstart=first, interval=counting, count=count, **options)
        return _collect(series, after, last, before)
    except RuleError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # dateutil and icalendar raise any of these for parts out of range
        raise RuleError("has a recurrence rule that makes no sense") from error


def _forward(
    first: datetime, unit: tuple[int, timedelta], interval: int, after: datetime
) -> datetime:
    """`first` moved whole intervals ahead, not beyond `after`: centuries need no search."""
    if unit[0] not in (rrule.YEARLY, rrule.MONTHLY):
        step = unit[1] * interval
        return first + ((after - first) // step) * step
    months = interval * (12 if unit[0] == rrule.YEARLY else 1)
    passed = (after.year - first.year) * 12 + after.month - first.month
    ahead = max(0, passed // months - 1) * months  # one spare: week 1 may begin the year before
    if first.day > 28:  # not every month has that day
        return first
    years, month = divmod(first.month - 1 + ahead, 12)
    return first.replace(year=first.year + years, month=month + 1)


def _collect(series: rrule.rrule, after: datetime, last: datetime, before: datetime) -> Expansion:
    kept: deque[datetime] = deque(maxlen=MAX_OCCURRENCES)
    found = 0
    try:
        for start in islice(series, MAX_STEPS):
            if start > last or start >= before:
                break
            if start >= after:
                kept.append(start)
                found += 1
    except _SearchedEnough:
        pass  # the window has been searched to its end
    return Expansion(tuple(kept), cut=found > MAX_OCCURRENCES)


def _options(rule: str) -> tuple[dict[str, Any], int | None, date | None]:
    """dateutil's arguments, COUNT and UNTIL."""
    if len(rule) > _MAX_RULE:
        raise RuleError("has a recurrence rule that is too long")
    parts = vRecur.from_ical("".join(rule.split()))
    if parts.get("RSCALE", ["GREGORIAN"])[0] != "GREGORIAN" or "SKIP" in parts:
        raise RuleError("repeats by another calendar than the Gregorian (RFC 7529)")
    options: dict[str, Any] = {
        "unit": str(parts["FREQ"][0]).upper(),
        "interval": max(1, int(parts.get("INTERVAL", [1])[0])),
    }
    for name, argument in _LISTS.items():
        if name in parts:
            options[argument] = [int(value) for value in parts[name]]
    if "BYDAY" in parts:
        options["byweekday"] = [_weekday(value) for value in parts["BYDAY"]]
    if "WKST" in parts and options.keys() != {"unit", "interval"}:
        options["wkst"] = _WEEKDAYS[str(parts["WKST"][0]).upper()]
    times = 1
    for argument in ("byhour", "byminute", "bysecond"):
        times *= max(1, len(options.get(argument, ())))
    if times > _MAX_TIMES_A_DAY:
        raise RuleError("repeats too often to be followed")
    # Calendars in the wild hold COUNT=-1, meaning no limit.
    count = int(parts["COUNT"][0]) if "COUNT" in parts else None
    return options, count if count is None or count > 0 else None, parts.get("UNTIL", [None])[0]


def _weekday(value: Any) -> Any:
    day = _WEEKDAYS[str(value.weekday).upper()]
    ordinal = value.relative
    return rrule.weekday(day, int(ordinal)) if ordinal else rrule.weekday(day)


def _wall(until: date, zone: tzinfo) -> datetime:
    """UNTIL on the series' own clock; a bare date lasts until its evening."""
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59, 59))
    return until.astimezone(zone).replace(tzinfo=None) if until.tzinfo else until

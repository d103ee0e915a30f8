"""The arithmetic of days: what a weekday, a day of the month, a period or its end comes to.

Pure functions of dates. Weeks begin on Monday and, as periods for work, end on Friday.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

FRIDAY = 4
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FARTHEST = 36_525
"""Days ahead: nobody promises anything for later than a century from now."""


class Interval(NamedTuple):
    """Days from `first` to `last`, both included."""

    first: date
    last: date


def plus(day: date, days: int) -> date:
    """`day` and so many days more; the calendar's own end where that lies behind it."""
    try:
        return day + timedelta(days=min(days, FARTHEST))
    except OverflowError:
        return date.max


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    month = day.month - 1 + min(months, FARTHEST // 30)
    year = day.year + month // 12
    if year > date.max.year:
        return date.max
    month = month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def plus_workdays(day: date, count: int) -> date:
    """`count` days from Monday to Friday later; public holidays are not known here."""
    weeks, rest = divmod(min(count, FARTHEST), 5)
    day = plus(day, 7 * weeks)
    while rest or day.weekday() > FRIDAY:
        if rest == 0:  # whole weeks from a weekend end on the Friday before it
            return plus(day, FRIDAY - day.weekday())
        day = plus(day, 1)
        if day.weekday() <= FRIDAY:
            rest -= 1
    return day


def monday_of(day: date) -> date:
    """The Monday of the calendar week (ISO 8601) that holds `day`."""
    return plus(day, -day.weekday())


def week(today: date, offset: int) -> Interval:
    """Monday to Friday of a week. On a weekend "this week" is today up to the next Friday."""
    if offset == 0 and today.weekday() > FRIDAY:
        return Interval(today, plus(monday_of(today), 7 + FRIDAY))
    monday = plus(monday_of(today), 7 * offset)
    return Interval(monday, plus(monday, FRIDAY))


def weekend(today: date, offset: int) -> Interval:
    """Saturday and Sunday of a calendar week."""
    saturday = plus(monday_of(today), 7 * offset + 5)
    return Interval(saturday, plus(saturday, 1))


def period(unit: str, today: date, offset: int) -> Interval:
    """The week, month, quarter … that is `offset` (≥ 0) from the current one."""
    if unit == "day":
        return Interval(plus(today, offset), plus(today, offset))
    if unit == "week":
        return week(today, offset)
    if unit == "weekend":
        return weekend(today, offset)
    if unit.startswith("season:"):
        return season(int(unit.partition(":")[2]), today, offset)
    size = MONTHS[unit]
    first = date(today.year, (today.month - 1) // size * size + 1, 1)
    return months(plus_months(first, size * offset), size)


def months(first: date, size: int) -> Interval:
    """So many whole months from the first of one."""
    return Interval(first, plus(plus_months(first, size), -1))


def season(first_month: int, today: date, offset: int, year: int = 0) -> Interval:
    """The three months from `first_month` on, of the north: the current or next such season.

    `year`: the one it begins in, where that was said.
    """
    if date.min.year < year < date.max.year:
        return months(date(year, first_month, 1), 3)
    found = months(date(today.year - 1, first_month, 1), 3)
    while found.last < today:
        found = months(plus_months(found.first, 12), 3)
    if offset > 0 and found.first <= today:
        found = months(plus_months(found.first, 12), 3)
    return found


def part(unit: str, whole: Interval, edge: str, today: date) -> Interval:
    """The beginning, middle, end or late part of a period; "later" is what is left of it."""
    first, last = whole
    if edge == "whole" or unit == "day":
        return whole
    if edge == "later":
        return Interval(min(max(first, plus(today, 1)), last), last)
    if edge == "end":
        return Interval(last, last)
    if unit == "week":
        monday = plus(last, -FRIDAY)
        begin, end = {"begin": (0, 1), "mid": (2, 2), "late": (3, 4)}[edge]
        return Interval(plus(monday, begin), plus(monday, end))
    if unit == "weekend":
        return whole
    if unit == "month":
        return {
            "begin": Interval(first, first.replace(day=10)),
            "mid": Interval(first.replace(day=11), first.replace(day=20)),
            "late": Interval(first.replace(day=21), last),
        }[edge]
    if unit == "year":
        begin, mid, end, late = 3, 4, 8, 9
    else:
        third = MONTHS.get(unit, 3) // 3
        begin, mid, end, late = third, third, 2 * third, 2 * third
    return {
        "begin": months(first, begin),
        "mid": Interval(plus_months(first, mid), plus(plus_months(first, end), -1)),
        "late": Interval(plus_months(first, late), last),
    }[edge]


def next_weekday(today: date, weekday: int, *, today_counts: bool = False) -> date:
    """The nearest such weekday after today (or from today on)."""
    ahead = (weekday - today.weekday()) % 7
    return plus(today, ahead or (0 if today_counts else 7))


def day_of_month(today: date, day: int, weekday: int | None = None) -> date | None:
    """The nearest month's such day from today on; of the next three the one on `weekday` if any."""
    found = []
    first = today.replace(day=1)
    for ahead in range(5):
        month = plus_months(first, ahead)
        if day <= monthrange(month.year, month.month)[1]:
            candidate = month.replace(day=day)
            if candidate >= today:
                found.append(candidate)
    if weekday is not None:
        for candidate in found[:3]:
            if candidate.weekday() == weekday:
                return candidate
    return found[0] if found else None


def day_of_year(today: date, month: int, day: int) -> date | None:
    """The nearest such day from today on; None for 30 February."""
    for year in range(today.year, min(today.year + 9, date.max.year)):
        if day <= monthrange(year, month)[1] and (found := date(year, month, day)) >= today:
            return found
    return None


def exact(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nth_weekday(within: Interval, weekday: int, nth: int) -> date | None:
    """The nth such weekday of a period; 0 is the last one."""
    if nth == 0:
        return plus(within.last, -((within.last.weekday() - weekday) % 7))
    found = plus(within.first, (weekday - within.first.weekday()) % 7 + 7 * (nth - 1))
    return found if found <= within.last else None


def easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus/Jones/Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)


_FIXED = {
    "christmas": (12, 25),
    "christmas-eve": (12, 24),
    "boxing": (12, 26),
    "new-year": (1, 1),
    "new-year-eve": (12, 31),
    "halloween": (10, 31),
    "valentine": (2, 14),
    "canada": (7, 1),
    "independence": (7, 4),
    "all-saints": (11, 1),
    "assumption": (8, 15),
    "armistice": (11, 11),
    "st-john": (6, 24),
}
_FROM_EASTER = {
    "easter": 0,
    "good-friday": -2,
    "easter-monday": 1,
    "ascension": 39,
    "pentecost-monday": 50,
}
_NTH_WEEKDAY = {"thanksgiving": (11, 3, 4), "labor": (9, 0, 1)}
"""Month, weekday, which one. Thanksgiving is the one of the United States."""


def holiday(tag: str, today: date) -> Interval:
    """The next such day from today on; "holidays" are those from Christmas to New Year."""
    if tag == "holidays":
        year = today.year - (today <= date(today.year, 1, 1))
        return Interval(date(year, 12, 24), plus_months(date(year, 12, 1), 1))
    day = _feast(tag, today)
    return Interval(day, day)


def _feast(tag: str, today: date) -> date:
    if tag in _FIXED:
        return day_of_year(today, *_FIXED[tag]) or date.max
    for year in (today.year, min(today.year + 1, date.max.year)):
        if tag in _FROM_EASTER:
            day = plus(easter(year), _FROM_EASTER[tag])
        else:
            month, weekday, nth = _NTH_WEEKDAY[tag]
            day = nth_weekday(months(date(year, month, 1), 1), weekday, nth) or date.max
        if day >= today:
            return day
    return date.max

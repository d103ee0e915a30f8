"""Business days in the user's calendar: weekends, public holidays and days out of office do not
count. Pure arithmetic on epoch seconds and dates; the zone's rules decide where a day begins.

The `holidays` library is loaded when a calendar is first asked for, and only the one country.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from syncd.options import Duration

if TYPE_CHECKING:
    from holidays import HolidayBase

_DAY = 86_400
_FIRST = int(datetime(2, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(9998, 12, 31, tzinfo=UTC).timestamp())
"""Instants outside (a Date header may say anything) are taken for the nearer one."""

_OFFICE = (9, 17)
_LONGEST_ABSENCE = 2 * 366 * _DAY
"""A longer out-of-office entry is a mistake of the calendar, and would stop every clock."""

_SEARCH_YEARS = 10
"""How far `add` looks beyond the plain days for enough working days."""


def check_holidays(code: str) -> str:
    """The code of a public holiday calendar, as `holidays` writes it: "CA", "CA-QC", "FR".

    :raises ValueError: no such calendar; the message names what is near, after "; "
    """
    country, region = _resolved(code)
    return f"{country}-{region}" if region else country


def _resolved(code: str) -> tuple[str, str]:
    """Country and region of a code, spelt as the library does; the region may be empty."""
    from holidays.registry import COUNTRIES  # heavy, and not everybody sets holidays

    written, _, wanted = code.strip().partition("-")
    country = written.upper()
    if country not in {name for names in COUNTRIES.values() for name in names[1:]}:
        near = get_close_matches(written.lower().replace(" ", "_"), COUNTRIES, n=1, cutoff=0.8)
        found = f'did you mean "{COUNTRIES[near[0]][1]}"? ' if near else ""
        raise ValueError(
            "no holidays are known for this country; "
            f'{found}Write a country or country-region, such as "CA", "CA-QC" or "FR"'
        )
    if not wanted:
        return country, ""
    known = _country_holidays(country)
    regions = {name.casefold(): name for name in (*known.subdivisions_aliases, *known.subdivisions)}
    region = regions.get(wanted.casefold())
    if region is None:
        near = get_close_matches(wanted.casefold(), regions, n=1, cutoff=0.6)
        found = f'did you mean "{country}-{regions[near[0]]}"? ' if near else ""
        listing = ", ".join(known.subdivisions) or "none"
        raise ValueError(f"no such region of {country}; {found}Regions: {listing}")
    return country, region


def _calendar(code: str) -> HolidayBase:
    country, region = _resolved(code)
    return _country_holidays(country, region or None)


def _country_holidays(country: str, region: str | None = None) -> HolidayBase:
    from holidays import country_holidays

    # The package of the countries imports all 250 of them (8 MB, 0.2 s) before it gives one: an
    # empty one in its place finds each country's module by itself.
    package = "holidays.countries"
    if package not in sys.modules:
        spec = find_spec(package)
        if spec is not None and spec.submodule_search_locations is not None:
            empty = ModuleType(package)
            empty.__path__ = list(spec.submodule_search_locations)
            sys.modules[package] = empty
    return country_holidays(country, subdiv=region)


class Workdays:
    """The user's working days. Years are computed when first asked for and kept.

    :param zone: where the user's days begin and end
    :param holidays: a code that `check_holidays` accepts; None: no public holidays
    :param days_off: out-of-office intervals, (start, end) in epoch seconds; a day is off when
        more than half of its office hours (9 to 17) are covered
    """

    def __init__(
        self,
        zone: ZoneInfo,
        holidays: str | None = None,
        days_off: Iterable[tuple[int, int]] = (),
    ) -> None:
        self.zone = zone
        self._holidays = _calendar(holidays) if holidays else None
        self._absences = _merged(days_off)
        self._absence_ends = [end for _, end in self._absences]
        self._years: dict[int, list[int]] = {}
        """Per year: the ordinals of its working days, ascending."""
        self._bounds = lru_cache(maxsize=4096)(self._day_bounds)

    def is_workday(self, day: date) -> bool:
        """Whether the day counts."""
        ordinals = self._year(day.year)
        at = bisect_left(ordinals, day.toordinal())
        return at < len(ordinals) and ordinals[at] == day.toordinal()

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days after `start` up to and including `end`: from a Thursday to the
        Monday after it, 2. Negative where `end` is the earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        if start.year == end.year:
            ordinals = self._year(start.year)
            return bisect_right(ordinals, end.toordinal()) - bisect_right(
                ordinals, start.toordinal()
            )
        whole = sum(len(self._year(year)) for year in range(start.year + 1, end.year))
        first, last = self._year(start.year), self._year(end.year)
        rest = len(first) - bisect_right(first, start.toordinal())
        return rest + whole + bisect_right(last, end.toordinal())

    def days_between(self, start: int, end: int) -> float:
        """The working time between two instants, in days: the clock runs through the 24 hours of
        a working day and stands still on the others. Negative where `end` is the earlier."""
        if end < start:
            return -self.days_between(end, start)
        first, first_part = self._place(start)
        last, last_part = self._place(end)
        # `working_days_between` counts the last day and not the first; the parts put that right.
        days = self.working_days_between(first, last)
        if self.is_workday(last):
            days -= 1
        if self.is_workday(first):
            days += 1
        return days - first_part + last_part

    def seconds_between(self, start: int, end: int) -> float:
        """`days_between` in seconds, a working day having 86,400."""
        return self.days_between(start, end) * _DAY

    def add(self, start: int, duration: Duration) -> int:
        """The instant a duration after `start`. Business days keep the local wall time: one
        business day after Friday 15:00, and after Saturday 15:00, is Monday 15:00. All other
        units are plain elapsed time."""
        if duration.business_days is None:
            return start + round(duration.delta.total_seconds())
        if duration.business_days == 0:
            return start
        local = datetime.fromtimestamp(_clamped(start), self.zone)
        day = self._working_day_after(local.date(), duration.business_days)
        if day is None:
            return start + round(duration.delta.total_seconds())
        return int(datetime.combine(day, local.timetz()).timestamp())

    def _working_day_after(self, day: date, count: int) -> date | None:
        ordinals = self._year(day.year)
        at = bisect_right(ordinals, day.toordinal()) + count - 1
        last_year = min(day.year + count // 200 + _SEARCH_YEARS, date.max.year)
        year = day.year
        while at >= len(ordinals):
            at -= len(ordinals)
            year += 1
            if year > last_year:
                return None
            ordinals = self._year(year)
        return date.fromordinal(ordinals[at])

    def _place(self, at: int) -> tuple[date, float]:
        """An instant's local day, and how much of the day is over: 0 on a day that is off."""
        at = _clamped(at)
        day = datetime.fromtimestamp(at, self.zone).date()
        if not self.is_workday(day):
            return day, 0.0
        midnight, next_midnight = self._bounds(day)
        return day, (at - midnight) / (next_midnight - midnight)

    def _day_bounds(self, day: date) -> tuple[float, float]:
        begin = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return begin.timestamp(), (begin + timedelta(days=1)).timestamp()

    def _year(self, year: int) -> list[int]:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._working_ordinals(year)
        return found

    def _working_ordinals(self, year: int) -> list[int]:
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        off = self._holidays_of(year)
        # toordinal() % 7: 1 is Monday … 5 is Friday
        days = [day for day in range(first, last + 1) if 1 <= day % 7 <= 5 and day not in off]
        if self._absences:
            days = [day for day in days if not self._absent(date.fromordinal(day))]
        return days

    def _holidays_of(self, year: int) -> set[int]:
        if self._holidays is None:
            return set()
        # Asking for a day makes the library compute its year.
        _ = date(year, 1, 1) in self._holidays
        return {day.toordinal() for day in self._holidays if day.year == year}

    def _absent(self, day: date) -> bool:
        begin, end = (
            int(datetime(day.year, day.month, day.day, hour, tzinfo=self.zone).timestamp())
            for hour in _OFFICE
        )
        covered = 0
        at = bisect_right(self._absence_ends, begin)
        while at < len(self._absences) and self._absences[at][0] < end:
            covered += min(end, self._absences[at][1]) - max(begin, self._absences[at][0])
            at += 1
        return 2 * covered > end - begin


def _clamped(at: int) -> int:
    return min(max(at, _FIRST), _LAST)


def _merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The intervals without overlaps, ascending; empty and implausibly long ones left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if not 0 < end - start <= _LONGEST_ABSENCE:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged

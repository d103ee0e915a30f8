"""Days and times relative to the day of the demonstration, and their names in texts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from babel.dates import format_date

ZONE = ZoneInfo("America/Toronto")
"""Where the demonstration's user lives."""

_AT = re.compile(r"([+-]\d+)(d?)(?: (\d\d):(\d\d))?")
_PLACEHOLDER = re.compile(r"\{([+-]\d+) ([A-Za-z-][A-Za-z -]*?) (en|fr)\}")


class Days:
    """Counts from the day of `now` in the user's zone; on a weekend, from the Friday before."""

    def __init__(self, now: datetime) -> None:
        self.today = _weekday(now.astimezone(ZONE).date())

    def business_day(self, offset: int) -> date:
        """`offset` business days from today; weekends do not count."""
        day = self.today
        step = timedelta(days=1 if offset > 0 else -1)
        for _ in range(abs(offset)):
            day += step
            while day.weekday() >= 5:
                day += step
        return day

    def day(self, at: str) -> date:
        """The day of `-3` (business days) or `-75d` (days; moved to Friday from a weekend)."""
        count, calendar_days, _, _ = self._parts(at)
        if calendar_days:
            return _weekday(self.today + timedelta(days=count))
        return self.business_day(count)

    def moment(self, at: str) -> datetime:
        """The moment of `-3 10:12`, in the user's zone."""
        _, _, hour, minute = self._parts(at)
        return datetime.combine(self.day(at), clock(hour, minute), ZONE)

    def filled(self, text: str) -> str:
        """`text` with `{+1 EEEE en}` replaced by that business day in Babel's date pattern."""

        def named(match: re.Match[str]) -> str:
            return format_date(self.business_day(int(match[1])), match[2], locale=match[3])

        return _PLACEHOLDER.sub(named, text)

    @staticmethod
    def _parts(at: str) -> tuple[int, bool, int, int]:
        match = _AT.fullmatch(at)
        if match is None:
            raise ValueError(f"{at!r} is no relative day")
        return int(match[1]), bool(match[2]), int(match[3] or 0), int(match[4] or 0)


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))

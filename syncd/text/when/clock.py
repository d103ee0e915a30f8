"""Times of the day, which say nothing of the day but may stand beside it."""

from __future__ import annotations

import re
from datetime import date

from syncd.model import Confidence
from syncd.text.when.cursor import Cursor
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Ref

_TIME_LEADS = frozenset({Kind.AT, Kind.ON, Kind.BY, Kind.BEFORE, Kind.TO, Kind.FROM, Kind.AFTER})


_ZONES = re.compile(r"(?:[ecmp][sd]?t|gmt|utc|bst|cest)")


class Clock(Cursor):
    """Reads "5 pm", "14h30", "noon", "first thing", "in the morning"."""

    def _clock(self, i: int) -> tuple[int, int] | None:
        """A time of day at token `i`: its hour (0–24) and where it ends."""
        token = self.tokens[i]
        if token.kind is Kind.NOON:
            return token.n, i + 1
        if token.kind is Kind.CLOSE and token.tag == "day":
            return 24, i + 1
        if token.kind is Kind.CLOCK:
            j, hour = i + 1, token.n
        elif token.kind is Kind.NUMBER and token.n <= 24:
            j, hour = i + 1, token.n
            if self.french and self.tokens[j].kind is Kind.UNIT and self.tokens[j].tag == "hour":
                j += 1
                if self.tokens[j].kind is Kind.NUMBER and self.tokens[j].n < 60:
                    j += 1
                return hour, j
            if (
                self.tokens[j].text not in ("am", "pm")
                and self.tokens[j].kind is not Kind.HOUR_MARK
            ):
                return None
        else:
            return None
        mark = self.tokens[j]
        if mark.text in ("am", "pm") or mark.kind is Kind.HOUR_MARK:
            afternoon = mark.text.startswith("p") or (mark.text.startswith("o") and hour < 7)
            if afternoon and hour < 12:
                hour += 12
            j += 1
        if not self.french and _ZONES.fullmatch(self.tokens[j].text):
            j += 1
        return (hour, j) if hour <= 24 else None

    def _with_time(self, j: int) -> int:
        """Where a date ends whose time of day may follow: "Friday, at 3 pm"."""
        for _ in range(3):
            k = j
            if self.tokens[k].text == ",":
                k += 1
            if self.tokens[k].kind is Kind.DAYPART or self.tokens[k].tag == "part":
                j = k + 1
                continue
            if self.tokens[k].kind in _TIME_LEADS:
                k += 1
            clock = self._clock(k)
            if clock is None and k > j and self.tokens[k].kind is Kind.THE:
                clock = self._clock(k + 1)
            if clock is None:
                return j
            j = clock[1]
        return j

    def _fixed_day(self, j: int, day: date, certainty: Confidence = "high") -> Ref:
        return Ref(self._with_time(j), Interval(day, day), certainty)

"""Days named by the calendar: 12 March, 12/03, the 3rd to the 5th of March, Christmas."""

from __future__ import annotations

from dataclasses import replace

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.clock import Clock
from syncd.text.when.cursor import PREPOSITIONS
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Ref
from syncd.text.when.resolution import resolve

FOLLOWS_DAY = frozenset(
    kind
    for kind in Kind
    if kind
    not in {Kind.OTHER, Kind.NUMBER, Kind.UNIT, Kind.ORDINAL, Kind.CLOCK, Kind.RANGE, Kind.SLASH}
)
"""What may stand behind figures that are a day of the month ("the 12th works")."""


class CalendarDays(Clock):
    """Reads days that need nothing but a calendar."""

    def _anchor(self, i: int) -> Ref:
        ahead, j = self.tokens[i].n, i + 1
        if self.tokens[i].tag == "part" and self.tokens[j].kind is Kind.OF:
            day = self._read(j + 1)  # dans la journée de jeudi
            if day is not None and day.unit == "day":
                return replace(day, plain=False)
        if self.tokens[j].kind is Kind.WEEK_LATER:
            ahead, j = ahead + self.tokens[j].n, j + 1
        return self._fixed_day(j, days.plus(self.today, ahead))

    def _holiday(self, i: int) -> Ref:
        token = self.tokens[i]
        span = days.holiday(token.tag, self.today)
        return Ref(self._with_time(i + 1), span, "medium", unit="holiday", bare=True)

    def _date(self, i: int) -> Ref | None:
        token = self.tokens[i]
        a, b, c = token.parts
        if token.tag == "iso":
            return Ref(self._with_time(i + 1), day=c, month=b, year=a)
        year = c if c > 99 else 2000 + c
        if c <= 99 and not -1 <= year - self.today.year <= 5:
            return None
        return self._day_and_month(a, b, year, i + 1)

    def _slash(self, i: int) -> Ref | None:
        a, b = self.tokens[i].parts
        before, after = self._before(i), self.tokens[i + 1]
        beside = before.kind in PREPOSITIONS | {Kind.THE, Kind.AND, Kind.OR, Kind.WEEKDAY}
        beside = beside or (before.kind is Kind.MARK and before.text in (",", ":", "-"))
        if not beside or before.text == "les" or (a, b) == (24, 7):
            return None
        if after.kind not in FOLLOWS_DAY or after.kind is Kind.OF:
            return None
        return self._day_and_month(a, b, 0, i + 1)

    def _day_and_month(self, a: int, b: int, year: int, end: int) -> Ref | None:
        """Two figures, in the language's order unless only the other one makes a date."""
        day, month = (a, b) if self.day_first else (b, a)
        certainty: Confidence = "high"
        if month > 12 >= day:
            day, month = month, day
            certainty = "medium"
        elif day <= 12 and day != month:
            certainty = "medium" if self.day_first else "low"
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        return Ref(self._with_time(end), certainty=certainty, day=day, month=month, year=year)

    def _dated(self, day: int, month: int, j: int) -> Ref | None:
        """A day and a month, with the year that may follow."""
        if not 1 <= day <= 31:
            return None
        year, j = self._year(j)
        if self.tokens[j].kind is Kind.RELATIVE and self.tokens[j].n == 1:
            j += 1
        return Ref(self._with_time(j), day=day, month=month, year=year)

    def _day_with_month(self, i: int) -> Ref | None:
        """12 March, the 12th of March, le 12 mars, 12-Mar-2027."""
        ordinal = self._ordinal(i)
        number = ordinal or self._cardinal(i)
        if number is None or not 1 <= number[0] <= 31:
            return None
        n, j = number
        while self.tokens[j].kind is Kind.OF or self.tokens[j].text == "-":
            j += 1
        month = self._month_word(j)
        if month is None:
            return None
        if self.tokens[j].text == "may" and ordinal is None:
            after = self.tokens[j + 1].kind
            if after in (Kind.OTHER, Kind.WORD):
                return None
        return self._dated(n, month, j + 1)

    def _day_number(self, i: int) -> Ref | None:
        """A number that is a day of the month because another one stands beside it."""
        day = self._ordinal(i) or self._cardinal(i)
        if day is None:
            return None
        n, j = day
        if not 1 <= n <= 31 or self.tokens[j].kind in (Kind.UNIT, Kind.OTHER, Kind.NUMBER):
            return None
        if self.tokens[j].kind is Kind.OF and self.tokens[j + 1].kind is Kind.MONTH:
            j += 1
        if self.tokens[j].kind is Kind.MONTH:
            return self._dated(n, self.tokens[j].n, j + 1)
        return Ref(j, day=n)

    def _range_of_days(self, i: int) -> Ref | None:
        """3-5 March."""
        first, last = self.tokens[i].parts
        month = self._month_word(i + 1)
        return None if month is None else self._days_of(first, last, month, i + 2)

    def _days_with_month(self, i: int) -> Ref | None:
        """3 to 5 March, du 3 au 5 mars."""
        one = self._ordinal(i) or self._cardinal(i)
        if one is None or self.tokens[one[1]].kind not in (Kind.TO, Kind.AND, Kind.OR):
            return None
        k = one[1] + 1
        if self.tokens[k].kind is Kind.THE:
            k += 1
        other = self._ordinal(k) or self._cardinal(k)
        if other is None:
            return None
        j = other[1] + (self.tokens[other[1]].kind is Kind.OF)
        month = self._month_word(j)
        return None if month is None else self._days_of(one[0], other[0], month, j + 1)

    def _days_of(self, first: int, last: int, month: int, j: int) -> Ref | None:
        year, j = self._year(j)
        refs = [Ref(j, day=first, month=month, year=year), Ref(j, day=last, month=month, year=year)]
        if not (1 <= first < last <= 31):
            return None
        resolved = resolve(refs, self.today, urgent=False)
        if resolved is None:
            return None
        begin, end = days.exact(resolved[0].last.year, month, first), resolved[0].last
        if begin is None:
            return None
        return Ref(self._with_time(j), Interval(begin, end), through=True)

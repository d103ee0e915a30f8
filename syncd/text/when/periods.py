"""Weeks, months, quarters and years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.calendar_days import CalendarDays
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Ref
from syncd.text.when.resolution import settle

_NAMED = {"q": "quarter", "h": "half", "t": "quarter", "s": "half"}
_STARTING = {"commencing", "beginning", "starting"}


class Periods(CalendarDays):
    """Reads stretches of the calendar."""

    def _period(self, i: int, *, bare: bool) -> Ref | None:
        """this week, la semaine prochaine, March 2027, Q1, the second quarter; `bare`: the month.

        `unit` and `span` are set; a span that may lie back comes with certainty "low".
        """
        token = self.tokens[i]
        if token.kind is Kind.THE:
            i += 1
            token = self.tokens[i]
        after = self.tokens[i + 1]
        if token.kind is Kind.RELATIVE:
            if token.n < 0:
                return None
            if after.text == "-":  # mid-next-week
                i += 1
                after = self.tokens[i + 1]
            if after.kind is Kind.MONTH:
                return self._named_month(i + 1)
            if after.kind is Kind.UNIT and self._is_period(after.tag):
                j = i + 2
                offset = token.n
                if self.tokens[j].text == "-" and self.tokens[j + 1].tag == "ci":
                    j += 2
                elif self.tokens[j].kind is Kind.AFTER and self.tokens[j + 1].kind is Kind.RELATIVE:
                    j, offset = j + 2, 2
                return self._of_unit(after.tag, offset, j)
            return None
        if token.kind is Kind.UNIT and self._is_period(token.tag):
            return self._unit_period(i, bare=bare)
        if token.kind is Kind.MONTH:
            return self._named_month(i)
        if token.kind is Kind.CODE:
            return self._code(i)
        if token.kind in (Kind.NUMBER, Kind.ORDINAL):
            return self._nth_period(i) or self._calendar_year(i)
        if token.kind is Kind.PERIOD_NAME:
            return self._period_name(i)
        return None

    @staticmethod
    def _is_period(unit: str) -> bool:
        return unit in days.MONTHS or unit in ("week", "weekend") or unit.startswith("season")

    def _of_unit(self, unit: str, offset: int, j: int) -> Ref:
        sure: Confidence = "medium" if unit in days.MONTHS or offset == 0 else "high"
        return Ref(j, days.period(unit, self.today, offset), sure, unit=unit)

    def _unit_period(self, i: int, *, bare: bool) -> Ref | None:
        unit, after = self.tokens[i], self.tokens[i + 1]
        if after.kind is Kind.RELATIVE:
            if after.n < 0:
                return None
            return self._of_unit(unit.tag, after.n, i + 2)
        if after.kind is Kind.ORDINAL and after.n == 0 and self.french:
            return None
        if after.kind is Kind.AFTER and self.tokens[i + 2].kind is Kind.RELATIVE:
            return self._of_unit(unit.tag, 2, i + 3)
        if unit.tag == "week":
            week = self._week_of(i)
            if week is not None:
                return week
        if unit.tag == "month" and after.kind is Kind.OF and self.tokens[i + 2].kind is Kind.MONTH:
            return self._named_month(i + 2)
        if bare and (unit.text == "mois" or not unit.text.endswith("s")):
            found = self._of_unit(unit.tag, 0, i + 1)
            return replace(found, certainty="low")
        return None

    def _week_of(self, i: int) -> Ref | None:
        """the week of the 14th, la semaine du 14 mars, week commencing 14 March, semaine 48."""
        after = self.tokens[i + 1]
        k = i + 1
        if after.kind is Kind.NUMBER and 10 <= after.n <= 53 and len(after.text) == 2:
            return self._iso_week(after.n, i + 2)
        if after.kind is not Kind.OF and after.text not in _STARTING:
            return None
        while self.tokens[k].kind in (Kind.OF, Kind.THE) or self.tokens[k].text in _STARTING:
            k += 1
        token = self.tokens[k]
        ref: Ref | None = None
        if token.kind in (Kind.MONTH, Kind.DATE, Kind.SLASH, Kind.WEEKDAY):
            ref = self._read(k)
        elif token.kind in (Kind.NUMBER, Kind.ORDINAL):
            ref = self._day_with_month(k) or self._days_with_month(k)
            ref = ref or self._day_number(k)
        if ref is None or ref.unit != "day":
            return None
        settled = settle(ref, self.today, urgent=True)
        if settled is None:
            return None
        monday = days.monday_of(settled[0].first)
        return Ref(ref.end, Interval(monday, days.plus(monday, days.FRIDAY)), unit="week")

    def _iso_week(self, number: int, j: int) -> Ref | None:
        for year in (self.today.year, self.today.year + 1):
            try:
                monday = date.fromisocalendar(year, number, 1)
            except ValueError:
                continue
            friday = days.plus(monday, days.FRIDAY)
            if friday >= self.today:
                return Ref(j, Interval(monday, friday), "medium", unit="week", bare=not self.french)
        return None

    def _month(self, i: int) -> Ref | None:
        """March 12th, March 3 to 5, March, next March."""
        token = self.tokens[i]
        if self.french:
            return self._named_month(i)
        j = i + 1
        if self.tokens[j].text == "." and self._abbreviated(j):
            j += 1
        if self.tokens[j].text == "-":
            j += 1
        if self.tokens[j].kind is Kind.THE:
            j += 1
        if self.tokens[j].kind is Kind.RANGE:
            first, last = self.tokens[j].parts
            return self._days_of(first, last, token.n, j + 1)
        number = self._ordinal(j) or self._cardinal(j)
        if number is not None and number[0] <= 31:
            after = self.tokens[number[1]]
            if token.tag == "weak" and after.kind in (Kind.OTHER, Kind.UNIT):
                return None
            return self._dated(number[0], token.n, number[1])
        if token.tag == "weak" and self._before(i).kind not in (
            Kind.IN,
            Kind.BY,
            Kind.BEFORE,
            Kind.UNTIL,
            Kind.RELATIVE,
            Kind.AFTER,
        ):
            return None
        return self._named_month(i)

    def _named_month(self, i: int) -> Ref | None:
        """A month by name: the current or next one of that name, unless a year follows."""
        month, j = self.tokens[i].n, i + 1
        year, j = self._year(j)
        after = self.tokens[j]
        if not year and after.kind is Kind.OF and self.tokens[j + 1].kind is Kind.RELATIVE:
            following = self._period(j + 1, bare=False)
            if following is not None and following.unit == "year" and following.span:
                year, j = following.span.first.year, following.end
        elif not year and after.kind is Kind.RELATIVE:
            if after.n < 0:
                return None
            unit = self.tokens[j + 1]
            if unit.kind is Kind.UNIT and unit.tag == "year":
                year, j = self.today.year + after.n, j + 2
            elif self.french:
                j += 1
        if after.kind is Kind.ORDINAL and after.n == 0 and self.french:
            return None
        if year:
            if not date.min.year < year < date.max.year:
                return None
            span = days.months(date(year, month, 1), 1)
            return Ref(j, span, "high", unit="month", bare=True)
        year = self.today.year + (month < self.today.month)
        return Ref(j, days.months(date(year, month, 1), 1), "medium", unit="month", bare=True)

    def _nth_period(self, i: int) -> Ref | None:
        """the second quarter, le premier semestre 2027."""
        ordinal = self._ordinal(i)
        if ordinal is None:
            return None
        n, j = ordinal
        unit = self.tokens[j]
        if unit.kind is not Kind.UNIT or unit.tag not in ("quarter", "half"):
            return None
        return self._numbered(unit.tag, n, j + 1)

    def _code(self, i: int) -> Ref | None:
        """Q1, H2, T1 and, in French, S2 (a half-year) or S48 (a week)."""
        name, number = self.tokens[i].tag, self.tokens[i].n
        if name not in (("t", "s", "q") if self.french else ("q", "h")):
            return None
        if name == "s" and number > 9:
            return self._iso_week(number, i + 1)
        return self._numbered(_NAMED[name], number, i + 1)

    def _numbered(self, unit: str, n: int, j: int) -> Ref | None:
        size = days.MONTHS[unit]
        if not 1 <= n <= 12 // size:
            return None
        year, j = self._year(j)
        k = j
        while self.tokens[k].kind in (Kind.OF, Kind.THE):
            k += 1
        if not year and (self.tokens[k].kind is Kind.RELATIVE or k > j):
            whole = self._period(k, bare=True)
            if whole is not None and whole.unit == "year" and whole.span:
                year, j = whole.span.first.year, whole.end
        month = (n - 1) * size + 1
        if year:
            if not date.min.year < year < date.max.year:
                return None
            return Ref(j, days.months(date(year, month, 1), size), "medium", unit=unit, bare=True)
        span = days.months(date(self.today.year, month, 1), size)
        if span.last < self.today:
            span = days.months(date(self.today.year + 1, month, 1), size)
        return Ref(j, span, "medium", unit=unit, bare=True)

    def _period_name(self, i: int) -> Ref | None:
        token = self.tokens[i]
        year = self.today.year + (token.n < self.today.month)
        span = days.months(date(year, token.n, 1), days.MONTHS[token.tag])
        return Ref(i + 1, span, "low", unit=token.tag, bare=True)

    def _calendar_year(self, i: int) -> Ref | None:
        token = self.tokens[i]
        if len(token.text) != 4 or not 0 <= token.n - self.today.year <= 50:
            return None
        if self.tokens[i + 1].kind is Kind.OTHER:
            return None
        year = days.months(date(token.n, 1, 1), 12)
        return Ref(i + 1, year, "medium", unit="year", bare=True)

    def _on_weekday(self, whole: Ref) -> Ref:
        """Next week, on Thursday: the weekday behind a week; else the period itself."""
        k = whole.end
        while self.tokens[k].kind is Kind.ON or self.tokens[k].text == ",":
            k += 1
        if whole.unit != "week" or whole.span is None or self.tokens[k].kind is not Kind.WEEKDAY:
            return whole
        if self.tokens[k].tag == "weak":
            return whole
        monday = days.plus(whole.span.last, -days.FRIDAY)
        return self._fixed_day(k + 1, days.plus(monday, self.tokens[k].n))

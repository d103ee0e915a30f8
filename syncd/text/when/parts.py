"""Parts of periods: their end, the second week, the last Friday."""

from __future__ import annotations

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.periods import Periods
from syncd.text.when.refs import Ref
from syncd.text.when.tokens import Token


class Parts(Periods):
    """Reads what lies within a period."""

    def _part(self, whole: Ref, edge: str, j: int) -> Ref | None:
        """A part of a period; of one named without a year or "this", the next to come."""
        if whole.span is None:
            return None
        span = days.part(whole.unit, whole.span, edge, self.today)
        if span.last < self.today and whole.certainty != "high":
            span = days.part(whole.unit, self._following(whole, whole.span), edge, self.today)
        sure: Confidence = "high" if edge == "end" else "medium"
        unit = "day" if edge == "end" else whole.unit
        return Ref(self._with_time(j) if edge == "end" else j, span, sure, unit=unit)

    def _following(self, whole: Ref, span: Interval) -> Interval:
        """The period of the same name that comes after this one, which is `span`."""
        if whole.bare:
            size = days.MONTHS.get(whole.unit, 12)
            return days.months(days.plus_months(span.first, 12), size)
        return days.period(whole.unit, days.plus(span.last, 3), 0)

    def _nth(self, i: int) -> Ref | None:
        """the first Monday of March, the second week of January, the first quarter."""
        ordinal = self._ordinal(i)
        if ordinal is None:
            return None
        return self._nth_within(*ordinal) or self._nth_period(i)

    def _last_of(self, i: int) -> Ref | None:
        """ "the last Friday of March" is to come; "last Friday" is past."""
        return self._nth_within(0, i + 1)

    def _nth_within(self, nth: int, j: int) -> Ref | None:
        count = 1
        if (number := self._cardinal(j)) is not None and 1 <= number[0] <= 31:
            count, j = number
        token = self.tokens[j]
        if token.kind not in (Kind.WEEKDAY, Kind.UNIT):
            return None
        k = j + 1
        if self.tokens[k].kind not in (Kind.OF, Kind.IN, Kind.ON):
            return None
        while self.tokens[k].kind in (Kind.OF, Kind.THE, Kind.IN, Kind.ON):
            k += 1
        whole = self._period(k, bare=True)
        if whole is None or whole.span is None:
            return None
        span = self._nth_span(token, nth, count, whole.unit, whole.span)
        if span is not None and span.last < self.today and whole.certainty != "high":
            later = self._following(whole, whole.span)
            span = self._nth_span(token, nth, count, whole.unit, later)
        if span is None:
            return None
        single = span.first == span.last
        return Ref(whole.end, span, unit="day" if single else token.tag)

    def _nth_span(
        self, token: Token, nth: int, count: int, unit: str, whole: Interval
    ) -> Interval | None:
        """The nth weekday, half or (so many) days or weeks of a period; 0 is the last."""
        if token.kind is Kind.WEEKDAY:
            day = days.nth_weekday(whole, token.n, nth)
            return None if day is None else Interval(day, day)
        size = {"day": 1, "week": 7, "span": token.n}.get(token.tag, 0) * count
        if token.tag == "half" and unit in ("month", "year", "quarter", "half"):
            middle = whole.first + (whole.last - whole.first) / 2
            if unit == "month":
                middle = whole.first.replace(day=15)
            halves = (Interval(whole.first, middle), Interval(days.plus(middle, 1), whole.last))
            return halves[nth - 1] if nth in (1, 2) else None
        if token.tag == "span" and unit == "month" and nth == 2:
            return Interval(whole.first.replace(day=16), whole.last)
        if token.tag == "span" and unit == "month" and nth == 1:
            return Interval(whole.first, whole.first.replace(day=15))
        if not size or nth > 31 or (unit == "week" and token.tag != "day"):
            return None
        if nth == 0:
            return Interval(days.plus(whole.last, 1 - size), whole.last)
        if count > 1 and nth > 1:
            return None
        first = days.plus(whole.first, size * (nth - 1))
        return Interval(first, days.plus(first, size - 1)) if first <= whole.last else None

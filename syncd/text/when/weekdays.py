"""Weekdays, and days of the month without a month."""

from __future__ import annotations

from dataclasses import replace

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.ahead import Ahead
from syncd.text.when.calendar_days import FOLLOWS_DAY
from syncd.text.when.cursor import PREPOSITIONS
from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Ref


class Weekdays(Ahead):
    """Reads "Friday", "next Monday", "vendredi en huit", "Friday the 12th", "le 15 du mois"."""

    def _weekday(self, i: int) -> Ref | None:
        token = self.tokens[i]
        weekday, j = token.n, i + 1
        if token.tag == "weak":
            if self.tokens[j].text == "." and self._abbreviated(j):
                j += 1
            if not self._weekday_after_all(i, j):
                return None
        date_ref = None if self._clock(j) else self._date_of_weekday(weekday, j)
        if date_ref is not None:
            return date_ref
        base = days.next_weekday(self.today, weekday)
        after = self.tokens[j]
        if token.tag == "week":
            return self._fixed_day(j, days.plus(base, 7))
        if after.kind is Kind.AFTER and self.tokens[j + 1].kind is Kind.RELATIVE:
            return self._fixed_day(j + 2, days.plus(base, 7), "medium")
        if after.kind is Kind.WEEK_LATER:
            base = days.next_weekday(self.today, weekday, today_counts=True)
            return self._fixed_day(j + 1, days.plus(base, after.n))
        if after.kind is Kind.RELATIVE and after.n >= 0 and self.french and not after.tag:
            return self._fixed_day(j + 1, base, self._sure_of_nearest(weekday))
        if after.kind is Kind.RELATIVE and after.tag == "coming" and self.french:
            return self._fixed_day(j + 1, base)
        in_week = self._weekday_in_week(weekday, j)
        if in_week is not None:
            return in_week
        end = self._with_time(j)
        if end > j:
            in_week = self._weekday_in_week(weekday, end)
            if in_week is not None:
                return in_week
        return Ref(end, weekday=weekday, plain=True)

    def _weekday_after_all(self, i: int, j: int) -> bool:
        """Whether a short word ("sun", "mer") stands where only a weekday can."""
        before, after = self._before(i), self.tokens[j]
        if after.kind is Kind.NUMBER:
            return True
        if after.text == "," and self.tokens[j + 1].kind is Kind.MONTH:
            return True
        if self.french:
            return False
        if after.kind is Kind.OR or before.kind is Kind.OR:
            return self.tokens[j + 1 if after.kind is Kind.OR else i - 2].kind is Kind.WEEKDAY
        return before.kind in PREPOSITIONS | {Kind.RELATIVE}

    def _weekday_in_week(self, weekday: int, j: int) -> Ref | None:
        """ "of next week" behind a weekday."""
        while self.tokens[j].kind in (Kind.OF, Kind.THE) or self.tokens[j].text == ",":
            j += 1
        found = self._period(j, bare=False)
        if found is None or found.unit != "week" or found.span is None:
            return None
        monday = days.plus(found.span.last, -days.FRIDAY)
        return replace(self._fixed_day(found.end, days.plus(monday, weekday)), weekday=weekday)

    def _date_of_weekday(self, weekday: int, j: int) -> Ref | None:
        """The date that names the same day: Friday 12 March, lundi 12, Monday the 15th."""
        k = j
        while self.tokens[k].kind is Kind.THE or self.tokens[k].text in (",", "("):
            k += 1
        token = self.tokens[k]
        ref: Ref | None = None
        if token.kind in (Kind.MONTH, Kind.DATE, Kind.SLASH):
            ref = self._read(k)
        elif token.kind in (Kind.NUMBER, Kind.ORDINAL):
            ref = self._day_with_month(k) or self._day_of_month(k, certain=True)
        if ref is None or not ref.day:
            return None
        return replace(ref, weekday=weekday, bare=False)

    def _relative_weekday(self, i: int) -> Ref | None:
        token, weekday = self.tokens[i], self.tokens[i + 1].n
        dated = self._date_of_weekday(weekday, i + 2)
        if dated is not None:
            return dated
        if token.n == 0 or token.tag == "coming":
            day = days.next_weekday(self.today, weekday, today_counts=token.n == 0)
            return self._fixed_day(i + 2, day)
        if self.french:
            day = days.next_weekday(self.today, weekday)
        else:
            day = days.plus(days.monday_of(self.today), 7 * token.n + weekday)
        return self._fixed_day(i + 2, day, self._sure_of_nearest(weekday))

    def _sure_of_nearest(self, weekday: int) -> Confidence:
        """Where the nearest one lies in the current week, "next" may mean the one after it."""
        return "medium" if weekday > self.today.weekday() else "high"

    def _day_of_month(self, i: int, *, certain: bool = False) -> Ref | None:
        """The 12th, le 12, the 15th of next month: figures that something marks as a day."""
        ordinal = self._ordinal(i)
        number = ordinal or (self._cardinal(i) if self.french or certain else None)
        if number is None or not 1 <= number[0] <= 31:
            return None
        n, j = number
        before = self._before(i)
        in_words = self.tokens[i].kind is Kind.ORDINAL or not self.tokens[i].text.isdigit()
        if self.french:
            marked = before.text.endswith(("le", "du", "au")) and before.text != "les"
        else:
            marked = before.kind is Kind.THE or before.text.endswith(" the")
            marked = marked or before.kind in (Kind.ON, Kind.BY, Kind.BEFORE, Kind.UNTIL)
        if not (marked or certain):
            return None
        k = j
        while self.tokens[k].kind in (Kind.OF, Kind.THE):
            k += 1
        if k > j or (self.french and self.tokens[j].text == "courant"):
            if self.tokens[k].kind in (Kind.EVERY, Kind.A):
                return None
            month = self._period(k, bare=True)
            if month is not None and month.unit == "month" and month.span is not None:
                day = days.exact(month.span.first.year, month.span.first.month, n)
                if day is not None and day < self.today and month.certainty != "high":
                    return Ref(self._with_time(month.end), day=n)
                return None if day is None else self._fixed_day(month.end, day)
            return None
        if in_words and not certain:
            return None
        after = self.tokens[j]
        if before.text == "au" or after.kind not in FOLLOWS_DAY:
            return None
        if after.kind is Kind.RELATIVE:
            if after.n < 0:
                return None
            j += 1
        return Ref(self._with_time(j), certainty="high", day=n)

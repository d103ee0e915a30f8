"""The grammar of dates: tokens to dates. One for both languages; what differs is in the lexicon.

Read from the left; at each token the constructions that may begin there are tried. The modules
below this one hold them, each building on the one before: cursor, clock, calendar_days, periods,
parts, ahead, weekdays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from syncd.text.when import days
from syncd.text.when.cursor import PREPOSITIONS
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Ref
from syncd.text.when.tokens import END, Token
from syncd.text.when.weekdays import Weekdays

_VERBS = {"start", "beginning", "close", "end", "ending"}


_DEEPEST = 5
"""Dates within dates: nobody writes more than "noon on the day after the first Monday of May"."""


class Constructions(Weekdays):
    """All constructions together, found by the token they begin with."""

    def _read(self, i: int) -> Ref | None:
        reader = _READERS.get(self.tokens[i].kind)
        if reader is None or self.depth == _DEEPEST:
            return None
        self.depth += 1
        try:
            return reader(self, i)
        finally:
            self.depth -= 1

    def _number(self, i: int) -> Ref | None:
        """All that begins with a number, in figures or words."""
        token = self.tokens[i]
        if token.kind is Kind.RANGE:
            return self._range_of_days(i) or self._shifted(i)
        return (
            self._day_with_month(i)
            or self._days_with_month(i)
            or self._nth(i)
            or self._timed(i)
            or self._shifted(i)
            or self._day_of_month(i)
            or self._calendar_year(i)
        )

    def _relative(self, i: int) -> Ref | None:
        """this Friday, next week, next month, the next few days, the last Friday of March."""
        token, after = self.tokens[i], self.tokens[i + 1]
        if token.n < 0:
            return self._last_of(i)
        ahead = self._next_few(i, loose=False)
        if ahead is not None:
            return ahead
        if after.kind is Kind.WEEKDAY:
            return self._relative_weekday(i)
        if after.kind is Kind.UNIT and after.tag == "workday" and token.n == 1:
            day = days.plus_workdays(self.today, 1)
            return self._fixed_day(i + 2, day)
        found = self._period(i, bare=False)
        if found is None or found.span is None:
            return None
        if self.tokens[found.end].kind is Kind.EDGE and self.tokens[found.end].tag == "end":
            return self._part(found, "end", found.end + 1)
        return self._on_weekday(replace(found, bare=False))

    def _unit(self, i: int) -> Ref | None:
        """la semaine prochaine, month end, the week of the 14th, the weekend."""
        unit, after = self.tokens[i], self.tokens[i + 1]
        if self.french and (ahead := self._next_few(i, loose=False)) is not None:
            return ahead
        if unit.tag == "day" and after.kind in (Kind.AFTER, Kind.BEFORE):
            return self._shifted(i)
        if not self._is_period(unit.tag):
            return None
        k = i + 2 if after.text == "-" else i + 1
        if after.text == "'" and self.tokens[k + 1].text == "s":
            k += 2
        edge = self.tokens[k]
        if edge.kind is Kind.EDGE and edge.tag == "end" and edge.text == "end":
            return self._part(self._of_unit(unit.tag, 0, k), "end", k + 1)
        found = self._period(i, bare=False)
        if found is not None:
            return self._on_weekday(found)
        definite = self._before(i).kind is Kind.THE
        if unit.tag.startswith("season"):
            lead = self._lead(i)
            if lead.kind is Kind.TO and not (self.french and (definite or lead.text == "au")):
                return None
            if after.kind is Kind.OTHER:  # a spring break
                return None
            year, j = self._year(i + 1)
            span = days.season(int(unit.tag.partition(":")[2]), self.today, 0, year)
            return Ref(j, span, "low", unit=unit.tag, bare=True)
        if unit.tag != "weekend":
            return None
        if not definite or self._lead(i).kind not in PREPOSITIONS:
            return None
        return self._weekend(i)

    def _weekend(self, i: int) -> Ref:
        span = days.weekend(self.today, 0)
        return Ref(i + 1, span, "medium", unit="weekend")

    def _edge(self, i: int) -> Ref | None:
        """end of next week, early March, mi-mars, fin du mois, later this week, late Friday."""
        edge = self.tokens[i]
        j = i + 1
        linked = False
        while self.tokens[j].kind in (Kind.OF, Kind.THE) or self.tokens[j].text in ("-", "in"):
            linked = True
            j += 1
        if self.tokens[j].kind is Kind.IN and edge.tag in ("later", "whole"):
            j += 1 + (self.tokens[j + 1].kind is Kind.THE)
        verb = not self.french and not linked and edge.text.split()[-1] in _VERBS
        if verb and self._lead(i).kind not in (Kind.BY, Kind.BEFORE, Kind.AT, Kind.UNTIL):
            return None
        if edge.tag == "whole" and self.tokens[j].tag == "day":
            return None
        ahead = self._next_few(j, loose=False) if edge.tag == "whole" else None
        if ahead is not None:
            return ahead
        whole = self._period(j, bare=edge.tag != "whole" or self.french)
        if whole is not None:
            return self._part(whole, edge.tag, whole.end)
        if self.tokens[j].kind in (Kind.WEEKDAY, Kind.ANCHOR, Kind.RELATIVE, Kind.MONTH):
            ref = self._read(j)
            if ref is not None and ref.unit in ("day", "next-n"):
                return replace(ref, plain=False)
        if edge.tag == "whole" and self.tokens[j].kind is Kind.DATE:
            return self._date(j)
        return None

    def _timed(self, i: int) -> Ref | None:
        """A time with its day behind it ("noon on Friday"), or one that is itself a deadline."""
        token = self.tokens[i]
        if token.kind is Kind.CLOSE and token.tag != "day":
            return self._close_of_period(i)
        clock = self._clock(i)
        if clock is None:
            return None
        hour, j = clock
        k = j
        while self.tokens[k].kind in (Kind.DAYPART, Kind.NOON):
            k += 1
        j = k
        while k < j + 3 and (
            self.tokens[k].kind in (Kind.ON, Kind.THE, Kind.OF) or self.tokens[k].text == ","
        ):
            k += 1
        if self.tokens[k].kind not in (Kind.IN, Kind.WITHIN, Kind.BY):
            ref = self._read(k)
            if ref is not None and ref.unit == "day" and not ref.bare:
                return replace(ref, plain=False)
        lead = self._lead(i)
        if token.kind is Kind.CLOSE and self._idiom(i, lead):
            return None
        if token.kind is not Kind.CLOSE and lead.kind not in (Kind.BY, Kind.BEFORE, Kind.UNTIL):
            return None
        if hour < self.at.hour:
            tomorrow = days.plus(self.today, 1)
            return Ref(j, Interval(tomorrow, tomorrow), "medium")
        return Ref(j, Interval(self.today, self.today))

    def _idiom(self, i: int, lead: Token) -> bool:
        """ "At the end of the day, …" as a way of speaking: at the start of a clause."""
        if self.tokens[i].text not in ("the end of the day", "first thing", "last thing"):
            return False
        if lead.kind in (Kind.BY, Kind.BEFORE, Kind.UNTIL):
            return False
        earlier = self.tokens[i - 2] if i > 1 else END
        return lead.kind is not Kind.AT or earlier.kind in (Kind.END, Kind.MARK)

    def _close_of_period(self, i: int) -> Ref:
        unit = self.tokens[i].tag
        found = self._period(i + 1, bare=False)
        if found is not None and found.unit == unit and found.span is not None:
            return replace(found, span=Interval(found.span.last, found.span.last), unit="day")
        last = days.period(unit, self.today, 0).last
        return Ref(i + 1, Interval(last, last))


_READERS: dict[Kind, Callable[[Constructions, int], Ref | None]] = {
    Kind.WEEKDAY: Constructions._weekday,
    Kind.MONTH: Constructions._month,
    Kind.NUMBER: Constructions._number,
    Kind.A: Constructions._shifted,
    Kind.FEW: Constructions._shifted,
    Kind.RANGE: Constructions._number,
    Kind.ORDINAL: Constructions._number,
    Kind.DATE: Constructions._date,
    Kind.SLASH: Constructions._slash,
    Kind.RELATIVE: Constructions._relative,
    Kind.UNIT: Constructions._unit,
    Kind.EDGE: Constructions._edge,
    Kind.ANCHOR: Constructions._anchor,
    Kind.CLOSE: Constructions._timed,
    Kind.CLOCK: Constructions._timed,
    Kind.NOON: Constructions._timed,
    Kind.HOLIDAY: Constructions._holiday,
    Kind.PERIOD_NAME: Constructions._period_name,
    Kind.CODE: Constructions._code,
    Kind.IN: Constructions._duration,
    Kind.WITHIN: Constructions._duration,
    Kind.BY: Constructions._duration,
}

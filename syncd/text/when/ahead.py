"""Lengths of time from now, or from another date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.parts import Parts
from syncd.text.when.refs import Ref
from syncd.text.when.resolution import settle

FEW = {"minute": 30, "hour": 6, "day": 5, "workday": 5, "week": 4, "month": 4, "year": 4}
"""The most that "a few" and "the coming days" stand for."""


class Ahead(Parts):
    """Reads "in two weeks", "sous 48h", "the next few days", "a week from Friday"."""

    def _duration(self, i: int) -> Ref | None:
        """in two weeks, within 48 hours, sous huitaine, d'ici 2 à 3 jours, in the next few days."""
        lead = self.tokens[i]
        if lead.kind is Kind.BY and "ici" not in lead.text.split():
            return None
        within = lead.kind is not Kind.IN
        j = i + 1
        if self.tokens[j].kind is Kind.THE:
            j += 1
            single = self._single_period(i, j)
            if single is not None:
                return single
        ahead = self._next_few(j, loose=True)
        if ahead is not None:
            return replace(ahead, lead=within)
        if lead.text in ("over", "during") or self.tokens[j - 1].kind is Kind.THE:
            quantity = self._quantity(j)
            if not (quantity and self.french and within):
                return None
        else:
            quantity = self._quantity(j)
        if quantity is None:
            return None
        least, most, unit, end = quantity
        hour_form = self.french and unit == "hour" and lead.kind is Kind.BY
        if hour_form and least == most and 6 <= least < 24:
            return None  # d'ici 18 h names a time of day
        if self.tokens[end].kind is Kind.RELATIVE and self.tokens[end].n < 0:
            return None
        if self.tokens[end].text == "'" and self.tokens[end + 1].text == "s":
            end += 2
        elif self.tokens[end].text == "'":
            end += 1
        if self.tokens[end].text == "time":
            end += 1
        if self.tokens[end].kind is Kind.HENCE:
            end += 1
        span, sure = self._ahead(quantity)
        return Ref(end, span, sure, unit="duration", lead=within)

    def _single_period(self, i: int, j: int) -> Ref | None:
        """within the hour, dans la semaine: what is left of the current one."""
        unit = self.tokens[j]
        if unit.kind is not Kind.UNIT or (self.tokens[i].kind is Kind.IN and not self.french):
            return None
        if unit.text.endswith("s") and unit.text != "mois":
            return None
        after = self.tokens[j + 1]
        if after.kind in (Kind.RELATIVE, Kind.OF, Kind.ORDINAL):
            return None
        if unit.tag == "hour":
            day = self._later(self.today, "hour", 1)
            return Ref(j + 1, Interval(day, day), lead=True)
        if unit.tag in ("day", "week", "month", "quarter", "year"):
            return Ref(j + 1, days.period(unit.tag, self.today, 0), "medium", unit=unit.tag)
        return None

    def _quantity(self, j: int) -> tuple[int, int, str, int] | None:
        """So many units: least, most (0: a few), the unit, and where it ends."""
        token = self.tokens[j]
        least = most = 1
        counted = True
        if token.kind is Kind.NUMBER:
            least = most = token.n
            j += 1
            joint = self.tokens[j]
            if joint.kind in (Kind.OR, Kind.TO) or joint.text == "-":
                more = self._cardinal(j + 1)
                if more is not None and more[0] >= least:
                    most, j = more
        elif token.kind is Kind.RANGE or (
            token.kind is Kind.SLASH and token.parts[1] == token.parts[0] + 1
        ):
            least, most = token.parts
            j += 1
        elif token.kind is Kind.FEW:
            least, most = token.n, 0
            j += 1
        elif token.kind is Kind.A:
            j += 1
        else:
            counted = False
        if self.tokens[j].text == "-" or (self.tokens[j].kind is Kind.OF and counted):
            j += 1
        unit = self.tokens[j]
        if unit.kind is not Kind.UNIT or unit.tag in ("weekend", "half"):
            return None
        if unit.tag == "span":
            return least * unit.n, most * unit.n, "day", j + 1
        if unit.text == "day" and self.tokens[j + 1].kind in (Kind.AFTER, Kind.BEFORE):
            counted = True  # the day after
        if not counted or unit.tag.startswith("season"):
            return None
        j += 1
        if self.tokens[j].kind is Kind.OR and most == least == 1:
            more = self._cardinal(j + 1)
            if more is not None and 1 < more[0] < 10 and self.tokens[more[1]].kind is not Kind.UNIT:
                most, j = more
        return least, most, unit.tag, j

    def _later(self, start: date, unit: str, count: int) -> date:
        """So many units after a day (hours and minutes: after the message's own time)."""
        if unit in ("minute", "hour"):
            clock = self.at.replace(tzinfo=None)
            try:
                return (clock + timedelta(**{unit + "s": min(count, 99_999)})).date()
            except OverflowError:
                return date.max
        if unit == "workday":
            return days.plus_workdays(start, count)
        if unit in days.MONTHS:
            return days.plus_months(start, days.MONTHS[unit] * count)
        return days.plus(start, {"day": 1, "week": 7}[unit] * count)

    def _ahead(self, quantity: tuple[int, int, str, int]) -> tuple[Interval, Confidence]:
        least, most, unit, _ = quantity
        few = most == 0
        first = self._later(self.today, unit, least)
        last = self._later(self.today, unit, FEW.get(unit, 4) if few else most)
        sure: Confidence = "high" if least == most and unit not in days.MONTHS else "medium"
        return Interval(first, max(first, last)), sure

    def _next_few(self, j: int, *, loose: bool) -> Ref | None:
        """the next two weeks, the coming days, les deux prochaines semaines, les jours à venir.

        `loose`: behind "in", where "the next week" is the next seven days.
        """
        count, given = 1, False
        if self.french and (number := self._cardinal(j)):
            count, j = number
            given = True
        token = self.tokens[j]
        if token.kind is Kind.RELATIVE and token.n == 1:
            coming = token.tag == "coming"
            j += 1
            few = self.tokens[j].kind is Kind.FEW
            if few:
                j += 1
            elif not given and (number := self._cardinal(j)):
                count, j = number
                given = True
                if self.tokens[j].kind in (Kind.OR, Kind.TO) and (more := self._cardinal(j + 1)):
                    count, j = more
            unit = self.tokens[j]
            j += 1
        elif token.kind is Kind.UNIT:
            unit, few = token, False
            follows = self.tokens[j + 1]
            if follows.kind is not Kind.RELATIVE or follows.n != 1:
                return None
            if not self.french and follows.text != "ahead":
                return None
            coming = True
            j += 2
        else:
            return None
        if unit.kind is not Kind.UNIT or unit.tag in ("weekend", "half") or ":" in unit.tag:
            return None
        if self.tokens[j].kind is Kind.OR and not given and (more := self._cardinal(j + 1)):
            count, j = more  # the next day or two
            given = True
        plural = unit.text.endswith("s") and unit.text != "mois"
        if not (given or few or plural):
            if not loose or coming or (self.french and token.kind is Kind.UNIT):
                return None
            if unit.tag in ("day", "workday", "quarter", "year", "minute"):
                return None
        size = 1
        name = unit.tag
        if name == "span":
            name, size = "day", unit.n
        total = (count if given or not (few or plural) else FEW.get(name, 4)) * size
        first = self.today if name in ("hour", "minute") else days.plus(self.today, 1)
        last = max(first, self._later(self.today, name, total))
        return Ref(j, Interval(first, last), "medium", unit="next-n")

    def _shifted(self, i: int) -> Ref | None:
        """two weeks from now, a week from Friday, deux jours après le 12 mars."""
        if self.french and (ahead := self._next_few(i, loose=False)) is not None:
            return ahead
        quantity = self._quantity(i)
        if quantity is None:
            return None
        least, most, unit, j = quantity
        joint = self.tokens[j]
        if joint.kind is Kind.HENCE:
            span, sure = self._ahead(quantity)
            return Ref(j + 1, span, sure, unit="duration")
        beside = joint.kind in (Kind.WEEKDAY, Kind.ANCHOR) and not self.french
        if beside:
            j -= 1  # a week Thursday, three weeks today
        elif joint.kind not in (Kind.FROM, Kind.AFTER, Kind.BEFORE, Kind.ON):
            return None
        if most == 0 or ((beside or joint.kind is Kind.ON) and unit != "week"):
            return None
        if beside and self._lead(i).kind is Kind.FOR:
            return None
        k = j + 1
        while self.tokens[k].kind is Kind.THE:
            k += 1
        if self.tokens[k].kind in (Kind.IN, Kind.WITHIN, Kind.BY, Kind.A):
            return None
        base = self._read(k)
        if base is None or base.unit not in ("day", "holiday"):
            return None
        settled = settle(base, self.today, urgent=True)
        if settled is None:
            return None
        sign = -1 if joint.kind is Kind.BEFORE else 1
        if sign < 0 and unit not in ("day", "week"):
            return None
        day = settled[0].first
        size = sign * {"day": 1, "week": 7}.get(unit, 0)
        if sign < 0 or size:
            first, last = sorted((days.plus(day, size * least), days.plus(day, size * most)))
        else:
            first, last = self._later(day, unit, least), self._later(day, unit, most)
        return Ref(base.end, Interval(first, last), settled[1])

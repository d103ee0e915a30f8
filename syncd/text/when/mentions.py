"""What the words around a date make of it: a deadline, a beginning, a habit, something past."""

from __future__ import annotations

from dataclasses import replace

from syncd.text.when import days
from syncd.text.when.cursor import PREPOSITIONS
from syncd.text.when.days import Interval
from syncd.text.when.grammar import Constructions
from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Mention, Ref, Role, weaker
from syncd.text.when.resolution import resolve
from syncd.text.when.tokens import Token

_PLURAL_PARTS = {"mornings", "afternoons", "evenings", "nights", "matins", "soirs"}


class Mentions(Constructions):
    """Finds the dates a sentence mentions."""

    def all(self) -> list[Mention]:
        """Every date of the sentence that is not over, in order."""
        found: list[Mention] = []
        i, count = 0, len(self.tokens) - 2
        while i < count:
            ref = self._read(i)
            if ref is None:
                i += 1
                continue
            mention = self._mention(i, ref)
            if mention is not None:
                found.append(mention)
                i = max(mention.last + 1, i + 1)
            else:
                i = max(ref.end, i + 1)
        return found

    def _mention(self, i: int, ref: Ref) -> Mention | None:
        """Join what belongs together, look at the words around it, and settle on days."""
        refs = self._joined(ref)
        end = refs[-1].end
        k = i
        while k > 0 and self.tokens[k - 1].kind is Kind.THE:
            k -= 1
        definite = k < i
        lead = self._before(k)
        if lead.kind is Kind.MARK and lead.text == ":" and self._before(k - 1).kind is Kind.BY:
            lead = self._before(k - 1)
        if self._dismissed(ref, lead, definite, end, joined=len(refs) > 1):
            return None
        role = self._role(ref, lead, end)
        resolved = resolve(refs, self.today, urgent=role in ("deadline", "until"))
        if resolved is None:
            return None
        span, certainty = resolved
        if role in ("from", "aside") and refs[-1].through:
            role = "on"
        if role == "after" and self._clock(i) is not None:
            role = "on"  # after 3 pm on Friday is on Friday
        if role == "after":
            span, certainty = self._after(ref, span), weaker(certainty, "low")
            role = "on"
        elif lead.kind is Kind.BEFORE:
            span = self._until_before(ref, span)
        if self.tokens[end].kind is Kind.LATEST:
            end += 1
        if role in ("until", "from", "aside"):
            certainty = "low" if role != "from" else weaker(certainty, "medium")
        if span.last < self.today:
            return None
        span = Interval(max(span.first, self.today), span.last)
        first = i
        if lead.kind in PREPOSITIONS and k > 0 and lead is self.tokens[k - 1]:
            first = k - 1
        elif definite:
            first = k
        return Mention(span, certainty, role, first, end - 1)

    def _dismissed(self, ref: Ref, lead: Token, definite: bool, end: int, *, joined: bool) -> bool:
        """Whether the words around say: past, a habit, a length of time, a wish."""
        kind, after = lead.kind, self.tokens[end]
        if kind in (Kind.SINCE, Kind.EVERY, Kind.WISH) or after.kind is Kind.AGO:
            return True
        if kind is Kind.RELATIVE and lead.n < 0:
            return True
        if kind is Kind.A or (kind is Kind.NUMBER and lead.tag == "a"):
            return True
        if after.kind is Kind.RELATIVE and after.n < 0:
            return True
        if after.kind is Kind.ORDINAL and after.n == 0 and self.french:
            return True
        if after.text in _PLURAL_PARTS:
            return True
        if kind is Kind.FOR and ref.unit == "next-n":
            return True
        if ref.bare and kind not in PREPOSITIONS:
            return True
        if ref.plain and self.french and not joined:
            habit = definite or lead.text == "du"
            return habit and kind not in (Kind.BY, Kind.BEFORE, Kind.UNTIL)
        return ref.plain and self.french and lead.text == "du"

    def _role(self, ref: Ref, lead: Token, end: int) -> Role:
        if ref.lead or self.tokens[end].kind is Kind.LATEST:
            return "deadline"
        if self.tokens[end].text == "'" and self.tokens[end + 1].text == "s":
            return "aside"
        roles: dict[Kind, Role] = {
            Kind.BY: "deadline",
            Kind.LATEST: "deadline",
            Kind.BEFORE: "deadline",
            Kind.UNTIL: "until",
            Kind.FROM: "from",
            Kind.AFTER: "after",
            Kind.OF: "aside",
        }
        return roles.get(lead.kind, "on")

    def _after(self, ref: Ref, span: Interval) -> Interval:
        """The days on which "after X" may well be: the next working week, or seven days."""
        if ref.unit == "weekend":
            return Interval(days.plus(span.last, 1), days.plus(span.last, 1))
        if ref.unit == "week":
            return days.week(span.last, 1)
        return Interval(days.plus(span.last, 1), days.plus(span.last, 7))

    def _until_before(self, ref: Ref, span: Interval) -> Interval:
        """The last day "before X": X itself for a day, the day before it for a period or feast."""
        if ref.unit == "day" or span.first <= self.today < span.last:
            return Interval(span.last, span.last) if ref.unit == "day" else span
        last = days.plus(span.first, -1)
        if ref.unit in ("week", "weekend"):
            friday = days.plus(days.monday_of(last), days.FRIDAY)
            if self.today <= friday:
                last = min(last, friday)
            elif ref.unit == "weekend":
                last = days.plus(friday, 7)
        return Interval(max(last, self.today), max(last, self.today))

    def _joined(self, ref: Ref) -> list[Ref]:
        refs = [ref]
        while len(refs) < 5:
            j = refs[-1].end
            joint = self.tokens[j]
            mark = joint.text if joint.kind is Kind.MARK else ""
            through = joint.kind in (Kind.TO, Kind.UNTIL) or mark == "-"
            if joint.kind not in (Kind.OR, Kind.AND) and not through and mark not in (",", "/"):
                return refs
            k = j + 1
            while self.tokens[k].kind in (Kind.THE, Kind.ON, Kind.OR) and k < j + 3:
                k += 1
            other = self._day_number(k) if ref.day else None
            if other is None and self.tokens[k].kind not in (Kind.IN, Kind.WITHIN):
                other = self._read(k)
            if other is None:
                return refs
            if mark and not self._alike(ref, other):
                return refs
            if mark == "," and self.tokens[other.end].kind not in (Kind.OR, Kind.AND):
                return refs
            if other.unit == "clock" or (self.tokens[other.end].kind is Kind.AGO):
                return refs
            refs.append(replace(other, through=through))
        return refs

    @staticmethod
    def _alike(one: Ref, other: Ref) -> bool:
        if one.weekday >= 0 and not one.day:
            return other.weekday >= 0
        return bool(one.day) and bool(other.day)

"""The grammar of dates: tokens to dates. One for both languages; what differs is in the lexicon.

Read from the left; at each token the constructions that may begin there are tried, the words in
front of a date then say what it is: a deadline, a beginning, a habit, something past.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.days import Interval
from syncd.text.when.lexicon import Kind
from syncd.text.when.tokens import END, Token

Role = Literal["deadline", "on", "from", "until", "after", "aside"]
"""What the words around a date make of it. `aside`: it names another thing ("Friday's report")."""

RECENT = timedelta(days=14)
"""A day and month without year that lie back no longer than this are read as past."""
FEW = {"minute": 30, "hour": 6, "day": 5, "workday": 5, "week": 4, "month": 4, "year": 4}
"""The most that "a few" and "the coming days" stand for."""

_ORDER: tuple[Confidence, ...] = ("low", "medium", "high")
_SUFFIXES = {"st", "nd", "rd", "th", "er", "ere", "re", "e", "eme", "nde"}
_NAMED = {"q": "quarter", "h": "half", "t": "quarter", "s": "half"}
_VERBS = {"start", "beginning", "close", "end", "ending"}
_PLURAL_PARTS = {"mornings", "afternoons", "evenings", "nights", "matins", "soirs"}
_STARTING = {"commencing", "beginning", "starting"}
_FOLLOWS_DAY = frozenset(
    kind
    for kind in Kind
    if kind
    not in {Kind.OTHER, Kind.NUMBER, Kind.UNIT, Kind.ORDINAL, Kind.CLOCK, Kind.RANGE, Kind.SLASH}
)
_PREPOSITIONS = frozenset(
    {
        Kind.IN,
        Kind.WITHIN,
        Kind.BY,
        Kind.BEFORE,
        Kind.UNTIL,
        Kind.AFTER,
        Kind.ON,
        Kind.AT,
        Kind.FROM,
        Kind.FOR,
        Kind.TO,
        Kind.BETWEEN,
    }
)
_TIME_LEADS = frozenset({Kind.AT, Kind.ON, Kind.BY, Kind.BEFORE, Kind.TO, Kind.FROM, Kind.AFTER})


def weaker(one: Confidence, other: Confidence) -> Confidence:
    """The lower of two certainties."""
    return min(one, other, key=_ORDER.index)


@dataclass(frozen=True, slots=True)
class Ref:
    """A date as written, behind which reading goes on at token `end`.

    `span` is set once it is known; until then `day`, `month`, `year`, `weekday` hold what was said.
    """

    end: int
    span: Interval | None = None
    certainty: Confidence = "high"
    unit: str = "day"
    day: int = 0
    month: int = 0
    year: int = 0
    weekday: int = -1
    plain: bool = False
    """A weekday and nothing else: in French "le lundi" is a habit."""
    bare: bool = False
    """A name of a period that needs a preposition to be a date ("March")."""
    through: bool = False
    """The end of a stretch: "to Friday"."""
    lead: bool = False
    """The words that make it a deadline are part of it ("within two days")."""


class Mention(NamedTuple):
    """A date somebody mentions: its days, what it is, and the tokens it was read from."""

    span: Interval
    certainty: Confidence
    role: Role
    first: int
    last: int


class Grammar:
    """Reads one sentence's tokens, written at `at`."""

    def __init__(self, tokens: list[Token], language: str, at: datetime) -> None:
        self.tokens = tokens
        self.french = language == "fr"
        self.day_first = language != "en"
        self.at = at
        self.today = at.date()

    def mentions(self) -> list[Mention]:
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

    def _read(self, i: int) -> Ref | None:
        """The date that begins at token `i`, if one does."""
        reader = _READERS.get(self.tokens[i].kind)
        return reader(self, i) if reader else None

    # What the surroundings make of a date

    def _before(self, i: int) -> Token:
        return self.tokens[i - 1] if i > 0 else END

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
        resolved = self._resolve(refs, urgent=role in ("deadline", "until"))
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
        if lead.kind in _PREPOSITIONS and k > 0 and lead is self.tokens[k - 1]:
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
        if ref.bare and kind not in _PREPOSITIONS:
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

    # Several dates in one: Monday or Tuesday, from the 3rd to the 5th of March

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

    def _resolve(self, refs: list[Ref], *, urgent: bool) -> tuple[Interval, Confidence] | None:
        dated = next((ref for ref in refs if ref.month), None)
        spans: list[Interval] = []
        certainty: Confidence = "high"
        for ref in refs:
            if dated is not None and ref.day and not ref.month:
                ref = replace(ref, month=dated.month, year=dated.year)
            settled = self._settle(ref, urgent=urgent)
            if settled is None:
                return None
            span, sure = settled
            if ref.plain and refs[-1].span is not None and refs[-1].weekday >= 0:
                day = days.plus(days.monday_of(refs[-1].span.first), ref.weekday)
                span = Interval(day, day)
            if ref.weekday >= 0 and not ref.day and spans and ref.span is None:
                following = days.next_weekday(spans[-1].last, ref.weekday)
                closer = following - spans[0].first < abs(span.first - spans[0].first)
                if ref.through or closer:
                    span = Interval(following, following)
            spans.append(span)
            certainty = weaker(certainty, sure)
        first, last = min(s.first for s in spans), max(s.last for s in spans)
        return Interval(first, last), certainty

    def _settle(self, ref: Ref, *, urgent: bool) -> tuple[Interval, Confidence] | None:
        """The days of one date; None if it is past or the calendar has no such day."""
        if ref.span is not None:
            return ref.span, ref.certainty
        certainty = ref.certainty
        weekday = ref.weekday if ref.weekday >= 0 else None
        day: date | None
        if ref.year:
            day = days.exact(ref.year, ref.month, ref.day)
        elif ref.month:
            day = days.day_of_year(self.today, ref.month, ref.day)
            back = days.day_of_year(days.plus(self.today, -RECENT.days), ref.month, ref.day)
            if back is not None and back < self.today:
                if not urgent:
                    return None
                certainty = "low"
        elif ref.day:
            day = days.day_of_month(self.today, ref.day, weekday)
        elif weekday is not None:
            day = days.next_weekday(self.today, weekday)
            if self.today.weekday() == weekday:
                certainty = weaker(certainty, "medium")
        else:
            day = None
        if day is None:
            return None
        if weekday is not None and day.weekday() != weekday:
            certainty = "low"
        return Interval(day, day), certainty

    # Times of the day

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

    def _lead(self, i: int) -> Token:
        while i > 0 and self.tokens[i - 1].kind is Kind.THE:
            i -= 1
        return self._before(i)

    def _idiom(self, i: int, lead: Token) -> bool:
        """ "At the end of the day, …" as a way of speaking: at the start of a clause."""
        if self.tokens[i].text not in ("the end of the day", "first thing", "last thing"):
            return False
        if lead.kind in (Kind.BY, Kind.BEFORE, Kind.UNTIL):
            return False
        earlier = self.tokens[i - 2] if i > 1 else END
        return lead.kind is not Kind.AT or earlier is END or earlier.kind is Kind.MARK

    def _close_of_period(self, i: int) -> Ref:
        unit = self.tokens[i].tag
        found = self._period(i + 1, bare=False)
        if found is not None and found.unit == unit and found.span is not None:
            return replace(found, span=Interval(found.span.last, found.span.last), unit="day")
        last = days.period(unit, self.today, 0).last
        return Ref(i + 1, Interval(last, last))

    # Single days

    def _anchor(self, i: int) -> Ref:
        ahead, j = self.tokens[i].n, i + 1
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
        beside = before.kind in _PREPOSITIONS | {Kind.THE, Kind.AND, Kind.OR, Kind.WEEKDAY}
        beside = beside or (before.kind is Kind.MARK and before.text in (",", ":", "-"))
        if not beside or before.text == "les" or (a, b) == (24, 7):
            return None
        if after is not END and (after.kind not in _FOLLOWS_DAY or after.kind is Kind.OF):
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

    def _year(self, j: int) -> tuple[int, int]:
        k = j
        if self.tokens[k].text in (",", ".", "-"):
            k += 1
        token = self.tokens[k]
        if token.kind is Kind.NUMBER and 1900 <= token.n <= 2199 and len(token.text) == 4:
            return token.n, k + 1
        return 0, j + 1 if self.tokens[j].text == "." and self._abbreviated(j) else j

    def _abbreviated(self, dot: int) -> bool:
        """Whether the dot belongs to the word before it and does not end the sentence."""
        return (
            self.tokens[dot - 1].end == self.tokens[dot].start
            and len(self.tokens[dot - 1].text) <= 5
        )

    def _cardinal(self, i: int) -> tuple[int, int] | None:
        token = self.tokens[i]
        if token.kind is Kind.NUMBER:
            return token.n, i + 1
        return None

    def _ordinal(self, i: int) -> tuple[int, int] | None:
        token, after = self.tokens[i], self.tokens[i + 1]
        if token.kind is Kind.ORDINAL:
            return token.n, i + 1
        if token.kind is Kind.NUMBER and after.start == token.end and after.text in _SUFFIXES:
            return token.n, i + 2
        return None

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
        return before.kind in _PREPOSITIONS | {Kind.RELATIVE}

    def _fixed_day(self, j: int, day: date, certainty: Confidence = "high") -> Ref:
        return Ref(self._with_time(j), Interval(day, day), certainty)

    def _sure_of_nearest(self, weekday: int) -> Confidence:
        """Where the nearest one lies in the current week, "next" may mean the one after it."""
        return "medium" if weekday > self.today.weekday() else "high"

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
            if after in (Kind.OTHER, Kind.WORD) and self.tokens[j + 1] is not END:
                return None
        return self._dated(n, month, j + 1)

    def _month_word(self, i: int) -> int | None:
        token = self.tokens[i]
        if token.kind is Kind.MONTH:
            return token.n
        if token.text == "sept" and self.french and self.tokens[i + 1].kind is not Kind.UNIT:
            return 9
        return None

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
        if before.text == "au" or (after is not END and after.kind not in _FOLLOWS_DAY):
            return None
        if after.kind is Kind.RELATIVE:
            if after.n < 0:
                return None
            j += 1
        return Ref(self._with_time(j), certainty="high", day=n)

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
        resolved = self._resolve(refs, urgent=False)
        if resolved is None:
            return None
        begin, end = days.exact(resolved[0].last.year, month, first), resolved[0].last
        if begin is None:
            return None
        return Ref(self._with_time(j), Interval(begin, end), through=True)

    def _calendar_year(self, i: int) -> Ref | None:
        token = self.tokens[i]
        if len(token.text) != 4 or not 0 <= token.n - self.today.year <= 50:
            return None
        if self.tokens[i + 1].kind is Kind.OTHER and self.tokens[i + 1] is not END:
            return None
        year = days.months(date(token.n, 1, 1), 12)
        return Ref(i + 1, year, "medium", unit="year", bare=True)

    # Lengths of time from now

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

    def _duration(self, i: int) -> Ref | None:
        """in two weeks, within 48 hours, sous huitaine, d'ici 2 à 3 jours, in the next few days."""
        lead = self.tokens[i]
        if lead.kind is Kind.BY and not lead.text.startswith(("d", "ici")):
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
        elif token.kind is Kind.UNIT and self.french:
            unit, few = token, False
            follows = self.tokens[j + 1]
            if follows.kind is not Kind.RELATIVE or follows.n != 1:
                return None
            coming = True
            j += 2
        else:
            return None
        if unit.kind is not Kind.UNIT or unit.tag in ("weekend", "half") or ":" in unit.tag:
            return None
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
        if joint.kind is Kind.WEEKDAY and not self.french:
            j -= 1  # a week Thursday
        elif joint.kind not in (Kind.FROM, Kind.AFTER, Kind.BEFORE, Kind.ON):
            return None
        if most == 0 or (joint.kind in (Kind.ON, Kind.WEEKDAY) and unit != "week"):
            return None
        k = j + 1
        while self.tokens[k].kind is Kind.THE:
            k += 1
        if self.tokens[k].kind in (Kind.IN, Kind.WITHIN, Kind.BY, Kind.A):
            return None
        base = self._read(k)
        if base is None or base.unit not in ("day", "holiday"):
            return None
        settled = self._settle(base, urgent=True)
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

    # Periods and their parts

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
            ref = ref or self._day_of_month(k, certain=True)
        if ref is None or ref.unit != "day":
            return None
        settled = self._settle(ref, urgent=True)
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
            if token.tag == "weak" and after.kind in (Kind.OTHER, Kind.UNIT) and after is not END:
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

    def _last_of(self, i: int) -> Ref | None:
        """ "the last Friday of March" is to come; "last Friday" is past."""
        return self._nth_within(0, i + 1)

    def _nth(self, i: int) -> Ref | None:
        """the first Monday of March, the second week of January, the first quarter."""
        ordinal = self._ordinal(i)
        if ordinal is None:
            return None
        return self._nth_within(*ordinal) or self._nth_period(i)

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
            later = self._following(whole)
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
            if after.kind is Kind.OTHER and after is not END:  # a spring break
                return None
            return replace(self._of_unit(unit.tag, 0, i + 1), certainty="low", bare=True)
        if unit.tag != "weekend":
            return None
        if not definite or self._lead(i).kind not in _PREPOSITIONS:
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

    def _part(self, whole: Ref, edge: str, j: int) -> Ref | None:
        """A part of a period; of one named without a year or "this", the next to come."""
        if whole.span is None:
            return None
        span = days.part(whole.unit, whole.span, edge, self.today)
        if span.last < self.today and whole.certainty != "high":
            span = days.part(whole.unit, self._following(whole), edge, self.today)
        sure: Confidence = "high" if edge == "end" else "medium"
        unit = "day" if edge == "end" else whole.unit
        return Ref(self._with_time(j) if edge == "end" else j, span, sure, unit=unit)

    def _following(self, whole: Ref) -> Interval:
        """The period of the same name that comes after this one."""
        assert whole.span is not None  # noqa: S101  periods always carry their days
        if whole.bare:
            size = days.MONTHS.get(whole.unit, 12)
            return days.months(plus_year(whole.span.first), size)
        return days.period(whole.unit, days.plus(whole.span.last, 3), 0)


def plus_year(day: date) -> date:
    """The same day a year later."""
    return days.plus_months(day, 12)


_READERS: dict[Kind, Callable[[Grammar, int], Ref | None]] = {
    Kind.WEEKDAY: Grammar._weekday,
    Kind.MONTH: Grammar._month,
    Kind.NUMBER: Grammar._number,
    Kind.A: Grammar._shifted,
    Kind.FEW: Grammar._shifted,
    Kind.RANGE: Grammar._number,
    Kind.ORDINAL: Grammar._number,
    Kind.DATE: Grammar._date,
    Kind.SLASH: Grammar._slash,
    Kind.RELATIVE: Grammar._relative,
    Kind.UNIT: Grammar._unit,
    Kind.EDGE: Grammar._edge,
    Kind.ANCHOR: Grammar._anchor,
    Kind.CLOSE: Grammar._timed,
    Kind.CLOCK: Grammar._timed,
    Kind.NOON: Grammar._timed,
    Kind.HOLIDAY: Grammar._holiday,
    Kind.PERIOD_NAME: Grammar._period_name,
    Kind.CODE: Grammar._code,
    Kind.IN: Grammar._duration,
    Kind.WITHIN: Grammar._duration,
    Kind.BY: Grammar._duration,
}

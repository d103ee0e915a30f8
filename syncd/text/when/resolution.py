"""Turns dates as written into days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from syncd.model import Confidence
from syncd.text.when import days
from syncd.text.when.days import Interval
from syncd.text.when.refs import Ref, weaker

RECENT = timedelta(days=14)
"""A day and month without year that lie back no longer than this are read as past."""


def settle(ref: Ref, today: date, *, urgent: bool) -> tuple[Interval, Confidence] | None:
    """The days of one date as written; None if it is past or the calendar has no such day.

    `urgent`: a deadline, which even a day that has just passed may mean for next year.
    """
    if ref.span is not None:
        return ref.span, ref.certainty
    certainty = ref.certainty
    weekday = ref.weekday if ref.weekday >= 0 else None
    day: date | None
    if ref.year:
        day = days.exact(ref.year, ref.month, ref.day)
    elif ref.month:
        day = days.day_of_year(today, ref.month, ref.day)
        back = days.day_of_year(days.plus(today, -RECENT.days), ref.month, ref.day)
        if back is not None and back < today:
            if not urgent:
                return None
            certainty = "low"
    elif ref.day:
        day = days.day_of_month(today, ref.day, weekday)
    elif weekday is not None:
        day = days.next_weekday(today, weekday)
        if today.weekday() == weekday:
            certainty = weaker(certainty, "medium")
    else:
        day = None
    if day is None:
        return None
    if weekday is not None and day.weekday() != weekday:
        certainty = "low"
    return Interval(day, day), certainty


def resolve(refs: list[Ref], today: date, *, urgent: bool) -> tuple[Interval, Confidence] | None:
    dated = next((ref for ref in refs if ref.month), None)
    spans: list[Interval] = []
    certainty: Confidence = "high"
    for ref in refs:
        if dated is not None and ref.day and not ref.month:
            ref = replace(ref, month=dated.month, year=dated.year)
        settled = settle(ref, today, urgent=urgent)
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

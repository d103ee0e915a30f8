"""The types of values that only the configuration's own files use, with kind messages.

A validator's message reads `what; hint`: what is wrong, then what is allowed.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from syncd.config.nearest import did_you_mean
from syncd.options import Duration, DurationOption
from syncd.workdays import check_holidays

Language = Literal["en", "fr"]
"""The languages of the summary, and those whose mail is read."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

_LABEL = re.compile(r"\w[\w .-]{0,59}", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BIRTHDAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
_LEAP_YEAR = 2000
_LONGEST_HISTORY_DAYS = 50 * 365
_LONGEST_PAUSE_DAYS = 31


def _label(value: str) -> str:
    if not _LABEL.fullmatch(value):
        raise ValueError(
            "this cannot be a name; use up to 60 letters without accents, digits, spaces and . - _"
        )
    return value


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    if not isinstance(value, str):
        raise ValueError('a time zone is a name; such as "America/Toronto" or "Europe/Paris"')
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = did_you_mean(value, sorted(available_timezones()))
        hint = near or 'write a name such as "America/Toronto" or "Europe/Paris"'
        raise ValueError(f"this time zone is not known; {hint}") from None


def _time(value: Any) -> time:
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('this is not a time of day; write hours and minutes, such as "07:30"')
    return time(int(found[1]), int(found[2]))


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("this is not a date; write year-month-day, such as 2027-03-01")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("there is no such day in the calendar; check month and day") from None


def _birthday(value: str) -> str:
    found = _BIRTHDAY.fullmatch(value)
    if found is None:
        raise ValueError("this is not a birthday; write month-day or year-month-day, such as 04-17")
    try:
        date(int(found[1] or _LEAP_YEAR), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError("there is no such day in the calendar; check month and day") from None
    return value


def _interval(value: Duration) -> Duration:
    if value.business_days is not None or value.delta.days < 1:
        raise ValueError('this is counted in whole days; write for example "30 days" or "3 months"')
    return value


def _history(value: Duration) -> Duration:
    if not 1 <= value.delta.days <= _LONGEST_HISTORY_DAYS or value.business_days is not None:
        raise ValueError('history is from "1 day" to "50 years"; such as "2 years"')
    return value


def _pause(value: Duration) -> Duration:
    if value.business_days is not None or not value.delta or value.delta.days > _LONGEST_PAUSE_DAYS:
        raise ValueError('a pause between two pulls is up to 31 days; such as "10 minutes"')
    return value


Label = Annotated[str, AfterValidator(_label)]
"""The name of an account: also a word on the command line and part of a file's name."""
Zone = Annotated[
    ZoneInfo,
    BeforeValidator(_zone),
    WithJsonSchema({"type": "string", "examples": ["America/Toronto", "Europe/Paris"]}),
]
Holidays = Annotated[
    str,
    AfterValidator(check_holidays),
    Field(json_schema_extra={"examples": ["CA-QC", "FR", "DE-BY"]}),
]
TimeOfDay = Annotated[
    time,
    BeforeValidator(_time),
    WithJsonSchema(
        {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$", "examples": ["07:30"]}
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2027-03-01"]}),
]
Birthday = Annotated[
    str,
    AfterValidator(_birthday),
    Field(json_schema_extra={"examples": ["04-17", "1980-04-17"]}),
]
Interval = Annotated[DurationOption, AfterValidator(_interval)]
History = Annotated[DurationOption, AfterValidator(_history)]
Pause = Annotated[DurationOption, AfterValidator(_pause)]

"""The vocabulary of option values that connectors, rules and the configuration share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

_UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_DURATION = re.compile(r"(\d{1,5})\s*(business\s+day|" + "|".join(_UNITS) + r")s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as users write it: "30 days", "1 business day", "2 years".

    A month is 30 days and a year 365. Business days count only in the user's calendar
    (workdays.py); `business_days` is None for every other unit.
    """

    text: str
    delta: timedelta
    business_days: int | None = None

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Duration:
        """:raises ValueError: not "NUMBER UNIT" """
        match = _DURATION.fullmatch(str(text).strip())
        if match is None:
            raise ValueError(
                f"{text!r} is not a length of time; write a number and a unit, such as "
                '"30 days", "1 business day", "2 weeks", "6 hours" or "2 years"'
            )
        count, unit = int(match[1]), " ".join(match[2].lower().split())
        if unit == "business day":
            return cls(str(text).strip(), timedelta(days=count), count)
        return cls(str(text).strip(), count * _UNITS[unit])


def _duration(value: Any) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(value)


DurationOption = Annotated[
    Duration,
    BeforeValidator(_duration),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^\s*\d{{1,5}}\s*(business\s+day|{'|'.join(_UNITS)})s?\s*$",
            "examples": ["30 days", "1 business day", "2 years"],
        }
    ),
]


class StrictModel(BaseModel):
    """Options as users write them: an unknown key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


SeverityOption = Literal["high", "normal", "low"]

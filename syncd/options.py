"""The vocabulary of option values that connectors, rules and the configuration share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)

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

_LONGEST = timedelta(days=100 * 365)
"""So that a date plus or minus any duration is still a date."""


def _nearest(text: str) -> str:
    """`did you mean "3 days"? ` for a misspelt unit; empty where none is near."""
    unit = text.lstrip("0123456789")
    count = text[: len(text) - len(unit)]
    names = [name if count == "1" else f"{name}s" for name in (*_UNITS, "business day")]
    near = get_close_matches(unit.strip().lower()[:40], names, n=1, cutoff=0.6)
    return f'did you mean "{count[:5]} {near[0]}"? ' if count and near else ""


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
        text = str(text).strip()
        match = _DURATION.fullmatch(text)
        if match is None:
            raise ValueError(
                f"{text[:40]!r} is not a length of time; {_nearest(text)}Write a number and a "
                'unit, such as "30 days", "1 business day", "2 weeks", "6 hours" or "2 years"'
            )
        count, unit = int(match[1]), " ".join(match[2].lower().split())
        days = count if unit == "business day" else None
        delta = count * _UNITS.get(unit, timedelta(days=1))
        if delta > _LONGEST:
            raise ValueError(f"{text!r} is too long; at most 100 years")
        return cls(text, delta, days)


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


def _path(value: Any, info: ValidationInfo) -> Path:
    value = str(value) if isinstance(value, Path) else value
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError('this is not a path; write one such as "~/Mail"')
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise ValueError("there is no such user; after ~ comes a slash") from None
    folder = (info.context or {}).get("folder")
    return folder / path if folder is not None else path


PathOption = Annotated[
    Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "examples": ["~/Mail"]})
]
"""A file or folder: `~` is expanded, and a relative path in a configuration file starts from the
file's own folder. Whether it exists is asked when it is used."""


_EMAIL = re.compile(
    r"[^\s@<>(),;:\"\[\]\\]{1,64}@[^\s@<>(),;:\"\[\]\\.]+(\.[^\s@<>(),;:\"\[\]\\.]+)*"
)


def _email(value: str) -> str:
    address = value.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise ValueError(
            'this is not an e-mail address; write it bare, such as "ann@client.example"'
        )
    return address


EmailOption = Annotated[str, AfterValidator(_email), Field(json_schema_extra={"format": "email"})]
"""A bare e-mail address; lower case once validated."""


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine: the only place for plain http."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _endpoint(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    whole = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not host or not whole or " " in value:
        raise ValueError(
            'this is not the address of a server; write one such as "https://gmail.googleapis.com"'
        )
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError("a token must not travel unencrypted; write an https:// address")
    return value.rstrip("/")


EndpointOption = Annotated[
    str, AfterValidator(_endpoint), Field(json_schema_extra={"format": "uri"})
]
"""The base URL of a server, without a slash at its end; plain http only on loopback."""


class StrictModel(BaseModel):
    """Options as users write them: an unknown key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


SeverityOption = Literal["high", "normal", "low"]

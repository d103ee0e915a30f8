"""Which zone a TZID means: IANA and Windows names, vendor prefixes, a file's own VTIMEZONE. Pure.

icalendar is not asked: it keeps the VTIMEZONEs of every file in one process-wide table, so that
one calendar's "Home" would decide about another's, and dateutil would search their rules from 1601.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import tz
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from syncd.normalise.content_lines import CalendarBlock
from syncd.normalise.recurrence import RuleError, expand

_MAX_CUSTOM = 20
_MAX_RULES = 200
_KEPT = re.compile(r"(BEGIN|END|TZID|TZOFFSETFROM|TZOFFSETTO|DTSTART|RDATE)[;:]", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")
_STAMP = re.compile(r"\d{8}T\d{6}")


@lru_cache(maxsize=1024)
def named_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name ("Europe/Paris") or a Windows name ("Romance Standard Time"), also
    where a vendor wrote a prefix before it ("/mozilla.org/20070129_1/Europe/Paris") or underscores
    for slashes ("Europe_Paris"); None where the name says nothing."""
    for key in _candidates(name.strip().strip('"').strip()):
        try:
            return ZoneInfo(key)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            # OSError: the key is a folder of the zone database, or no file name at all
            continue
    return None


def _candidates(name: str) -> Iterator[str]:
    if not name or len(name) > 200:
        return
    cleaned = name.strip("/")
    yield cleaned
    if cleaned in WINDOWS_TO_OLSON:
        yield WINDOWS_TO_OLSON[cleaned]
    parts = cleaned.split("/")
    for start in range(1, min(len(parts) - 1, 10)):
        yield "/".join(parts[start:])
    if "/" not in cleaned and "_" in cleaned:
        yield cleaned.replace("_", "/", 1)


class Zones:
    """The zones of one calendar. Times within `years` are right; its VTIMEZONEs are not worked
    out further."""

    def __init__(self, calendar: CalendarBlock, default: tzinfo, years: tuple[int, int]) -> None:
        self._custom = calendar.zones
        self._years = years
        self._built: dict[str, tzinfo | None] = {}
        self.default: tzinfo = named_zone(calendar.zone) or default
        """For times without a zone (floating) and zones that nothing explains."""

    def zone(self, tzid: str) -> tzinfo | None:
        """The zone, or None where neither its name nor the calendar explains it."""
        return named_zone(tzid) or self._own(tzid.strip())

    def _own(self, tzid: str) -> tzinfo | None:
        if tzid not in self._built:
            lines = self._custom.get(tzid)
            usable = lines is not None and len(self._built) < _MAX_CUSTOM
            self._built[tzid] = _from_vtimezone(lines, self._years) if lines and usable else None
        return self._built[tzid]


def _from_vtimezone(lines: Sequence[str], years: tuple[int, int]) -> tzinfo | None:
    """A VTIMEZONE as a zone; its rules become the dates they give in those years."""
    try:
        text = "\n".join(_worked_out(lines, years))
        zone = tz.tzical(StringIO(text)).get()
        for month in (1, 7):
            datetime(years[1], month, 1, tzinfo=zone).utcoffset()
    except (RuleError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        # dateutil's parser raises any of these for what it cannot read
        return None
    return zone if isinstance(zone, tzinfo) else None


def _worked_out(lines: Sequence[str], years: tuple[int, int]) -> Iterator[str]:
    part: dict[str, str] = {}
    rules: list[str] = []
    worked = 0
    for line in lines:
        head, _, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        value = value.strip()
        if name == "BEGIN":
            part, rules = {}, []
        if name == "DTSTART":
            value = value if "T" in value else f"{value}T000000"
        if name == "RRULE":
            rules.append(value)
        elif name == "RDATE":
            stamps = _STAMP.findall(value)
            if stamps:
                yield "RDATE:" + ",".join(stamps)
        elif name == "END" and rules:
            for rule in rules:
                worked += 1
                if worked > _MAX_RULES:
                    raise RuleError("a time zone with too many rules")
                dates = _onsets(rule, part, years)
                if dates:
                    yield "RDATE:" + ",".join(dates)
            rules = []
        if _KEPT.match(f"{name}:") and name != "RDATE":
            part[name] = value
            yield f"{name}:{value}"


def _onsets(rule: str, part: Mapping[str, str], years: tuple[int, int]) -> list[str]:
    """The wall-clock times, in those years, at which a STANDARD or DAYLIGHT rule sets in."""
    first = datetime.strptime(part["DTSTART"][:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall clock
    match = _OFFSET.fullmatch(part["TZOFFSETFROM"])
    if match is None:
        raise RuleError("a time zone without an offset")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    found = expand(
        rule,
        first,
        after=datetime(years[0], 1, 1),  # noqa: DTZ001 - wall clock
        before=datetime(years[1] + 1, 1, 1),  # noqa: DTZ001 - wall clock
        zone=timezone(-offset if match[1] == "-" else offset),
    )
    return [start.strftime("%Y%m%dT%H%M%S") for start in found.starts]

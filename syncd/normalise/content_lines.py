"""iCalendar bytes to calendars, events and properties (RFC 5545 §3.1 and §3.6), forgivingly. Pure.

icalendar's own file parser gives up the whole file at one unreadable line outside an event, keeps
every VTIMEZONE it ever saw in a process-wide cache, and walks long values character by character.
Here the file is only cut into events; what a parameter or a value means is still icalendar's work.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from icalendar.parser import Contentline

MAX_LINE = 20_000
"""Bytes kept of one unfolded line; descriptions beyond it are cut."""
MAX_REPEATS = 1_000
"""How often one property is kept per event (ATTENDEE, EXDATE …)."""
MAX_ZONE_LINES = 2_000

_TEXTS = {"UID", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "URL", "CONFERENCE", "CATEGORIES"}
_TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_STATES = {"STATUS", "SEQUENCE", "ORGANIZER", "ATTENDEE"}
_EXTENSIONS = {
    "X-APPLE-STRUCTURED-LOCATION",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
}
_KEPT = _TEXTS | _TIMES | _STATES | _EXTENSIONS
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9-]{0,60}[ \t]*[;:]")
# Some programs break the lines of a long text without folding them.
_TEXT = (b"DESCRIPTION", b"SUMMARY", b"LOCATION", b"COMMENT", b"X-ALT-DESC")


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: its parameters (upper-case names, first values) and its raw value."""

    params: Mapping[str, str]
    value: str


Event = dict[str, list[Property]]
"""The properties of one VEVENT by upper-case name; only those that syncd reads."""


@dataclass(slots=True)
class CalendarBlock:
    """One VCALENDAR: what it says for all its events, its VTIMEZONEs, and its VEVENTs."""

    method: str = ""
    name: str = ""
    zone: str = ""
    """X-WR-TIMEZONE."""
    zones: dict[str, list[str]] = field(default_factory=dict)
    """TZID to the lines of its VTIMEZONE, BEGIN and END included."""
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """Everything in one file. `complete` is false where it stops inside a calendar."""

    calendars: tuple[CalendarBlock, ...]
    complete: bool


def read(data: bytes) -> Document:
    """Cut a file into its calendars and events. Never raises: what makes no sense is left out."""
    calendars: list[CalendarBlock] = []
    stack: list[str] = []
    calendar: CalendarBlock | None = None
    event: Event | None = None
    zone: list[str] | None = None
    for line in _unfolded(data):
        head, _, rest = line.partition(":")
        keyword = head.strip().upper()
        if keyword in ("BEGIN", "END"):
            name = rest.strip().upper()
            if keyword == "BEGIN":
                if name == "VCALENDAR" or calendar is None:
                    calendar = CalendarBlock()
                    calendars.append(calendar)
                if name == "VEVENT":
                    event = {}
                    calendar.events.append(event)
                elif name == "VTIMEZONE":
                    zone = []
                if len(stack) < 20:
                    stack.append(name)
            elif name in stack:
                while stack.pop() != name:
                    pass
            if zone is not None:
                zone.append(f"{keyword}:{name}")
            if keyword == "END" and name == "VTIMEZONE" and zone and calendar is not None:
                _keep_zone(calendar, zone)
                zone = None
            if keyword == "END" and name == "VEVENT":
                event = None
            if keyword == "END" and name == "VCALENDAR":
                calendar = event = zone = None
        elif zone is not None:
            if len(zone) < MAX_ZONE_LINES:
                zone.append(line)
        elif event is not None and stack and stack[-1] == "VEVENT":
            _keep_property(event, line)
        elif calendar is not None and stack and stack[-1] == "VCALENDAR":
            _keep_calendar_property(calendar, keyword, rest)
    return Document(tuple(calendars), complete=not stack)


def raw(event: Event, name: str) -> str:
    """The value of an event's property as it stands in the file; empty where it has none."""
    props = event.get(name)
    return props[0].value.strip() if props else ""


def _keep_zone(calendar: CalendarBlock, lines: list[str]) -> None:
    for line in lines:
        if line[:4].upper() == "TZID" and (prop := _property(line)):
            calendar.zones.setdefault(prop[1].value.strip(), lines)
            return


def _keep_calendar_property(calendar: CalendarBlock, keyword: str, value: str) -> None:
    name = keyword.partition(";")[0]
    if name == "METHOD":
        calendar.method = value.strip().upper()[:20]
    elif name == "X-WR-TIMEZONE":
        calendar.zone = value.strip()[:100]
    elif name in ("X-WR-CALNAME", "NAME"):
        calendar.name = value.strip()[:100]


def _keep_property(event: Event, line: str) -> None:
    found = _property(line)
    if found is None:
        return
    name, prop = found
    kept = event.setdefault(name, [])
    if len(kept) < MAX_REPEATS:
        kept.append(prop)


def _property(line: str) -> tuple[str, Property] | None:
    """The name and content of a line that syncd reads; None for every other line."""
    end = min((i for i in (line.find(":"), line.find(";")) if i > 0), default=0)
    name = line[:end].strip().upper()
    if name not in _KEPT and name != "TZID":
        return None
    if line[end] == ":":
        return name, Property({}, line[end + 1 :])
    colon = _content_line(line).value_separator_index()
    if colon < 0:  # a quote that never ends
        colon = line.find(":")
    if colon < 0:
        return None
    return name, Property(_params(line[:colon]), line[colon + 1 :])


def _content_line(line: str) -> Contentline:
    return Contentline(line)  # type: ignore[no-untyped-call]  # icalendar types it in part


@lru_cache(maxsize=512)
def _params(head: str) -> Mapping[str, str]:
    """The parameters of `NAME;A=B;C="D"`; none where they cannot be read."""
    try:
        _, params, _ = _content_line(head + ":").raw_parts()
    except ValueError:
        return {}
    return {
        str(key).upper(): str(value[0] if isinstance(value, list) else value)
        for key, value in params.items()
        if value
    }


def _unfolded(data: bytes) -> Iterator[str]:
    """Logical lines. Folds are undone on bytes: writers cut in the middle of characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line: list[bytes] = []
    size = 0
    for raw in io.BytesIO(data):
        part = raw.rstrip(b"\n")
        if part[:1] in (b" ", b"\t"):
            part = part[1:]
        elif _NAME.match(part):
            if line:
                yield _decoded(b"".join(line))
            line, size = [], 0
        elif not line or not line[0].upper().startswith(_TEXT):
            continue
        if size < MAX_LINE and part:
            line.append(part[:MAX_LINE])
            size += len(part)
    if line:
        yield _decoded(b"".join(line))


def _decoded(line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    return text.replace("\0", "")

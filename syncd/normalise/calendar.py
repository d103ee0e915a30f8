"""iCalendar files (RFC 5545) to meetings: occurrences in a window, each with what is known. Pure.

Nothing raises: an event that cannot be read is set aside with its reason, one that can be read only
in part (an unknown zone, an endless rule) is kept and a note tells what is missing. Work per file
is bounded by its size, per series by recurrence.MAX_STEPS.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import quote

from icalendar.parser import unescape_backslash
from icalendar.prop import vDDDTypes

from syncd.model import Address, Attendee, Failure, Meeting
from syncd.normalise.addresses import is_one_of
from syncd.normalise.conferencing import links
from syncd.normalise.content_lines import CalendarBlock, Event, Property, read
from syncd.normalise.place import place
from syncd.normalise.purpose import purpose
from syncd.normalise.recurrence import RuleError, expand
from syncd.normalise.safe_text import one_line
from syncd.normalise.time_zones import Zones

MAX_ATTENDEES = 300
"""Kept per meeting; `attendees_omitted` says when there were more."""

MAX_MEETINGS = 50_000
"""Worked out per file; beyond it the file is named and the rest left out."""
MAX_SERIES = 5_000
"""Repeating events worked out per file."""

_LONGEST = timedelta(days=31)
"""How far back an occurrence may have started and still be looked for."""
_OLD = timedelta(days=370)
_MAX_DATES = 5_000
_NOT_EVENTS = frozenset({"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"})
_DAY = re.compile(r"\d{8}")
_Response = Literal["accepted", "declined", "tentative", "none"]
_RESPONSES: Mapping[str, _Response] = {
    "ACCEPTED": "accepted",
    "COMPLETED": "accepted",
    "IN-PROCESS": "accepted",
    "DECLINED": "declined",
    "DELEGATED": "declined",
    "TENTATIVE": "tentative",
}

When = date
"""A `date` for all-day events, an aware `datetime` for all others."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One VEVENT, read: a whole event, a series' master, or an exception (`recurrence`)."""

    start: When
    end: When
    facts: Meeting
    """Everything but the times and the id."""
    sequence: int
    recurrence: When | None
    following: bool
    """RANGE=THISANDFUTURE."""
    rules: tuple[str, ...]
    rdates: tuple[tuple[When, When | None], ...]
    exdates: tuple[When, ...]
    notes: tuple[str, ...]

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.rdates)


def source_id(folder: str, uid: str = "", key: str = "") -> str:
    """The id of an occurrence: its file, its UID, and which one (empty for a single event)."""
    place_of = folder.replace("%", "%25").replace("#", "%23")
    if not uid:
        return place_of
    return f"{place_of}#{quote(uid, safe='@:.-_/{}')}" + (f"#{key}" if key else "")


def folder_of(identifier: str) -> str:
    """The file in a source id."""
    return identifier.partition("#")[0].replace("%23", "#").replace("%25", "%")


def meetings(
    data: bytes,
    *,
    account: str,
    folder: str,
    me: frozenset[str],
    window: tuple[datetime, datetime],
    zone: tzinfo = UTC,
) -> tuple[list[Meeting], list[Failure]]:
    """The meetings of a calendar file that touch `window` (aware), and what was set aside.

    `me`: my addresses, lower case. `zone`: whose midnight all-day events keep, and the clock of
    times without a zone where the file names none. A failure whose id is the file's own
    (`source_id(folder)`) is about the file as a whole: part of it may be missing.
    """
    document = read(data)
    failures: list[Failure] = []
    if not document.calendars and data.strip():
        reason = "this is not an iCalendar file"
        return [], [Failure(source_id(folder), folder, reason, permanent=True)]
    if not document.complete:
        reason = "the file breaks off before its end"
        failures.append(Failure(source_id(folder), folder, reason, permanent=True))
    series: dict[str, list[_Entry]] = {}
    for calendar in document.calendars:
        if calendar.method in _NOT_EVENTS:
            continue
        zones = Zones(calendar, zone, (window[0].year - 2, window[1].year + 1))
        for event in calendar.events:
            if _outside(event, window):
                continue
            uid = _uid(event)
            try:
                entry = _entry(event, calendar, zones, account, folder, uid, me)
            except (ValueError, ArithmeticError) as error:
                reason = f"the event cannot be read: {one_line(_plain(error), 100)}"
                key = _raw(event, "RECURRENCE-ID")[:30]
                failures.append(Failure(source_id(folder, uid, key), folder, reason, True))
            else:
                series.setdefault(uid, []).append(entry)
    found: dict[str, Meeting] = {}
    repeating = 0
    for uid, entries in series.items():
        repeating += any(entry.repeats for entry in entries)
        if repeating > MAX_SERIES or len(found) > MAX_MEETINGS:
            reason = "the file holds more meetings than one calendar can; split it"
            failures.append(Failure(source_id(folder), folder, reason, permanent=True))
            break
        notes = {note: None for entry in entries for note in entry.notes}
        try:
            for meeting in _occurrences(entries, folder, window, zone, notes):
                found[meeting.source_id] = meeting
        except (ValueError, ArithmeticError) as error:
            reason = f"the event cannot be read: {one_line(_plain(error), 100)}"
            failures.append(Failure(source_id(folder, uid), folder, reason, permanent=True))
        if notes:
            reason = f"the event {'; the event '.join(notes)}"
            failures.append(Failure(source_id(folder, uid, "note"), folder, reason, True))
    return list(found.values()), failures


def _plain(error: Exception) -> str:
    """The error in words that hold nothing of the file."""
    return str(error) if isinstance(error, _Unreadable) else "a value that makes no sense"


class _Unreadable(ValueError):
    """Its text is ours and holds no content of the calendar."""


# --- one VEVENT -----------------------------------------------------------------------------------


def _outside(event: Event, window: tuple[datetime, datetime]) -> bool:
    """Whether a single event lies so far off that it need not be read: most of an old calendar."""
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return False
    start, end = _raw(event, "DTSTART")[:8], _raw(event, "DTEND")[:8]
    if not _DAY.fullmatch(start) or (end and not _DAY.fullmatch(end)):
        return False
    earliest = (window[0] - _OLD).strftime("%Y%m%d")
    latest = (window[1] + timedelta(days=2)).strftime("%Y%m%d")
    return max(start, end) < earliest or start > latest


def _raw(event: Event, name: str) -> str:
    props = event.get(name)
    return props[0].value.strip() if props else ""


def _text(event: Event, name: str, limit: int) -> str:
    return one_line(unescape_backslash(_raw(event, name)[: 4 * limit]), limit)


def _uid(event: Event) -> str:
    uid = one_line(_raw(event, "UID"), 1_000)
    if not uid:
        # Some exports leave it out; title and start must stand in for it.
        uid = f"without-uid {_raw(event, 'DTSTART')} {_raw(event, 'SUMMARY')}"
    if len(uid) > 200 or uid.startswith("without-uid "):
        return blake2b(uid.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return uid


def _entry(
    event: Event,
    calendar: CalendarBlock,
    zones: Zones,
    account: str,
    folder: str,
    uid: str,
    me: frozenset[str],
) -> _Entry:
    notes: list[str] = []
    if "DTSTART" not in event:
        raise _Unreadable("it has no start")
    start = _moment(event["DTSTART"][0], zones, notes)
    end = _end(event, start, zones, notes)
    if _raw(event, "X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE":
        start, end = _day(start), max(_day(end), _day(start) + timedelta(days=1))
    end = _alike(end, start)
    if end < start:
        notes.append("ends before it starts; its length is unknown")
        end = start
    home = start.tzinfo if isinstance(start, datetime) else None
    recurrence = None
    if "RECURRENCE-ID" in event:
        recurrence = _moment(event["RECURRENCE-ID"][0], zones, notes, home)
    return _Entry(
        start=start,
        end=end,
        facts=_facts(event, calendar, account, folder, uid, me, isinstance(start, datetime)),
        sequence=_number(_raw(event, "SEQUENCE")),
        recurrence=recurrence,
        following=recurrence is not None
        and event["RECURRENCE-ID"][0].params.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=tuple(prop.value for prop in event.get("RRULE", ())[:5]),
        rdates=tuple(_dates(event.get("RDATE", ()), zones, notes, home)),
        exdates=tuple(day for day, _ in _dates(event.get("EXDATE", ()), zones, notes, home)),
        notes=tuple(notes),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _value(text: str) -> Any:
    """What icalendar reads in a date, time, period or duration, without a zone."""
    return vDDDTypes.from_ical(text.strip())  # type: ignore[no-untyped-call] # icalendar


def _moment(prop: Property, zones: Zones, notes: list[str], home: tzinfo | None = None) -> When:
    """A DATE or DATE-TIME; times without a zone are on `home`'s clock, else the calendar's."""
    try:
        value = _value(prop.value)
    except (ValueError, TypeError, IndexError) as error:
        raise _Unreadable("it has an invalid date") from error
    if isinstance(value, tuple):
        value = value[0]
    return _located(value, prop, zones, notes, home)


def _located(
    value: object, prop: Property, zones: Zones, notes: list[str], home: tzinfo | None
) -> When:
    if not isinstance(value, date):
        raise _Unreadable("it has an invalid date")
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return value
    tzid = prop.params.get("TZID", "")
    zone = zones.zone(tzid) if tzid else None
    if tzid and zone is None:
        notes.append("has a time zone that is not known; the calendar's own was taken")
    return value.replace(tzinfo=zone or home or zones.default)


def _end(event: Event, start: When, zones: Zones, notes: list[str]) -> When:
    if "DTEND" in event:
        try:
            return _moment(event["DTEND"][0], zones, notes)
        except _Unreadable:
            notes.append("has an invalid end; its length is unknown")
    elif "DURATION" in event:
        try:
            length: timedelta = _value(_raw(event, "DURATION"))
            if isinstance(start, datetime) or not length % timedelta(days=1):
                return start + length
            return start + timedelta(days=1)
        except (ValueError, TypeError, ArithmeticError):
            notes.append("has an invalid duration; its length is unknown")
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _alike(end: When, start: When) -> When:
    """`end` as a date or a time, whichever `start` is."""
    if not isinstance(start, datetime):
        return _day(end)
    if not isinstance(end, datetime):
        return datetime.combine(end, time(), start.tzinfo)
    return end


def _dates(
    props: Iterable[Property], zones: Zones, notes: list[str], home: tzinfo | None
) -> Iterator[tuple[When, When | None]]:
    """The values of RDATE or EXDATE, with the end where they are periods."""
    count = 0
    for prop in props:
        for text in prop.value.split(","):
            if not text.strip() or count == _MAX_DATES:
                continue
            count += 1
            try:
                value = _value(text)
                if isinstance(value, tuple):
                    start = _located(value[0], prop, zones, notes, home)
                    length = value[1]
                    if not isinstance(length, timedelta):
                        length = _located(length, prop, zones, notes, home) - start
                    yield start, start + length
                else:
                    yield _located(value, prop, zones, notes, home), None
            except (ValueError, TypeError, ArithmeticError):
                notes.append("has an invalid date among its repetitions; that one is left out")


def _facts(
    event: Event,
    calendar: CalendarBlock,
    account: str,
    folder: str,
    uid: str,
    me: frozenset[str],
    timed: bool,
) -> Meeting:
    attendees, omitted = _attendees(event.get("ATTENDEE", ()))
    organizer = _address(event["ORGANIZER"][0]) if "ORGANIZER" in event else None
    people = [guest for guest in attendees if guest.role != "resource"]
    others = [guest for guest in people if not is_one_of(guest.address.email, me)]
    title, location = _text(event, "SUMMARY", 300), _text(event, "LOCATION", 300)
    mapped = "GEO" in event or "geo:" in _raw(event, "X-APPLE-STRUCTURED-LOCATION").lower()
    conference = [
        unescape_backslash(prop.value)
        for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
        for prop in event.get(name, ())[:5]
    ]
    url = _raw(event, "URL")[:2_000]
    page = links(url)
    conference += [link.url for link in page if link.kind == "meeting"]
    status = _raw(event, "STATUS").upper()
    return Meeting(
        account=account,
        source_id="",
        folder=folder,
        uid=uid,
        at=0,
        end=0,
        title=title,
        status="cancelled"
        if calendar.method == "CANCEL" or status == "CANCELLED"
        else "tentative"
        if status == "TENTATIVE"
        else "confirmed",
        my_response=_my_response(organizer, people, others, me),
        organizer=organizer,
        attendees=attendees,
        attendees_omitted=omitted,
        place=place(
            title=title,
            location=unescape_backslash(_raw(event, "LOCATION")[:2_000]),
            description=unescape_backslash(_raw(event, "DESCRIPTION")),
            conference=conference,
            rooms=[
                guest.address.name or guest.address.email
                for guest in attendees
                if guest.role == "resource" and guest.response != "declined"
            ],
            mapped=mapped,
        ),
        location=location,
        purpose=purpose(
            title,
            all_day=not timed,
            guests=bool(others),
            busy_status=_raw(event, "X-MICROSOFT-CDO-BUSYSTATUS"),
            categories=_text(event, "CATEGORIES", 200),
            calendar_name=calendar.name,
        ),
        link=next((link.url for link in page if link.kind == "other" and "://" in link.url), ""),
    )


def _my_response(
    organizer: Address | None,
    people: Sequence[Attendee],
    others: Sequence[Attendee],
    me: frozenset[str],
) -> _Response:
    if organizer is not None and is_one_of(organizer.email, me):
        return "accepted"
    mine = next((guest for guest in people if is_one_of(guest.address.email, me)), None)
    if mine is not None:
        return mine.response
    return "none" if others else "accepted"


def _attendees(props: Sequence[Property]) -> tuple[tuple[Attendee, ...], bool]:
    """The guests, each once, and whether some are missing."""
    guests: dict[str, Attendee] = {}
    omitted = len(props) > MAX_ATTENDEES
    for prop in props[:MAX_ATTENDEES]:
        address = _address(prop)
        if address is None:
            omitted = True
            continue
        params = prop.params
        role: Literal["required", "optional", "resource"] = "required"
        if params.get("CUTYPE", "").upper() in ("ROOM", "RESOURCE") or address.email.endswith(
            "@resource.calendar.google.com"
        ):
            role = "resource"
        elif params.get("ROLE", "").upper() in ("OPT-PARTICIPANT", "NON-PARTICIPANT"):
            role = "optional"
        response = _RESPONSES.get(params.get("PARTSTAT", "").upper(), "none")
        guests.setdefault(address.email, Attendee(address, response, role))
    return tuple(guests.values()), omitted


def _address(prop: Property) -> Address | None:
    """A CAL-ADDRESS: `mailto:` in any case, or its EMAIL parameter; None where it is no mailbox."""
    value = prop.value.strip()
    scheme, _, rest = value.partition(":")
    email = rest if scheme.lower() == "mailto" else "" if rest else value
    email = one_line(email.partition("?")[0], 254) if "@" in email else ""
    email = (email or one_line(prop.params.get("EMAIL", ""), 254)).lower()
    if "@" not in email.strip("@") or " " in email:
        return None
    name = one_line(prop.params.get("CN", ""), 120).strip("'\" ")
    return Address(email, "" if name.lower() == email else name)


# --- from entries to occurrences ------------------------------------------------------------------


def _occurrences(
    entries: Sequence[_Entry],
    folder: str,
    window: tuple[datetime, datetime],
    zone: tzinfo,
    notes: dict[str, None],
) -> Iterator[Meeting]:
    """Every occurrence of one UID in the window, exceptions in the place of what they replace."""
    master: _Entry | None = None
    exceptions: dict[str, _Entry] = {}
    # The highest SEQUENCE counts, and of equals the later one in the file.
    for entry in sorted(entries, key=lambda entry: entry.sequence):
        if entry.recurrence is None:
            master = entry
    for entry in sorted(entries, key=lambda entry: entry.sequence):
        if entry.recurrence is not None:
            exceptions[_key(entry.recurrence, master)] = entry
    if master is not None and master.facts.status == "cancelled":
        for key, entry in exceptions.items():
            if entry.sequence <= master.sequence:
                exceptions[key] = replace(entry, facts=replace(entry.facts, status="cancelled"))
    if master is not None:
        excluded = {_key(day, master) for day in master.exdates}
        following = [
            (key, exceptions[key]) for key in sorted(exceptions) if exceptions[key].following
        ]
        single = not master.repeats and not exceptions
        for start, end in _starts(master, window, notes):
            key = _key(start, master)
            day = _day_key(start)
            exception = exceptions.pop(key, None) or exceptions.pop(day, None)
            if key in excluded or day in excluded:
                continue
            if exception is not None:
                start, end, facts = exception.start, exception.end, exception.facts
            else:
                start, end, facts = _moved(key, start, end, master, following)
            name = source_id(folder, facts.uid, "" if single else key)
            yield from _inside(window, _meeting(facts, name, start, end, zone, not single))
    for key, exception in exceptions.items():
        if master is not None and exception.sequence < master.sequence:
            continue  # of a date that the series no longer has
        start, end, name = (
            exception.start,
            exception.end,
            source_id(folder, exception.facts.uid, key),
        )
        yield from _inside(window, _meeting(exception.facts, name, start, end, zone, True))


def _moved(
    key: str, start: When, end: When, master: _Entry, following: Sequence[tuple[str, _Entry]]
) -> tuple[When, When, Meeting]:
    """An occurrence as the last THISANDFUTURE exception before it left it."""
    place_in = bisect_right(following, key, key=lambda pair: pair[0])
    change = following[place_in - 1][1] if place_in else None
    if change is None or change.recurrence is None:
        return start, end, master.facts
    timed = isinstance(change.start, datetime)
    if timed != isinstance(start, datetime) or timed != isinstance(change.recurrence, datetime):
        return start, end, change.facts
    begin = start + _wall_length(change.recurrence, change.start)
    return begin, begin + _wall_length(change.start, change.end), change.facts


def _starts(
    master: _Entry, window: tuple[datetime, datetime], notes: dict[str, None]
) -> Iterator[tuple[When, When]]:
    """Start and end of the series' occurrences, each start once, in no promised order."""
    length = _wall_length(master.start, master.end)
    timed = isinstance(master.start, datetime)
    first = master.start if isinstance(master.start, datetime) else _midnight(master.start)
    zone = first.tzinfo or UTC
    seen: dict[When, When] = {}
    ended = False
    for start, end in master.rdates:
        if isinstance(start, datetime) == timed:
            seen.setdefault(start, end if end is not None else start + length)
        elif timed:
            notes["has a date among its repetitions that has no time; that one is left out"] = None
        else:
            seen.setdefault(_day(start), _day(start) + length)
    spare = min(length, _LONGEST) + timedelta(days=1)
    after, before = (edge.astimezone(zone).replace(tzinfo=None) for edge in window)
    for rule in master.rules:
        try:
            expansion = expand(
                rule,
                first.replace(tzinfo=None),
                after=after - spare,
                before=before + timedelta(days=1),
                zone=zone,
            )
        except RuleError as error:
            notes[f"{error}; only its first date was kept"] = None
            continue
        ended = ended or expansion.ended
        if expansion.cut:
            notes["has very many repetitions; the oldest were left out"] = None
        for wall in expansion.starts:
            start = wall.replace(tzinfo=zone) if timed else wall.date()
            seen.setdefault(start, start + length)
    if not ended:
        seen.setdefault(master.start, master.end)
    yield from seen.items()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _day(moment: When) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _wall_length(start: When, end: When) -> timedelta:
    """How long by the clock on the wall: a meeting from 9 to 10 keeps to that in every season."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end.astimezone(start.tzinfo).replace(tzinfo=None) - start.replace(tzinfo=None)
    return _day(end) - _day(start)


def _key(moment: When, master: _Entry | None) -> str:
    """Names one occurrence of a series, in whatever zone somebody wrote it."""
    if master is not None and not isinstance(master.start, datetime):
        return _day_key(moment)
    if isinstance(moment, datetime):
        utc = moment.astimezone(UTC)
        return f"{_day_key(utc)}T{utc.hour:02}{utc.minute:02}{utc.second:02}Z"
    return _day_key(moment)


def _day_key(moment: When) -> str:
    return f"{moment.year:04}{moment.month:02}{moment.day:02}"


def _meeting(
    facts: Meeting, name: str, start: When, end: When, zone: tzinfo, recurring: bool
) -> Meeting:
    at = _epoch(start, zone)
    return replace(
        facts,
        source_id=name,
        at=at,
        end=max(at, _epoch(end, zone)),
        all_day=not isinstance(start, datetime),
        recurring=recurring,
    )


def _epoch(moment: When, zone: tzinfo) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), zone)
    return int(moment.timestamp())


def _inside(window: tuple[datetime, datetime], meeting: Meeting) -> Iterator[Meeting]:
    start, end = window[0].timestamp(), window[1].timestamp()
    if meeting.at < end and max(meeting.end, meeting.at + 1) > start:
        yield meeting

"""iCalendar files (RFC 5545) to meetings: occurrences in a window, each with what is known. Pure.

Nothing raises: an event that cannot be read is set aside with its reason, one that can be read only
in part (an unknown zone, an endless rule) is kept and a note tells what is missing. Work per file
is bounded by its size, per series by recurrence.MAX_STEPS.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b

from syncd.model import Failure, Meeting
from syncd.normalise.calendar_ids import bounded_uid, source_id
from syncd.normalise.content_lines import CalendarBlock, Event, raw, read
from syncd.normalise.event_facts import facts_of
from syncd.normalise.event_times import Unreadable, alike, dates_of, day_of, end_of, moment_of
from syncd.normalise.safe_text import one_line
from syncd.normalise.series import Entry, occurrences
from syncd.normalise.time_zones import Zones

MAX_MEETINGS = 50_000
"""Worked out per file; beyond it the file is named and the rest left out."""
MAX_SERIES = 5_000
"""Repeating events worked out per file."""

_OLD = timedelta(days=370)
_NOT_EVENTS = frozenset({"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"})
_DAY = re.compile(r"\d{8}")


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
    series: dict[str, list[Entry]] = {}
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
                key = raw(event, "RECURRENCE-ID")[:30]
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
            for meeting in occurrences(entries, folder, window, zone, notes):
                found[meeting.source_id] = meeting
        except (ValueError, ArithmeticError) as error:
            reason = f"the event cannot be read: {one_line(_plain(error), 100)}"
            failures.append(Failure(source_id(folder, uid), folder, reason, permanent=True))
        if notes:
            reason = f"the event {'; the event '.join(notes)}"
            failures.append(
                Failure(source_id(folder, uid, "note"), folder, reason, True, kept=True)
            )
    return list(found.values()), failures


def _plain(error: Exception) -> str:
    """The error in words that hold nothing of the file."""
    return str(error) if isinstance(error, Unreadable) else "a value that makes no sense"


def _outside(event: Event, window: tuple[datetime, datetime]) -> bool:
    """Whether a single event lies so far off that it need not be read: most of an old calendar."""
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return False
    start, end = raw(event, "DTSTART")[:8], raw(event, "DTEND")[:8]
    if not _DAY.fullmatch(start) or (end and not _DAY.fullmatch(end)):
        return False
    earliest = (window[0] - _OLD).strftime("%Y%m%d")
    latest = (window[1] + timedelta(days=2)).strftime("%Y%m%d")
    return max(start, end) < earliest or start > latest


def _uid(event: Event) -> str:
    uid = one_line(raw(event, "UID"), 1_000)
    if not uid:
        # Some exports leave it out; title and start must stand in for it.
        uid = f"without-uid {raw(event, 'DTSTART')} {raw(event, 'SUMMARY')}"
        return blake2b(uid.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return bounded_uid(uid)


def _entry(
    event: Event,
    calendar: CalendarBlock,
    zones: Zones,
    account: str,
    folder: str,
    uid: str,
    me: frozenset[str],
) -> Entry:
    notes: list[str] = []
    if "DTSTART" not in event:
        raise Unreadable("it has no start")
    start = moment_of(event["DTSTART"][0], zones, notes)
    end = end_of(event, start, zones, notes)
    if raw(event, "X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE":
        start, end = day_of(start), max(day_of(end), day_of(start) + timedelta(days=1))
    end = alike(end, start)
    if end < start:
        notes.append("ends before it starts; its length is unknown")
        end = start
    home = start.tzinfo if isinstance(start, datetime) else None
    recurrence = None
    if "RECURRENCE-ID" in event:
        recurrence = moment_of(event["RECURRENCE-ID"][0], zones, notes, home)
    return Entry(
        start=start,
        end=end,
        facts=facts_of(event, calendar, account, folder, uid, me, isinstance(start, datetime)),
        sequence=_number(raw(event, "SEQUENCE")),
        recurrence=recurrence,
        following=recurrence is not None
        and event["RECURRENCE-ID"][0].params.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=tuple(prop.value for prop in event.get("RRULE", ())[:5]),
        rdates=tuple(dates_of(event.get("RDATE", ()), zones, notes, home)),
        exdates=tuple(day for day, _ in dates_of(event.get("EXDATE", ()), zones, notes, home)),
        notes=tuple(notes),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

"""From the events of one UID to its occurrences (RFC 5545 §3.8.4.4 and §3.8.5). Pure.

Not recurring-ical-events: it hands each rule to dateutil as it stands, which no window bounds (see
recurrence.py), and copies every occurrence whole. The tests hold both to the same results.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from syncd.model import Meeting
from syncd.normalise.calendar_ids import source_id
from syncd.normalise.event_times import When, day_of
from syncd.normalise.recurrence import RuleError, expand

_LONGEST = timedelta(days=31)
"""How far back an occurrence may have started and still be looked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT, read: a whole event, a series' master, or an exception (`recurrence`)."""

    start: When
    end: When
    facts: Meeting
    """Everything but the times and the id."""
    sequence: int
    recurrence: When | None
    """RECURRENCE-ID: which occurrence this replaces; None for a whole event or series."""
    following: bool
    """RANGE=THISANDFUTURE."""
    rules: tuple[str, ...]
    rdates: tuple[tuple[When, When | None], ...]
    """Starts, with their ends where they were given as periods."""
    exdates: tuple[When, ...]
    notes: tuple[str, ...]
    """What could not be read, each to follow "the event …"."""

    @property
    def repeats(self) -> bool:
        """Whether it has occurrences besides its own start."""
        return bool(self.rules or self.rdates)


def occurrences(
    entries: Sequence[Entry],
    folder: str,
    window: tuple[datetime, datetime],
    zone: tzinfo,
    notes: dict[str, None],
) -> Iterator[Meeting]:
    """Every occurrence of one UID that touches the window, exceptions in the place of what they
    replace. What could not be followed is added to `notes`."""
    master, exceptions = _sorted_out(entries)
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
        facts, name = exception.facts, source_id(folder, exception.facts.uid, key)
        yield from _inside(
            window, _meeting(facts, name, exception.start, exception.end, zone, True)
        )


def _sorted_out(entries: Sequence[Entry]) -> tuple[Entry | None, dict[str, Entry]]:
    """The series' master, if there is one, and its exceptions by what they replace. The highest
    SEQUENCE counts, and of equals the later one in the file."""
    ranked = sorted(entries, key=lambda entry: entry.sequence)
    master = next((entry for entry in reversed(ranked) if entry.recurrence is None), None)
    exceptions = {
        _key(entry.recurrence, master): entry for entry in ranked if entry.recurrence is not None
    }
    if master is not None and master.facts.status == "cancelled":
        for key, entry in exceptions.items():
            if entry.sequence <= master.sequence:
                exceptions[key] = replace(entry, facts=replace(entry.facts, status="cancelled"))
    return master, exceptions


def _moved(
    key: str, start: When, end: When, master: Entry, following: Sequence[tuple[str, Entry]]
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
    master: Entry, window: tuple[datetime, datetime], notes: dict[str, None]
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
            seen.setdefault(day_of(start), day_of(start) + length)
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


def _midnight(day: When) -> datetime:
    return datetime.combine(day, time())


def _wall_length(start: When, end: When) -> timedelta:
    """How long by the clock on the wall: a meeting from 9 to 10 keeps to that in every season."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end.astimezone(start.tzinfo).replace(tzinfo=None) - start.replace(tzinfo=None)
    return day_of(end) - day_of(start)


def _key(moment: When, master: Entry | None) -> str:
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

"""Events of Google Calendar (the `Event` resource) to meetings. Pure.

A series arrives as its master, whose rules are worked out here, and one resource for each
occurrence that is not as the rules have it: changed, moved, or cancelled. An event that cannot be
read is set aside with its reason, one that can be read only in part is kept and a note says what
is missing; nothing raises.
https://developers.google.com/workspace/calendar/api/guides/recurringevents
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from syncd.model import Failure, Meeting
from syncd.normalise.calendar_ids import source_id
from syncd.normalise.event_times import Unreadable, When
from syncd.normalise.google_calendar_facts import (
    Calendar,
    Event,
    Owner,
    facts_of,
    link_to_occurrence,
)
from syncd.normalise.google_calendar_times import key_of, moment_of_key, repetition_of, times_of
from syncd.normalise.safe_text import one_line
from syncd.normalise.series import Entry, occurrences

Window = tuple[datetime, datetime]

_INSTANCE = re.compile(r"(.+)_(\d{8}(?:T\d{6}Z)?)")
_LONGEST_ID = 1_100
_ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)
"""Single events are kept however far ahead: they come only once."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which event a resource is, or which occurrence of which series."""

    event: str
    """The id of the event or of the series; the occurrence's own where it says neither."""
    key: str = ""
    """The start that the series' rules give the occurrence; empty for an event or a series."""
    cancelled: bool = False

    def source_id(self, folder: str) -> str:
        """The id of its record in the calendar `folder`."""
        return source_id(folder, self.event, self.key)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one resource gives."""

    meetings: tuple[Meeting, ...] = ()
    failures: tuple[Failure, ...] = ()
    series: bool = False
    """The resource is the master of a series."""

    @property
    def source_ids(self) -> set[str]:
        """Everything it should have in the records, what is set aside included."""
        return {meeting.source_id for meeting in self.meetings} | {
            failure.source_id for failure in self.failures
        }


def identity_of(event: Event, zone: tzinfo) -> Identity | None:
    """Which event this is; None if it has no id.

    A cancelled occurrence may come with nothing but its id: then that says what it is.

    :param zone: the calendar's, for an original start that names none
    """
    name = _id(event.get("id"))
    if not name:
        return None
    cancelled = event.get("status") == "cancelled"
    series = _id(event.get("recurringEventId"))
    instance = _INSTANCE.fullmatch(name)
    if series:
        if instance is not None and instance[1] == series:
            return Identity(series, instance[2], cancelled)
        key = key_of(event.get("originalStartTime"), zone)
        return Identity(series, key, cancelled) if key else Identity(name, "", cancelled)
    if cancelled and instance is not None and "start" not in event:
        return Identity(instance[1], instance[2], cancelled)
    return Identity(name, "", cancelled)


def read_event(
    event: Event,
    identity: Identity,
    calendar: Calendar,
    owner: Owner,
    window: Window,
    own: Collection[str] = (),
) -> Reading:
    """The meetings of an event, a series or a changed occurrence, and what was set aside.

    Single events and changed occurrences are left out where they end before the window; a series
    is worked out inside it.

    :param own: keys of the occurrences that have a resource of their own, or are cancelled
    """
    notes: list[str] = []
    try:
        return _read(event, identity, calendar, owner, window, own, notes)
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        # Unreadable says what is wrong; the others are what a value of a wrong type leads to
        what = str(error) if isinstance(error, Unreadable) else "a value that makes no sense"
        reason = f"the event cannot be read: {one_line(what, 100)}"
        failure = Failure(identity.source_id(calendar.id), calendar.id, reason, permanent=True)
        return Reading(failures=(failure,))


def nameless(calendar: Calendar) -> Failure:
    """What stands for an event without an id."""
    reason = "an event without an id cannot be read"
    return Failure(source_id(calendar.id, "nameless"), calendar.id, reason, permanent=True)


def _read(
    event: Event,
    identity: Identity,
    calendar: Calendar,
    owner: Owner,
    window: Window,
    own: Collection[str],
    notes: list[str],
) -> Reading:
    start, end, zone = times_of(event, calendar.zone, notes)
    facts = facts_of(event, calendar, owner, timed=isinstance(start, datetime))
    repetition = repetition_of(event, start, zone, notes)
    series = not identity.key and bool(repetition.rules or repetition.rdates)
    # `occurrences` names what it gives after the UID: Google's ids are unique in a calendar, UIDs
    # are what several calendars share.
    entry = Entry(
        start=start,
        end=end,
        facts=replace(facts, uid=identity.event),
        sequence=0,
        recurrence=None,
        following=False,
        rules=repetition.rules if series else (),
        rdates=repetition.rdates if series else (),
        exdates=(*repetition.exdates, *_left_to_others(own, start)) if series else (),
        notes=(),
    )
    until = window[1] if series else _ALWAYS
    found: dict[str, None] = {}
    name = identity.source_id(calendar.id)
    meetings = [
        replace(
            meeting,
            uid=facts.uid,
            source_id=meeting.source_id if series else name,
            recurring=series or bool(identity.key),
            link=_link(facts.link, identity.event, meeting) if series else facts.link,
        )
        for meeting in occurrences([entry], calendar.id, (window[0], until), owner.zone, found)
    ]
    notes += found
    failures = []
    if notes:
        reason = f"the event {'; the event '.join(dict.fromkeys(notes))}"
        note = f"{identity.key}note" if identity.key else "note"
        failures.append(
            Failure(source_id(calendar.id, identity.event, note), calendar.id, reason, True, True)
        )
    return Reading(tuple(meetings), tuple(failures), series)


def _left_to_others(own: Collection[str], start: When) -> list[When]:
    """The starts that the series must leave out. A key of the other kind (a day where the series
    has times) is of an occurrence that it no longer has."""
    timed = isinstance(start, datetime)
    moments = [moment_of_key(key) for key in own]
    return [
        moment for moment in moments if moment is not None and isinstance(moment, datetime) == timed
    ]


def _link(link: str, event_id: str, meeting: Meeting) -> str:
    return link_to_occurrence(link, event_id, meeting.source_id.rpartition("#")[2])


def _id(value: Any) -> str:
    """A provider's id, of bounded length."""
    if not isinstance(value, str):
        return ""
    return one_line(value, _LONGEST_ID)

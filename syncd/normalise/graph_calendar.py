"""Events of Microsoft Graph (the `event` resource type) to meetings. Pure.

What a delta says of an occurrence is a stub (id, type, seriesMasterId, start, end): the rest is the
series master's. Every field may be missing or of a wrong type; nothing here trusts one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from syncd.model import Meeting
from syncd.normalise.graph_calendar_fields import string, texts
from syncd.normalise.graph_calendar_ids import folder_of, source_id
from syncd.normalise.graph_calendar_people import (
    attendees_of,
    has_others,
    my_response,
    names_me,
    organizer_of,
)
from syncd.normalise.graph_calendar_place import body_of, location_of, place_of
from syncd.normalise.graph_calendar_times import times_of
from syncd.normalise.graph_calendar_uid import uid_of
from syncd.normalise.purpose import Purpose, purpose
from syncd.normalise.safe_text import one_line

Event = Mapping[str, Any]
"""An `event` resource as JSON."""

_OWN = frozenset({"id", "type", "start", "end", "seriesMasterId", "originalStart", "@removed"})
"""What a master says of itself alone."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar that holds an event, as far as its meetings depend on it."""

    id: str
    name: str = ""
    mine: bool = True
    """False for a calendar that somebody shares with me: what does not name me is not mine."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose records the meetings become."""

    account: str
    me: frozenset[str]
    """My addresses, lower case."""
    zone: tzinfo
    """Whose midnight all-day events keep."""


@dataclass(frozen=True, slots=True)
class Master:
    """The event that a series is made of, and what its occurrences have in common."""

    event: Event
    facts: Meeting
    """Without times and id."""


def master_of(event: Event, calendar: Calendar, owner: Owner) -> Master:
    """A series master, read once for all its occurrences."""
    kept = {name: value for name, value in event.items() if name not in _OWN}
    # a body may be long, and of most of it nothing is read
    kept["body"] = {"contentType": "text", "content": body_of(event)}
    uid = _uid(event)
    return Master(kept, _facts(kept, calendar, owner, uid, all_day=event.get("isAllDay") is True))


def meeting_of(
    event: Event, calendar: Calendar, owner: Owner, master: Master | None = None
) -> Meeting:
    """The meeting of a single event, occurrence or exception; a series master is none.

    `master`: of the series it belongs to. It says what a stub does not, and gives all occurrences
    their UID. A cancelled exception is a cancelled meeting.

    :raises Unreadable: it has no usable start
    """
    whole = {**master.event, **event} if master is not None else event
    at, end, all_day = times_of(whole, owner.zone)
    if master is not None and event.get("type") == "occurrence":
        facts = master.facts
    else:
        uid = master.facts.uid if master is not None else _uid(event)
        facts = _facts(whole, calendar, owner, uid, all_day=all_day)
    series = string(event, "seriesMasterId")
    return replace(
        facts,
        source_id=source_id(string(event, "id"), series),
        at=at,
        end=end,
        all_day=all_day,
        status="cancelled" if whole.get("isCancelled") is True else "confirmed",
        recurring=bool(series),
    )


def is_complete(event: Event) -> bool:
    """Whether the event came with its facts and not as a stub."""
    return "subject" in event and "attendees" in event


def _uid(event: Event) -> str:
    return uid_of(string(event, "iCalUId")) or string(event, "id")


def _facts(event: Event, calendar: Calendar, owner: Owner, uid: str, *, all_day: bool) -> Meeting:
    attendees, omitted = attendees_of(event)
    title = one_line(string(event, "subject"), 300)
    return Meeting(
        account=owner.account,
        source_id="",
        folder=folder_of(calendar.id),
        uid=uid,
        at=0,
        end=0,
        title=title,
        my_response=my_response(event, owner.me, mine=calendar.mine),
        organizer=organizer_of(event),
        attendees=attendees,
        attendees_omitted=omitted or event.get("hideAttendees") is True,
        place=place_of(event, title, attendees),
        location=location_of(event, attendees),
        purpose=_purpose(event, calendar, owner.me, title, all_day=all_day),
        link=_link(event),
    )


def _purpose(
    event: Event, calendar: Calendar, me: frozenset[str], title: str, *, all_day: bool
) -> Purpose:
    others = has_others(event, me, mine=calendar.mine)
    shown = string(event, "showAs")
    if shown == "oof" and others and not all_day:
        # A visit to a client, marked as away from the desk: people meet there all the same.
        shown = "busy"
    found = purpose(
        title,
        all_day=all_day,
        guests=others,
        busy_status=shown,
        categories=", ".join(texts(event, "categories")),
        calendar_name=calendar.name,
    )
    if found == "birthday":
        return found
    if not calendar.mine and not names_me(event, me):
        return "other"
    response = my_response(event, me, mine=calendar.mine)
    announced = shown == "free" and others and response in ("none", "declined")
    unsent = event.get("isDraft") is True and others
    return "other" if announced or unsent else found


def _link(event: Event) -> str:
    url = string(event, "webLink")[:2_000]
    return url if url.startswith("https://") and url.isprintable() and " " not in url else ""

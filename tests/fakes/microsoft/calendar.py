"""Calendars behind Graph on loopback: events, series, and calendarView/delta as it really is.

From Microsoft's documentation (learn.microsoft.com/graph/api/event-delta and delta-query-events)
and the issues of its documentation's repository: a window is frozen in its token; occurrences come
as stubs; the master of a series comes along, with the times of its first occurrence; a series that
changed is told whole; a deleted occurrence is not told at all; what changed outside the window is
told as removed. Where servers differ or the documents are silent there is a switch.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from tests.fakes.microsoft.server import FakeGraph, refused
from tests.fakes.server import Request, Response

USER = "camille@cabinet.example"
DEFAULT = "calendar-1="
"""The id of the default calendar; ids end in `=` as Graph's do."""
_CLASS_ID = "040000008200E00074C5B7101A82E008"
_REFUSED = ("$select", "$filter", "$expand", "$orderby", "$search")
_STUB = ("@odata.type", "@odata.etag", "id", "seriesMasterId", "type", "start", "end")


def guest(
    name: str, address: str, response: str = "none", kind: str = "required"
) -> dict[str, Any]:
    """An attendee."""
    return {
        "type": kind,
        "status": {"response": response, "time": "0001-01-01T00:00:00Z"},
        "emailAddress": {"name": name, "address": address},
    }


def person(name: str, address: str) -> dict[str, Any]:
    """A recipient: who organises."""
    return {"emailAddress": {"name": name, "address": address}}


@dataclass
class _Series:
    every: timedelta
    count: int
    deleted: set[int] = field(default_factory=set)
    exceptions: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Properties that differ, by the occurrence's number."""


@dataclass
class _Item:
    """A single event or a series."""

    id: str
    calendar: str
    start: datetime
    end: datetime
    fields: dict[str, Any]
    series: _Series | None = None
    version: int = 0

    def original(self, number: int) -> datetime:
        assert self.series is not None
        return self.start + number * self.series.every

    def occurrence_id(self, number: int) -> str:
        return f"{self.id[:-1]}-{self.original(number):%Y%m%d}="


@dataclass
class _Calendar:
    id: str
    name: str
    owner: str


@dataclass
class _Token:
    calendar: str
    start: datetime
    end: datetime
    seen: int
    """Changes up to here have been told once the round is over."""
    rest: list[dict[str, Any]] | None = None
    """What a nextLink has still to tell; None for a deltaLink."""


class FakeCalendars:
    """The calendars of the mailbox of `graph`; its routes are registered at once."""

    def __init__(self, graph: FakeGraph, seed: int = 0) -> None:
        self._graph = graph
        self._random = random.Random(seed)
        self.calendars: dict[str, _Calendar] = {}
        self.items: dict[str, _Item] = {}
        self._changed: dict[tuple[str, str], int] = {}
        self._former: dict[tuple[str, str], list[str]] = {}
        """The occurrences a calendar once had, for those that are gone."""
        self._clock = 0
        self._tokens: dict[str, _Token] = {}
        self._count = 0
        self.page_size = 100
        self.largest_window = timedelta(days=1825)
        """A longer view or list of instances is a 504."""
        self.tells_masters = True
        self.tells_deleted_occurrences = False
        self.tells_exceptions = True
        """With all they say; otherwise they come as stubs too."""
        self.deleted_occurrences: Literal["not found", "refused", "there"] = "not found"
        """What is answered when somebody asks for one by its id."""
        self.shuffles = False
        """Tells changes in no order, some of them twice."""
        self.tells_nothing = False
        """Every round comes back empty."""
        self.broken: set[str] = set()
        """Events and masters that answer 500 by themselves."""
        self.add_calendar("Calendrier", default=True)
        self._register()

    # --- what its owner does ----------------------------------------------------------------------

    def add_calendar(self, name: str, owner: str = USER, *, default: bool = False) -> str:
        identifier = DEFAULT if default else self._identifier("calendar")
        self.calendars[identifier] = _Calendar(identifier, name, owner)
        return identifier

    def remove_calendar(self, calendar: str) -> None:
        for item in self.events_of(calendar):
            del self.items[item.id]
        del self.calendars[calendar]

    def add(
        self,
        subject: str,
        start: datetime,
        length: timedelta = timedelta(hours=1),
        *,
        calendar: str = DEFAULT,
        every: timedelta | None = None,
        count: int = 10,
        **fields: Any,
    ) -> str:
        """A single event, or a series where `every` is given. Returns its id."""
        identifier = self._identifier("event")
        series = _Series(every, count) if every is not None else None
        known = {"subject": subject, "iCalUId": self._uid(), **fields}
        self.items[identifier] = _Item(identifier, calendar, start, start + length, known, series)
        self._touch(identifier)
        return identifier

    def edit(self, identifier: str, **fields: Any) -> None:
        self.items[identifier].fields.update(fields)
        self._touch(identifier)

    def move(self, identifier: str, start: datetime) -> None:
        """Another time; a series forgets its exceptions and deletions, as Exchange does."""
        item = self.items[identifier]
        item.start, item.end = start, start + (item.end - item.start)
        if item.series is not None:
            item.series = _Series(item.series.every, item.series.count)
        self._touch(identifier)

    def cut(self, series: str, count: int) -> None:
        """The series ends after so many occurrences."""
        found = self._series(series)
        found.count = count
        for number in [number for number in found.exceptions if number >= count]:
            del found.exceptions[number]
        self._touch(series)

    def delete(self, identifier: str) -> None:
        self._touch(identifier)
        del self.items[identifier]

    def delete_occurrence(self, series: str, number: int) -> None:
        found = self._series(series)
        found.deleted.add(number)
        found.exceptions.pop(number, None)
        self._touch(series)

    def change_occurrence(
        self, series: str, number: int, start: datetime | None = None, **fields: Any
    ) -> None:
        """Make an exception of one occurrence."""
        item = self.items[series]
        known = self._series(series).exceptions.setdefault(number, {})
        known.update(fields)
        if start is not None:
            known["start"], known["end"] = start, start + (item.end - item.start)
        self._touch(series)

    def repeat(self, identifier: str, every: timedelta, count: int) -> None:
        """Make a series of a single event."""
        self.items[identifier].series = _Series(every, count)
        self._touch(identifier)

    def repeat_no_more(self, identifier: str) -> None:
        """Make a single event of a series."""
        self._touch(identifier)
        self.items[identifier].series = None
        self._touch(identifier)

    def move_to(self, identifier: str, calendar: str) -> None:
        """Into another calendar; an immutable id stays."""
        self._touch(identifier)
        self.items[identifier].calendar = calendar
        self._touch(identifier)

    def expire(self) -> None:
        """Forget every token, those in the middle of a round too."""
        self._tokens.clear()

    # --- what it shows ----------------------------------------------------------------------------

    def events_of(self, calendar: str) -> list[_Item]:
        return [item for item in self.items.values() if item.calendar == calendar]

    def shown(self, calendar: str, start: datetime, end: datetime) -> dict[str, Any]:
        """What Outlook shows in a stretch of time: id → (subject, start)."""
        return {
            event["id"]: (event["subject"], event["start"]["dateTime"])
            for item in self.events_of(calendar)
            for event in self._members(item)
            if _touches(event, start, end)
        }

    # --- its events as JSON -----------------------------------------------------------------------

    def _members(self, item: _Item) -> Iterator[dict[str, Any]]:
        """The single event, or the occurrences and exceptions of a series, complete."""
        if item.series is None:
            yield self._json(item, item.id, "singleInstance", item.start, item.end, {})
            return
        for number in range(item.series.count):
            if number not in item.series.deleted:
                yield self._occurrence(item, number)

    def _occurrence(self, item: _Item, number: int) -> dict[str, Any]:
        assert item.series is not None
        changed = dict(item.series.exceptions.get(number, {}))
        kind = "exception" if number in item.series.exceptions else "occurrence"
        original = item.original(number)
        start = changed.pop("start", original)
        end = changed.pop("end", original + (item.end - item.start))
        event = self._json(item, item.occurrence_id(number), kind, start, end, changed)
        # MS-OXOCAL: the occurrence's day stands in bytes 16 to 19
        uid = event["iCalUId"]
        if uid.startswith(_CLASS_ID):
            day = f"{original.year:04X}{original.month:02X}{original.day:02X}"
            event["iCalUId"] = uid[:32] + day + uid[40:]
        return {
            **event,
            "seriesMasterId": item.id,
            "originalStart": original.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _master(self, item: _Item) -> dict[str, Any]:
        event = self._json(item, item.id, "seriesMaster", item.start, item.end, {})
        assert item.series is not None
        return {**event, "recurrence": _recurrence(item.start, item.series)}

    def _json(
        self,
        item: _Item,
        identifier: str,
        kind: str,
        start: datetime,
        end: datetime,
        changed: dict[str, Any],
    ) -> dict[str, Any]:
        fields = {**item.fields, **changed}
        body = fields.pop("body", "")
        location = fields.pop("location", "")
        if isinstance(location, str):
            location = {"displayName": location, "locationType": "default"}
        return {
            "@odata.type": "#microsoft.graph.event",
            "@odata.etag": f'W/"{item.version}"',
            "id": identifier,
            "createdDateTime": "2026-01-05T08:00:00.0000000Z",
            "lastModifiedDateTime": "2026-01-05T08:00:00.0000000Z",
            "changeKey": f"key-{item.version}",
            "categories": [],
            "transactionId": None,
            "originalStartTimeZone": "Romance Standard Time",
            "originalEndTimeZone": "Romance Standard Time",
            "reminderMinutesBeforeStart": 15,
            "isReminderOn": True,
            "hasAttachments": False,
            "bodyPreview": body[:255],
            "importance": "normal",
            "sensitivity": "normal",
            "isAllDay": False,
            "isCancelled": False,
            "isOrganizer": True,
            "responseRequested": True,
            "seriesMasterId": None,
            "showAs": "busy",
            "type": kind,
            "webLink": f"https://outlook.office365.com/owa/?itemid={quote(identifier)}",
            "onlineMeetingUrl": None,
            "isOnlineMeeting": False,
            "onlineMeetingProvider": "unknown",
            "allowNewTimeProposals": True,
            "isDraft": False,
            "hideAttendees": False,
            "recurrence": None,
            "onlineMeeting": None,
            "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
            "body": {"contentType": "text", "content": body},
            "start": _moment(start),
            "end": _moment(end),
            "location": location,
            "locations": [location] if location.get("displayName") else [],
            "attendees": [],
            "organizer": person("Camille Roy", USER),
            **fields,
        }

    # --- its routes -------------------------------------------------------------------------------

    def _register(self) -> None:
        router = self._graph.router
        inside = "/me/calendars/{calendar}"
        router.register("GET", "/me/calendars", self._list)
        router.register("GET", f"{inside}/calendarView/delta", self._delta)
        router.register("GET", f"{inside}/events/{{event}}", self._get)
        router.register("GET", f"{inside}/events/{{event}}/instances", self._instances)

    def _list(self, request: Request) -> Response:
        top, skip = int(request.one("$top", "10")), int(request.one("$skip", "0"))
        every = [
            {
                "id": calendar.id,
                "name": calendar.name,
                "color": "auto",
                "isDefaultCalendar": calendar.id == DEFAULT,
                "canShare": True,
                "canViewPrivateItems": True,
                "canEdit": calendar.owner == USER,
                "allowedOnlineMeetingProviders": ["teamsForBusiness"],
                "owner": {"name": "Somebody", "address": calendar.owner},
            }
            for calendar in self.calendars.values()
        ]
        body: dict[str, Any] = {"value": every[skip : skip + top]}
        if skip + top < len(every):
            query = f"$top={top}&$skip={skip + top}"
            body["@odata.nextLink"] = self._graph.link("/me/calendars", query)
        return Response(200, body)

    def _get(self, request: Request, calendar: str, event: str) -> Response:
        found = self._find(event)
        if found is None and self.deleted_occurrences == "refused" and "-20" in event:
            return refused(400, "ErrorCalendarOccurrenceIsDeletedFromRecurrence")
        if found is None or found[0].calendar != calendar:
            return refused(404, "ErrorItemNotFound")
        if event in self.broken:
            return refused(500, "ErrorInternalServerError")
        return Response(200, found[1])

    def _find(self, identifier: str) -> tuple[_Item, dict[str, Any]] | None:
        item = self.items.get(identifier)
        if item is not None:
            return item, self._master(item) if item.series else next(self._members(item))
        for item in self.items.values():
            events = list(self._members(item))
            if item.series is not None and self.deleted_occurrences == "there":
                events += [self._occurrence(item, number) for number in item.series.deleted]
            for event in events:
                if event["id"] == identifier:
                    return item, event
        return None

    def _instances(self, request: Request, calendar: str, event: str) -> Response:
        item = self.items.get(event)
        if item is None or item.calendar != calendar or item.series is None:
            return refused(404, "ErrorItemNotFound")
        start, end = _range(request)
        if end - start > self.largest_window:
            return refused(504, "UnknownError")
        top, skip = int(request.one("$top", "10")), int(request.one("$skip", "0"))
        wanted = set(filter(None, request.one("$select").split(","))) | {"id"}
        found = [event for event in self._members(item) if _touches(event, start, end)]
        page = found[skip : skip + min(top, self.page_size)]
        body: dict[str, Any] = {
            "value": [{name: event[name] for name in wanted if name in event} for event in page]
        }
        if skip + len(page) < len(found):
            path = f"/me/calendars/{quote(calendar)}/events/{quote(event)}/instances"
            query = "&".join(
                f"{name}={quote(values[0])}"
                for name, values in {**request.query, "$skip": [str(skip + len(page))]}.items()
            )
            body["@odata.nextLink"] = self._graph.link(path, query)
        return Response(200, body)

    def _delta(self, request: Request, calendar: str) -> Response:
        name = request.one("$deltatoken") or request.one("$skiptoken")
        if name:
            token = self._tokens.get(name)
            if token is None:
                return refused(410, "SyncStateNotFound")
            calendar = token.calendar
        if calendar not in self.calendars:
            return refused(404, "ErrorItemNotFound")
        if any(parameter in request.query for parameter in _REFUSED):
            return refused(400, "ErrorInvalidUrlQuery")
        if not name:
            start, end = _range(request)
            if end - start > timedelta(days=1825):
                return refused(400, "ErrorInvalidRequest")
            if end - start > self.largest_window:
                return refused(504, "UnknownError")
            token = _Token(calendar, start, end, -1)
        assert token is not None
        rest = token.rest
        if rest is None:
            rest = self._told(token)
            token = _Token(calendar, token.start, token.end, self._clock)
        asked = re.search(r"odata\.maxpagesize=(\d+)", request.headers.get("prefer", ""))
        size = min(int(asked[1]) if asked else 10, self.page_size)
        page, rest = rest[:size], rest[size:]
        following = _Token(calendar, token.start, token.end, token.seen, rest or None)
        self._count += 1
        key = f"t{self._count}"
        self._tokens[key] = following
        kind, parameter = ("next", "skiptoken") if rest else ("delta", "deltatoken")
        path = f"/me/calendars/{quote(calendar)}/calendarView/delta"
        link = self._graph.link(path, f"${parameter}={key}")
        return Response(200, {"value": page, f"@odata.{kind}Link": link})

    def _told(self, token: _Token) -> list[dict[str, Any]]:
        """The rows of a round."""
        rows: list[dict[str, Any]] = []
        if self.tells_nothing:
            return rows
        for (calendar, identifier), changed in self._changed.items():
            if calendar != token.calendar or changed <= token.seen:
                continue
            item = self.items.get(identifier)
            if item is not None and item.calendar == calendar:
                rows += self._item_rows(item, token)
            if token.seen >= 0:
                rows += self._removals(identifier, token)
        if self.shuffles:
            rows += [dict(row) for row in rows if self._random.random() < 0.2]
            self._random.shuffle(rows)
        return rows

    def _item_rows(self, item: _Item, token: _Token) -> list[dict[str, Any]]:
        members = [e for e in self._members(item) if _touches(e, token.start, token.end)]
        if item.series is None:
            return members
        rows = [
            event
            if event["type"] == "exception" and self.tells_exceptions
            else {name: event[name] for name in _STUB}
            for event in members
        ]
        return [self._master(item), *rows] if self.tells_masters and rows else rows

    def _removals(self, identifier: str, token: _Token) -> list[dict[str, Any]]:
        """What is told as removed: it is gone, or not in the window."""
        item = self.items.get(identifier)
        members: set[str] = set()
        if item is not None and item.calendar == token.calendar:
            members = {
                event["id"]
                for event in self._members(item)
                if _touches(event, token.start, token.end)
            }
        former = self._former.get((token.calendar, identifier), [])
        lost = [] if members else [identifier]
        if self.tells_deleted_occurrences:
            lost += [name for name in former if name not in members and name != identifier]
        return [
            {"@odata.type": "#microsoft.graph.event", "id": name, "@removed": {"reason": "deleted"}}
            for name in lost
        ]

    # --- inside -----------------------------------------------------------------------------------

    def _series(self, identifier: str) -> _Series:
        series = self.items[identifier].series
        assert series is not None
        return series

    def _touch(self, identifier: str) -> None:
        self._clock += 1
        item = self.items[identifier]
        item.version = self._clock
        key = (item.calendar, identifier)
        self._changed[key] = self._clock
        former = self._former.setdefault(key, [])
        known = set(former)
        former += [event["id"] for event in self._members(item) if event["id"] not in known]

    def _identifier(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count + 1000}="

    def _uid(self) -> str:
        self._count += 1
        return f"{_CLASS_ID}00000000{self._count:016X}000000000000000010000000{self._count:032X}"


def _moment(moment: datetime) -> dict[str, str]:
    wall = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000")
    return {"dateTime": wall, "timeZone": "UTC"}


def _range(request: Request) -> tuple[datetime, datetime]:
    start, end = request.one("startDateTime"), request.one("endDateTime")
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def _touches(event: dict[str, Any], start: datetime, end: datetime) -> bool:
    try:
        begins, ends = (
            datetime.fromisoformat(event[name]["dateTime"][:19]).replace(tzinfo=UTC)
            for name in ("start", "end")
        )
    except ValueError:
        return True  # a broken event, which a test wants to see told
    return begins < end and max(ends, begins + timedelta(seconds=1)) > start


def _recurrence(start: datetime, series: _Series) -> dict[str, Any]:
    return {
        "pattern": {
            "type": "daily",
            "interval": max(1, series.every.days),
            "month": 0,
            "dayOfMonth": 0,
            "firstDayOfWeek": "sunday",
            "index": "first",
        },
        "range": {
            "type": "numbered",
            "startDate": f"{start:%Y-%m-%d}",
            "endDate": "0001-01-01",
            "recurrenceTimeZone": "Romance Standard Time",
            "numberOfOccurrences": series.count,
        },
    }

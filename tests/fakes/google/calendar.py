"""A Google Calendar that keeps state and the documented rules, for tests.

It answers `calendarList.list`, `events.list` and `events.get`. What a user does to their calendar
are its methods. Sync tokens hold for the parameters with which they were given and may expire;
page tokens keep to the moment of their first page; a deleted event has nothing but its id.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dateutil import rrule

from tests.fakes.google.server import Call, error
from tests.fakes.server import Response

Resource = dict[str, Any]
Bounded = Literal["token", "no token", "refused token"]
"""What a list bounded by `timeMin` leads to: it is disputed what Google does."""

_NOT_WITH_A_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
_FREE = ("syncToken", "pageToken", "timeMin", "timeMax", "alt", "prettyPrint", "key")
_BARE = {"kind", "id", "etag", "status"}
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass
class FakeCalendar:
    """One calendar of the user's list."""

    entry: Resource
    events: dict[str, Resource] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    """When each event last changed, as a count of changes."""
    closed: bool = False
    """It is in the list and cannot be opened."""


class FakeGoogleCalendar:
    """The calendars of one user: a Service of GoogleServer.

    :param user: the address of the account, and so of its primary calendar
    :param page: how many events a page holds at most
    """

    name = "calendar"
    version = "v3"

    def __init__(self, user: str = "camille@cabinet.example", *, page: int = 2500) -> None:
        self.user = user
        self.page = page
        self.bounded: Bounded = "token"
        self.ignores_tokens = False
        """Like some servers that are not Google's: everything comes at every call."""
        self.gives_tokens = True
        self.has_list = True
        self.calendars: dict[str, FakeCalendar] = {}
        self._count = 0
        self._oldest = 0
        self._sync_tokens: dict[str, tuple[str, int, Mapping[str, list[str]], bool]] = {}
        self._page_tokens: dict[str, tuple[list[str], int, int]] = {}
        self.add_calendar(user, "Camille Roy", primary=True, accessRole="owner")

    # --- what the user does -----------------------------------------------------------------------

    def add_calendar(self, identifier: str, name: str, **fields: Any) -> None:
        """A calendar in the user's list, ticked."""
        entry = {
            "kind": "calendar#calendarListEntry",
            "id": identifier,
            "summary": name,
            "timeZone": "Europe/Paris",
            "selected": True,
            "accessRole": "reader",
            **fields,
        }
        self.calendars[identifier] = FakeCalendar(entry)

    def insert(self, resource: Resource, calendar: str = "") -> str:
        """Add an event; its id is given if it has none."""
        self._count += 1
        name = resource.get("id") or f"event{self._count:05}"
        event = {
            "kind": "calendar#event",
            "status": "confirmed",
            "eventType": "default",
            "iCalUID": f"{name}@google.com",
            "htmlLink": f"https://www.google.com/calendar/event?eid={name}",
            **resource,
            "id": name,
        }
        self._put(calendar, event)
        return str(name)

    def patch(self, name: str, calendar: str = "", **fields: Any) -> None:
        """Change fields of an event, of a series, or of an occurrence that has a resource."""
        event = self._calendar(calendar).events[name]
        self._put(calendar, {**event, **fields})

    def delete(self, name: str, calendar: str = "") -> None:
        """Delete an event, or a whole series with what was changed in it."""
        events = self._calendar(calendar).events
        self._put(calendar, {"kind": "calendar#event", "id": name, "status": "cancelled"})
        for other in [o for o, e in events.items() if e.get("recurringEventId") == name]:
            self._forget(calendar, other)

    def starts(self, name: str, calendar: str = "", until: str = "20271231T000000Z") -> list[str]:
        """Keys of the occurrences that the series' rule gives."""
        master = self._calendar(calendar).events[name]
        return [_key(start) for start in _rule_starts(master, datetime.fromisoformat(until))]

    def shown(self, until: datetime, calendar: str = "") -> list[tuple[datetime, str]]:
        """Start and title of what the web page shows, up to `until`."""
        events = self._calendar(calendar).events
        found = []
        for name, event in events.items():
            if event["status"] == "cancelled":
                continue
            if "recurrence" not in event:
                found.append((_moment(event["start"]).astimezone(UTC), event["summary"]))
                continue
            for start in _rule_starts(event, until):
                if f"{name}_{_key(start)}" not in events:
                    found.append((start.astimezone(UTC), event["summary"]))
        return sorted(found)

    def change_occurrence(self, name: str, key: str, calendar: str = "", **fields: Any) -> str:
        """Give one occurrence a resource of its own. The series comes again as well."""
        master = self._calendar(calendar).events[name]
        instance = f"{name}_{key}"
        start = datetime.fromisoformat(key)
        length = _moment(master["end"]) - _moment(master["start"])
        zone = master["start"].get("timeZone", "UTC")
        known = self._calendar(calendar).events.get(instance, {})
        base = {k: v for k, v in master.items() if k != "recurrence"}
        event = {
            **base,
            "start": _time(start, zone),
            "end": _time(start + length, zone),
            **(known if known.get("status") == "confirmed" else {}),
            **fields,
            "id": instance,
            "recurringEventId": name,
            "originalStartTime": _time(start, zone),
        }
        self._put(calendar, event)
        self._put(calendar, master)
        return instance

    def cancel_occurrence(self, name: str, key: str, calendar: str = "") -> None:
        """Delete one occurrence of a series."""
        master = self._calendar(calendar).events[name]
        start = datetime.fromisoformat(key)
        self._put(
            calendar,
            {
                "kind": "calendar#event",
                "id": f"{name}_{key}",
                "status": "cancelled",
                "recurringEventId": name,
                "originalStartTime": _time(start, master["start"].get("timeZone", "UTC")),
            },
        )
        self._put(calendar, master)

    def cut(self, name: str, key: str, calendar: str = "") -> None:
        """Delete an occurrence and all that follow: the series gets an UNTIL, and what was changed
        after it is deleted, which leaves no more than ids."""
        events = self._calendar(calendar).events
        master = events[name]
        until = datetime.fromisoformat(key) - timedelta(seconds=1)
        self._put(calendar, {**master, "recurrence": [_until(master, until)]})
        for other in [o for o, e in events.items() if e.get("recurringEventId") == name]:
            if other.rpartition("_")[2] >= key:
                self._put(calendar, {"kind": "calendar#event", "id": other, "status": "cancelled"})

    def split(self, name: str, key: str, calendar: str = "", **fields: Any) -> str:
        """Change "this and following": the series ends, and a new one begins."""
        master = copy.deepcopy(self._calendar(calendar).events[name])
        self.cut(name, key, calendar)
        start = datetime.fromisoformat(key)
        length = _moment(master["end"]) - _moment(master["start"])
        zone = master["start"].get("timeZone", "UTC")
        new = f"{name}_R{key.removesuffix('Z')}"
        return self.insert(
            {
                **master,
                "start": _time(start, zone),
                "end": _time(start + length, zone),
                **fields,
                "id": new,
                "iCalUID": f"{new}@google.com",
            },
            calendar,
        )

    def expire_sync_tokens(self) -> None:
        """Every sync token given so far answers 410 from now on, as after a long time: what was
        deleted has left no trace by then."""
        self._oldest = self._count + 1
        self._count += 1
        for name, calendar in self.calendars.items():
            bare = [e for e, event in calendar.events.items() if event.keys() <= _BARE]
            for event in bare:
                self._forget(name, event)

    def expire_page_tokens(self) -> None:
        """Every page token given so far is refused from now on."""
        self._page_tokens.clear()

    # --- what the server answers ------------------------------------------------------------------

    def cost(self, call: Call) -> int:
        """Every request counts as one."""
        return 1

    def answer(self, call: Call) -> Response:
        """See Service."""
        if call.method == "calendar.calendarList.list" and self.has_list:
            return Response(200, self._list_calendars(call))
        calendar = self._find(call.path.get("calendarId", ""))
        if calendar is None:
            return error(404, "Not Found", "notFound")
        if call.method == "calendar.events.list":
            return self._list(calendar, call)
        found = None
        if call.method == "calendar.events.get":
            found = self._get(calendar, call.path["eventId"])
        return error(404, "Not Found", "notFound") if found is None else Response(200, found)

    def _list_calendars(self, call: Call) -> Resource:
        entries = list(self.calendars.values())
        start = int(call.one("pageToken", "0"))
        most = min(int(call.one("maxResults", "100")), self.page)
        answer: Resource = {
            "kind": "calendar#calendarList",
            "items": [calendar.entry for calendar in entries[start : start + most]],
        }
        if start + most < len(entries):
            answer["nextPageToken"] = str(start + most)
        else:
            answer["nextSyncToken"] = "list"
        return answer

    def _list(self, calendar: FakeCalendar, call: Call) -> Response:
        token, page = call.one("syncToken"), call.one("pageToken")
        since = -1
        if self.ignores_tokens:
            token = ""
        if token:
            problem = self._refusal(calendar, token, call)
            if problem is not None:
                return problem
            since = self._sync_tokens[token][1]
        if page:
            if page not in self._page_tokens:
                return error(400, "Invalid page token", "badRequest")
            names, start, count = self._page_tokens[page]
        else:
            names = [
                name
                for name in sorted(calendar.events, key=_shuffled)
                if calendar.versions[name] > since
                and _is_listed(calendar.events[name], call, bool(token))
            ]
            start, count = 0, self._count
        most = min(int(call.one("maxResults", "250")), self.page)
        answer: Resource = {
            "kind": "calendar#events",
            "summary": calendar.entry["summary"],
            "timeZone": calendar.entry["timeZone"],
            "accessRole": calendar.entry["accessRole"],
            "items": [
                copy.deepcopy(calendar.events[name])
                for name in names[start : start + most]
                if name in calendar.events
            ],
        }
        if start + most < len(names):
            answer["nextPageToken"] = f"page{len(self._page_tokens)}-{self._count}"
            self._page_tokens[answer["nextPageToken"]] = (names, start + most, count)
        elif self.gives_tokens and not (self.bounded == "no token" and "timeMin" in call.query):
            answer["nextSyncToken"] = self._token(calendar, count, call)
        return Response(200, answer)

    def _token(self, calendar: FakeCalendar, count: int, call: Call) -> str:
        bounded = "timeMin" in call.query
        if call.one("syncToken"):
            known = self._sync_tokens.get(call.one("syncToken"))
            bounded = known is not None and known[3]
        token = f"sync{len(self._sync_tokens)}="
        same = {name: value for name, value in call.query.items() if name not in _FREE}
        self._sync_tokens[token] = (calendar.entry["id"], count, same, bounded)
        return token

    def _refusal(self, calendar: FakeCalendar, token: str, call: Call) -> Response | None:
        known = self._sync_tokens.get(token)
        if known is None or known[0] != calendar.entry["id"]:
            return error(400, "Invalid sync token value.", "invalid")
        if known[1] < self._oldest:
            return error(410, "Sync token is no longer valid.", "fullSyncRequired")
        if any(name in call.query for name in _NOT_WITH_A_TOKEN):
            return error(400, "Sync token cannot be used with these restrictions.", "badRequest")
        if call.one("showDeleted") == "false":
            return error(400, "showDeleted must be set with a sync token.", "badRequest")
        if known[3] and self.bounded == "refused token":
            return error(400, "Sync token cannot be used.", "badRequest")
        same = {name: value for name, value in call.query.items() if name not in _FREE}
        if same != known[2]:
            return error(400, "The parameters differ from those of the token.", "badRequest")
        return None

    def _get(self, calendar: FakeCalendar, name: str) -> Resource | None:
        found = calendar.events.get(name)
        if found is not None:
            return copy.deepcopy(found)
        series, _, key = name.rpartition("_")
        master = calendar.events.get(series)
        if master is None or "recurrence" not in master or key not in self.starts(series):
            return None
        start = datetime.fromisoformat(key)
        length = _moment(master["end"]) - _moment(master["start"])
        zone = master["start"].get("timeZone", "UTC")
        base = {k: v for k, v in master.items() if k != "recurrence"}
        return {
            **base,
            "id": name,
            "recurringEventId": series,
            "originalStartTime": _time(start, zone),
            "start": _time(start, zone),
            "end": _time(start + length, zone),
        }

    def _find(self, name: str) -> FakeCalendar | None:
        found = self.calendars.get(self.user if name == "primary" else name)
        return None if found is None or found.closed else found

    def _calendar(self, name: str) -> FakeCalendar:
        return self.calendars[name or self.user]

    def _put(self, calendar: str, event: Resource) -> None:
        held = self._calendar(calendar)
        self._count += 1
        held.events[event["id"]] = {**event, "etag": f'"{self._count}"'}
        held.versions[event["id"]] = self._count

    def _forget(self, calendar: str, name: str) -> None:
        held = self._calendar(calendar)
        del held.events[name], held.versions[name]


def timed(start: datetime, minutes: int = 60, zone: str = "Europe/Paris") -> Resource:
    """`start` and `end` of an event at an aware moment."""
    return {
        "start": _time(start, zone),
        "end": _time(start + timedelta(minutes=minutes), zone),
    }


def _time(moment: datetime, zone: str) -> Resource:
    return {"dateTime": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"), "timeZone": zone}


def _moment(value: Resource) -> datetime:
    if "date" in value:
        return datetime.fromisoformat(value["date"]).replace(tzinfo=UTC)
    return datetime.fromisoformat(value["dateTime"])


def _key(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_STAMP)


def _until(master: Resource, until: datetime) -> str:
    parts = [
        part
        for part in master["recurrence"][0].split(";")
        if not part.startswith(("UNTIL=", "COUNT="))
    ]
    return ";".join([*parts, f"UNTIL={until.strftime(_STAMP)}"])


def _rule_starts(master: Resource, until: datetime) -> list[datetime]:
    """What dateutil makes of the rule, by the clock of the series' zone."""
    zone = ZoneInfo(master["start"].get("timeZone", "UTC"))
    first = _moment(master["start"]).astimezone(zone)
    found: list[datetime] = []
    for line in master["recurrence"]:
        if line.startswith("RRULE:"):
            rule = rrule.rrulestr(line, dtstart=first)
            found += rule.between(first, until, inc=True)
    return found


def _is_listed(event: Resource, call: Call, changes: bool) -> bool:
    cancelled = event.get("status") == "cancelled"
    if cancelled and not changes and call.one("showDeleted") != "true":
        return False
    if changes or "timeMin" not in call.query or "start" not in event or "recurrence" in event:
        return True
    return _moment(event["end"]).astimezone(UTC) > datetime.fromisoformat(call.one("timeMin"))


def _shuffled(name: str) -> bytes:
    """An order that says nothing, and stays."""
    return blake2b(name.encode(), digest_size=8).digest()

"""The pull of one Google Calendar account: its calendars one after the other, deletions last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from syncd import log
from syncd.connectors.base import PullContext
from syncd.connectors.google.api import Gone, GoogleApi, NotFound, Refused
from syncd.connectors.google.calendar_cursor import AccountState, CalendarState
from syncd.connectors.google.calendar_list import ListedCalendar, chosen, list_calendars
from syncd.connectors.google.calendar_options import GoogleCalendarOptions
from syncd.connectors.google.calendar_sync import CalendarSync, Step
from syncd.model import Batch, Cursor, Failure
from syncd.normalise.calendar_ids import folder_of, parts_of, source_id
from syncd.normalise.google_calendar import Identity, Reading, read_event
from syncd.normalise.google_calendar_facts import Calendar, Owner
from syncd.normalise.time_zones import named_zone

_CLOSED = frozenset({"forbidden", "requiredAccessLevel"})
"""Why Google refuses one calendar; other refusals are the whole account's."""
_BATCH = 500
"""Meetings of one batch: what a kill can cost, and what one commit carries."""
_ANY_TIME = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


class CalendarAccount:
    """Reads the calendars of one account."""

    def __init__(self, account: str, options: GoogleCalendarOptions, api: GoogleApi) -> None:
        self._account = account
        self._options = options
        self._api = api

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield what has changed in each calendar, newest first, then what is gone.

        A calendar with nothing new costs one request. One that was read before and must be listed
        again (its token has expired, or the horizon has moved on) is compared with what is known.
        """
        run = _Run(AccountState.of(cursor), context)
        if run.account.is_list_old(run.clock):
            self._list(run)
            yield Batch(own=(self._options.user, *_addresses(run.account.calendars)))
        calendars = chosen(run.account.calendars, self._options, self._account)
        owner = self._owner(run.account.calendars, context)
        run.account.prepare([*sorted(owner.me), _zone_name(owner.zone)], context.since, context.now)
        for listed in calendars:
            yield from self._read(listed, owner, run)
        wanted = {listed.id for listed in calendars} - run.vanished
        for folder in sorted(set(context.known.folders()) - wanted):
            run.missing += sorted(context.known.source_ids(folder))
        for gone, told in ((run.deleted, True), (run.missing, False)):
            for start in range(0, len(gone), 10 * _BATCH):
                some = tuple(gone[start : start + 10 * _BATCH])
                yield Batch(deletions=some, told=told, done=run.done, total=run.done)
        run.account.states.update(run.after_deletions)
        run.account.keep_only(wanted)
        context.progress(run.done, run.done)
        if run.account.cursor() != (run.last_saved or cursor) or run.failed:
            end = run.saved()
            yield replace(end, failed=tuple(run.failed), total=run.done)

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these events and occurrences again, each with a request of its own."""
        entries = list_calendars(self._api, self._account, self._options.user)
        owner = self._owner(entries, context)
        calendars = {entry.id: _calendar(entry, owner) for entry in entries}
        wanted: dict[tuple[str, str, str], list[str]] = {}
        for identifier in source_ids:
            event, key = parts_of(identifier)
            place_of = (folder_of(identifier), event, key.removesuffix("note"))
            wanted.setdefault(place_of, []).append(identifier)
        for (folder, event, key), identifiers in wanted.items():
            if folder not in calendars:
                yield Batch(deletions=tuple(identifiers))
            elif event:
                found = self._fetched(calendars[folder], owner, Identity(event, key))
                yield _only(identifiers, found)
            else:
                yield self._tried(folder)

    def _read(self, listed: ListedCalendar, owner: Owner, run: _Run) -> Iterator[Batch]:
        """One calendar. What is gone, and the place that then holds, are kept for the end."""
        state = run.account.state(listed.id, run.context.since, run.context.now)
        calendar = _calendar(listed, owner)
        sync = CalendarSync(self._api, calendar, owner, state, run.context.known)
        try:
            for step in sync.steps():
                yield from run.batches(listed.id, step)
        except (NotFound, Refused) as error:
            if isinstance(error, Refused) and not error.reasons & _CLOSED:
                raise
            if not run.listed:
                self._list(run)  # says so if the whole account is closed to us
            if listed.id in {entry.id for entry in run.account.calendars}:
                log.debug("calendar_not_opened", account=self._account)
                run.failed.append(_closed(listed.id))
            else:
                run.vanished.add(listed.id)
            return
        if sync.gone:
            (run.missing if sync.compared else run.deleted).extend(sync.gone)
            run.after_deletions[listed.id] = sync.state
        else:
            run.account.states[listed.id] = sync.state
            if sync.came:
                yield run.saved()

    def _list(self, run: _Run) -> None:
        account = run.account
        account.calendars = list_calendars(self._api, self._account, self._options.user)
        account.listed_at = int(run.clock.timestamp())
        run.listed = True

    def _fetched(self, calendar: Calendar, owner: Owner, identity: Identity) -> Reading:
        name = f"{identity.event}_{identity.key}" if identity.key else identity.event
        request = self._api.request("calendar.events.get", calendarId=calendar.id, eventId=name)
        try:
            event = self._api.call(request)
        except (NotFound, Gone):
            return Reading()
        if event.get("status") == "cancelled":
            return Reading()
        return read_event(event, identity, calendar, owner, _ANY_TIME)

    def _tried(self, folder: str) -> Batch:
        """Whether a calendar that could not be opened now can be."""
        try:
            self._api.call(
                self._api.request(
                    "calendar.events.list", calendarId=folder, maxResults=1, fields="kind"
                )
            )
        except (NotFound, Refused) as error:
            if isinstance(error, Refused) and not error.reasons & _CLOSED:
                raise
            return Batch(failed=(_closed(folder),))
        return Batch(deletions=(source_id(folder),))

    def _owner(self, calendars: Sequence[ListedCalendar], context: PullContext) -> Owner:
        me = context.me | {self._options.user, *_addresses(calendars)}
        return Owner(self._account, self._options.user, me, context.now.tzinfo or UTC)


@dataclass
class _Run:
    """One pull under way."""

    account: AccountState
    context: PullContext
    done: int = 0
    deleted: list[str] = field(default_factory=list)
    """What Google said is deleted."""
    missing: list[str] = field(default_factory=list)
    """What did not come when everything should have."""
    after_deletions: dict[str, CalendarState] = field(default_factory=dict)
    """The places that hold once what is gone has been deleted."""
    failed: list[Failure] = field(default_factory=list)
    vanished: set[str] = field(default_factory=set)
    """The calendars that turned out to be there no more."""
    listed: bool = False
    """The calendars were listed in this pull."""
    last_saved: Cursor | None = None

    @property
    def clock(self) -> datetime:
        """The real moment, as far as it is known."""
        return self.context.clock or self.context.now

    def saved(self) -> Batch:
        """Where all calendars stand."""
        self.last_saved = self.account.cursor()
        return Batch(cursor=self.last_saved, done=self.done)

    def batches(self, calendar: str, step: Step) -> Iterator[Batch]:
        """A step cut into batches; the place to go on, if there is one, comes with the last."""
        meetings = step.meetings
        for start in range(0, max(1, len(meetings)), _BATCH):
            some = meetings[start : start + _BATCH]
            self.done += len(some)
            self.context.progress(self.done, None)
            last = start + _BATCH >= len(meetings)
            failed = step.failures if last else ()
            cursor = None
            if last and step.state is not None:
                self.account.states[calendar] = step.state
                cursor = self.last_saved = self.account.cursor()
            if some or failed or cursor:
                yield Batch(upserts=some, failed=failed, cursor=cursor, done=self.done)


def _calendar(listed: ListedCalendar, owner: Owner) -> Calendar:
    zone = named_zone(listed.zone) if listed.zone else None
    return Calendar(listed.id, zone or owner.zone, listed.name, listed.owned)


def _addresses(calendars: Iterable[ListedCalendar]) -> Iterator[str]:
    """My address, as the primary calendar has it."""
    for listed in calendars:
        if listed.primary and "@" in listed.id:
            yield listed.id.lower()


def _zone_name(zone: tzinfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def _closed(folder: str) -> Failure:
    return Failure(source_id(folder), folder, "the calendar cannot be opened")


def _only(identifiers: Sequence[str], found: Reading) -> Batch:
    """Of what was found the items asked for; those that were not found are gone."""
    meetings = [meeting for meeting in found.meetings if meeting.source_id in identifiers]
    failures = [failure for failure in found.failures if failure.source_id in identifiers]
    there = {item.source_id for item in meetings} | {item.source_id for item in failures}
    gone = tuple(identifier for identifier in identifiers if identifier not in there)
    return Batch(upserts=tuple(meetings), failed=tuple(failures), deletions=gone)

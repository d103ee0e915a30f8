"""One calendar at Google, brought up to date: by its sync token, or by listing it.

https://developers.google.com/workspace/calendar/api/guides/sync
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from syncd import log
from syncd.connectors.base import Known
from syncd.connectors.google.api import Gone, GoogleApi, Refused
from syncd.connectors.google.calendar_cursor import CalendarState
from syncd.connectors.google.calendar_pages import pages
from syncd.connectors.google.calendar_witnesses import Witnesses
from syncd.model import Failure, Meeting
from syncd.normalise.calendar_ids import parts_of
from syncd.normalise.google_calendar import Identity, identity_of, nameless, read_event
from syncd.normalise.google_calendar_facts import Calendar, Event, Owner

MOST_MEETINGS = 50_000
"""Worked out from one page; what is beyond is named and left out."""

_PAGE = 2_500
_EARLIER = timedelta(days=31)
"""A bounded listing asks for this much more: an occurrence that was moved to before the history
must be known, or the series would put it back."""
_FIELDS = (
    "nextPageToken,nextSyncToken,items(id,etag,status,eventType,recurringEventId,originalStartTime,"
    "start,end,endTimeUnspecified,transparency,recurrence,iCalUID,summary,description,location,htmlLink,"
    "hangoutLink,conferenceData(entryPoints(entryPointType,uri)),birthdayProperties(type),"
    "organizer(email,displayName,self),guestsCanSeeOtherGuests,attendeesOmitted,"
    "attendees(email,displayName,self,resource,optional,responseStatus))"
)
_SAME_EACH_TIME: dict[str, Any] = {
    "maxResults": _PAGE,
    "singleEvents": False,
    "showDeleted": True,
    "fields": _FIELDS,
}
"""A sync token holds only for the parameters with which it was given."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one page gave."""

    meetings: tuple[Meeting, ...]
    """Newest first."""
    failures: tuple[Failure, ...]
    state: CalendarState | None
    """Where to go on, if it is safe to stop here."""


class _NotOnlyChanges(Exception):
    """What came for a sync token is, or may be, not what has changed since."""


class CalendarSync:
    """Reads one calendar once. After `steps` has ended, `gone` and `state` say the rest."""

    def __init__(
        self, api: GoogleApi, calendar: Calendar, owner: Owner, state: CalendarState, known: Known
    ) -> None:
        self._api = api
        self._calendar = calendar
        self._owner = owner
        self._known = known
        self._window = (
            datetime.fromtimestamp(state.since, UTC),
            datetime.fromtimestamp(state.until, UTC),
        )
        self.state = state
        """Where the calendar has been read to; safe once `gone` is deleted."""
        self.gone: tuple[str, ...] = ()
        """The records that the calendar no longer has."""
        self.compared = False
        """`gone` was found by comparing with a whole list, not told by Google."""
        self.came = False
        """Anything came at all."""
        self._held: frozenset[str] | None = None
        self._given: set[str] = set()
        self._forget_what_came()

    def steps(self) -> Iterator[Step]:
        """Read what has changed, or the whole calendar where that cannot be told.

        :raises NotFound: there is no such calendar, or not for this user any more
        :raises SyncdError: as GoogleApi.call
        """
        if self.state.token:
            before = self.state.copy()
            try:
                yield from self._changes()
                return
            except Gone:
                why = "expired"
            except Refused as error:
                if error.status != 400:
                    raise
                # some servers give a token for a bounded list, and will not have it back
                why, before.listing = "refused", "whole"
            except _NotOnlyChanges:
                why = "not_only_changes"
            log.debug("calendar_listed_again", account=self._owner.account, why=why)
            self.state = before
            self.state.list_again()
        yield from self._listing()

    def _changes(self) -> Iterator[Step]:
        """What has changed since the sync token was given. There is no place to stop between its
        pages: a token leads to a page only until it is used."""
        for page in self._pages(syncToken=self.state.token):
            self.state.token = page.sync
            if page.items:
                self._look_up()
                yield self._step(page.items, resumable=False)
        if not self.state.token or self._witnesses.came_unchanged:
            raise _NotOnlyChanges
        if self.came:
            self.gone = self._no_longer_there(complete=False)

    def _listing(self) -> Iterator[Step]:
        """The calendar from its first page, or from where a first listing was stopped: that one
        has nothing to compare with, and can go on."""
        state, held = self.state, self._look_up()
        resumed = state.page
        first = bool(resumed) or not held
        if not resumed:
            state.own = {}
            state.witnesses = {}
        self._forget_what_came()
        bounds: dict[str, Any] = {}
        if state.listing != "whole":
            bounds["timeMin"] = (self._window[0] - _EARLIER).strftime("%Y-%m-%dT%H:%M:%SZ")
        began = False
        try:
            for page in self._pages(start=resumed, **bounds):
                began = True
                state.page, state.token = page.next if first else "", page.sync
                yield self._step(page.items, resumable=bool(state.page))
        except (Gone, Refused) as error:
            if began or not resumed or (isinstance(error, Refused) and error.status != 400):
                raise
            log.debug("calendar_listed_again", account=self._owner.account, why="page")
            state.list_again()
            yield from self._listing()
            return
        if not state.token:
            log.debug("no_sync_token", account=self._owner.account, listing=state.listing)
            state.listing = "whole" if state.listing == "bounded" else "tokenless"
        self.compared = not resumed
        self.gone = self._no_longer_there(complete=self.compared)

    def _pages(self, **parameters: Any) -> Iterator[Any]:
        return pages(
            self._api,
            "calendar.events.list",
            calendarId=self._calendar.id,
            **_SAME_EACH_TIME,
            **parameters,
        )

    # --- what came --------------------------------------------------------------------------------

    def _forget_what_came(self) -> None:
        self._events: dict[str, set[str]] = {}
        """By event or series that came: the records it should have; none if it is cancelled."""
        self._series: set[str] = set()
        """The events that came as a series."""
        self._witnesses = Witnesses(self.state.witnesses)
        self._occurrences: dict[tuple[str, str], set[str]] = {}
        """By series and key of an occurrence that came: the records it should have."""

    def _step(self, items: Sequence[Any], *, resumable: bool) -> Step:
        """One page into meetings. Occurrences go first, for their series must leave them out."""
        meetings: dict[str, Meeting] = {}
        failures: list[Failure] = []
        events: list[tuple[Event, Identity]] = []
        for item in items:
            identity = identity_of(item, self._calendar.zone) if isinstance(item, dict) else None
            if identity is None:
                failures.append(nameless(self._calendar))
                self._events[parts_of(failures[-1].source_id)[0]] = {failures[-1].source_id}
            elif identity.key:
                self._take_occurrence(item, identity, meetings, failures)
            else:
                events.append((item, identity))
        for item, identity in events:
            self._take_event(item, identity, meetings, failures)
        self._given.update(meetings, (failure.source_id for failure in failures))
        self.came = True
        self.state.witnesses = self._witnesses.now
        newest_first = sorted(meetings.values(), key=lambda meeting: -meeting.at)
        state = self.state.copy() if resumable else None
        return Step(tuple(newest_first), tuple(failures), state)

    def _take_occurrence(
        self,
        item: Event,
        identity: Identity,
        meetings: dict[str, Meeting],
        failures: list[Failure],
    ) -> None:
        source_ids: set[str] = set()
        has_record = False
        meetings.pop(identity.source_id(self._calendar.id), None)
        if not identity.cancelled:
            reading = read_event(item, identity, self._calendar, self._owner, self._window)
            meetings.update((meeting.source_id, meeting) for meeting in reading.meetings)
            failures += reading.failures
            source_ids, has_record = reading.source_ids, bool(reading.meetings)
        self._occurrences[identity.event, identity.key] = source_ids
        self.state.own.setdefault(identity.event, {})[identity.key] = has_record

    def _take_event(
        self,
        item: Event,
        identity: Identity,
        meetings: dict[str, Meeting],
        failures: list[Failure],
    ) -> None:
        event = identity.event
        self._series.discard(event)
        if identity.cancelled:
            self._events[event] = set()
            self._witnesses.lost(event)
            return
        own = self.state.own.get(event, {})
        reading = read_event(item, identity, self._calendar, self._owner, self._window, own)
        self._events[event] = reading.source_ids
        if reading.series:
            self._series.add(event)
            self._witnesses.lost(event)
        else:
            self._witnesses.saw(event, item)
        failures += reading.failures
        if len(meetings) + len(reading.meetings) > MOST_MEETINGS:
            reason = "the calendar holds more meetings than syncd can keep; this one is left out"
            name = identity.source_id(self._calendar.id)
            failures.append(Failure(name, self._calendar.id, reason, permanent=True))
            self._events[event] = {name}
            return
        meetings.update((meeting.source_id, meeting) for meeting in reading.meetings)

    # --- what is no longer there ------------------------------------------------------------------

    def _look_up(self) -> frozenset[str]:
        """The records of the calendar when this began."""
        if self._held is None:
            self._held = frozenset(self._known.source_ids(self._calendar.id))
        return self._held

    def _no_longer_there(self, *, complete: bool) -> tuple[str, ...]:
        """The records that go.

        :param complete: everything came, so that what did not come is gone
        """
        for event in self._events.keys() - self._series:
            # Without its series, an occurrence is only there if it came by itself. What was
            # cancelled stays so if the event becomes a series again.
            there = bool(self._events[event])
            own = {
                key: has
                for key, has in self.state.own.pop(event, {}).items()
                if (has and (event, key) in self._occurrences) or (there and not has)
            }
            if own:
                self.state.own[event] = own
        return tuple(
            sorted(
                source_id
                for source_id in self._look_up() | self._given
                if not self._is_there(source_id, complete=complete)
            )
        )

    def _is_there(self, source_id: str, *, complete: bool) -> bool:
        event, key = parts_of(source_id)
        if not event:
            return False  # a remark that the calendar could not be read, which it now was
        instance = key.removesuffix("note")
        came = self._occurrences.get((event, instance))
        if came is not None:
            return source_id in came
        own = self.state.own.get(event, {})
        if instance in own:
            return own[instance]
        if event in self._events:
            return source_id in self._events[event]
        return not complete

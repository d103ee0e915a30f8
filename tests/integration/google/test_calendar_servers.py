"""What a server may do to a sync of Google Calendar: tokens that expire, that it does not give or
takes no notice of, pages that die, calendars that close, and faults at every call."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from syncd.connectors.google import api
from syncd.errors import AuthRequired, RateLimited, SyncdError, Transient, UserError
from syncd.model import Batch
from tests.contract.contract import Records
from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.fakes.google.server import error
from tests.fakes.server import GARBAGE, Fault, Hang, Reset, Response
from tests.integration.google.calendar_account import (
    Account,
    google_account,
    key,
    paris,
)

PROJECTS = "projets@group.calendar.google.com"


def fill(account: Account) -> list[str]:
    """A month of events and a series with exceptions; the ids of the single ones."""
    google = account.google
    google.add_calendar(PROJECTS, "Projets")
    singles = [
        google.insert({"summary": f"Point {day}", **timed(paris(f"2026-11-{day:02} 09:00"))})
        for day in range(1, 29)
    ]
    series = google.insert(
        {
            "summary": "Revue",
            "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=6"],
            **timed(paris("2026-11-03 14:00")),
        }
    )
    google.change_occurrence(series, key("2026-11-10 14:00"), **timed(paris("2026-11-11 15:00")))
    google.cancel_occurrence(series, key("2026-11-17 14:00"))
    google.insert({"summary": "Atelier", **timed(paris("2026-11-26 11:00"))}, PROJECTS)
    return singles


def edit(account: Account, singles: list[str]) -> None:
    """Something new, something changed, and something gone."""
    google = account.google
    google.delete(singles[3])
    google.patch(singles[4], summary="Point déplacé", **timed(paris("2026-12-04 10:00")))
    google.insert({"summary": "Déjeuner", **timed(paris("2026-11-27 12:30"))})


def test_an_expired_token_lists_that_calendar_alone_again() -> None:
    with google_account() as account:
        singles = fill(account)
        account.pull()
        edit(account, singles)
        account.google.expire_sync_tokens()
        account.pull()
        assert account.records.items == account.fresh().items
        account.google.insert({"summary": "Café", **timed(paris("2026-11-28 08:00"))})
        assert len(account.pull()) == 2, "and goes on with the new tokens"


def test_a_token_that_expires_for_one_calendar_leaves_the_others_alone() -> None:
    with google_account() as account:
        fill(account)
        account.pull()
        account.server.part_fault = lambda call: (
            error(410, "Sync token is no longer valid.", "fullSyncRequired")
            if call.path.get("calendarId") == PROJECTS and call.one("syncToken")
            else None
        )
        calls = account.pull()
        assert [(call.path["calendarId"], bool(call.one("syncToken"))) for call in calls] == [
            (account.google.user, True),
            (PROJECTS, False),
        ]


def test_an_exception_that_left_no_trace_no_longer_hides_its_date() -> None:
    with google_account() as account:
        series = account.google.insert(
            {
                "summary": "Revue",
                "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"],
                **timed(paris("2026-11-03 14:00")),
            }
        )
        account.google.cancel_occurrence(series, key("2026-11-10 14:00"))
        account.pull()
        account.google._forget("", f"{series}_{key('2026-11-10 14:00')}")
        account.google.expire_sync_tokens()
        account.pull()
        account.google.patch(series, location="Salle Monet")
        account.pull()
        assert [start for start, _ in account.shown()] == ["2026-11-03 14:00", "2026-11-10 14:00"]


@pytest.mark.parametrize("bounded", ["token", "no token", "refused token"])
def test_whatever_a_bounded_list_leads_to_the_records_are_right(bounded: Any) -> None:
    with google_account() as account:
        account.google.bounded = bounded
        singles = fill(account)
        account.pull()
        for _ in range(2):
            account.pull()
        edit(account, singles)
        account.pull()
        assert account.records.items == account.fresh().items
        assert len(account.pull()) == 2, "in the end, one request for each calendar"


def test_a_server_without_tokens_is_listed_at_each_pull() -> None:
    with google_account() as account:
        account.google.gives_tokens = False
        singles = fill(account)
        account.pull()
        edit(account, singles)
        account.pull()
        assert account.records.items == account.fresh().items
        assert len(account.pull()) == 2


def test_a_server_that_takes_no_notice_of_tokens_is_found_out() -> None:
    with google_account() as account:
        account.google.ignores_tokens = True
        singles = fill(account)
        account.pull()
        for name in singles[:3]:  # no trace of these
            account.google._forget("", name)
        account.pull()
        assert account.records.items == account.fresh().items
        assert ("2026-11-01 09:00", "Point 1") not in account.shown()


def test_a_server_without_a_list_has_the_users_own_calendar() -> None:
    with google_account() as account:
        account.google.has_list = False
        account.google.insert({"summary": "Point", **timed(paris("2026-11-24 09:00"))})
        account.pull()
        assert account.shown() == [("2026-11-24 09:00", "Point")]


def test_a_calendar_that_closes_is_named_and_the_others_are_read() -> None:
    with google_account() as account:
        fill(account)
        account.pull()
        before = set(account.shown())
        account.google.calendars[PROJECTS].closed = True
        account.google.insert({"summary": "Café", **timed(paris("2026-11-28 08:00"))})
        account.pull()
        assert set(account.shown()) == before | {("2026-11-28 08:00", "Café")}
        (remark,) = account.remarks()
        assert (remark.folder, remark.permanent) == (PROJECTS, False)
        account.google.calendars[PROJECTS].closed = False
        for batch in account.connector().fetch([remark.source_id], account.context()):
            account.records.commit(batch)
        assert not account.remarks()


def test_a_calendar_that_leaves_the_list_takes_its_meetings_along() -> None:
    with google_account() as account:
        fill(account)
        account.pull()
        del account.google.calendars[PROJECTS]
        account.pull()
        assert account.records.items == account.fresh().items
        assert not account.remarks()


def test_a_page_that_died_while_syncd_was_away_starts_the_list_over() -> None:
    with google_account(FakeGoogleCalendar(page=5)) as account:
        singles = fill(account)
        for number, batch in enumerate(account.batches()):
            if number == 3:
                assert batch.cursor is not None
                break
        account.google.expire_page_tokens()
        edit(account, singles)
        account.pull()
        assert account.records.items == account.fresh().items


def test_a_first_list_goes_on_at_the_page_where_it_was_stopped() -> None:
    with google_account(FakeGoogleCalendar(page=5)) as account:
        fill(account)
        whole = len(account.fresh().items)
        before = len(account.server.called("calendar.events.list"))
        for number, _ in enumerate(account.batches()):
            if number == 3:
                break
        account.pull()
        asked = len(account.server.called("calendar.events.list")) - before
        assert len(account.records.items) == whole
        assert asked == 8, "seven pages and one, none of them twice"


FAULTS: dict[str, tuple[Callable[[], Fault], type[SyncdError]]] = {
    "quota": (lambda: error(429, "Too fast", "rateLimitExceeded"), RateLimited),
    "quota as 403": (lambda: error(403, "Too fast", "userRateLimitExceeded"), RateLimited),
    "broken": (lambda: error(503, "Backend", "backendError"), Transient),
    "hang": (lambda: Hang(0.4), Transient),
    "reset": (Reset, Transient),
    "lost answer": (lambda: Reset(after_handling=True), Transient),
    "captive portal": (lambda: GARBAGE, Transient),
    "half an answer": (lambda: Response(200, b'{"items": ['), Transient),
    "no list": (lambda: Response(200, {"items": "none"}), Transient),
    "signed out": (lambda: error(401, "Invalid Credentials", "authError"), AuthRequired),
    "not enabled": (lambda: error(403, "Not used before", "accessNotConfigured"), UserError),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_passes_or_is_said_and_the_next_pull_mends_all(fault: str) -> None:
    make, said = FAULTS[fault]
    with google_account(FakeGoogleCalendar(page=10)) as account:
        singles = fill(account)
        whole = account.fresh().items
        for number in range(6):
            records = Records()
            _break_call(account, number, make)
            _pull_or_say(account, records, said)
            account.server.http.fault = lambda *_: None
            account.pull(records)
            assert records.items == whole
        account.pull()
        edit(account, singles)
        wanted = account.fresh().items
        for number in range(2):
            records = Records()
            records.items, records.cursor = dict(account.records.items), account.records.cursor
            _break_call(account, number, make)
            _pull_or_say(account, records, said)
            account.server.http.fault = lambda *_: None
            account.pull(records)
            assert records.items == wanted


def _break_call(account: Account, number: int, make: Callable[[], Fault]) -> None:
    """The call of this number and those after it fail."""
    first = account.server.http._count
    account.server.http.fault = lambda count, _: make() if count >= first + number else None


def _pull_or_say(account: Account, records: Records, said: type[SyncdError]) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(said) as caught:
        patch.setattr(api, "TIMEOUT", 0.2)
        account.pull(records)
    assert "ya29" not in str(caught.value)


@pytest.mark.parametrize("page", [3, 7, 40])
def test_killed_at_any_moment_it_ends_as_if_undisturbed(page: int) -> None:
    """A first sync, one with changes, and one after the tokens have expired: 102 kills in all."""
    chance = random.Random(page)
    with google_account(FakeGoogleCalendar(page=page)) as account:
        singles = fill(account)
        first = account.fresh()
        edit(account, singles)
        for kill in range(34):
            if kill == 28:
                account.google.expire_sync_tokens()
            records = Records()
            if kill % 2:
                records.items, records.cursor = dict(first.items), first.cursor
            _kill(account, records, chance.randrange(8), committed=chance.random() < 0.5)
            account.pull(records)
            assert records.items == account.fresh().items


def _kill(account: Account, records: Records, batch: int, *, committed: bool) -> None:
    """End a pull at a batch: before it is committed, or after."""
    account.clock.wait(60.0)
    running = account.connector().pull(records.cursor, account.context(records))
    for _ in range(batch):
        records.commit(next(running, Batch()))
    last = next(running, Batch())
    if committed:
        records.commit(last)
    running.close()  # type: ignore[attr-defined]  # it is a generator


class TestChoice:
    @pytest.fixture
    def google(self) -> FakeGoogleCalendar:
        google = FakeGoogleCalendar()
        google.add_calendar(PROJECTS, "Projets")
        google.add_calendar("fr.canadian#holiday@group.v.calendar.google.com", "Jours fériés")
        google.add_calendar("paul@cabinet.example", "Paul", selected=False)
        for number, name in enumerate(google.calendars):
            start = paris("2026-11-24 09:00") + timedelta(hours=number)
            google.insert(
                {"summary": google.calendars[name].entry["summary"], **timed(start)}, name
            )
        return google

    @pytest.mark.parametrize(
        ("options", "read"),
        [
            ({}, {"Camille Roy", "Projets", "Jours fériés"}),
            ({"leave_out": ["jours fériés"]}, {"Camille Roy", "Projets"}),
            ({"calendars": ["Projets", "paul@cabinet.example"]}, {"Projets", "Paul"}),
            ({"calendars": ["primary"]}, {"Camille Roy"}),
            ({"calendars": ["Projets", "Paul"], "leave_out": ["paul"]}, {"Projets"}),
        ],
    )
    def test_what_is_ticked_or_named_is_read(
        self, google: FakeGoogleCalendar, options: dict[str, Any], read: set[str]
    ) -> None:
        with google_account(google, **options) as account:
            account.pull()
            assert {title for _, title in account.shown()} == read

    def test_where_nothing_is_ticked_the_primary_one_is_read(
        self, google: FakeGoogleCalendar
    ) -> None:
        for calendar in google.calendars.values():
            calendar.entry["selected"] = False
        with google_account(google) as account:
            account.pull()
            assert {title for _, title in account.shown()} == {"Camille Roy"}

    def test_a_name_that_fits_none_is_the_users_to_mend(self, google: FakeGoogleCalendar) -> None:
        with google_account(google, calendars=["Projet"]) as account:
            with pytest.raises(UserError, match="'Projet'") as caught:
                account.connector().check()
            assert "did you mean 'Projets'?" in str(caught.value)
            with pytest.raises(UserError):
                account.pull()

    def test_left_out_later_its_meetings_go(self, google: FakeGoogleCalendar) -> None:
        with google_account(google) as account:
            account.pull()
            account.options = {"leave_out": ["Projets"]}
            account.pull()
            assert {title for _, title in account.shown()} == {"Camille Roy", "Jours fériés"}

    def test_my_addresses_are_told(self, google: FakeGoogleCalendar) -> None:
        with google_account(google) as account:
            own = {address for batch in account.batches() for address in batch.own}
            assert own == {"camille@cabinet.example"}


def test_a_new_address_of_mine_reads_the_calendars_again() -> None:
    with google_account() as account:
        fill(account)
        account.pull()
        context = account.context()
        assert len(account.pull()) == 2
        again = type(context)(**{**vars(context), "me": frozenset({"c.roy@home.example"})})
        calls = len(account.server.calls)
        for batch in account.connector().pull(account.records.cursor, again):
            account.records.commit(batch)
        assert [bool(call.one("syncToken")) for call in account.server.calls[calls:]] == [False] * 2

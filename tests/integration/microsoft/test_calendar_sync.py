"""Outlook's calendars over real HTTP: what is read, what it costs, and how windows move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from syncd.connectors.microsoft.calendar import Calendars
from syncd.errors import Transient, UserError
from syncd.model import Batch
from tests.contract.contract import NOW, Records
from tests.fakes.microsoft.calendar import DEFAULT, guest, person
from tests.fakes.microsoft.server import refused
from tests.fakes.server import Request
from tests.integration.microsoft.calendar_account import CalendarAccount, day

ANN = guest("Ann Lee", "ann.lee@client.example", "accepted")
WEEK = timedelta(days=7)
DELTA = "/v1.0/me/calendars/{}/calendarView/delta"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[CalendarAccount]:
    with CalendarAccount(tmp_path) as account:
        yield account


def deletions(batches: list[Batch]) -> list[str]:
    return [name for batch in batches for name in batch.deletions]


def deltas(account: CalendarAccount) -> int:
    return sum("calendarView/delta" in request for request in account.requests())


class TestSeries:
    def test_stubs_are_completed_from_a_master_fetched_once(self, account: CalendarAccount) -> None:
        account.outlook.tells_masters = False
        account.outlook.page_size = 10
        for number in range(3):
            account.outlook.add(
                f"Hebdo {number}", day(-30 + number), every=WEEK, count=20, attendees=[ANN]
            )
        account.pull()
        assert len(account.meetings()) == 60
        assert all(meeting.attendees and meeting.title for meeting in account.meetings())
        batched = [r.json()["requests"] for r, _ in account.graph.log if r.method == "POST"]
        assert sorted(part["url"] for parts in batched for part in parts) == sorted(
            f"/me/calendars/{DEFAULT[:-1]}%3D/events/{name[:-1]}%3D"
            for name in account.outlook.items
        )

    def test_one_uid_for_all_of_them(self, account: CalendarAccount) -> None:
        series = account.outlook.add("Hebdo", day(-7), every=WEEK, count=4)
        account.outlook.change_occurrence(series, 2, day(9, 15), subject="Hebdo, décalé")
        account.pull()
        assert len({meeting.uid for meeting in account.meetings()}) == 1
        # a single occurrence asked for by itself comes with an iCalUId of its own
        account.fetch([meeting.source_id for meeting in account.meetings()])
        assert len({meeting.uid for meeting in account.meetings()}) == 1

    @pytest.mark.parametrize("told", [True, False])
    def test_an_exception_takes_the_place_of_its_occurrence(
        self, account: CalendarAccount, told: bool
    ) -> None:
        account.outlook.tells_exceptions = told
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=3)
        account.pull()
        account.outlook.change_occurrence(series, 1, day(8, 15), subject="Hebdo, décalé")
        account.pull()
        assert account.titles() == ["Hebdo", "Hebdo, décalé", "Hebdo"]
        assert account.meeting("Hebdo, décalé").at == int(day(8, 15).timestamp())

    @pytest.mark.parametrize("answered", ["not found", "refused", "there"])
    def test_a_deleted_occurrence_that_nothing_tells(
        self, account: CalendarAccount, answered: Literal["not found", "refused", "there"]
    ) -> None:
        account.outlook.deleted_occurrences = answered
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=3)
        account.pull()
        account.outlook.delete_occurrence(series, 1)
        assert len(deletions(account.pull())) == 1
        assert [m.at for m in account.meetings()] == [int(day(n).timestamp()) for n in (0, 14)]

    def test_a_moved_series_leaves_nothing_behind(self, account: CalendarAccount) -> None:
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=3)
        account.pull()
        account.outlook.move(series, day(1))
        account.pull()
        assert [m.at for m in account.meetings()] == [int(day(n).timestamp()) for n in (1, 8, 15)]

    @pytest.mark.parametrize("told", [True, False])
    def test_a_deleted_series(self, account: CalendarAccount, told: bool) -> None:
        account.outlook.tells_deleted_occurrences = told
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=30)
        account.outlook.add("Point", day(1))
        account.pull()
        account.requests()
        account.outlook.delete(series)
        account.pull()
        assert account.titles() == ["Point"]
        assert len(account.requests()) == 2

    def test_a_meeting_becomes_a_series_and_back(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.repeat(event, WEEK, 3)
        account.pull()
        assert [meeting.recurring for meeting in account.meetings()] == [True] * 3
        account.outlook.repeat_no_more(event)
        account.pull()
        assert [meeting.recurring for meeting in account.meetings()] == [False]

    def test_it_is_no_series_any_more_when_its_turn_comes(self, account: CalendarAccount) -> None:
        account.outlook.tells_masters = False
        series = account.outlook.add("Hebdo", day(1), every=WEEK, count=3)
        account.pull()
        account.outlook.edit(series, subject="Point")

        def fault(_number: int, request: Request) -> None:
            if request.path.endswith("/instances") and account.outlook.items[series].series:
                account.outlook.repeat_no_more(series)

        account.graph.fault = fault
        account.pull()
        assert not account.meetings()
        account.pull()
        assert [(m.title, m.recurring) for m in account.meetings()] == [("Point", False)]

    def test_the_master_itself_is_no_meeting(self, account: CalendarAccount) -> None:
        """It comes along with the time of its first occurrence, perhaps years ago."""
        account.outlook.add("Revue annuelle", day(-3650), every=timedelta(days=365), count=20)
        account.pull()
        assert len(account.meetings()) == 2
        assert all(m.at > (NOW - timedelta(days=366)).timestamp() for m in account.meetings())


class TestChanges:
    def test_edits_answers_and_cancellations_arrive(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1), attendees=[guest("Marc", "m@client.example")])
        account.pull()
        answered = [guest("Marc", "m@client.example", "declined")]
        account.outlook.edit(event, subject="Point mandat", attendees=answered)
        account.pull()
        assert account.meeting("Point mandat").attendees[0].response == "declined"
        account.outlook.edit(event, isCancelled=True)
        account.pull()
        assert account.meeting("Point mandat").status == "cancelled"

    def test_a_meeting_moved_beyond_the_horizon_is_no_longer_next_week(
        self, account: CalendarAccount
    ) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.move(event, day(3000))
        account.pull()
        assert not account.meetings()

    def test_removed_and_there_all_the_same(self, account: CalendarAccount) -> None:
        """What changes outside the window is told as removed: it is not gone."""
        event = account.outlook.add("Ancien point", day(-300))
        account.outlook.add("Point", day(1))
        account.pull()
        account.history = timedelta(days=100)
        account.now += timedelta(days=60)
        account.pull()  # the new window does not hold it any more
        assert account.titles() == ["Ancien point", "Point"]
        account.outlook.edit(event, subject="Vieux point")
        assert not deletions(account.pull())
        assert account.titles() == ["Vieux point", "Point"]
        account.outlook.delete(event)
        account.pull()
        assert account.titles() == ["Point"]

    def test_into_another_calendar(self, account: CalendarAccount) -> None:
        team = account.outlook.add_calendar("Équipe")
        event = account.outlook.add("Point", day(1))
        series = account.outlook.add("Hebdo", day(2), every=WEEK, count=2)
        account.pull()
        account.outlook.move_to(event, team)
        account.outlook.move_to(series, team)
        account.pull()
        assert {meeting.folder for meeting in account.meetings()} == {f"calendar:{team}"}
        assert len(account.meetings()) == 3

    def test_one_that_vanishes_between_the_listing_and_its_master(
        self, account: CalendarAccount
    ) -> None:
        account.outlook.tells_masters = False
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=3)
        account.outlook.add("Point", day(1))

        def fault(number: int, _request: object) -> None:
            if number == 2:
                account.outlook.delete(series)

        account.graph.fault = fault
        account.pull()
        assert account.titles() == ["Point"]
        assert not account.records.failures


class TestCost:
    def test_nothing_new_is_one_request_for_each_calendar(self, account: CalendarAccount) -> None:
        for name in ("Équipe", "Projets"):
            calendar = account.outlook.add_calendar(name)
            for number in range(40):
                account.outlook.add(f"Point {number}", day(number), calendar=calendar)
            account.outlook.add("Hebdo", day(0), calendar=calendar, every=WEEK, count=50)
        account.pull()
        account.requests()
        account.now += timedelta(minutes=5)
        account.pull()
        assert sorted(account.requests()) == sorted(
            "GET " + DELTA.format(name.replace("=", "%3D")) for name in account.outlook.calendars
        )

    def test_one_changed_meeting_is_no_further_request(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.requests()
        account.outlook.edit(event, subject="Point mandat")
        account.pull()
        assert len(account.requests()) == 1

    def test_a_changed_series_is_one_more(self, account: CalendarAccount) -> None:
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=50)
        account.pull()
        account.requests()
        account.outlook.edit(series, subject="Hebdo, mandat")
        account.pull()
        assert [request.rpartition("/")[2] for request in account.requests()] == [
            "delta",
            "instances",
        ]

    def test_the_list_of_calendars_is_read_four_times_a_day(self, account: CalendarAccount) -> None:
        for _ in range(24):
            account.pull()
            account.now += timedelta(hours=1)
        assert account.requests().count("GET /v1.0/me/calendars") == 4


class TestWindows:
    def test_no_view_is_longer_than_graph_allows(self, account: CalendarAccount) -> None:
        account.history = timedelta(days=3650)
        account.outlook.add("Il y a longtemps", day(-3600))
        account.outlook.add("Point", day(1))
        account.pull()
        assert account.titles() == ["Il y a longtemps", "Point"]
        assert deltas(account) == 3

    def test_what_times_out_is_asked_for_in_smaller_pieces(self, account: CalendarAccount) -> None:
        account.outlook.largest_window = timedelta(days=120)
        series = account.outlook.add("Quotidien", day(-300), every=timedelta(days=1), count=600)
        account.pull()
        assert len(account.meetings()) == 600
        account.outlook.delete_occurrence(series, 300)
        account.pull()
        assert len(account.meetings()) == 599
        account.requests()
        account.pull()
        assert deltas(account) == 8

    def test_a_series_that_times_out_too(self, account: CalendarAccount) -> None:
        series = account.outlook.add("Quotidien", day(-300), every=timedelta(days=1), count=600)
        account.pull()
        account.outlook.largest_window = timedelta(days=120)
        account.outlook.delete_occurrence(series, 300)
        account.pull()
        assert len(account.meetings()) == 599
        # the token of the whole window still works
        account.requests()
        account.pull()
        assert deltas(account) == 1

    def test_a_view_that_times_out_later_is_split_then(self, account: CalendarAccount) -> None:
        events = [account.outlook.add(f"Point {n}", day(30 * n)) for n in range(10)]
        account.pull()
        account.outlook.delete(events[0])
        account.graph.fault = lambda _number, request: (
            refused(504, "UnknownError") if "$deltatoken" in request.query else None
        )
        account.pull()
        assert account.titles() == [f"Point {n}" for n in range(1, 10)]
        account.graph.fault = lambda *_: None
        account.requests()
        account.pull()
        assert deltas(account) == 2

    def test_a_calendar_that_always_times_out_does_not_stop_the_others(
        self, account: CalendarAccount
    ) -> None:
        team = account.outlook.add_calendar("Équipe")
        account.outlook.add("Point", day(1))
        account.outlook.add("Revue", day(2), calendar=team)
        account.graph.fault = lambda _number, request: (
            refused(504, "UnknownError") if f"/{DEFAULT[:-1]}%3D/" in request.path else None
        )
        with pytest.raises(Transient):
            account.pull()
        assert account.titles() == ["Revue"]
        account.graph.fault = lambda *_: None
        account.pull()
        assert account.titles() == ["Point", "Revue"]

    def test_the_window_rolls_and_history_stays(self, account: CalendarAccount) -> None:
        account.outlook.add("Il y a un an", day(-360))
        account.outlook.add("Annuel", day(-100), every=timedelta(days=365), count=5)
        account.outlook.add("Dans un an", day(420))
        account.pull()
        assert account.titles() == ["Il y a un an", "Annuel", "Annuel"]
        account.now += timedelta(days=29)
        account.requests()
        account.pull()
        assert deltas(account) == 1
        account.now += timedelta(days=2)
        assert not deletions(account.pull())
        assert deltas(account) == 2
        assert account.titles() == ["Il y a un an", "Annuel", "Annuel", "Dans un an"]

    def test_what_moved_beyond_the_old_horizon_into_the_new_one(
        self, account: CalendarAccount
    ) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.move(event, day(420))
        account.now += timedelta(days=31)
        account.pull()
        assert account.meeting("Point").at == int(day(420).timestamp())

    def test_what_was_deleted_just_before_the_window_rolled(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.delete(event)
        account.outlook.expire()
        account.now += timedelta(days=31)
        account.pull()
        assert not account.meetings()

    def test_a_longer_history_is_read_when_it_is_asked_for(self, account: CalendarAccount) -> None:
        account.outlook.add("Il y a longtemps", day(-600))
        account.pull()
        account.history = timedelta(days=730)
        account.pull()
        assert account.titles() == ["Il y a longtemps"]

    def test_when_i_get_another_address_all_is_read_again(self, account: CalendarAccount) -> None:
        account.outlook.add("Point", day(1))
        account.pull()
        account.records.cursor = {**(account.records.cursor or {}), "meaning": "another"}
        assert sum(len(batch.upserts) for batch in account.pull()) == 1
        assert sum(len(batch.upserts) for batch in account.pull()) == 0


class TestExpiry:
    def test_that_calendar_alone_is_listed_again_once(self, account: CalendarAccount) -> None:
        team = account.outlook.add_calendar("Équipe")
        gone = account.outlook.add("Point", day(1))
        account.outlook.add("Réunion", day(2))
        account.outlook.add("Revue", day(2), calendar=team)
        account.pull()
        account.requests()
        account.outlook.delete(gone)
        account.graph.fault = lambda number, _request: (
            refused(410, "SyncStateNotFound") if number == 3 else None
        )
        assert deletions(account.pull()) == [f"e:{gone}"]
        assert account.titles() in (["Réunion", "Revue"], ["Revue", "Réunion"])
        assert deltas(account) == 3

    def test_only_what_graph_no_longer_has_is_deleted(self, account: CalendarAccount) -> None:
        """A listing that comes back empty deletes nothing by itself."""
        for number in range(30):
            account.outlook.add(f"Point {number}", day(number))
        account.pull()
        account.outlook.expire()
        account.outlook.tells_nothing = True
        assert not deletions(account.pull())
        assert len(account.meetings()) == 30

    def test_what_became_a_series_meanwhile(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.repeat(event, WEEK, 3)
        account.outlook.expire()
        account.pull()
        assert [meeting.recurring for meeting in account.meetings()] == [True] * 3

    def test_tokens_that_never_live_long_are_not_asked_for_forever(
        self, account: CalendarAccount
    ) -> None:
        account.outlook.page_size = 1
        account.outlook.add("Point", day(1))
        account.outlook.add("Réunion", day(2))
        account.graph.fault = lambda _number, request: (
            refused(410, "SyncStateNotFound") if "$skiptoken" in request.query else None
        )
        with pytest.raises(Transient, match="losing its place"):
            account.pull()
        assert deltas(account) < 10
        account.graph.fault = lambda *_: None
        account.pull()
        assert account.titles() == ["Point", "Réunion"]


class TestFirstSync:
    def test_killed_after_any_page_it_goes_on_from_there(self, account: CalendarAccount) -> None:
        account.outlook.page_size = 5
        for number in range(30):
            account.outlook.add(f"Point {number}", day(number))
        whole = account.fresh()
        pages = deltas(account)
        assert pages == 6
        for committed in range(1, pages + 1):
            records = Records()
            account.pull(records, commits=committed)
            account.requests()
            account.pull(records)
            assert records.items == whole.items
            # a page is handed out before the kill, and asked for again
            assert deltas(account) <= pages - committed + 1

    def test_what_is_deleted_while_it_times_out_half_way(self, account: CalendarAccount) -> None:
        account.outlook.page_size = 5
        events = [account.outlook.add(f"Point {n}", day(n)) for n in range(12)]
        account.pull(commits=1)
        assert "Point 0" in account.titles()
        account.outlook.delete(events[0])
        assert account.records.cursor is not None
        (state,) = account.records.cursor["calendars"].values()
        token = state["todo"][0]["link"].rpartition("=")[2]
        account.graph.fault = lambda _number, request: (
            refused(504, "UnknownError") if request.one("$skiptoken") == token else None
        )
        account.pull()
        assert account.titles() == [f"Point {n}" for n in range(1, 12)]

    def test_each_batch_has_its_newest_first(self, account: CalendarAccount) -> None:
        for number in range(10):
            account.outlook.add(f"Point {number}", day((number * 7) % 10))
        for batch in account.pull():
            moments = [item.at for item in batch.upserts]
            assert moments == sorted(moments, reverse=True)


class TestChoice:
    def test_shared_calendars_are_their_owners(self, account: CalendarAccount) -> None:
        shared = account.outlook.add_calendar("Ann Lee", "ann.lee@client.example")
        account.outlook.add("Point", day(1))
        account.outlook.add("Dentiste", day(1), calendar=shared)
        account.pull()
        assert account.titles() == ["Point"]

    def test_unless_they_are_asked_for(self, tmp_path: Path) -> None:
        ann = person("Ann Lee", "ann.lee@client.example")
        with CalendarAccount(tmp_path, calendars=["ann*"]) as account:
            shared = account.outlook.add_calendar("Ann Lee", "ann.lee@client.example")
            account.outlook.add("Dentiste", day(1), calendar=shared, organizer=ann)
            account.outlook.add("Point", day(1))
            account.pull()
            assert account.titles() == ["Dentiste"]
            assert account.meeting("Dentiste").purpose == "other"

    def test_some_are_left_out(self, tmp_path: Path) -> None:
        with CalendarAccount(tmp_path, leave_out_calendars=["Vac*"]) as account:
            holidays = account.outlook.add_calendar("Vacances")
            account.outlook.add("Noël", day(30), calendar=holidays)
            account.outlook.add("Point", day(1))
            account.pull()
            assert account.titles() == ["Point"]

    def test_none_at_all_needs_no_permission(self, account: CalendarAccount) -> None:
        account.outlook.add("Point", day(1))
        account.pull()
        account.requests()
        account.options["leave_out_calendars"] = ["*"]
        account.now += timedelta(hours=7)
        account.pull()
        assert not account.meetings()
        assert not account.requests()

    def test_none_left_is_the_users_to_mend(self, tmp_path: Path) -> None:
        with (
            CalendarAccount(tmp_path, calendars=["Nothing"]) as account,
            pytest.raises(UserError, match="Calendrier"),
        ):
            account.pull()

    def test_a_calendar_that_is_removed_takes_its_meetings_along(
        self, account: CalendarAccount
    ) -> None:
        team = account.outlook.add_calendar("Équipe")
        account.outlook.add("Revue", day(2), calendar=team)
        account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.remove_calendar(team)
        account.pull()
        assert account.titles() == ["Point"]

    def test_what_an_entry_is_for_follows_the_name_of_its_calendar(
        self, account: CalendarAccount
    ) -> None:
        team = account.outlook.add_calendar("Équipe")
        whole_day = {"isAllDay": True, "length": timedelta(days=1)}
        account.outlook.add("Ann Lee", day(2, 0), calendar=team, **whole_day)
        account.pull()
        assert account.meeting("Ann Lee").purpose == "meeting"
        account.outlook.calendars[team].name = "Anniversaires"
        account.now += timedelta(hours=7)
        account.pull()
        assert account.meeting("Ann Lee").purpose == "birthday"

    def test_a_calendar_that_cannot_be_read_is_named(self, account: CalendarAccount) -> None:
        team = account.outlook.add_calendar("Équipe")
        account.outlook.add("Point", day(1))
        account.graph.fault = lambda _number, request: (
            refused(403, "ErrorAccessDenied") if team[:-1] in request.path else None
        )
        with pytest.raises(UserError, match="Équipe"):
            account.pull()
        assert account.titles() == ["Point"]

    def test_a_calendar_left_out_later_is_forgotten(self, account: CalendarAccount) -> None:
        team = account.outlook.add_calendar("Équipe")
        account.outlook.add("Revue", day(2), calendar=team)
        account.pull()
        account.options["leave_out_calendars"] = ["équipe"]
        account.now += timedelta(hours=7)
        account.pull()
        assert not account.meetings()


class TestSetAside:
    def test_a_broken_series_is_retried_and_stops_nobody(self, account: CalendarAccount) -> None:
        account.outlook.tells_masters = False
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=3)
        account.outlook.add("Point", day(1))
        account.outlook.broken.add(series)
        account.pull()
        assert account.titles() == ["Point"]
        assert len(account.records.failures) == 3
        account.outlook.broken.clear()
        account.fetch(account.records.failures)
        assert not account.records.failures
        assert account.titles() == ["Hebdo", "Point", "Hebdo", "Hebdo"]

    def test_an_event_without_a_start(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1))
        account.outlook.add("Réunion", day(2))
        account.outlook.edit(event, start={"dateTime": "soon", "timeZone": "UTC"})
        account.pull()
        assert account.titles() == ["Réunion"]
        (failure,) = account.records.failures.values()
        assert failure.permanent
        assert "invalid date" in failure.reason

    def test_what_graph_cannot_tell_of_is_not_deleted(self, account: CalendarAccount) -> None:
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.move(event, day(3000))  # told as removed
        account.outlook.broken.add(event)
        assert not deletions(account.pull())
        assert "could not be found out" in account.records.failures[f"e:{event}"].reason
        account.outlook.broken.clear()
        account.outlook.delete(event)
        account.fetch(account.records.failures)
        assert not account.meetings()

    def test_what_moves_and_cannot_be_read_there_is_not_forgotten(
        self, account: CalendarAccount
    ) -> None:
        team = account.outlook.add_calendar("Équipe")
        event = account.outlook.add("Point", day(1))
        account.pull()
        account.outlook.move_to(event, team)
        account.outlook.edit(event, start={"dateTime": "soon", "timeZone": "UTC"})
        assert not deletions(account.pull())
        assert account.records.failures[f"e:{event}"].folder == f"calendar:{team}"

    def test_what_is_gone_comes_back_from_fetch_as_a_deletion(
        self, account: CalendarAccount
    ) -> None:
        event = account.outlook.add("Point", day(1))
        series = account.outlook.add("Hebdo", day(0), every=WEEK, count=3)
        account.pull()
        account.outlook.delete(event)
        account.outlook.delete_occurrence(series, 1)
        account.fetch([meeting.source_id for meeting in account.meetings()])
        assert account.titles() == ["Hebdo", "Hebdo"]


def test_records_and_folders_of_its_own() -> None:
    assert Calendars.owns("e:event-1=") and not Calendars.owns("m:message-1=")
    assert Calendars.owns_folder(f"calendar:{DEFAULT}") and not Calendars.owns_folder("Inbox")

"""Recurring series at Google, step by step as a user changes them: what is recorded is what the
web page would show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from syncd.connectors.google import calendar_sync
from tests.fakes.google.calendar import timed
from tests.integration.google.calendar_account import (
    NOW,
    Account,
    google_account,
    key,
    looking_from,
    paris,
)

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=5"]


@pytest.fixture
def account() -> Iterator[Account]:
    with google_account() as found:
        yield found


@pytest.fixture
def series(account: Account) -> str:
    """Five Tuesdays at 9:30, from 17 November on; synced."""
    name = account.google.insert(
        {"summary": "Point mandat", "recurrence": WEEKLY, **timed(paris("2026-11-17 09:30"), 45)}
    )
    account.pull()
    assert [start for start, _ in account.shown()] == [
        "2026-11-17 09:30",
        "2026-11-24 09:30",
        "2026-12-01 09:30",
        "2026-12-08 09:30",
        "2026-12-15 09:30",
    ]
    return name


def same_as_fresh(account: Account) -> bool:
    return account.records.items == account.fresh().items


def test_an_occurrence_that_is_moved_takes_the_place_of_its_date(
    account: Account, series: str
) -> None:
    moved = timed(paris("2026-11-26 14:00"), 30)
    account.google.change_occurrence(series, key("2026-11-24 09:30"), **moved)
    assert len(account.pull()) == 1
    assert [start for start, _ in account.shown()] == [
        "2026-11-17 09:30",
        "2026-11-26 14:00",
        "2026-12-01 09:30",
        "2026-12-08 09:30",
        "2026-12-15 09:30",
    ]
    assert {meeting.uid for meeting in account.meetings()} == {f"{series}@google.com"}
    assert same_as_fresh(account)


def test_a_change_of_the_series_keeps_its_exceptions_that_do_not_come_again(
    account: Account, series: str
) -> None:
    account.google.change_occurrence(
        series, key("2026-11-24 09:30"), **timed(paris("2026-11-26 14:00"))
    )
    account.google.cancel_occurrence(series, key("2026-12-08 09:30"))
    account.pull()
    account.google.patch(series, location="12 rue de Rivoli, 75001 Paris")
    account.pull()
    assert [start for start, _ in account.shown()] == [
        "2026-11-17 09:30",
        "2026-11-26 14:00",
        "2026-12-01 09:30",
        "2026-12-15 09:30",
    ]
    assert [
        meeting.place.verdict for meeting in sorted(account.meetings(), key=lambda m: m.at)
    ] == [
        "in_person",
        "unknown",
        "in_person",
        "in_person",
    ]
    assert same_as_fresh(account)


def test_a_cancelled_occurrence_goes_and_can_come_back(account: Account, series: str) -> None:
    account.google.cancel_occurrence(series, key("2026-11-24 09:30"))
    account.pull()
    assert "2026-11-24 09:30" not in [start for start, _ in account.shown()]
    assert same_as_fresh(account)
    account.google.change_occurrence(series, key("2026-11-24 09:30"), status="confirmed")
    account.pull()
    assert len(account.shown()) == 5
    assert same_as_fresh(account)


def test_what_follows_is_cut_off(account: Account, series: str) -> None:
    account.google.cancel_occurrence(series, key("2026-12-08 09:30"))
    account.pull()
    account.google.cut(series, key("2026-12-01 09:30"))
    account.pull()
    assert [start for start, _ in account.shown()] == ["2026-11-17 09:30", "2026-11-24 09:30"]
    assert same_as_fresh(account)


def test_this_and_following_changed_is_a_second_series(account: Account, series: str) -> None:
    account.google.change_occurrence(series, key("2026-12-08 09:30"), summary="Avec le DAF")
    account.pull()
    account.google.split(
        series,
        key("2026-12-01 09:30"),
        summary="Point élargi",
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
    )
    account.pull()
    assert account.shown() == [
        ("2026-11-17 09:30", "Point mandat"),
        ("2026-11-24 09:30", "Point mandat"),
        ("2026-12-01 09:30", "Point élargi"),
        ("2026-12-08 09:30", "Point élargi"),
        ("2026-12-15 09:30", "Point élargi"),
    ]
    assert same_as_fresh(account)


def test_a_deleted_series_leaves_nothing(account: Account, series: str) -> None:
    account.google.insert({"summary": "Autre chose", **timed(paris("2026-11-25 11:00"))})
    account.google.change_occurrence(series, key("2026-11-24 09:30"), summary="Avec le DAF")
    account.pull()
    account.google.delete(series)
    account.pull()
    assert account.shown() == [("2026-11-25 11:00", "Autre chose")]
    assert same_as_fresh(account)


def test_an_event_becomes_a_series_and_an_event_again(account: Account) -> None:
    name = account.google.insert({"summary": "Café", **timed(paris("2026-11-24 08:30"))})
    account.pull()
    account.google.patch(name, recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    account.pull()
    assert [start for start, _ in account.shown()] == ["2026-11-24 08:30", "2026-11-25 08:30"]
    account.google.patch(name, recurrence=[])
    account.pull()
    assert [start for start, _ in account.shown()] == ["2026-11-24 08:30"]
    assert same_as_fresh(account)


def test_an_invitation_to_one_occurrence_of_a_series_i_do_not_have(account: Account) -> None:
    account.google.insert(
        {
            "id": f"foreign_{key('2026-11-24 16:00')}",
            "recurringEventId": "foreign",
            "originalStartTime": timed(paris("2026-11-24 16:00"))["start"],
            "summary": "Comité de pilotage",
            **timed(paris("2026-11-24 16:00")),
        }
    )
    account.pull()
    account.google.insert({"summary": "Autre chose", **timed(paris("2026-11-25 11:00"))})
    account.pull()
    assert account.shown()[0] == ("2026-11-24 16:00", "Comité de pilotage")


def test_an_endless_series_reaches_the_horizon_and_goes_on_with_it(account: Account) -> None:
    account.google.insert(
        {
            "summary": "Revue mensuelle",
            "recurrence": ["RRULE:FREQ=MONTHLY"],
            **timed(paris("2024-01-15 10:00")),
        }
    )
    account.pull()
    assert account.shown()[-1][0] == "2027-12-15 10:00"
    assert account.shown()[0][0] == "2024-12-15 10:00"
    looking_from(account, NOW + timedelta(days=10))
    assert len(account.pull()) == 2, "the list of calendars, and what has changed"
    assert account.shown()[-1][0] == "2027-12-15 10:00"
    looking_from(account, NOW + timedelta(days=60))
    account.pull()
    assert account.shown()[-1][0] == "2028-02-15 10:00"
    assert account.shown()[0][0] == "2024-12-15 10:00", "history that was read stays"


def test_winter_time_keeps_the_clock_on_the_wall(account: Account) -> None:
    account.google.insert(
        {
            "summary": "Stand-up",
            "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"],
            **timed(paris("2026-10-19 09:00")),
        }
    )
    account.pull()
    assert [start for start, _ in account.shown()] == [
        "2026-10-19 09:00",
        "2026-10-26 09:00",
        "2026-11-02 09:00",
    ]


@pytest.mark.parametrize(
    ("recurrence", "kept", "said"),
    [
        (["RRULE:FREQ=SOMETIMES"], 1, "makes no sense"),
        (["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:soon"], 3, "invalid date"),
        (["RRULE:FREQ=WEEKLY;COUNT=3", "DTSTART:20200101T000000Z"], 3, "left out"),
        (["RRULE:FREQ=SECONDLY"], 1, "too often"),
    ],
)
def test_what_makes_no_sense_is_kept_as_far_as_it_goes_and_named(
    account: Account, recurrence: list[str], kept: int, said: str
) -> None:
    account.google.insert(
        {"summary": "Point", "recurrence": recurrence, **timed(paris("2026-11-24 09:00"))}
    )
    account.pull()
    assert len(account.shown()) == kept
    (remark,) = account.remarks()
    assert said in remark.reason
    assert remark.kept
    assert remark.permanent


def test_an_unknown_zone_is_taken_for_the_calendars_own(account: Account) -> None:
    start = {"dateTime": "2026-10-19T09:00:00+02:00", "timeZone": "Mars/Olympus"}
    end = {"dateTime": "2026-10-19T10:00:00+02:00", "timeZone": "Mars/Olympus"}
    account.google.insert(
        {
            "summary": "Point",
            "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"],
            "start": start,
            "end": end,
        }
    )
    account.pull()
    assert [start for start, _ in account.shown()] == ["2026-10-19 09:00", "2026-10-26 09:00"]
    assert "not known" in account.remarks()[0].reason
    assert not account.records.failures[account.remarks()[0].source_id].reason.count("Mars")


def test_a_remark_goes_when_the_event_is_mended(account: Account) -> None:
    name = account.google.insert(
        {"summary": "Point", "recurrence": ["RRULE:nonsense"], **timed(paris("2026-11-24 09:00"))}
    )
    account.google.insert({"summary": "Autre chose", **timed(paris("2026-11-25 11:00"))})
    account.google.insert({"summary": "Encore", **timed(paris("2026-11-26 11:00"))})
    account.pull()
    assert len(account.remarks()) == 1
    account.google.patch(name, recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    account.pull()
    assert not account.remarks()


def test_an_occurrence_moved_to_before_the_history_is_not_put_back(account: Account) -> None:
    series = account.google.insert(
        {"summary": "Point", "recurrence": WEEKLY, **timed(paris("2024-11-20 09:00"))}
    )
    account.google.change_occurrence(
        series, key("2024-11-27 09:00"), **timed(paris("2024-11-19 09:00"))
    )
    account.pull()
    assert [start for start, _ in account.shown()] == [
        "2024-12-04 09:00",
        "2024-12-11 09:00",
        "2024-12-18 09:00",
    ]


def test_more_meetings_than_a_calendar_can_hold_are_named(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_sync, "MOST_MEETINGS", 500)
    for _ in range(2):
        account.google.insert(
            {
                "summary": "Stand-up",
                "recurrence": ["RRULE:FREQ=DAILY"],
                **timed(paris("2026-11-01 09:00")),
            }
        )
    account.pull()
    assert len(account.shown()) == 422
    (remark,) = account.remarks()
    assert "more meetings" in remark.reason
    assert account.records.items == account.fresh().items


def test_an_event_without_an_id_is_named_and_the_others_are_read(account: Account) -> None:
    account.google.insert({"summary": "Point", **timed(paris("2026-11-24 09:00"))})
    account.google._put("", {"id": "", "status": "confirmed", "summary": "Sans nom"})
    account.pull()
    assert account.shown() == [("2026-11-24 09:00", "Point")]
    assert "without an id" in account.remarks()[0].reason

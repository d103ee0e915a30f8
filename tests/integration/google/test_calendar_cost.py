"""What a pull of Google Calendar asks for, and how it keeps to the quota."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.integration.google.calendar_account import (
    NOW,
    google_account,
    looking_from,
    paris,
)


def test_nothing_new_is_one_request_for_each_calendar_and_none_else() -> None:
    with google_account() as account:
        account.google.add_calendar("projets@group.calendar.google.com", "Projets")
        for day in range(1, 20):
            account.google.insert({"summary": "Point", **timed(paris(f"2026-11-{day:02} 09:00"))})
        account.pull()
        calls = account.pull()
        assert [call.method for call in calls] == ["calendar.events.list"] * 2
        assert {call.path["calendarId"] for call in calls} == {
            "camille@cabinet.example",
            "projets@group.calendar.google.com",
        }


def test_one_change_is_one_request() -> None:
    with google_account() as account:
        name = account.google.insert({"summary": "Point", **timed(paris("2026-11-24 09:00"))})
        account.pull()
        account.google.patch(name, summary="Point mandat")
        assert len(account.pull()) == 1
        assert account.shown() == [("2026-11-24 09:00", "Point mandat")]


def test_nothing_new_is_nothing_to_commit_but_the_place() -> None:
    with google_account() as account:
        account.google.insert({"summary": "Point", **timed(paris("2026-11-24 09:00"))})
        account.pull()
        (batch,) = account.batches()
        assert not (batch.upserts or batch.deletions or batch.failed)


def test_the_list_of_calendars_is_read_again_after_six_hours() -> None:
    with google_account() as account:
        account.pull()
        account.google.add_calendar("projets@group.calendar.google.com", "Projets")
        account.google.insert(
            {"summary": "Atelier", **timed(paris("2026-11-24 09:00"))},
            "projets@group.calendar.google.com",
        )
        looking_from(account, NOW + timedelta(hours=5))
        account.pull()
        assert not account.shown()
        looking_from(account, NOW + timedelta(hours=7))
        account.pull()
        assert account.shown() == [("2026-11-24 09:00", "Atelier")]


@pytest.mark.parametrize("events", [30, 90])
def test_a_first_sync_asks_for_no_more_than_its_pages(events: int) -> None:
    with google_account(FakeGoogleCalendar(page=30)) as account:
        for number in range(events):
            start = paris("2026-11-01 09:00") + timedelta(hours=number)
            account.google.insert({"summary": "Point", **timed(start)})
        calls = account.pull()
        assert [call.method for call in calls].count("calendar.events.list") == events // 30
        assert len(account.shown()) == events


def test_the_quota_is_approached_and_never_met() -> None:
    """1,800 pages at 600 requests a minute: simulated time, on which the fake's quota runs too."""
    with google_account(FakeGoogleCalendar(page=1)) as account:
        for number in range(900):
            start = paris("2026-10-01 09:00") + timedelta(hours=number)
            account.google.insert({"summary": "Point", **timed(start)})
        account.google.add_calendar("projets@group.calendar.google.com", "Projets")
        for number in range(900):
            start = paris("2026-10-01 09:00") + timedelta(hours=number)
            account.google.insert(
                {"summary": "Atelier", **timed(start)}, "projets@group.calendar.google.com"
            )
        account.pull()
        assert account.server.meter.refused == 0
        minutes = sum(account.clock.waits[1:]) / 60
        assert 1800 / minutes >= 0.9 * 600

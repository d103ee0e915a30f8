"""A Google Calendar account through the whole of syncd: from its events to the summary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.offices import ME, MONDAY, Office, day
from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.fakes.google.server import GoogleServer

ANN = "ann.lee@client.example"
GUESTS = [
    {"email": ME, "self": True, "responseStatus": "accepted"},
    {"email": ANN, "displayName": "Ann Lee", "responseStatus": "accepted"},
]


@pytest.fixture
def google() -> FakeGoogleCalendar:
    return FakeGoogleCalendar(ME)


@pytest.fixture
def office(tmp_path: Path, google: FakeGoogleCalendar) -> Iterator[Office]:
    with GoogleServer(google) as server:
        account = {"user": ME, "endpoint": server.url, "token_command": "echo ya29.fake"}
        yield Office(
            tmp_path,
            settings={
                "accounts": [
                    {"name": "meetings", "connector": "google_calendar", **account},
                    {"name": "again", "connector": "ics", "path": str(tmp_path / "calendar.ics")},
                ]
            },
        )


def test_a_meeting_in_two_calendars_is_one(office: Office, google: FakeGoogleCalendar) -> None:
    at = day(11, 12, 9)
    office.meet("Point mandat", at, [ANN], uid="shared@client.example", location="Salle Monet")
    google.insert(
        {
            "summary": "Point mandat",
            "iCalUID": "shared@client.example",
            "attendees": GUESTS,
            **timed(at),
        }
    )
    google.insert(
        {
            "summary": "Suivi",
            "attendees": GUESTS,
            "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"],
            "hangoutLink": "https://meet.google.com/abc-defg-hij",
            **timed(day(11, 13, 9)),
        }
    )
    snapshot = office.once().result.snapshot
    assert [meeting.title for meeting in snapshot.meetings] == ["Point mandat", "Suivi", "Suivi"]
    ann = snapshot.people[ANN]
    assert (ann.facts.met_in_person_365d, ann.facts.met_virtual_365d) == (1, 2)


def test_time_away_stops_my_clocks_and_a_colleagues_does_not(
    office: Office, google: FakeGoogleCalendar
) -> None:
    google.add_calendar("paul@cabinet.example", "Paul")
    away = {"eventType": "outOfOffice", "summary": "Absence"}
    google.insert({**away, **timed(day(11, 17, 0), 24 * 60)})
    google.insert({**away, **timed(day(11, 18, 0), 24 * 60)}, "paul@cabinet.example")
    workdays = office.once().result.snapshot.workdays
    assert not workdays.is_workday(day(11, 17).date())
    assert workdays.is_workday(day(11, 18).date())


def test_a_birthday_that_google_keeps_is_said(office: Office, google: FakeGoogleCalendar) -> None:
    google.insert({"summary": "Point", "attendees": GUESTS, **timed(day(11, 12, 9))})
    google.insert(
        {
            "summary": "Anniversaire de Ann Lee",
            "eventType": "birthday",
            "birthdayProperties": {"type": "birthday", "contact": "people/c1"},
            "recurrence": ["RRULE:FREQ=YEARLY"],
            "start": {"date": "2020-11-24"},
            "end": {"date": "2020-11-25"},
        }
    )
    office.rules = [{"name": "days", "type": "birthdays"}]
    (item,) = office.once().of("birthdays", who=ANN)
    assert item["due"] == "2026-11-24"


def test_a_series_that_is_deleted_goes_without_a_question(
    office: Office, google: FakeGoogleCalendar
) -> None:
    """Its occurrences are most of what is recorded, and Google itself says that they are gone."""
    series = google.insert(
        {"summary": "Stand-up", "recurrence": ["RRULE:FREQ=DAILY"], **timed(day(6, 1, 9), 15)}
    )
    google.insert({"summary": "Point", **timed(day(11, 12, 9))})
    assert len(office.once().result.snapshot.meetings) > 400
    google.delete(series)
    morning = office.once(MONDAY + timedelta(minutes=10))
    assert [meeting.title for meeting in morning.result.snapshot.meetings] == ["Point"]
    states = {one["account"]: one["state"] for one in morning.document["coverage"]}
    assert states["meetings"] == "complete"


def test_a_calendar_that_comes_back_nearly_empty_asks_before_it_deletes(
    office: Office, google: FakeGoogleCalendar
) -> None:
    names = [
        google.insert({"summary": "Point", **timed(day(11, 1, 9) + timedelta(hours=hour))})
        for hour in range(0, 300, 2)
    ]
    office.once()
    google.expire_sync_tokens()
    for name in names[1:]:
        google._forget("", name)
    morning = office.once(MONDAY + timedelta(minutes=10))
    assert len(morning.result.snapshot.meetings) == len(names)
    states = {one["account"]: one["state"] for one in morning.document["coverage"]}
    assert states["meetings"] == "stopped"

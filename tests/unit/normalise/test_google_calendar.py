"""One event of Google Calendar at a time: what its meeting says, in English and French settings."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Address, Meeting
from syncd.normalise.google_calendar import Identity, Reading, identity_of, read_event
from syncd.normalise.google_calendar_facts import Calendar, Owner
from tests.processor_time import takes_at_most

ME = "camille@cabinet.example"
PARIS = ZoneInfo("Europe/Paris")
WINDOW = (datetime(2024, 11, 23, tzinfo=UTC), datetime(2027, 12, 28, tzinfo=UTC))
MINE = Calendar(ME, PARIS, "Camille Roy")
COLLEAGUE = Calendar("paul@cabinet.example", PARIS, "Paul", mine=False)
OWNER = Owner("private", ME, frozenset({ME, "c.roy@home.example"}), PARIS)

TIMED = {
    "start": {"dateTime": "2026-11-24T10:00:00+01:00", "timeZone": "Europe/Paris"},
    "end": {"dateTime": "2026-11-24T11:30:00+01:00", "timeZone": "Europe/Paris"},
}
ALL_DAY = {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}}
MEET: dict[str, Any] = {"hangoutLink": "https://meet.google.com/abc-defg-hij"}
ANN = {"email": "ann.lee@client.example", "displayName": "Ann Lee", "responseStatus": "accepted"}


def me(response: str = "accepted", **fields: Any) -> dict[str, Any]:
    return {"email": ME, "self": True, "responseStatus": response, **fields}


def read(calendar: Calendar = MINE, **fields: Any) -> Reading:
    event = {"id": "e1", "iCalUID": "u1@client.example", "summary": "Point", **TIMED, **fields}
    identity = identity_of(event, calendar.zone)
    assert identity is not None
    return read_event(event, identity, calendar, OWNER, WINDOW)


def one(calendar: Calendar = MINE, **fields: Any) -> Meeting:
    reading = read(calendar, **fields)
    assert not reading.failures
    (meeting,) = reading.meetings
    return meeting


def test_a_meeting_carries_what_the_event_says() -> None:
    meeting = one(
        summary="Point mandat DAF",
        location="12 rue de Rivoli, 75001 Paris",
        organizer={"email": "Ann.Lee@client.example", "displayName": "Ann Lee"},
        attendees=[
            ANN,
            me(),
            {"email": "paul@client.example", "optional": True, "responseStatus": "declined"},
            {
                "email": "c_188@resource.calendar.google.com",
                "displayName": "Salle Monet",
                "resource": True,
                "responseStatus": "accepted",
            },
        ],
    )
    assert (meeting.account, meeting.folder, meeting.uid) == ("private", ME, "u1@client.example")
    assert meeting.source_id == f"{ME}#e1"
    assert datetime.fromtimestamp(meeting.at, PARIS) == datetime(2026, 11, 24, 10, tzinfo=PARIS)
    assert meeting.end - meeting.at == 5400
    assert meeting.organizer == Address("ann.lee@client.example", "Ann Lee")
    assert [(a.address.email, a.response, a.role) for a in meeting.attendees] == [
        ("ann.lee@client.example", "accepted", "required"),
        (ME, "accepted", "required"),
        ("paul@client.example", "declined", "optional"),
        ("c_188@resource.calendar.google.com", "accepted", "resource"),
    ]
    assert (meeting.my_response, meeting.status, meeting.purpose) == (
        "accepted",
        "confirmed",
        "meeting",
    )
    assert (meeting.place.verdict, meeting.place.confidence) == ("in_person", "high")
    assert not meeting.recurring
    assert not meeting.attendees_omitted


class TestMyResponse:
    @pytest.mark.parametrize(
        ("said", "response"),
        [
            ("accepted", "accepted"),
            ("declined", "declined"),
            ("tentative", "tentative"),
            ("needsAction", "none"),
            ("something new", "none"),
        ],
    )
    def test_is_what_i_answered(self, said: str, response: str) -> None:
        assert one(attendees=[ANN, me(said)]).my_response == response

    def test_what_i_organise_is_accepted_unless_i_declined_it(self) -> None:
        organizer = {"email": ME, "self": True}
        assert one(organizer=organizer, attendees=[ANN]).my_response == "accepted"
        asked = me("needsAction", organizer=True)
        assert one(organizer=organizer, attendees=[ANN, asked]).my_response == "accepted"
        declined = me("declined", organizer=True)
        assert one(organizer=organizer, attendees=[ANN, declined]).my_response == "declined"

    def test_an_entry_of_mine_without_guests_is_accepted(self) -> None:
        assert one().my_response == "accepted"

    def test_another_of_my_addresses_is_me(self) -> None:
        guest = {"email": "C.Roy@home.example", "responseStatus": "tentative"}
        assert one(attendees=[ANN, guest]).my_response == "tentative"

    def test_an_alias_that_nobody_told_of_is_me_too(self) -> None:
        alias = {"email": "direction@cabinet.example", "self": True, "responseStatus": "accepted"}
        meeting = one(organizer=ANN, attendees=[ANN, alias])
        assert meeting.my_response == "accepted"
        assert [a.address.email for a in meeting.attendees] == [ANN["email"], ME]

    def test_in_a_colleagues_calendar_self_is_the_colleague(self) -> None:
        paul = {"email": "paul@cabinet.example", "self": True, "responseStatus": "accepted"}
        meeting = one(COLLEAGUE, organizer={**paul}, attendees=[ANN, paul])
        assert (meeting.my_response, meeting.purpose) == ("none", "other")
        shared = one(COLLEAGUE, attendees=[ANN, paul, {"email": ME, "responseStatus": "declined"}])
        assert (shared.my_response, shared.purpose) == ("declined", "meeting")

    def test_a_group_calendar_of_mine_invites_nobody(self) -> None:
        group = Calendar("projets@group.calendar.google.com", PARIS, "Projets")
        organizer = {"email": group.id, "displayName": "Projets", "self": True}
        meeting = one(group, organizer=organizer, attendees=[ANN])
        assert meeting.organizer is None
        assert (meeting.my_response, meeting.purpose) == ("accepted", "meeting")


class TestGuestsThatAreNotShown:
    @pytest.mark.parametrize(
        "fields",
        [
            {"attendeesOmitted": True},
            {"guestsCanSeeOtherGuests": False},
            {"attendees": [me(), {"displayName": "Somebody", "id": "77"}]},
            {"attendees": [me(), *({"email": f"g{n}@client.example"} for n in range(400))]},
        ],
    )
    def test_are_said_to_be_missing(self, fields: dict[str, Any]) -> None:
        assert one(**{"attendees": [me(), ANN], "organizer": ANN, **fields}).attendees_omitted

    def test_the_organiser_sees_them_all(self) -> None:
        organizer = {"email": ME, "self": True}
        meeting = one(organizer=organizer, attendees=[ANN], guestsCanSeeOtherGuests=False)
        assert not meeting.attendees_omitted


class TestPlace:
    def test_a_link_on_every_event_does_not_disprove_a_place(self) -> None:
        place = one(location="Salle Monet, 12 rue de Rivoli, 75001 Paris", **MEET).place
        assert (place.verdict, place.confidence) == ("in_person", "medium")
        assert "hybrid" in place.evidence

    def test_a_booked_room_is_a_place(self) -> None:
        room = {
            "email": "c_1@resource.calendar.google.com",
            "displayName": "Monet",
            "resource": True,
        }
        assert one(attendees=[me(), ANN, room], **MEET).place.verdict == "in_person"
        refused = {**room, "responseStatus": "declined"}
        assert one(attendees=[me(), ANN, refused], **MEET).place.verdict == "virtual"

    @pytest.mark.parametrize(
        "fields",
        [
            MEET,
            {"description": '<p>Lien : <a href="https://zoom.us/j/123456789">Zoom</a></p>'},
            {
                "conferenceData": {
                    "entryPoints": [
                        {"entryPointType": "phone", "uri": "tel:+33-1-00-00-00-00"},
                        {
                            "entryPointType": "video",
                            "uri": "https://teams.microsoft.com/l/meetup-join/x",
                        },
                    ]
                }
            },
            {"location": "https://client.webex.com/meet/ann"},
        ],
    )
    def test_a_link_alone_is_virtual(self, fields: dict[str, Any]) -> None:
        assert one(attendees=[me(), ANN], **fields).place.verdict == "virtual"

    def test_neither_is_unknown(self) -> None:
        assert one(attendees=[me(), ANN]).place.verdict == "unknown"


class TestPurpose:
    @pytest.mark.parametrize(
        ("fields", "purpose"),
        [
            ({"eventType": "default"}, "meeting"),
            ({"eventType": "focusTime", "attendees": [me()]}, "other"),
            ({"eventType": "workingLocation", **ALL_DAY}, "other"),
            ({"eventType": "outOfOffice"}, "out_of_office"),
            ({"eventType": "birthday", **ALL_DAY}, "birthday"),
            (
                {"eventType": "birthday", "birthdayProperties": {"type": "birthday"}, **ALL_DAY},
                "birthday",
            ),
            (
                {"eventType": "birthday", "birthdayProperties": {"type": "anniversary"}, **ALL_DAY},
                "other",
            ),
            ({"eventType": "fromGmail", "summary": "Vol AC871"}, "other"),
            ({"eventType": "fromGmail", "attendees": [me(), ANN]}, "meeting"),
            ({"eventType": "somethingNew"}, "other"),
            ({"attendees": [me("needsAction"), ANN], "transparency": "transparent"}, "other"),
            ({"attendees": [me("accepted"), ANN], "transparency": "transparent"}, "meeting"),
            ({"attendees": [me("needsAction"), ANN]}, "meeting"),
            ({"summary": "Congés", **ALL_DAY}, "out_of_office"),
            ({"summary": "Focus time"}, "other"),
            ({"summary": "Ann Lee’s birthday", **ALL_DAY}, "birthday"),
        ],
    )
    def test_of_what_stands_in_my_calendar(self, fields: dict[str, Any], purpose: str) -> None:
        assert one(**fields).purpose == purpose

    @pytest.mark.parametrize(
        ("fields", "purpose"),
        [
            ({"eventType": "outOfOffice"}, "other"),
            ({"summary": "Congés", **ALL_DAY}, "other"),
            ({"summary": "Réunion d’équipe"}, "other"),
            ({"summary": "Anniversaire de Paul", **ALL_DAY}, "birthday"),
            ({"eventType": "outOfOffice", "attendees": [me()]}, "out_of_office"),
        ],
    )
    def test_what_others_share_is_theirs(self, fields: dict[str, Any], purpose: str) -> None:
        """A colleague's holidays must not stop my clocks."""
        assert one(COLLEAGUE, **fields).purpose == purpose


class TestTimes:
    def test_an_all_day_end_is_exclusive_and_on_my_midnight(self) -> None:
        meeting = one(start={"date": "2026-11-24"}, end={"date": "2026-11-26"})
        assert meeting.all_day
        assert datetime.fromtimestamp(meeting.at, PARIS) == datetime(2026, 11, 24, tzinfo=PARIS)
        assert meeting.end - meeting.at == 2 * 86_400

    def test_a_day_that_ends_where_it_begins_is_a_day(self) -> None:
        meeting = one(start={"date": "2026-11-24"}, end={"date": "2026-11-24"})
        assert meeting.end - meeting.at == 86_400

    @pytest.mark.parametrize(
        ("start", "hour"),
        [
            ({"dateTime": "2026-11-24T09:00:00Z"}, 10),
            ({"dateTime": "2026-11-24T09:00:00", "timeZone": "America/Toronto"}, 15),
            ({"dateTime": "2026-11-24T09:00:00"}, 9),
            ({"dateTime": "2026-11-24T09:00:00.000-05:00", "timeZone": "Nowhere/Else"}, 15),
        ],
    )
    def test_zones(self, start: dict[str, str], hour: int) -> None:
        meeting = one(start=start, end=start)
        assert datetime.fromtimestamp(meeting.at, PARIS).hour == hour

    def test_an_unspecified_end_is_none(self) -> None:
        meeting = one(endTimeUnspecified=True)
        assert meeting.end == meeting.at

    @pytest.mark.parametrize(
        "end", [None, {"dateTime": "later"}, {"dateTime": "2026-11-23T10:00Z"}]
    )
    def test_an_end_that_cannot_be_is_noted(self, end: Any) -> None:
        reading = read(end=end)
        assert [m.end - m.at for m in reading.meetings] == [0]
        assert reading.failures[0].kept

    def test_what_ended_before_the_history_is_left_out(self) -> None:
        old = {"dateTime": "2019-01-01T10:00:00Z"}
        assert read(start=old, end=old) == Reading()

    def test_a_conference_in_two_years_is_kept(self) -> None:
        far = {"dateTime": "2029-05-01T10:00:00Z"}
        assert one(start=far, end=far).at


class TestIdentity:
    @pytest.mark.parametrize(
        ("event", "identity"),
        [
            ({"id": "abc"}, Identity("abc")),
            ({"id": "abc", "status": "cancelled"}, Identity("abc", "", True)),
            (
                {"id": "abc_20261124T090000Z", "recurringEventId": "abc"},
                Identity("abc", "20261124T090000Z"),
            ),
            (
                {"id": "abc_20261124T090000Z", "status": "cancelled"},
                Identity("abc", "20261124T090000Z", True),
            ),
            ({"id": "abc_20261124", "status": "cancelled"}, Identity("abc", "20261124", True)),
            ({"id": "abc_R20261124T090000", **TIMED}, Identity("abc_R20261124T090000")),
            (
                {"id": "abc_R20261124T090000_20261201T090000Z", "status": "cancelled"},
                Identity("abc_R20261124T090000", "20261201T090000Z", True),
            ),
            (
                {
                    "id": "xyz",
                    "recurringEventId": "abc",
                    "originalStartTime": {"dateTime": "2026-11-24T10:00:00+01:00"},
                },
                Identity("abc", "20261124T090000Z"),
            ),
            ({"id": "", "status": "cancelled"}, None),
            ({"id": 7}, None),
        ],
    )
    def test_says_which_event_or_occurrence(self, event: Any, identity: Identity | None) -> None:
        assert identity_of(event, PARIS) == identity


class TestLinks:
    @pytest.mark.parametrize(
        ("link", "opens"),
        [
            (
                "https://www.google.com/calendar/event?eid=abc",
                "https://www.google.com/calendar/event?eid=abc&authuser=camille%40cabinet.example",
            ),
            (
                "https://www.google.com/calendar/event?eid=abc&authuser=0",
                "https://www.google.com/calendar/event?eid=abc&authuser=camille%40cabinet.example",
            ),
            ("https://google.com.client.example/event?eid=abc", ""),
            ("javascript:alert(1)//www.google.com", ""),
            ("http://[", ""),
            (7, ""),
        ],
    )
    def test_open_the_right_account(self, link: Any, opens: str) -> None:
        assert one(htmlLink=link).link == opens

    def test_of_an_occurrence_opens_that_one(self) -> None:
        def eid(text: str) -> str:
            return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

        first = eid("e1_20261124T090000Z camille@m")
        meetings = read(
            recurrence=["RRULE:FREQ=DAILY;COUNT=2"],
            htmlLink=f"https://www.google.com/calendar/event?eid={first}",
        ).meetings
        second = eid("e1_20261125T090000Z camille@m")
        assert sorted(
            meeting.link.partition("eid=")[2].partition("&")[0] for meeting in meetings
        ) == (sorted([first, second]))


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (
    "start",
    "end",
    "recurrence",
    "attendees",
    "organizer",
    "summary",
    "location",
    "description",
    "conferenceData",
    "hangoutLink",
    "htmlLink",
    "eventType",
    "birthdayProperties",
    "originalStartTime",
    "iCalUID",
    "status",
)


@given(st.dictionaries(st.sampled_from(FIELDS), HOSTILE))
def test_nothing_that_an_event_may_hold_raises(fields: dict[str, Any]) -> None:
    event = {"id": "e1", **TIMED, **fields}
    identity = identity_of(event, PARIS)
    assert identity is not None
    reading = read_event(event, identity, MINE, OWNER, WINDOW)
    assert reading.meetings or reading.failures


@given(
    st.dictionaries(st.sampled_from(("date", "dateTime", "timeZone")), st.text(max_size=30)),
    st.lists(st.text(max_size=40).map("RRULE:FREQ=DAILY;".__add__), max_size=3),
)
def test_no_text_in_a_time_or_a_rule_raises(start: dict[str, str], rules: list[str]) -> None:
    read(start=start, end=start, recurrence=rules)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=YEARLY;BYHOUR=" + ",".join(["1"] * 500),
        "EXDATE:" + ",".join(["20261124T090000Z"] * 1200),
        "RDATE:" + ",".join(["20261124T090000Z"] * 1200),
    ],
)
def test_a_hostile_rule_costs_little(rule: str) -> None:
    takes_at_most(1, lambda: read(recurrence=[rule] * 50))

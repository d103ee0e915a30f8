"""Events of Microsoft Graph become meetings, in English and French business settings."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Meeting
from syncd.normalise.event_times import Unreadable
from syncd.normalise.graph_calendar import Calendar, Owner, master_of, meeting_of
from syncd.normalise.graph_calendar_uid import uid_of

PARIS = ZoneInfo("Europe/Paris")
ME = "camille@cabinet.example"
OWNER = Owner("work", frozenset({ME}), PARIS)
CALENDAR = Calendar("calendar-1=", "Calendrier")
NATIVE = (
    "040000008200E00074C5B7101A82E00800000000B0A1C2D3E4F5DA010000000000000000100000" + "AB" * 16
)


def time_of(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": f"{text}.0000000", "timeZone": zone}


def guest(address: str, response: str = "accepted", kind: str = "required") -> dict[str, Any]:
    name = address.partition("@")[0]
    return {
        "type": kind,
        "status": {"response": response},
        "emailAddress": {"name": name, "address": address},
    }


def event(**fields: Any) -> dict[str, Any]:
    return {
        "id": "event-1=",
        "type": "singleInstance",
        "iCalUId": NATIVE,
        "subject": "Point mandat",
        "start": time_of("2026-11-24T09:00:00"),
        "end": time_of("2026-11-24T10:00:00"),
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": False,
        "showAs": "busy",
        "responseStatus": {"response": "accepted"},
        "organizer": {"emailAddress": {"name": "Ann Lee", "address": "Ann.Lee@client.example"}},
        "attendees": [guest(ME)],
        **fields,
    }


def read(**fields: Any) -> Meeting:
    return meeting_of(event(**fields), CALENDAR, OWNER)


def days(meeting: Meeting) -> tuple[date, date]:
    first, after = (datetime.fromtimestamp(at, PARIS) for at in (meeting.at, meeting.end))
    assert (first.hour, after.hour) == (0, 0)
    return first.date(), after.date()


class TestWhen:
    def test_utc(self) -> None:
        meeting = read()
        assert datetime.fromtimestamp(meeting.at, UTC) == datetime(2026, 11, 24, 9, tzinfo=UTC)
        assert meeting.end - meeting.at == 3600

    @pytest.mark.parametrize("zone", ["Romance Standard Time", "Europe/Paris"])
    def test_a_server_that_does_not_do_utc(self, zone: str) -> None:
        meeting = read(
            start=time_of("2026-11-24T10:00:00", zone), end=time_of("2026-11-24T11:00:00", zone)
        )
        assert meeting.at == read().at

    def test_a_zone_that_nothing_explains_falls_back_to_the_original_one(self) -> None:
        start = time_of("2026-11-24T10:00:00", "tzone://Microsoft/Custom")
        meeting = read(start=start, originalStartTimeZone="Romance Standard Time")
        assert meeting.at == read().at
        assert read(start=time_of("2026-11-24T09:00:00", "tzone://Microsoft/Utc")).at == read().at

    @pytest.mark.parametrize("zone", ["Customized Time Zone", "tzone://Microsoft/Custom"])
    def test_a_zone_that_nobody_knows_is_taken_for_the_users_own(self, zone: str) -> None:
        """Never for UTC, which a server names when it means it."""
        start = time_of("2026-11-24T10:00:00", zone)
        assert read(start=start, originalStartTimeZone=zone).at == read().at
        assert read(start={"dateTime": "2026-11-24T09:00:00"}).at == read().at

    def test_all_day_keeps_the_users_own_midnight(self) -> None:
        meeting = read(
            isAllDay=True,
            start=time_of("2026-11-24T00:00:00"),
            end=time_of("2026-11-26T00:00:00"),
            originalStartTimeZone="Eastern Standard Time",
        )
        assert meeting.all_day
        assert days(meeting) == (date(2026, 11, 24), date(2026, 11, 26))

    @pytest.mark.parametrize(
        ("start", "zone"),
        [
            ("2026-11-23T23:00:00", "Romance Standard Time"),
            ("2026-11-24T05:00:00", "Eastern Standard Time"),
            ("2026-11-23T10:00:00", "Tonga Standard Time"),  # UTC+13: eleven in the morning
        ],
    )
    def test_all_day_that_was_moved_to_utc_by_the_clock(self, start: str, zone: str) -> None:
        end = (datetime.fromisoformat(start) + timedelta(days=1)).isoformat()
        meeting = read(
            isAllDay=True,
            start=time_of(start),
            end=time_of(end),
            originalStartTimeZone=zone,
            originalEndTimeZone=zone,
        )
        assert days(meeting) == (date(2026, 11, 24), date(2026, 11, 25))

    def test_all_day_over_the_end_of_summer_time(self) -> None:
        meeting = read(
            isAllDay=True, start=time_of("2026-10-25T00:00:00"), end=time_of("2026-10-26T00:00:00")
        )
        assert days(meeting) == (date(2026, 10, 25), date(2026, 10, 26))
        assert meeting.end - meeting.at == 25 * 3600

    @pytest.mark.parametrize("start", [None, "soon", {}, {"dateTime": "2026-13-01T00:00:00"}])
    def test_without_a_start_it_cannot_be_read(self, start: object) -> None:
        with pytest.raises(Unreadable):
            read(start=start)

    def test_an_end_before_the_start_counts_as_no_length(self) -> None:
        meeting = read(end=time_of("2026-11-24T08:00:00"))
        assert meeting.end == meeting.at


class TestWho:
    def test_guests_rooms_and_answers(self) -> None:
        meeting = read(
            attendees=[
                guest(ME, "tentativelyAccepted"),
                guest("Marc@client.example", "declined", "optional"),
                guest("ampere@cabinet.example", "accepted", "resource"),
                guest("marc@client.example", "accepted"),
                {"emailAddress": {"name": "Old", "address": "/O=EXCHANGELABS/CN=OLD"}},
            ],
            responseStatus={"response": "tentativelyAccepted"},
        )
        assert [(g.address.email, g.response, g.role) for g in meeting.attendees] == [
            (ME, "tentative", "required"),
            ("marc@client.example", "declined", "optional"),
            ("ampere@cabinet.example", "accepted", "resource"),
        ]
        assert meeting.attendees_omitted
        assert meeting.my_response == "tentative"
        assert meeting.organizer is not None
        assert meeting.organizer.email == "ann.lee@client.example"

    @pytest.mark.parametrize(
        ("response", "expected"),
        [
            ("organizer", "accepted"),
            ("accepted", "accepted"),
            ("tentativelyAccepted", "tentative"),
            ("declined", "declined"),
            ("notResponded", "none"),
            ("none", "none"),
        ],
    )
    def test_my_answer(self, response: str, expected: str) -> None:
        # under an address that syncd does not know to be mine
        attendees = [guest("c.roy@old-name.example", "none")]
        meeting = read(responseStatus={"response": response}, attendees=attendees)
        assert meeting.my_response == expected

    def test_what_stands_in_my_calendar_without_guests_is_accepted(self) -> None:
        organizer = {"emailAddress": {"name": "Camille Roy", "address": ME}}
        meeting = read(responseStatus={"response": "none"}, attendees=[], organizer=organizer)
        assert meeting.my_response == "accepted"

    def test_hidden_guests_are_named_as_left_out(self) -> None:
        assert read(hideAttendees=True).attendees_omitted
        assert not read(hideAttendees=False).attendees_omitted

    def test_cancelled(self) -> None:
        assert read(isCancelled=True).status == "cancelled"

    def test_a_colleagues_calendar_says_nothing_of_my_meetings(self) -> None:
        shared = Calendar("c", "Ann Lee", mine=False)
        theirs = event(attendees=[guest("marc@client.example")])
        assert meeting_of(theirs, shared, OWNER).purpose == "other"
        ours = event(attendees=[guest(ME, "declined")], responseStatus={"response": "organizer"})
        meeting = meeting_of(ours, shared, OWNER)
        assert (meeting.purpose, meeting.my_response) == ("meeting", "declined")


class TestWhere:
    @pytest.mark.parametrize(
        ("fields", "verdict"),
        [
            (
                {
                    "isOnlineMeeting": True,
                    "location": {"displayName": "Réunion Microsoft Teams"},
                    "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/meetup-join/1"},
                },
                "virtual",
            ),
            (
                {
                    "isOnlineMeeting": True,
                    "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/meetup-join/1"},
                    "locations": [
                        {"displayName": "Ampère 3", "locationType": "conferenceRoom"},
                        {"displayName": "Réunion Microsoft Teams", "locationType": "default"},
                    ],
                },
                "in_person",
            ),
            (
                {"location": {"displayName": "Ampère", "locationType": "conferenceRoom"}},
                "in_person",
            ),
            ({"attendees": [guest("ampere@cabinet.example", kind="resource")]}, "in_person"),
            (
                {
                    "location": {
                        "displayName": "Client North",
                        "address": {"street": "12 rue de Rivoli", "city": "Paris"},
                    }
                },
                "in_person",
            ),
            (
                {
                    "location": {
                        "displayName": "Le Petit Cèdre",
                        "locationType": "restaurant",
                        "coordinates": {"latitude": 48.85, "longitude": 2.35},
                    }
                },
                "in_person",
            ),
            (
                {
                    "body": {
                        "contentType": "html",
                        "content": "<html><head><style>p {}</style></head><body>Hello "
                        '<a href="https://zoom.us/j/99?pwd=a&amp;b=c">Join</a></body></html>',
                    }
                },
                "virtual",
            ),
            ({"location": {"displayName": "", "locationUri": "https://meet.jit.si/x"}}, "virtual"),
            (
                {"locations": [{"displayName": "x", "locationUri": "https://zoom.us/j/1"}]},
                "virtual",
            ),
            ({"location": {"displayName": "See invitation"}}, "unknown"),
            ({}, "unknown"),
        ],
    )
    def test_the_verdict(self, fields: dict[str, Any], verdict: str) -> None:
        assert read(**fields).place.verdict == verdict

    def test_a_room_that_declined_is_no_place(self) -> None:
        room = guest("ampere@cabinet.example", "declined", "resource")
        location = {
            "displayName": "Salle Ampère",
            "locationUri": "ampere@cabinet.example",
            "locationType": "conferenceRoom",
        }
        meeting = read(attendees=[guest(ME), room], locations=[location])
        assert (meeting.place.verdict, meeting.location) == ("unknown", "")


class TestWhatFor:
    @pytest.mark.parametrize(
        ("fields", "purpose"),
        [
            ({"showAs": "oof", "attendees": [], "organizer": None}, "out_of_office"),
            ({"showAs": "oof", "isAllDay": True}, "out_of_office"),
            # a visit to the client, shown as away from the desk
            ({"showAs": "oof"}, "meeting"),
            ({"showAs": "workingElsewhere", "attendees": [], "organizer": None}, "other"),
            ({"showAs": "workingElsewhere"}, "meeting"),
            ({"showAs": "free", "responseStatus": {"response": "notResponded"}}, "other"),
            ({"showAs": "free"}, "meeting"),
            ({"isDraft": True}, "other"),
            ({"subject": "Focus time", "attendees": [], "organizer": None}, "other"),
            ({"sensitivity": "private"}, "meeting"),
            (
                {
                    "subject": "Anniversaire Ann",
                    "isAllDay": True,
                    "attendees": [],
                    "organizer": None,
                },
                "birthday",
            ),
        ],
    )
    def test_the_purpose(self, fields: dict[str, Any], purpose: str) -> None:
        assert read(**fields).purpose == purpose

    def test_an_organiser_who_is_me_under_another_address_is_no_guest(self) -> None:
        alias = {"emailAddress": {"name": "Camille", "address": "c.roy@old-name.example"}}
        own = {"subject": "Focus time", "attendees": [], "organizer": alias}
        assert read(**own, isOrganizer=True).purpose == "other"
        assert read(**own, isOrganizer=False).purpose == "meeting"


MASTER = event(
    id="series-1=",
    type="seriesMaster",
    subject="Hebdo",
    isOnlineMeeting=True,
    onlineMeeting={"joinUrl": "https://teams.microsoft.com/l/meetup-join/1"},
    webLink="https://outlook.office365.com/owa/?itemid=1",
)
STUB = {
    "id": "occurrence-3=",
    "type": "occurrence",
    "seriesMasterId": "series-1=",
    "start": time_of("2026-12-08T09:00:00"),
    "end": time_of("2026-12-08T09:30:00"),
}

SERIES = master_of(MASTER, CALENDAR, OWNER)


class TestSeries:
    def test_a_stub_takes_everything_but_its_time_from_the_master(self) -> None:
        meeting = meeting_of(STUB, CALENDAR, OWNER, SERIES)
        assert meeting.source_id == "e:series-1=#occurrence-3="
        assert (meeting.title, meeting.end - meeting.at) == ("Hebdo", 1800)
        assert meeting.recurring
        assert meeting.place.verdict == "virtual"
        assert meeting.link

    def test_an_exception_says_for_itself_what_differs(self) -> None:
        location = {"displayName": "12 rue de Rivoli, 75001 Paris"}
        said = {"subject": "Hebdo, au cabinet", "attendees": [guest(ME)], "location": location}
        changed = {**STUB, "type": "exception", **said}
        meeting = meeting_of(changed, CALENDAR, OWNER, SERIES)
        assert meeting.title == "Hebdo, au cabinet"
        assert meeting.place.verdict == "in_person"
        assert meeting.uid == uid_of(NATIVE)

    def test_every_occurrence_has_the_masters_uid(self) -> None:
        dated = {**STUB, "iCalUId": NATIVE[:32] + "07EA0C08" + NATIVE[40:]}
        assert meeting_of(dated, CALENDAR, OWNER, SERIES).uid == NATIVE


class TestUid:
    def test_the_day_of_an_occurrence_is_taken_out(self) -> None:
        assert uid_of(NATIVE[:32] + "07EA0B18" + NATIVE[40:]) == NATIVE
        assert uid_of(NATIVE.lower()) == NATIVE

    def test_a_foreign_uid_is_unwrapped(self) -> None:
        data = b"vCal-Uid\x01\x00\x00\x00" + b"7kukuqrfedlm2f9t@google.example\x00"
        wrapped = NATIVE[:32] + "00000000" + "00" * 16 + f"{len(data):02X}000000" + data.hex()
        assert uid_of(wrapped) == "7kukuqrfedlm2f9t@google.example"

    @pytest.mark.parametrize("uid", ["", "7kukuqrfedlm2f9t@google.example", "0400", NATIVE[:70]])
    def test_what_is_no_global_object_id_stays(self, uid: str) -> None:
        assert uid_of(uid) == uid

    def test_a_long_one_is_hashed(self) -> None:
        assert len(uid_of("x" * 5000)) == 24

    @given(st.text(max_size=300) | st.binary(max_size=200).map(lambda b: NATIVE[:32] + b.hex()))
    def test_any_text_will_do_and_twice_is_once(self, text: str) -> None:
        assert uid_of(uid_of(text)) == uid_of(text)
        assert len(uid_of(text)) <= 200


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "emailAddress",
                    "address",
                    "name",
                    "dateTime",
                    "timeZone",
                    "response",
                    "displayName",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*event(), "location", "locations", "body"]), JUNK))
def test_whatever_stands_in_an_event_it_is_read_or_refused(fields: dict[str, Any]) -> None:
    fields = json.loads(json.dumps({**fields, "id": "event-1="}))
    try:
        meeting = meeting_of(event(**fields), CALENDAR, OWNER)
    except Unreadable:
        return
    assert meeting.source_id
    assert meeting.end >= meeting.at

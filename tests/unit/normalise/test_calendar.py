"""iCalendar files become meetings: one event each, in English and French business settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Failure, Meeting
from syncd.normalise.calendar import meetings
from syncd.normalise.calendar_ids import folder_of, source_id
from tests.processor_time import takes_at_most

ME = frozenset({"camille@cabinet.example", "c.roy@home.example"})
PARIS = ZoneInfo("Europe/Paris")
WINDOW = (datetime(2025, 11, 23, tzinfo=UTC), datetime(2027, 12, 28, tzinfo=UTC))


def calendar(*events: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{body}END:VCALENDAR\n"


def read(
    text: str | bytes, zone: ZoneInfo = PARIS, me: frozenset[str] = ME
) -> tuple[list[Meeting], list[Failure]]:
    data = text.encode() if isinstance(text, str) else text
    found, failed = meetings(
        data, account="private", folder="work.ics", me=me, window=WINDOW, zone=zone
    )
    return sorted(found, key=lambda meeting: meeting.at), failed


def one(text: str | bytes, zone: ZoneInfo = PARIS) -> Meeting:
    found, failed = read(text, zone)
    assert not failed
    assert len(found) == 1
    return found[0]


def local(meeting: Meeting, zone: ZoneInfo = PARIS) -> str:
    return datetime.fromtimestamp(meeting.at, zone).strftime("%Y-%m-%d %H:%M")


def starts(text: str, zone: ZoneInfo = PARIS) -> list[str]:
    return [local(meeting, zone) for meeting in read(text, zone)[0]]


class TestOneEvent:
    def test_carries_what_the_calendar_says(self) -> None:
        meeting = one(
            calendar(
                """UID:42@client.example
DTSTART;TZID=Europe/Paris:20261124T100000
DTEND;TZID=Europe/Paris:20261124T113000
SUMMARY:Point mandat DAF\\, suite
LOCATION:12 rue de Rivoli\\, 75001 Paris
ORGANIZER;CN=Ann Lee:mailto:Ann.Lee@client.example
ATTENDEE;CN=Camille Roy;PARTSTAT=ACCEPTED:MAILTO:Camille@Cabinet.example
ATTENDEE;CN="Duval, Paul";ROLE=OPT-PARTICIPANT;PARTSTAT=DECLINED:mailto:paul@client.example
ATTENDEE;CUTYPE=ROOM;CN=Salle Monet;PARTSTAT=ACCEPTED:mailto:monet@client.example
URL:https://agenda.client.example/e/42
STATUS:CONFIRMED"""
            )
        )
        assert meeting.title == "Point mandat DAF, suite"
        assert (local(meeting), meeting.end - meeting.at) == ("2026-11-24 10:00", 5400)
        assert meeting.organizer is not None
        assert (meeting.organizer.email, meeting.organizer.name) == (
            "ann.lee@client.example",
            "Ann Lee",
        )
        assert [(a.address.email, a.response, a.role) for a in meeting.attendees] == [
            ("camille@cabinet.example", "accepted", "required"),
            ("paul@client.example", "declined", "optional"),
            ("monet@client.example", "accepted", "resource"),
        ]
        assert meeting.attendees[1].address.name == "Duval, Paul"
        assert (meeting.my_response, meeting.status) == ("accepted", "confirmed")
        assert (meeting.place.verdict, meeting.place.confidence) == ("in_person", "high")
        assert meeting.link == "https://agenda.client.example/e/42"
        assert not meeting.recurring
        assert folder_of(meeting.source_id) == "work.ics"

    @pytest.mark.parametrize(
        ("line", "minutes"),
        [
            ("DTEND;TZID=Europe/Paris:20261124T103000", 30),
            ("DURATION:PT1H15M", 75),
            ("DURATION:P1D", 1440),
            ("", 0),
        ],
    )
    def test_its_length(self, line: str, minutes: int) -> None:
        meeting = one(calendar(f"UID:1\nDTSTART;TZID=Europe/Paris:20261124T100000\n{line}"))
        assert meeting.end - meeting.at == minutes * 60

    def test_an_end_before_the_start_is_noted_and_the_event_kept(self) -> None:
        found, failed = read(calendar("UID:1\nDTSTART:20261124T100000Z\nDTEND:20261124T090000Z"))
        assert [meeting.end - meeting.at for meeting in found] == [0]
        assert "ends before it starts" in failed[0].reason
        assert failed[0].permanent

    def test_all_day_ends_are_exclusive_and_on_my_midnight(self) -> None:
        montreal = ZoneInfo("America/Toronto")
        meeting = one(
            calendar(
                "UID:1\nSUMMARY:Salon RH\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126"
            ),
            montreal,
        )
        assert meeting.all_day
        assert local(meeting, montreal) == "2026-11-24 00:00"
        assert meeting.end - meeting.at == 2 * 86400

    def test_outlook_marks_all_day_events_in_its_own_way(self) -> None:
        meeting = one(
            calendar(
                "UID:1\nDTSTART;TZID=Romance Standard Time:20261124T000000\n"
                "DTEND;TZID=Romance Standard Time:20261125T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
            )
        )
        assert meeting.all_day

    def test_without_a_uid_the_id_is_stable_all_the_same(self) -> None:
        text = "SUMMARY:Café avec Ann\nDTSTART:20261124T100000Z"
        other = "SUMMARY:Café avec Paul\nDTSTART:20261124T100000Z"
        assert one(calendar(text)).source_id == one(calendar(text)).source_id
        assert len({meeting.source_id for meeting in read(calendar(text, other))[0]}) == 2

    def test_long_and_hostile_uids_stay_short_ids(self) -> None:
        meeting = one(calendar(f"UID:{'x' * 5000}\nDTSTART:20261124T100000Z"))
        assert len(meeting.source_id) < 300


class TestMyResponse:
    def guests(self, organizer: str, *lines: str) -> str:
        attendees = "\n".join(f"ATTENDEE;{line}" for line in lines)
        return one(
            calendar(f"UID:1\nDTSTART:20261124T100000Z\nORGANIZER:mailto:{organizer}\n{attendees}")
        ).my_response

    def test_my_own_meetings_are_accepted(self) -> None:
        assert (
            self.guests("c.roy@home.example", "PARTSTAT=ACCEPTED:mailto:ann@client.example")
            == "accepted"
        )

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            ("ACCEPTED", "accepted"),
            ("DECLINED", "declined"),
            ("DELEGATED", "declined"),
            ("TENTATIVE", "tentative"),
            ("NEEDS-ACTION", "none"),
        ],
    )
    def test_invited_it_is_what_i_answered(self, status: str, expected: str) -> None:
        assert (
            self.guests(
                "ann@client.example",
                "PARTSTAT=ACCEPTED:mailto:ann@client.example",
                f"PARTSTAT={status}:mailto:camille@cabinet.example",
            )
            == expected
        )

    def test_without_guests_it_is_mine(self) -> None:
        assert one(calendar("UID:1\nDTSTART:20261124T100000Z")).my_response == "accepted"

    def test_other_peoples_meeting_in_my_calendar_is_not_answered(self) -> None:
        assert self.guests("ann@client.example", "CN=P:mailto:paul@client.example") == "none"

    def test_addresses_hide_in_the_email_parameter(self) -> None:
        assert (
            self.guests(
                "ann@client.example",
                "EMAIL=Camille@cabinet.example;PARTSTAT=DECLINED:https://cal.example/principals/7",
            )
            == "declined"
        )

    def test_guests_without_an_address_are_counted_as_left_out(self) -> None:
        meeting = one(
            calendar(
                "UID:1\nDTSTART:20261124T100000Z\nATTENDEE;CN=Salle:invalid:nomail\n"
                "ATTENDEE:mailto:ann@client.example"
            )
        )
        assert meeting.attendees_omitted
        assert [guest.address.email for guest in meeting.attendees] == ["ann@client.example"]


class TestSeries:
    weekly = (
        "UID:weekly\nSUMMARY:Point hebdo\nDTSTART;TZID=Europe/Paris:20261005T090000\n"
        "DTEND;TZID=Europe/Paris:20261005T093000\nRRULE:FREQ=WEEKLY;COUNT=5"
    )

    def test_keeps_the_hour_on_the_wall_when_the_clocks_change(self) -> None:
        assert starts(calendar(self.weekly)) == [
            "2026-10-05 09:00",
            "2026-10-12 09:00",
            "2026-10-19 09:00",
            "2026-10-26 09:00",
            "2026-11-02 09:00",
        ]

    def test_exclusions_in_any_notation(self) -> None:
        text = self.weekly + (
            "\nEXDATE:20261012T070000Z\nEXDATE;VALUE=DATE:20261019\nEXDATE:20261026T090000"
        )
        assert starts(calendar(text)) == ["2026-10-05 09:00", "2026-11-02 09:00"]

    def test_an_exception_takes_the_place_of_its_occurrence(self) -> None:
        found, _ = read(
            calendar(
                self.weekly,
                "UID:weekly\nRECURRENCE-ID;TZID=Europe/Paris:20261012T090000\n"
                "SUMMARY:Point hebdo (au café)\nDTSTART;TZID=Europe/Paris:20261013T140000\n"
                "DTEND;TZID=Europe/Paris:20261013T150000",
                "UID:weekly\nRECURRENCE-ID:20261019T070000Z\nDTSTART:20261019T070000Z\n"
                "STATUS:CANCELLED",
            )
        )
        assert [(local(m), m.status, m.end - m.at) for m in found] == [
            ("2026-10-05 09:00", "confirmed", 1800),
            ("2026-10-13 14:00", "confirmed", 3600),
            ("2026-10-19 09:00", "cancelled", 0),
            ("2026-10-26 09:00", "confirmed", 1800),
            ("2026-11-02 09:00", "confirmed", 1800),
        ]
        assert all(meeting.recurring for meeting in found)

    def test_ids_stay_when_other_occurrences_change(self) -> None:
        before = {m.source_id: m for m in read(calendar(self.weekly))[0]}
        moved = (
            "UID:weekly\nRECURRENCE-ID:20261012T070000Z\nDTSTART:20261015T100000Z\nSUMMARY:Moved"
        )
        after = {m.source_id: m for m in read(calendar(self.weekly, moved))[0]}
        assert before.keys() == after.keys()
        changed = [key for key in before if before[key] != after[key]]
        assert len(changed) == 1

    def test_this_and_future(self) -> None:
        later = (
            "UID:weekly\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20261019T090000\n"
            "SUMMARY:Point hebdo (nouvelle heure)\nDTSTART;TZID=Europe/Paris:20261019T113000\n"
            "DTEND;TZID=Europe/Paris:20261019T120000"
        )
        found, _ = read(calendar(self.weekly, later))
        assert [local(meeting)[5:] for meeting in found] == [
            "10-05 09:00",
            "10-12 09:00",
            "10-19 11:30",
            "10-26 11:30",
            "11-02 11:30",
        ]

    def test_added_dates_and_periods(self) -> None:
        text = (
            "UID:1\nDTSTART:20261124T100000Z\nDTEND:20261124T110000Z\n"
            "RDATE:20261125T100000Z\nRDATE;VALUE=PERIOD:20261126T100000Z/PT2H"
        )
        found, _ = read(calendar(text))
        assert [meeting.end - meeting.at for meeting in found] == [3600, 3600, 7200]

    @pytest.mark.parametrize("head", ["METHOD:CANCEL\n", ""])
    def test_a_cancelled_series_is_cancelled_in_all_its_parts(self, head: str) -> None:
        status = "" if head else "\nSTATUS:CANCELLED"
        text = calendar(self.weekly + status, "UID:weekly\nRECURRENCE-ID:20261012T070000Z\n"
                        "DTSTART:20261012T080000Z", head=head)  # fmt: skip
        assert {meeting.status for meeting in read(text)[0]} == {"cancelled"}

    def test_a_later_cancellation_in_the_same_file_wins(self) -> None:
        event = "UID:1\nDTSTART:20261124T100000Z\nSEQUENCE:"
        text = calendar(event + "0") + calendar(event + "1", head="METHOD:CANCEL\n")
        assert [meeting.status for meeting in read(text)[0]] == ["cancelled"]

    def test_an_answer_to_an_invitation_is_no_event(self) -> None:
        assert read(calendar("UID:1\nDTSTART:20261124T100000Z", head="METHOD:REPLY\n")) == ([], [])

    def test_a_series_emptied_by_until_is_empty(self) -> None:
        text = "UID:1\nDTSTART:20261124T100000Z\nRRULE:FREQ=WEEKLY;UNTIL=20261117T100000Z"
        assert read(calendar(text)) == ([], [])

    def test_an_exception_without_its_series_stands_alone(self) -> None:
        text = calendar("UID:1\nRECURRENCE-ID:20261124T100000Z\nDTSTART:20261124T120000Z")
        assert starts(text) == ["2026-11-24 13:00"]

    def test_yearly_birthdays_of_long_ago(self) -> None:
        text = "UID:1\nSUMMARY:Anniversaire d'Ann\nDTSTART;VALUE=DATE:19790417\nRRULE:FREQ=YEARLY"
        found, _ = read(calendar(text))
        assert [local(meeting)[:10] for meeting in found] == ["2026-04-17", "2027-04-17"]
        assert {meeting.purpose for meeting in found} == {"birthday"}


class TestBounds:
    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;INTERVAL=2",
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=WEEKLY;INTERVAL=99999999;BYDAY=TU",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,15,30,45",
            "FREQ=DAILY;COUNT=999999999",
        ],
    )
    def test_no_rule_takes_long(self, rule: str) -> None:
        text = calendar(f"UID:1\nDTSTART:20200102T100000Z\nRRULE:{rule}", "UID:2\nDTSTART:20261124")
        found, _ = takes_at_most(0.3, lambda: read(text))
        assert len(found) <= 2001
        assert "2" in {meeting.uid for meeting in found}

    def test_an_endless_rule_keeps_its_first_date_and_says_so(self) -> None:
        text = "UID:1\nDTSTART:20261124T100000Z\nRRULE:FREQ=SECONDLY"
        found, failed = read(calendar(text))
        assert len(found) == 1
        assert "repeats too often" in failed[0].reason

    def test_what_lies_outside_the_window_is_left_out(self) -> None:
        text = calendar("UID:1\nDTSTART:20200102T100000Z", "UID:2\nDTSTART:20990102T100000Z")
        assert read(text) == ([], [])

    def test_a_meeting_that_began_before_the_window_and_lasts_into_it_counts(self) -> None:
        text = calendar("UID:1\nDTSTART:20251122T230000Z\nDTEND:20251123T010000Z")
        assert len(read(text)[0]) == 1

    def test_a_file_of_endless_series_ends(self) -> None:
        daily = "DTSTART:20251124T100000Z\nRRULE:FREQ=DAILY"
        found, failed = read(calendar(*(f"UID:{n}\n{daily}" for n in range(100))))
        assert 50_000 < len(found) < 53_000
        assert failed[-1].source_id == source_id("work.ics")

    def test_thousands_of_changes_to_one_series_take_no_time(self) -> None:
        changes = "".join(
            "BEGIN:VEVENT\nUID:1\nDTSTART:20260102T100000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:"
            f"20260101T{n // 60:02}{n % 60:02}00Z\nEND:VEVENT\n"
            for n in range(1440)
        )
        text = calendar("UID:1\nDTSTART:20251124T100000Z\nRRULE:FREQ=DAILY")
        text = text.replace("END:VCALENDAR", changes + "END:VCALENDAR")
        takes_at_most(1, lambda: read(text))

    def test_many_guests_are_cut_and_that_is_said(self) -> None:
        guests = "\n".join(f"ATTENDEE:mailto:p{n}@client.example" for n in range(2000))
        meeting = one(calendar(f"UID:1\nDTSTART:20261124T100000Z\n{guests}"))
        assert len(meeting.attendees) == 300
        assert meeting.attendees_omitted


class TestZones:
    @pytest.mark.parametrize(
        "tzid",
        [
            "Eastern Standard Time",
            '"America/New_York"',
            "/mozilla.org/20070129_1/America/New_York",
            "America_New_York",
        ],
    )
    def test_names_of_new_york(self, tzid: str) -> None:
        meeting = one(calendar(f"UID:1\nDTSTART;TZID={tzid}:20260715T100000"))
        assert local(meeting, ZoneInfo("UTC")) == "2026-07-15 14:00"

    own = (
        "BEGIN:VTIMEZONE\nTZID:Chez nous\nBEGIN:STANDARD\nDTSTART:16010101T030000\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n"
        "END:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\n"
        "TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )

    @pytest.mark.parametrize(("day", "hour"), [("20260715", "08:00"), ("20261215", "09:00")])
    def test_a_calendars_own_zone_before_or_after_its_events(self, day: str, hour: str) -> None:
        event = f"UID:1\nDTSTART;TZID=Chez nous:{day}T100000"
        for text in (
            calendar(event, head=self.own),
            calendar(event).replace("END:VCALENDAR\n", self.own + "END:VCALENDAR\n"),
        ):
            assert local(one(text), ZoneInfo("UTC")).endswith(hour)

    def test_one_files_zone_means_nothing_in_another(self) -> None:
        event = "UID:1\nDTSTART;TZID=Chez nous:20260715T100000"
        one(calendar(event, head=self.own))
        found, failed = read(calendar(event), ZoneInfo("America/Toronto"))
        assert local(found[0], ZoneInfo("America/Toronto")) == "2026-07-15 10:00"
        assert "time zone" in failed[0].reason

    def test_an_unknown_zone_falls_back_to_the_calendars_and_is_noted(self) -> None:
        text = calendar(
            "UID:1\nDTSTART;TZID=Middle Earth:20260715T100000",
            head="X-WR-TIMEZONE:Asia/Tokyo\n",
        )
        found, failed = read(text)
        assert local(found[0], ZoneInfo("UTC")) == "2026-07-15 01:00"
        assert len(failed) == 1

    def test_floating_times_are_on_my_clock(self) -> None:
        meeting = one(calendar("UID:1\nDTSTART:20260715T100000"), ZoneInfo("America/Toronto"))
        assert local(meeting, ZoneInfo("UTC")) == "2026-07-15 14:00"

    @pytest.mark.parametrize(
        "body",
        [
            "BEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+9900\nTZOFFSETTO:+9900\nEND:STANDARD\n",
            "BEGIN:STANDARD\nDTSTART:x\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY\nEND:STANDARD\n",
            "BEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n"
            "RRULE:FREQ=SECONDLY\nEND:STANDARD\n",
            "",
        ],
    )
    def test_a_nonsensical_zone_loses_no_event(self, body: str) -> None:
        head = f"BEGIN:VTIMEZONE\nTZID:Odd\n{body}END:VTIMEZONE\n"
        found, failed = read(calendar("UID:1\nDTSTART;TZID=Odd:20260715T100000", head=head))
        assert (len(found), len(failed)) == (1, 1)


class TestDamagedFiles:
    def test_one_bad_event_does_not_lose_the_others(self) -> None:
        text = calendar(
            "UID:1\nDTSTART:20261124T100000Z\nSUMMARY:Bon",
            "UID:2\nDTSTART:yesterday\nSUMMARY:Confidential",
            "UID:3\nSUMMARY:No start",
            "UID:4\nDTSTART:20261125T100000Z\nRRULE:FREQ=NEVER",
        )
        found, failed = read(text)
        assert [meeting.uid for meeting in found] == ["1", "4"]
        assert {failure.source_id for failure in failed} == {
            source_id("work.ics", "2"),
            source_id("work.ics", "3"),
            source_id("work.ics", "4", "note"),
        }
        assert not any("Confidential" in failure.reason for failure in failed)

    def test_encodings(self) -> None:
        text = calendar("UID:1\nDTSTART:20261124T100000Z\nSUMMARY:Déjeuner à Montréal")
        for data in (
            text.encode(),
            b"\xef\xbb\xbf" + text.encode(),
            text.encode("latin-1"),
            text.encode("utf-16"),
            text.replace("\n", "\r\n").encode(),
            text.replace("\n", "\r").encode(),
        ):
            assert one(data).title == "Déjeuner à Montréal"

    def test_folds_in_the_middle_of_a_character(self) -> None:
        data = calendar("UID:1\nDTSTART:20261124T100000Z\nSUMMARY:Déjeuner").encode()
        assert one(data.replace(b"\xc3\xa9", b"\xc3\r\n \xa9")).title == "Déjeuner"

    def test_unfolded_lines_belong_to_their_text(self) -> None:
        text = "UID:1\nDESCRIPTION:Ordre du jour\nle mandat\n\nDTSTART:20261124T100000Z"
        assert one(calendar(text)).title == ""

    def test_a_file_that_breaks_off_is_named_and_its_events_kept(self) -> None:
        text = calendar("UID:1\nDTSTART:20261124T100000Z", "UID:2\nDTSTART:20261125T100000Z")
        found, failed = read(text[: text.rindex("END:VEVENT")])
        assert len(found) == 2
        assert [failure.source_id for failure in failed] == [source_id("work.ics")]

    def test_something_else_is_not_a_calendar(self) -> None:
        found, failed = read("<html>Sign in to continue</html>")
        assert not found
        assert failed[0].reason == "this is not an iCalendar file"

    def test_an_empty_file_is_an_empty_calendar(self) -> None:
        assert read("") == read("BEGIN:VCALENDAR\nEND:VCALENDAR\n") == ([], [])

    def test_a_quote_that_never_ends(self) -> None:
        meeting = one(
            calendar('UID:1\nDTSTART:20261124T100000Z\nATTENDEE;CN="Ann:mailto:ann@client.example')
        )
        assert [guest.address.email for guest in meeting.attendees] == ["ann@client.example"]

    def test_control_characters_never_reach_a_title(self) -> None:
        meeting = one(
            calendar("UID:1\nDTSTART:20261124T100000Z\nSUMMARY:Pay\x1b[31m\u202enow\\nok")
        )
        assert meeting.title == "Pay[31mnow ok"

    @given(st.binary(max_size=400))
    def test_no_bytes_make_it_raise(self, noise: bytes) -> None:
        read(noise)
        read(
            b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124T100000Z\n" + noise + b"\nEND:VEVENT\n"
        )

    names = st.sampled_from(
        [
            "DTSTART",
            "DTEND",
            "DURATION",
            "RRULE",
            "RDATE",
            "EXDATE",
            "RECURRENCE-ID",
            "ATTENDEE",
            "ORGANIZER",
            "SUMMARY",
            "LOCATION",
            "STATUS",
            "SEQUENCE",
            "URL",
            "GEO",
        ]
    )
    values = st.one_of(
        st.sampled_from(
            [
                "20261124",
                "20261124T100000Z",
                "20261124T100000",
                "00010101T000000Z",
                "99991231T235959",
                "PT1H",
                "-P1D",
                "P99999999999D",
                "20261124T100000Z/PT1H",
                "FREQ=DAILY",
                "FREQ=WEEKLY;COUNT=3",
                "1",
                "FREQ=YEARLY;UNTIL=20281124",
                "FREQ=MONTHLY;BYDAY=-1FR",
                "mailto:ann@client.example",
            ]
        ),
        st.text(max_size=30),
    )
    heads = st.sampled_from(
        ["", ";TZID=Europe/Paris", ";VALUE=DATE", ";RANGE=THISANDFUTURE", ";TZID=Nowhere", ';X="']
    )

    @given(st.lists(st.lists(st.tuples(names, heads, values), max_size=8), max_size=4))
    def test_no_event_makes_it_raise(self, events: list[list[tuple[str, str, str]]]) -> None:
        texts = [
            "UID:same\n" + "\n".join(f"{name}{head}:{value}" for name, head, value in event)
            for event in events
        ]
        found, failed = read(calendar(*texts))
        assert len({meeting.source_id for meeting in found}) == len(found)
        limit = WINDOW[1].timestamp()
        assert all(meeting.at <= meeting.end and meeting.at < limit for meeting in found)
        assert all(failure.folder == "work.ics" and failure.reason for failure in failed)


def test_ids_lead_back_to_their_file() -> None:
    for name in ("work.ics", "a#b/c%23.ics", "agenda été/1.ics"):
        assert folder_of(source_id(name, "uid#1", "20261124")) == name
        assert folder_of(source_id(name)) == name


def test_reading_is_repeatable() -> None:
    text = calendar(TestSeries.weekly)
    assert read(text) == read(text)
    assert timedelta(seconds=read(text)[0][1].at - read(text)[0][0].at) == timedelta(days=7)

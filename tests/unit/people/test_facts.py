"""The facts about people at a moment never rest on what came later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Address, Attendee, Facts, Meeting, Place
from syncd.people.facts import (
    DAY,
    FACE_TIME_GROUP,
    WINDOWS,
    Answer,
    Tally,
    gather,
    is_contact,
    others_at,
)
from syncd.people.identities import identify

ME = frozenset({"camille@cabinet.example"})
ANN = Address("ann.lee@client.example", "Ann Lee")
NOW = 1_795_400_000


def _meeting(
    start: int, *, length: int = 3600, place: str = "in_person", **more: object
) -> Meeting:
    meeting = Meeting(
        account="diary",
        source_id=f"{start}",
        folder="diary",
        uid=f"{start}",
        at=start,
        end=start + length,
        my_response="accepted",
        attendees=(Attendee(ANN, "accepted"),),
        place=Place(place),  # type: ignore[arg-type] # one of the three
    )
    return replace(meeting, **more)  # type: ignore[arg-type] # fields of Meeting


def _facts(
    meetings: list[Meeting], tallies: list[Tally] | None = None, answers: list[Answer] | None = None
) -> Facts:
    people = gather(
        identify((), {ANN.email: ANN.name}), tallies or (), answers or (), meetings, ME, NOW
    )
    return people[ANN.email].facts


_MEETINGS = st.lists(
    st.builds(
        _meeting,
        st.integers(NOW - 400 * DAY, NOW + 400 * DAY),
        length=st.integers(0, 3 * DAY),
        place=st.sampled_from(["in_person", "virtual", "unknown"]),
        status=st.sampled_from(["confirmed", "cancelled", "tentative"]),
        my_response=st.sampled_from(["accepted", "declined", "none"]),
        all_day=st.booleans(),
    ),
    max_size=12,
)


@given(_MEETINGS)
def test_facts_hold_nothing_later_than_now_but_planned_meetings(meetings: list[Meeting]) -> None:
    facts = _facts(meetings)
    for name in (
        "first_contact",
        "last_contact",
        "last_in_person",
        "last_virtual",
        "last_unplaced",
    ):
        value = getattr(facts, name)
        assert value is None or value <= NOW
    for name in ("next_meeting", "next_in_person"):
        value = getattr(facts, name)
        assert value is None or value > NOW
    # what is still to come changes the plans and nothing else
    past = [meeting for meeting in meetings if meeting.end <= NOW]
    held = _facts(past)
    assert facts == replace(
        held, next_meeting=facts.next_meeting, next_in_person=facts.next_in_person
    )


@given(_MEETINGS)
def test_cancelled_declined_and_all_day_meetings_change_nothing(meetings: list[Meeting]) -> None:
    real = [
        meeting
        for meeting in meetings
        if meeting.status != "cancelled"
        and meeting.my_response != "declined"
        and not meeting.all_day
    ]
    assert _facts(meetings) == _facts(real)


@given(_MEETINGS)
def test_facts_do_not_depend_on_the_order_of_meetings(meetings: list[Meeting]) -> None:
    assert _facts(meetings) == _facts(meetings[::-1])


def test_a_meeting_under_way_is_neither_held_nor_planned() -> None:
    assert _facts([_meeting(NOW - 600)]) == Facts()


@pytest.mark.parametrize(("guests", "counts"), [(1, True), (7, True), (8, False), (50, False)])
def test_a_crowd_is_no_contact(guests: int, counts: bool) -> None:
    crowd = (Attendee(ANN), *(Attendee(Address(f"p{n}@x.example")) for n in range(guests - 1)))
    meeting = _meeting(NOW - DAY, attendees=crowd)
    assert is_contact(meeting, len(others_at(meeting, ME))) is counts
    assert (guests < FACE_TIME_GROUP) is counts


def test_rooms_i_and_those_who_declined_are_not_the_others() -> None:
    meeting = _meeting(
        NOW,
        organizer=Address("camille@cabinet.example"),
        attendees=(
            Attendee(ANN),
            Attendee(Address("camille@cabinet.example")),
            Attendee(Address("room@cabinet.example"), role="resource"),
            Attendee(Address("paul@client.example"), "declined"),
        ),
    )
    assert [guest.address for guest in others_at(meeting, ME)] == [ANN]


def test_an_organiser_who_is_no_guest_was_there() -> None:
    meeting = _meeting(NOW, organizer=Address("paul@client.example"))
    assert {guest.address.email for guest in others_at(meeting, ME)} == {
        ANN.email,
        "paul@client.example",
    }


def test_calls_are_counted_since_the_last_meeting_in_person() -> None:
    meetings = [
        _meeting(NOW - 50 * DAY, place="virtual"),
        _meeting(NOW - 40 * DAY),
        _meeting(NOW - 30 * DAY, place="virtual"),
        _meeting(NOW - 20 * DAY, place="unknown"),
        _meeting(NOW - 10 * DAY, place="virtual"),
    ]
    facts = _facts(meetings)
    assert facts.virtual_in_a_row == 2
    assert (facts.met_in_person_90d, facts.met_virtual_90d) == (1, 3)


def _tally(code: str, last: int, total: int = 1) -> Tally:
    return Tally(f"{code}:{ANN.email}", last, last, total, (total,) * len(WINDOWS))


def test_my_unanswered_mail_is_not_contact() -> None:
    facts = _facts([], [_tally("t", NOW - DAY), _tally("f", NOW - 90 * DAY)])
    assert facts.last_contact == NOW - 90 * DAY
    assert facts.last_outbound == NOW - DAY


def test_my_answer_is_contact() -> None:
    assert _facts([], [_tally("t", NOW - DAY), _tally("r", NOW - DAY)]).last_contact == NOW - DAY


def test_mail_with_a_hint_of_being_bulk_counts_from_correspondents_only() -> None:
    assert _facts([], [_tally("h", NOW - DAY)]).inbound == 0
    assert _facts([], [_tally("h", NOW - DAY), _tally("t", NOW - 9 * DAY)]).inbound == 1
    assert _facts([_meeting(NOW - 9 * DAY)], [_tally("h", NOW - DAY)]).last_inbound == NOW - DAY


def test_a_mailing_list_is_nobody() -> None:
    people = gather({}, [_tally("t", NOW - DAY)], (), (), ME, NOW, lists=frozenset({ANN.email}))
    assert people == {}


@pytest.mark.parametrize(("delays", "habit"), [([1, 2], None), ([60, 120, 9000], 120)])
def test_a_habit_needs_three_answers(delays: list[int], habit: int | None) -> None:
    facts = _facts([], [], [Answer(ANN.email, False, delay) for delay in delays])
    assert facts.their_delay == habit
    assert facts.my_delay is None

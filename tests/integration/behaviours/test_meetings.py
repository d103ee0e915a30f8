"""Behaviours 21 to 24: which meetings were contact, and whether people met in one room."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from syncd.model import Facts
from tests.builders.offices import MONDAY, Morning, Office, day

ANN = "ann.lee@client.example"
ADDRESS = "12 rue des Lilas, Montréal"


def _facts(morning: Morning, who: str = ANN) -> Facts:
    person = morning.result.snapshot.people.get(who)
    return person.facts if person is not None else Facts()


def _place(office: Office, title: str = "Budget", **fields: str) -> tuple[str, str]:
    office.meet(title, day(11, 5), [ANN], **fields)
    (meeting,) = office.once().result.snapshot.meetings
    return meeting.place.verdict, meeting.place.confidence


# --- 21: what never counts ---


@pytest.mark.parametrize(
    ("at", "more"),
    [
        (day(11, 5), {"my_response": "DECLINED", "organizer": ANN}),
        (day(11, 5), {"responses": ["DECLINED"]}),
        (day(11, 5), {"status": "CANCELLED"}),
        (day(12, 5), {}),
        (date(2026, 11, 5), {}),
    ],
    ids=["I declined", "they declined", "cancelled", "still to come", "all day"],
)
def test_21_a_meeting_that_was_not_held_is_no_contact(
    office: Office, at: Any, more: dict[str, Any]
) -> None:
    office.meet("Budget", at, [ANN], location=ADDRESS, **more)
    facts = _facts(office.once())
    assert (facts.last_in_person, facts.last_contact) == (None, None)


def test_21_a_held_meeting_is_contact(office: Office) -> None:
    office.meet("Budget", day(11, 5), [ANN], location=ADDRESS)
    facts = _facts(office.once())
    assert facts.last_in_person == facts.last_contact == int(day(11, 5).timestamp())


@pytest.mark.parametrize(
    ("at", "more"),
    [
        (day(11, 5), {"my_response": "DECLINED", "organizer": ANN}),
        (day(11, 5), {"responses": ["DECLINED"]}),
        (day(11, 5), {"status": "CANCELLED"}),
        (day(12, 5), {}),
    ],
    ids=["I declined", "they declined", "cancelled", "moved to later"],
)
def test_21_a_change_after_the_sync_takes_the_contact_back(
    office: Office, at: Any, more: dict[str, Any]
) -> None:
    office.meet("Budget", day(11, 5), [ANN], uid="budget-1", location=ADDRESS)
    assert _facts(office.once()).last_in_person is not None
    office.events.clear()
    office.meet("Budget", at, [ANN], uid="budget-1", location=ADDRESS, **more)
    assert _facts(office.once()).last_in_person is None


# --- 22: crowds ---


def test_22_a_big_recurring_event_is_no_face_time(office: Office) -> None:
    crowd = [ANN, *(f"colleague{n}@client.example" for n in range(49))]
    office.meet(
        "All hands", day(9, 1), crowd, location=ADDRESS, repeats={"freq": "weekly", "count": 12}
    )
    assert _facts(office.once()).last_in_person is None


def test_22_one_to_one_counts(office: Office) -> None:
    office.meet(
        "One to one", day(9, 1), [ANN], location=ADDRESS, repeats={"freq": "weekly", "count": 12}
    )
    assert _facts(office.once()).met_in_person_90d == 12


# --- 23: in person or virtual ---

ZOOM = "https://us02web.zoom.us/j/89012345678"


@pytest.mark.parametrize(
    ("title", "fields", "expected"),
    [
        ("Budget", {"location": ADDRESS, "description": ZOOM}, ("in_person", "medium")),
        ("Budget", {"location": ZOOM}, ("virtual", "high")),
        ("Budget", {"location": "+1 514 555 0147"}, ("virtual", "high")),
        ("Budget", {"location": "Zoom"}, ("virtual", "high")),
        ("Budget", {"location": "Microsoft Teams"}, ("virtual", "high")),
        ("Budget", {"location": "visio"}, ("virtual", "high")),
        ("Budget", {"location": "Call"}, ("virtual", "high")),
        ("Budget", {"location": ADDRESS}, ("in_person", "high")),
        ("Budget", {"location": "Salle 204"}, ("in_person", "high")),
        ("Coffee with Ann", {}, ("in_person", "low")),
        ("Lunch", {}, ("in_person", "low")),
        ("Dîner avec Ann", {}, ("in_person", "low")),
        ("Visite du site", {}, ("in_person", "low")),
        ("Budget", {}, ("unknown", "low")),
        ("Point mensuel", {}, ("unknown", "low")),
    ],
)
def test_23_the_ladder_of_places(
    office: Office, title: str, fields: dict[str, str], expected: tuple[str, str]
) -> None:
    assert _place(office, title, **fields) == expected


def test_23_a_booked_room_is_a_place(office: Office) -> None:
    office.meet("Budget", day(11, 5), [ANN], rooms=["Salle Nord"])
    (meeting,) = office.once().result.snapshot.meetings
    assert meeting.place.verdict == "in_person"


def test_23_a_meeting_of_unknown_place_counts_as_neither_and_is_asked_about(office: Office) -> None:
    office.people = {
        "people": [{"name": "Ann Lee", "addresses": [ANN], "meet_in_person": "60 days"}]
    }
    office.meet("Coffee", day(6, 1), [ANN])
    office.meet("Budget", day(11, 5), [ANN])
    morning = office.once()
    facts = _facts(morning)
    assert facts.last_in_person == int(day(6, 1).timestamp())
    assert facts.last_unplaced == int(day(11, 5).timestamp())
    (item,) = morning.of("missing_in_person")
    assert "in person or virtual?" in item["title"]


@pytest.mark.parametrize(("mark", "expected"), [("p", "in_person"), ("v", "virtual")])
def test_23_the_users_own_word_comes_first(office: Office, mark: str, expected: str) -> None:
    office.people = {
        "people": [{"name": "Ann Lee", "addresses": [ANN], "meet_in_person": "60 days"}]
    }
    office.meet("Coffee", day(6, 1), [ANN])
    office.meet("Budget", day(11, 5), [ANN])
    (item,) = office.once().of("missing_in_person")
    office.tick(item["id"], mark)
    after = office.once(MONDAY + timedelta(days=1))
    placed = next(m for m in after.result.snapshot.meetings if m.title == "Budget")
    assert (placed.place.verdict, placed.place.confidence) == (expected, "high")
    facts = _facts(after)
    held = facts.last_in_person if mark == "p" else facts.last_virtual
    assert held == int(day(11, 5).timestamp())
    overdue = [i for i in after.of("missing_in_person") if i["state"] in ("new", "open")]
    assert len(overdue) == (0 if mark == "p" else 1)


# --- 24: one word ---


@pytest.mark.parametrize(
    "description",
    [
        "Paul joins remote. Agenda: figures of October.",
        "We talk about remote work.",
        "Paul sera à distance. Ordre du jour : les chiffres.",
    ],
)
def test_24_the_word_remote_in_a_description_decides_nothing(
    office: Office, description: str
) -> None:
    assert _place(office, description=description)[0] == "unknown"

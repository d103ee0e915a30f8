"""Birthdays that stand in a calendar: said of people I know, and of nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders.offices import Office, day

ANN = "Ann Lee <ann.lee@client.example>"
TUESDAY = date(2026, 11, 24)


def birthdays(office: Office) -> list[tuple[str, str]]:
    """Whom it is said of, and what."""
    return [(item["people"][0]["name"], item["due"]) for item in office.once().of("birthdays")]


@pytest.fixture
def known(office: Office) -> Office:
    """I have written to Ann and to Anne; Paul wrote to me, and I never did."""
    office.correspond(ANN, "Anne Le Goff <anne.legoff@client.example>")
    office.rules = [{"name": "days", "type": "birthdays"}]
    return office


@pytest.mark.parametrize(
    ("title", "whom"),
    [
        ("Ann Lee’s birthday", "Ann Lee"),
        ("Ann Lee's 40th Birthday!", "Ann Lee"),
        ("🎂 Lee, Ann", "Ann Lee"),
        ("Anniversaire d’Anne Le Goff", "Anne Le Goff"),
        ("Anniversaire de Ann Lee (40 ans)", "Ann Lee"),
        ("ann.lee@client.example’s birthday", "Ann Lee"),
    ],
)
def test_of_somebody_i_know_it_is_said_before_the_day(known: Office, title: str, whom: str) -> None:
    known.meet(title, TUESDAY, [])
    assert birthdays(known) == [(whom, "2026-11-24")]


@pytest.mark.parametrize(
    "title",
    [
        "Ann’s birthday",
        "Ann Lee’s daughter’s birthday",
        "Anniversaire de Paul Girard",
        "Birthday lunch with Ann Lee and Anne Le Goff",
        "Ann Lee Smith’s birthday",
        "Joyeux anniversaire !",
        "Anniversaire de mariage de Ann Lee",
    ],
)
def test_of_anybody_else_nothing_is_said(known: Office, title: str) -> None:
    known.receive("Paul Girard <paul@client.example>", "Bonjour.\n", at=day(11, 20))
    known.meet(title, TUESDAY, [])
    assert birthdays(known) == []


def test_two_people_of_one_name_are_not_told_apart(known: Office) -> None:
    known.correspond("Ann Lee <info@elsewhere.example>")
    known.meet("Ann Lee’s birthday", TUESDAY, [])
    assert birthdays(known) == []


def test_a_birthday_in_a_month_is_not_said_yet(known: Office) -> None:
    known.meet("Ann Lee’s birthday", date(2026, 12, 24), [])
    assert birthdays(known) == []


def test_a_series_that_began_long_ago_is_said_once(known: Office) -> None:
    known.meet("Ann Lee’s birthday", date(1986, 11, 24), [], repeats={"freq": "yearly"})
    known.meet("Anniversaire de Ann Lee", TUESDAY, [])
    assert birthdays(known) == [("Ann Lee", "2026-11-24")]


def test_people_yaml_counts_before_a_calendar(known: Office) -> None:
    known.people = {
        "people": [
            {"name": "Ann Lee", "addresses": ["ann.lee@client.example"], "birthday": "11-25"}
        ]
    }
    known.meet("Ann Lee’s birthday", TUESDAY, [])
    assert birthdays(known) == [("Ann Lee", "2026-11-25")]


def test_the_evidence_is_the_calendars_entry(known: Office) -> None:
    known.meet("Ann Lee’s birthday", TUESDAY, [])
    (item,) = known.once().of("birthdays")
    assert "Ann Lee’s birthday" in str(item)

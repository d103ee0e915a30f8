"""What a calendar entry is for, by its title: time away pauses clocks, so it must be mine."""

from __future__ import annotations

import pytest

from syncd.normalise.purpose import purpose


@pytest.mark.parametrize(
    "title",
    [
        "OOO",
        "OOO until Friday",
        "Out of office – annual leave",
        "Congés",
        "Congés payés",
        "Congés (Portugal)",
        "Absente",
        "Vacances",
        "Vacances de Noël",
        "Vacances du 3 au 10",
        "En vacances à Rome",
        "PTO",
        "RTT",
    ],
)
def test_my_time_away(title: str) -> None:
    assert purpose(title, all_day=True, guests=False) == "out_of_office"


@pytest.mark.parametrize(
    "title",
    [
        "Vacances de Paul",
        "Congés Paul",
        "Congés du stagiaire",
        "OOO - Paul",
        "Vacances scolaires zone C",
        "School holidays",
        "Bank holiday",
        "Absent: Camille ?",
        "Point congés",
    ],
)
def test_somebody_elses_time_away_is_not_mine(title: str) -> None:
    assert purpose(title, all_day=True, guests=False) != "out_of_office"


def test_the_calendars_own_mark_counts_even_with_guests() -> None:
    assert purpose("Salon", all_day=False, guests=True, busy_status="OOF") == "out_of_office"


def test_a_meeting_about_leave_is_a_meeting() -> None:
    assert purpose("Vacances", all_day=False, guests=True) == "meeting"


@pytest.mark.parametrize(
    ("title", "more"),
    [
        ("Ann's birthday", {}),
        ("Anniversaire de Paul", {}),
        ("🎂 Ann", {}),
        ("Ann Lee", {"calendar_name": "Birthdays"}),
        ("Paul", {"categories": "ANNIVERSAIRE"}),
    ],
)
def test_birthdays(title: str, more: dict[str, str]) -> None:
    assert purpose(title, all_day=True, guests=False, **more) == "birthday"


def test_a_wedding_anniversary_is_no_birthday() -> None:
    assert purpose("Anniversaire de mariage", all_day=True, guests=False) == "meeting"


@pytest.mark.parametrize(
    "title", ["Focus time", "Deep work", "Ne pas déranger", "WFH", "Télétravail", "Trajet", "Busy"]
)
def test_my_own_blocks(title: str) -> None:
    assert purpose(title, all_day=False, guests=False) == "other"
    assert purpose(title, all_day=False, guests=True) == "meeting"

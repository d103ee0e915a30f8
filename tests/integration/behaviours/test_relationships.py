"""Behaviours 25 to 27: rhythm, news and balance of a relationship."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.offices import MONDAY, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
ADDRESS = "ann.lee@client.example"


@pytest.fixture
def client(office: Office) -> Office:
    """Ann is in people.yaml, to be heard of every 30 days."""
    office.people = {
        "tags": {"client": {"keep_in_touch": "30 days"}},
        "people": [{"name": "Ann Lee", "addresses": [ADDRESS], "tags": ["client"]}],
    }
    return office


# --- 25: quiet ---


def test_25_never_contacted_is_not_overdue(client: Office) -> None:
    assert client.once().items == []


def test_25_planned_contact_keeps_quiet(client: Office) -> None:
    client.receive(ANN, "The fair was fun.\n", day(9, 1))
    assert len(client.once().of("keep_in_touch")) == 1
    client.meet("Budget", day(12, 3), [ADDRESS])
    assert client.once().of("keep_in_touch") == []


def test_25_snoozed_contact_keeps_quiet(client: Office) -> None:
    client.receive(ANN, "The fair was fun.\n", day(9, 1))
    (item,) = client.once().of("keep_in_touch")
    client.tick(item["id"], ">] until 2026-12-01")
    assert client.once(day(11, 30)).of("keep_in_touch") == []
    assert len(client.once(day(12, 1)).of("keep_in_touch")) == 1


# --- 26: states ---


@pytest.mark.parametrize(
    ("days", "words"),
    [(10, None), (26, "soon over your 30 days"), (40, "last contact 40 days ago")],
    ids=["fine", "due soon", "overdue"],
)
def test_26_fine_due_soon_and_overdue(client: Office, days: int, words: str | None) -> None:
    client.rules = [{"name": "touch", "type": "keep_in_touch", "warn_before": "7 days"}]
    client.receive(ANN, "The fair was fun.\n", MONDAY - timedelta(days=days))
    items = client.once().of("keep_in_touch")
    assert len(items) == (0 if words is None else 1)
    assert all(words is not None and words in item["title"] for item in items)


def test_26_mail_both_ways_and_held_meetings_are_contact(client: Office) -> None:
    first = client.receive(ANN, "The fair was fun.\n", day(8, 1))
    assert len(client.once().of("keep_in_touch")) == 1
    client.send(ANN, "It was, thank you.\n", day(11, 10), answers=first)
    assert client.once().of("keep_in_touch") == []


def test_26_a_held_meeting_is_contact(client: Office) -> None:
    client.receive(ANN, "The fair was fun.\n", day(8, 1))
    client.meet("Budget", day(11, 10), [ADDRESS])
    assert client.once().of("keep_in_touch") == []


def test_26_my_unanswered_mail_is_not_contact(client: Office) -> None:
    client.receive(ANN, "The fair was fun.\n", day(8, 1))
    client.send(ANN, "Bonjour Ann, j'espère que tout va bien.\n", day(11, 10), subject="Bonjour")
    (item,) = client.once().of("keep_in_touch")
    assert "no answer" in item["reason"]


# --- 27: news and balance ---


@pytest.mark.parametrize(
    "text",
    ["Our daughter was born last week.\n", "Notre fille est née la semaine dernière.\n"],
)
def test_27_news_are_told_and_expire(office: Office, text: str) -> None:
    office.correspond(ANN)
    office.receive(ANN, text, day(11, 12))
    (item,) = office.once().of("personal_news")
    assert item["quote"] == text.strip()
    assert office.once(day(11, 12) + timedelta(days=60)).of("personal_news") == []


@pytest.mark.parametrize(
    "word",
    [
        "Congratulations on the baby! How are you all?\n",
        "Félicitations pour la naissance ! Comment allez-vous ?\n",
    ],
)
def test_27_my_word_about_it_closes_the_news(office: Office, word: str) -> None:
    told = office.receive(ANN, "Our daughter was born last week.\n", day(11, 12))
    office.send(ANN, "The quote is on its way.\n", day(11, 13), subject="Quote")
    assert len(office.once().of("personal_news")) == 1
    office.send(ANN, word, day(11, 20), answers=told)
    assert office.once().of("personal_news") == []


def test_27_news_of_somebody_else_are_not_theirs(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, "See the attached brochure on maternity leave.\n", day(11, 12))
    assert office.once().of("personal_news") == []


def _ask(office: Office, count: int) -> None:
    for number in range(count):
        at = day(9, 1) + timedelta(days=7 * number)
        asked = office.send(ANN, f"Could you send me list number {number}?\n", at)
        office.receive(ANN, "Here it is.\n", at + timedelta(days=1), answers=asked)


def test_27_one_sidedness_needs_enough_mail_and_is_said_neutrally(office: Office) -> None:
    _ask(office, 5)
    assert office.once().of("one_sided") == []
    _ask(office, 6)
    (item,) = office.once().of("one_sided")
    assert item["title"] == "Ann Lee: your last 6 mails all ask for something"
    assert item["severity"] == "low"


def test_27_a_caring_word_is_balance_enough(office: Office) -> None:
    _ask(office, 6)
    office.send(ANN, "Congratulations on the baby!\n", day(11, 12), subject="News")
    assert office.once().of("one_sided") == []

"""An account whose text is not to be read: what can be seen without is, and the rest is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders.offices import ME, Office, day
from tests.fakes.google.gmail import FakeGmail
from tests.fakes.google.server import GoogleServer

PRIVATE = "camille.roy@gmail.example"
MARC, ANN = "Marc Roux <marc.roux@client.example>", "Ann Lee <ann.lee@client.example>"
ASKS = "Could you send me the revised quote?\n"
TELLS = "Here is the revised quote, as promised.\n"


@pytest.fixture
def gmail() -> Iterator[FakeGmail]:
    """A mailbox with a mail to me alone and one to me and others, of somebody I wrote to."""
    fake = FakeGmail(address=PRIVATE, scope="metadata")
    mine = f"Camille Roy <{PRIVATE}>"
    fake.deliver("Agenda", day(6, 1), sender=mine, to=MARC, labels=["SENT"])
    fake.deliver("The quote", day(11, 17), sender=MARC, to=PRIVATE)
    fake.deliver("To all", day(11, 17), sender=MARC, to=f"{PRIVATE}, {ANN}")
    yield fake


@pytest.fixture
def private(gmail: FakeGmail, office: Office) -> Iterator[Office]:
    with GoogleServer(gmail) as server:
        google: dict[str, Any] = {
            "user": PRIVATE,
            "endpoint": server.url,
            "token_command": "echo ya29.fake",
            "text": False,
        }
        office.settings["accounts"] = [
            {"name": "work", "connector": "maildir", "path": str(office.mail)},
            {"name": "private", "connector": "gmail", **google},
        ]
        yield office


def test_mail_to_me_alone_waits_for_an_answer(private: Office) -> None:
    (item,) = private.once().owe()
    assert item["people"][0]["name"] == "Marc Roux"
    assert "The quote" in item["title"] + item["reason"]
    assert item["quote"] == ""


def test_of_accounts_with_text_the_words_decide(private: Office) -> None:
    private.correspond(ANN)
    private.receive(ANN, TELLS, day(11, 17), subject="No question")
    private.receive(ANN, ASKS, day(11, 18), subject="A question")
    owed = private.once().owe("ann.lee@client.example")
    assert [item["quote"] for item in owed] == [ASKS.strip()]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The text of private is not read"), ("fr", "Le texte de private n’est pas lu")],
)
def test_the_summary_says_what_is_not_seen(private: Office, language: str, said: str) -> None:
    private.settings["language"] = language
    morning = private.once()
    assert said in morning.markdown
    assert said in (private.summaries / "latest.html").read_text(encoding="utf-8")


def test_where_no_text_is_read_at_all_that_is_said(office: Office) -> None:
    office.settings["text"] = False
    office.receive(ANN, ASKS, day(11, 17))
    assert "No text is read" in office.once().markdown


def test_where_every_text_is_read_nothing_is_said(office: Office) -> None:
    office.receive(ANN, ASKS, day(11, 17), to=ME)
    assert "text: false" not in office.once().markdown

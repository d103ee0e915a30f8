"""Google, Outlook and a Maildir at once: whatever stands in several of them is told once.

Three servers' worth of state on loopback, the real connectors, one store, one summary.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders.offices import ME, Morning, Office, day
from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.fakes.google.gmail import FakeGmail
from tests.fakes.google.server import GoogleServer
from tests.fakes.microsoft.calendar import FakeCalendars, guest
from tests.fakes.microsoft.mail import Mailbox, person
from tests.fakes.microsoft.server import TOKEN, FakeGraph

PRIVATE = "camille.roy@gmail.example"
WORK, HOME = "ann.lee@client.example", "ann@home.example"
MARC, JULIE = "marc.roux@client.example", "julie.morel@partner.example"
UID = "040000008200E00074C5B7101A82E00800000000B0A1C2D3E4F5DA010000000000000000100000" + "AB" * 16


class Firm:
    """One user with four accounts."""

    def __init__(self, root: Path, servers: ExitStack) -> None:
        self.gmail = FakeGmail(address=PRIVATE)
        self.google = FakeGoogleCalendar(PRIVATE)
        self.graph = FakeGraph()
        self.outlook = Mailbox(self.graph)
        self.calendars = FakeCalendars(self.graph)
        self.server = servers.enter_context(GoogleServer(self.gmail, self.google))
        servers.enter_context(self.graph)
        google = {
            "user": PRIVATE,
            "endpoint": self.server.url,
            "token_command": "echo ya29.fake",
        }
        outlook = {"user": ME, "endpoint": self.graph.url, "token_command": f"echo {TOKEN}"}
        self.office = Office(
            root,
            people={
                "tags": {"client": {"meet_in_person": "90 days"}},
                "people": [{"name": "Ann Lee", "addresses": [WORK, HOME], "tags": ["client"]}],
            },
        )
        self.office.settings = {
            "me": {"names": ["Camille Roy"], "addresses": [ME, PRIVATE]},
            "accounts": [
                {"name": "work", "connector": "outlook", **outlook},
                {"name": "private", "connector": "gmail", **google},
                {"name": "private-calendar", "connector": "google_calendar", **google},
                {"name": "archive", "connector": "maildir", "path": str(self.office.mail)},
            ],
        }
        # we have written to each other before
        for address in (WORK, MARC, JULIE):
            self.outlook.send("Agenda of the fair", day(5, 4), to=address, text="Here it is.")

    def in_outlook(self, name: str, sender: str, text: str, at: datetime, **more: Any) -> None:
        """A mail comes into Outlook. `key` is its Message-ID, `answers` another's."""
        key, answers = more.pop("key"), more.pop("answers", "")
        headers = [("In-Reply-To", answers), ("References", answers)] if answers else []
        self.outlook.deliver(
            "Quote",
            at,
            sender=person(sender, name),
            text=text,
            headers=headers,
            internetMessageId=key,
            **more,
        )

    def in_gmail(self, sender: str, text: str, at: datetime, **more: Any) -> None:
        """The same into Gmail, or out of it."""
        key, answers = more.pop("key"), more.pop("answers", "")
        headers = {"Message-ID": key}
        headers |= {"In-Reply-To": answers, "References": answers} if answers else {}
        usual = {"to": PRIVATE, "headers": headers}
        self.gmail.deliver("Re: Quote", at, sender=sender, text=text, **{**usual, **more})

    def meeting(self, title: str, start: datetime, *, weeks: int = 1) -> None:
        """One meeting with Ann in both calendars, as invitations put it there."""
        self.calendars.add(
            title,
            start,
            every=timedelta(weeks=1) if weeks > 1 else None,
            count=weeks,
            iCalUId=UID,
            attendees=[guest("Ann Lee", WORK, "accepted"), guest("Camille Roy", PRIVATE)],
        )
        attendees = [
            {"email": WORK, "displayName": "Ann Lee", "responseStatus": "accepted"},
            {"email": PRIVATE, "self": True, "responseStatus": "accepted"},
        ]
        self.google.insert(
            {
                "summary": title,
                "iCalUID": UID,
                "start": timed(start, zone="America/Toronto")["start"],
                "end": timed(start, zone="America/Toronto")["end"],
                "organizer": {"email": ME},
                "attendees": attendees,
                **({"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={weeks}"]} if weeks > 1 else {}),
            }
        )

    def once(self) -> Morning:
        morning = self.office.once()
        states = {one.account: (one.state, one.detail) for one in morning.result.coverage}
        assert states == dict.fromkeys(
            ("work", "private", "private-calendar", "archive"), ("complete", "")
        )
        return morning


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    with ExitStack() as servers:
        firm = Firm(tmp_path, servers)
        yield firm
        assert not firm.server.violations


def test_a_thread_over_two_accounts_is_one_item(firm: Firm) -> None:
    asked = "<1@client.example>"
    text = "Could you send me the revised quote?"
    firm.in_outlook("Ann Lee", WORK, text, day(11, 18), key=asked)
    firm.in_gmail(
        f"Ann Lee <{HOME}>",
        "Could you also tell me the price of the second option?",
        day(11, 19),
        key="<2@home.example>",
        answers=asked,
    )
    (item,) = firm.once().owe()
    assert {address for one in item["people"] for address in one["addresses"]} == {WORK, HOME}
    assert len(item["people"]) == 1


def test_an_answer_from_the_other_account_closes_the_question(firm: Firm) -> None:
    asked = "<3@client.example>"
    text = "Could you send me the revised quote?"
    firm.in_outlook("Marc Roux", MARC, text, day(11, 17), key=asked)
    assert len(firm.once().owe(MARC)) == 1
    firm.in_gmail(
        f"Camille Roy <{PRIVATE}>",
        "Here it is, 4,200 in all.",
        day(11, 18),
        key="<4@gmail.example>",
        answers=asked,
        to=MARC,
        labels=["SENT"],
    )
    assert not firm.once().owe()


def test_one_mail_in_three_accounts_is_one_item(firm: Firm) -> None:
    text, at, key = "Could you send me the revised quote?", day(11, 18), "<5@partner.example>"
    firm.in_outlook("Julie Morel", JULIE, text, at, key=key)
    firm.in_gmail(f"Julie Morel <{JULIE}>", text, at, key=key)
    firm.office.receive(
        f"Julie Morel <{JULIE}>", text, at, subject="Quote", headers={"Message-ID": key}
    )
    morning = firm.once()
    assert len(morning.owe()) == 1
    assert morning.markdown.count("revised quote") == 1


@pytest.mark.parametrize("weeks", [1, 3])
def test_a_meeting_in_two_calendars_is_one_meeting(firm: Firm, weeks: int) -> None:
    firm.meeting("Suivi du mandat", day(11, 2, 9), weeks=weeks)
    morning = firm.once()
    held = [m for m in morning.result.snapshot.meetings if m.title == "Suivi du mandat"]
    assert len(held) == weeks
    assert {meeting.uid for meeting in held} == {UID}
    # its place is not known: asked about once
    (asked,) = morning.of("missing_in_person")
    assert [person["name"] for person in asked["people"]] == ["Ann Lee"]
    assert morning.markdown.count("Suivi du mandat") == 1


def test_a_person_of_two_accounts_is_one_line(firm: Firm) -> None:
    firm.in_outlook("Ann Lee", WORK, "See you soon.", day(8, 3), key="<6@client.example>")
    firm.in_gmail(f"Ann Lee <{HOME}>", "All the best.", day(8, 10), key="<7@home.example>")
    (item,) = firm.once().of("missing_in_person")
    (ann,) = item["people"]
    assert set(ann["addresses"]) == {WORK, HOME}


def test_a_second_morning_says_the_same(firm: Firm) -> None:
    text = "Could you send me the revised quote?"
    firm.in_outlook("Marc Roux", MARC, text, day(11, 17), key="<8@client.example>")
    firm.meeting("Suivi du mandat", day(11, 16, 9))
    first, second = firm.once(), firm.once()
    assert [item["id"] for item in first.items] == [item["id"] for item in second.items]
    assert len(first.items) >= 2

"""A provider tells an address of mine after mail of it was read: the records say what they would
if it had been told at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.model import Meeting, Message
from syncd.store import Store
from syncd.store.documents import from_document
from tests.builders.offices import ME, MONDAY, Office, day
from tests.fakes.google.gmail import FakeGmail
from tests.fakes.google.server import GoogleServer

PRIVATE = "camille.roy@gmail.example"
ALIAS = "c.roy@alumni.example"
MARC = "Marc Roux <marc.roux@client.example>"
ANN = "Ann Lee <ann.lee@client.example>"
ASKS = "Could you send me the revised quote?\n"
TUESDAY = MONDAY + timedelta(days=1, hours=1)


class Alumna:
    """A user whose Gmail account and archive hold mail of an address that nobody named yet."""

    def __init__(self, root: Path, gmail: FakeGmail, server: GoogleServer) -> None:
        self.gmail, self.server, self.office = gmail, server, Office(root)
        google = {"user": PRIVATE, "endpoint": server.url, "token_command": "echo ya29.fake"}
        self.office.settings["accounts"] = [
            {"name": "archive", "connector": "maildir", "path": str(self.office.mail)},
            {"name": "diary", "connector": "ics", "path": str(self.office.calendar)},
            {"name": "private", "connector": "gmail", **google},
        ]
        self.office.correspond(MARC, ANN)
        # a question of mine to Marc, and Ann's to me, both under the other address
        mine = f"Camille Roy <{ALIAS}>"
        gmail.deliver("Quote", day(11, 16), sender=mine, to=MARC, text=ASKS)
        self.office.receive(mine, ASKS, day(11, 12), to=MARC, subject="Old quote")
        self.office.receive(ANN, ASKS, day(11, 17), to=ALIAS, subject="Her quote")
        host = "ann.lee@client.example"
        self.office.meet("Lunch", day(11, 10, 12), [host], organizer=host, me=ALIAS)
        for number in range(3):
            gmail.deliver(f"Agenda {number}", day(11, 2 + number), sender=ANN, to=PRIVATE)

    def tell(self) -> None:
        """The alias is added at Gmail, which is asked again when a mail comes in after a day."""
        self.gmail.aliases.append(
            {"sendAsEmail": ALIAS, "isPrimary": False, "verificationStatus": "accepted"}
        )
        self.gmail.deliver("Minutes", MONDAY + timedelta(hours=3), sender=ANN, to=PRIVATE)

    def records(self) -> dict[str, Any]:
        with Store.open(self.office.state, read_only=True) as store:
            interactions = [from_document(document) for document in store.interactions.all()]
        return {f"{one.account}/{one.source_id}": one for one in interactions}

    def directions(self) -> dict[str, str]:
        messages = [one for one in self.records().values() if isinstance(one, Message)]
        return {one.subject: one.direction for one in messages if one.sender.email == ALIAS}


@pytest.fixture
def alumna(tmp_path: Path) -> Iterator[Alumna]:
    gmail = FakeGmail(address=PRIVATE)
    with GoogleServer(gmail) as server:
        yield Alumna(tmp_path, gmail, server)
        assert not server.violations


def test_records_of_every_account_are_decided_anew(alumna: Alumna) -> None:
    alumna.office.once()
    assert alumna.directions() == {"Quote": "inbound", "Old quote": "inbound"}
    alumna.tell()
    after = alumna.office.once(TUESDAY)

    assert alumna.directions() == {"Quote": "outbound", "Old quote": "outbound"}
    assert {item["people"][0]["name"] for item in after.owe()} == {"Ann Lee"}
    assert {item["people"][0]["name"] for item in after.owed()} == {"Marc Roux"}
    # the same as if it had been known all along
    known = alumna.records()
    shutil.rmtree(alumna.office.state)
    alumna.office.once(TUESDAY)
    assert alumna.records() == known


def test_a_meeting_is_answered_by_the_address_told_later(alumna: Alumna) -> None:
    alumna.office.once()
    alumna.tell()
    alumna.office.once(TUESDAY)
    (lunch,) = (one for one in alumna.records().values() if isinstance(one, Meeting))
    assert lunch.my_response == "accepted"


def test_an_address_that_is_mine_no_longer_is_somebody_elses(alumna: Alumna) -> None:
    alumna.tell()
    alumna.office.once()
    # the archive too, which was read before Gmail had said whose address it is
    assert set(alumna.directions().values()) == {"outbound"}
    alumna.gmail.aliases.clear()
    alumna.gmail.deliver("News", MONDAY + timedelta(hours=3), sender=ANN, to=PRIVATE)
    alumna.office.once(TUESDAY)
    assert set(alumna.directions().values()) == {"inbound"}


def test_what_names_no_changed_address_is_not_asked_for_again(alumna: Alumna) -> None:
    alumna.office.once()
    first = len(alumna.gmail.gets)
    assert first == 4  # nothing twice, though my first address was told on the way
    alumna.tell()
    alumna.office.once(TUESDAY)
    assert len(alumna.gmail.gets) == first + 2  # the new mail and mine
    alumna.office.once(TUESDAY + timedelta(hours=1))
    assert len(alumna.gmail.gets) == first + 2


def test_what_names_an_address_that_i_named_is_not_asked_for_again(alumna: Alumna) -> None:
    alumna.office.settings["me"] = {"names": ["Camille Roy"], "addresses": [ME, ALIAS]}
    alumna.office.once()
    first = len(alumna.gmail.gets)
    alumna.tell()
    alumna.office.once(TUESDAY)
    assert len(alumna.gmail.gets) == first + 1  # the new mail


def test_an_account_that_could_not_be_read_meanwhile_follows_later(alumna: Alumna) -> None:
    alumna.office.once()
    alumna.tell()
    aside = alumna.office.root / "aside"
    alumna.office.mail.rename(aside)
    alumna.office.settings["accounts"][0]["path"] = str(alumna.office.mail / "nowhere")
    failed = alumna.office.once(TUESDAY)
    assert {one.account: one.state for one in failed.result.coverage}["archive"] == "failed"
    assert alumna.directions() == {"Quote": "outbound", "Old quote": "inbound"}
    aside.rename(alumna.office.mail / "nowhere")
    alumna.office.once(TUESDAY + timedelta(hours=1))
    assert alumna.directions() == {"Quote": "outbound", "Old quote": "outbound"}

"""The fake's answers fit the models that Microsoft publishes in its own SDK.

conftest.py looks at the answers in every test of this folder; here is the proof that it does, and
an account with a bit of everything.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgraph.generated.models.event import Event
from msgraph.generated.models.message import Message

from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.outlook import Outlook
from syncd.connectors.tokens import Tokens
from tests.contract.contract import NOW, Records, context
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.calendar import FakeCalendars, guest
from tests.fakes.microsoft.mail import Mailbox
from tests.fakes.microsoft.published import Published, model_of, problems
from tests.fakes.microsoft.server import TOKEN, FakeGraph, refused
from tests.fakes.server import Response

MESSAGE = {
    "id": "AAk=",
    "subject": "The revised quote",
    "isRead": False,
    "receivedDateTime": "2026-11-23T10:00:00Z",
    "inferenceClassification": "focused",
    "from": {"emailAddress": {"name": "Ann Lee", "address": "ann.lee@client.example"}},
    "toRecipients": [{"emailAddress": {"address": "camille@cabinet.example"}}],
}


def test_an_account_with_a_bit_of_everything(tmp_path: Path, published: Published) -> None:
    with FakeGraph() as graph:
        mailbox, calendars = Mailbox(graph), FakeCalendars(graph)
        folder = mailbox.add_folder("Clients", "inbox")
        mailbox.deliver("The quote", NOW - timedelta(days=1), folder=folder, headers=[("X-A", "b")])
        mailbox.send("Re: The quote", NOW - timedelta(hours=3))
        gone = mailbox.deliver("For a day", NOW - timedelta(hours=2))
        team = calendars.add_calendar("Team")
        people = [
            guest("Ann Lee", "ann.lee@client.example", "accepted"),
            guest("Room 4", "room4@cabinet.example", "accepted", "resource"),
        ]
        calendars.add("Coffee", NOW - timedelta(days=3), attendees=people, location="Café Nord")
        weekly = calendars.add("Weekly", NOW - timedelta(days=30), every=timedelta(weeks=1))
        calendars.change_occurrence(weekly, 2, subject="Weekly, with Ann")
        calendars.add("Away", NOW + timedelta(days=3), calendar=team, showAs="oof")
        options = OutlookOptions(
            user="camille@cabinet.example", token_command=f"printf {TOKEN}", endpoint=graph.url
        )
        outlook = Outlook("work", options, Tokens(tmp_path, "work"))
        outlook.check()
        records = Records()
        for batch in outlook.pull(None, context(records)):
            records.commit(batch)
        mailbox.remove(gone)
        calendars.delete_occurrence(weekly, 4)
        for batch in outlook.pull(records.cursor, context(records)):
            records.commit(batch)
        for batch in outlook.fetch(list(records.items), context(records)):
            records.commit(batch)
        assert {"The quote", "Coffee", "Weekly, with Ann", "Away"} <= records.names()
        missing = {p for p in graph.router.patterns if model_of(p) is None}
    assert not missing
    assert published.problems == []
    looked_at = {model_of(pattern) for pattern in published.seen}
    assert len(looked_at - {None}) == 5, looked_at


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("isRead", "false"),
        ("isRead", 1),
        ("subject", 7),
        ("receivedDateTime", "yesterday"),
        ("inferenceClassification", "boring"),
        ("from", "ann.lee@client.example"),
        ("from", {"address": "ann.lee@client.example"}),
        ("toRecipients", [{"emailAddress": {"mail": "ann.lee@client.example"}}]),
        ("toRecipients", {"emailAddress": {"address": "ann.lee@client.example"}}),
    ],
)
def test_what_is_not_as_published_is_found(name: str, value: Any) -> None:
    assert not list(problems(Message, MESSAGE))
    assert list(problems(Message, {**MESSAGE, name: value}))


def test_a_word_that_an_event_does_not_know() -> None:
    assert not list(problems(Event, {"showAs": "oof", "type": "occurrence"}))
    assert list(problems(Event, {"showAs": "outOfOffice"}))
    assert list(problems(Event, {"attendees": [{"status": {"response": "maybe"}}]}))


def test_every_answer_of_the_fake_is_looked_at(published: Published) -> None:
    with FakeGraph() as graph:
        graph.router.register(
            "GET", "/me/messages/{message}", lambda _r, message: Response(200, {"topic": "x"})
        )
        graph.router.register("GET", "/me/events/{event}", lambda _r, event: refused(404, "Gone"))
        options = OutlookOptions(
            user="camille@cabinet.example", token_command=f"printf {TOKEN}", endpoint=graph.url
        )
        client = Graph("work", options, Tokens(Path("nowhere"), "work"), SimulatedClock())
        client.batch(["/me/messages/1", "/me/events/1"])
        client.close()
    assert published.problems == ["/me/messages/{message}: /topic is not published"]
    published.problems.clear()

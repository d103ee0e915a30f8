"""The rounds of delta that Microsoft's documentation prints, answered as printed.

https://learn.microsoft.com/graph/delta-query-messages, example 1: five messages on three pages,
then a removal and a change. The structure is theirs: links with the folder in brackets, few
properties, an update that repeats them, a truth value in quotation marks; all values are invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from syncd.normalise.graph_mail import FIELDS
from tests.fakes.microsoft.server import refused
from tests.fakes.server import Request, Response
from tests.integration.microsoft.mail_account import MailAccount, ago

FOLDER = "AQMkFolderAAAA"
LINK = f"/me/mailfolders('{FOLDER}')/messages/delta"
ETAG = 'W/"CQAAABYAAAAInvented"'


def told(key: str, subject: str, name: str, address: str, *, read: Any = True) -> dict[str, Any]:
    """A message as the example prints it, with the three properties it selects."""
    return {
        "@odata.type": "#microsoft.graph.message",
        "@odata.etag": ETAG,
        "subject": subject,
        "isRead": read,
        "sender": {"emailAddress": {"name": name, "address": address}},
        "id": key,
    }


FIRST = told("AAMkFirstAAA=", "Opening hours", "Ann Lee", "ann.lee@client.example")
SECOND = told("AQMkSecondAAAAA==", "Your visit", "Max Roth", "max.roth@client.example")
THIRD = told("AQMkThirdAAAA", "The draft", "Zoé Petit", "zoe.petit@partenaire.example")
FOURTH = told("AQMkFourthAAAA", "New phone", "Lin Wu", "lin.wu@client.example")
FIFTH = told("AAMkFifthLWEAAA=", "Two questions", "Sam Hall", "sam.hall@partner.example")
REMOVED = {
    "@odata.type": "#microsoft.graph.message",
    "id": THIRD["id"],
    "@removed": {"reason": "deleted"},
}
PAGES: Mapping[str, tuple[list[dict[str, Any]], str]] = {
    "": ([FIRST, SECOND], "$skiptoken=SkipOne"),
    "SkipOne": ([THIRD, FOURTH], "$skiptoken=SkipTwo"),
    "SkipTwo": ([FIFTH], "$deltatoken=DeltaOne"),
    # as printed: the same deltaLink again, and a truth value in quotation marks
    "DeltaOne": (
        [REMOVED, {**FIRST, "isRead": "true"}],
        "$deltatoken=DeltaOne",
    ),
}


class Printed:
    """Answers as printed; what syncd asks beyond that, as a mailbox with these messages would."""

    def __init__(self, account: MailAccount) -> None:
        self.account = account
        self.gone: set[str] = set()
        self.folders_round = [
            {"id": FOLDER, "displayName": "Inbox", "parentFolderId": "AQMkROOT"},
        ]
        router = account.graph.router = type(account.graph.router)()
        router.register("GET", "/me", lambda _: Response(200, {"id": "1", "mail": None}))
        router.register("GET", "/me/mailFolders/delta", self._folders)
        router.register("GET", "/me/mailfolders/delta", self._no_folders)
        router.register("GET", "/me/mailFolders/{folder}/messages/delta", self._messages)
        router.register("GET", "/me/mailfolders('{folder}')/messages/delta", self._messages)
        router.register("GET", "/me/mailFolders/{name}", lambda _, name: self._well_known(name))
        router.register("GET", "/me/messages/{key}", self._message)

    def _folders(self, request: Request) -> Response:
        return self._with_link({"value": self.folders_round}, "/me/mailfolders/delta", "f1")

    def _no_folders(self, request: Request) -> Response:
        return self._with_link({"value": []}, "/me/mailfolders/delta", "f1")

    def _with_link(self, body: dict[str, Any], path: str, token: str) -> Response:
        link = self.account.graph.link(path, f"$deltatoken={token}")
        return Response(200, {**body, "@odata.deltaLink": link})

    def _messages(self, request: Request, folder: str) -> Response:
        token = request.one("$skiptoken") or request.one("$deltatoken")
        value, following = PAGES[token]
        name = "@odata.nextLink" if "skip" in following else "@odata.deltaLink"
        if REMOVED in value:
            self.gone.add(str(REMOVED["id"]))
        context = f"{self.account.graph.endpoint}/$metadata#Collection(message)"
        link = self.account.graph.link(LINK, following)
        return Response(200, {"@odata.context": context, name: link, "value": value})

    def _well_known(self, name: str) -> Response:
        if name == "inbox":
            return Response(200, {"id": FOLDER})
        return refused(404, "ErrorItemNotFound")

    def _message(self, request: Request, key: str) -> Response:
        held = {item["id"]: item for item in (FIRST, SECOND, THIRD, FOURTH, FIFTH)}
        if key in self.gone or key not in held:
            return refused(404, "ErrorItemNotFound")
        rest = {
            "parentFolderId": FOLDER,
            "receivedDateTime": f"{ago(hours=3):%Y-%m-%dT%H:%M:%SZ}",
            "sentDateTime": f"{ago(hours=3):%Y-%m-%dT%H:%M:%SZ}",
            "from": held[key]["sender"],
            "isDraft": False,
        }
        selected = request.one("$select").split(",")
        assert set(selected) >= set(FIELDS) or selected == ["parentFolderId", "isDraft"]
        return Response(200, {**dict.fromkeys(selected), **held[key], **rest})


@pytest.fixture(autouse=True)
def published() -> None:
    """What is printed does not fit Microsoft's own models everywhere: they do not judge here."""


@pytest.fixture
def account() -> Iterator[MailAccount]:
    with MailAccount() as opened:
        Printed(opened)
        yield opened


def test_the_first_round_brings_five_messages_on_three_pages(account: MailAccount) -> None:
    account.pull()
    assert account.subjects() == [
        "New phone",
        "Opening hours",
        "The draft",
        "Two questions",
        "Your visit",
    ]
    assert account.message("New phone").sender.name == "Lin Wu"
    links = [request for request, _ in account.graph.log if "messages/delta" in request.path]
    assert [dict(request.query).get("$skiptoken") for request in links] == [
        None,
        ["SkipOne"],
        ["SkipTwo"],
    ]
    assert all("odata.maxpagesize" in request.headers["prefer"] for request in links)
    assert set(links[0].query) == {"$select", "$orderby", "$filter"}
    assert not set(links[1].query) - {"$skiptoken"}, "the token holds the parameters"


def test_the_second_round_brings_a_removal_and_a_change(account: MailAccount) -> None:
    account.pull()
    batches = account.pull()
    assert [key for batch in batches for key in batch.deletions] == [f"m:{THIRD['id']}"]
    assert [item.source_id for batch in batches for item in batch.upserts] == [f"m:{FIRST['id']}"]
    assert len(account.records.items) == 4


def test_the_same_round_once_more_changes_nothing(account: MailAccount) -> None:
    """The example gives the same deltaLink again, so its round is told twice."""
    account.pull()
    account.pull()
    before = dict(account.records.items)
    batches = account.pull()
    assert account.records.items == before
    assert not any(batch.deletions for batch in batches)

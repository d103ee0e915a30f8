"""Every fault at every call: nothing is lost, nothing is deleted, and the next pass mends it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import pytest

from syncd.connectors.microsoft import mail_rounds
from syncd.errors import CursorExpired, RateLimited, Stopping, SyncdError, Transient
from syncd.model import Interaction
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.server import refused
from tests.fakes.server import GARBAGE, Fault, Hang, Request, Reset, Response
from tests.integration.microsoft.mail_account import MailAccount, ago

FAULTS: dict[str, Fault] = {
    "429 with Retry-After": refused(429, "TooManyRequests", Retry_After="7"),
    "429 for very long": refused(429, "TooManyRequests", Retry_After="3600"),
    "500": refused(500, "ErrorInternalServerError"),
    "503": refused(503, "ServiceUnavailable"),
    "504": refused(504, "UnknownError"),
    "410": refused(410, "SyncStateNotFound"),
    "400 resync": refused(400, "ResyncRequired"),
    "404": refused(404, "ErrorItemNotFound"),
    "403": refused(403, "ErrorAccessDenied"),
    "reset": Reset(),
    "reset after the work": Reset(after_handling=True),
    "hang": Hang(0.02),
    "garbage": GARBAGE,
    "a list that is none": Response(200, {"value": {"id": 3}}),
    "an empty object": Response(200, {}),
    "no JSON object": Response(200, []),
}
LASTING = 6
"""More attempts than are made."""


def account_of() -> MailAccount:
    """Nested folders, sent and received mail, small pages."""
    account = MailAccount()
    mailbox = account.mailbox
    mailbox.largest_page = 3
    clients = mailbox.add_folder("Clients", "inbox")
    for number in range(5):
        mailbox.deliver(f"Mail {number}", ago(hours=number), folder="inbox")
        mailbox.deliver(f"Quote {number}", ago(days=number), folder=clients)
    mailbox.send("Re: Quote 1", ago(hours=3))
    return account


def changes(account: MailAccount) -> None:
    """One of each kind: new, changed, moved, thrown away, removed, and a folder's new name."""
    mailbox = account.mailbox
    mailbox.deliver("New", ago(minutes=5))
    mailbox.update(mailbox.key_of("Mail 0"), categories=["Clients"])
    mailbox.move(mailbox.key_of("Mail 1"), "archive")
    mailbox.move(mailbox.key_of("Mail 2"), "deleteditems")
    mailbox.remove(mailbox.key_of("Quote 1"))
    mailbox.expire("sentitems")


def failing(fault: Fault, at: int, times: int) -> object:
    """A fault at the request of this number and the ones after it."""
    numbers = count()
    return lambda _number, _request: fault if at <= next(numbers) < at + times else None


def calls(account: MailAccount) -> int:
    """How many requests a pull of this account makes."""
    account.requests()
    account.pull()
    return len(account.requests())


@dataclass(frozen=True)
class Usual:
    """What the same story comes to where nothing goes wrong."""

    first: int
    """Requests of the first pull."""
    second: int
    items: dict[str, Interaction]
    """The records after the first pull."""
    changed: dict[str, Interaction]
    """The records after the second."""


@pytest.fixture(scope="module")
def usual() -> Usual:
    with account_of() as account:
        first, items = calls(account), dict(account.records.items)
        changes(account)
        return Usual(first, calls(account), items, account.records.items)


@pytest.mark.parametrize("times", [1, LASTING], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_at_any_call_is_mended_by_the_next_pass(
    fault: str, times: int, usual: Usual
) -> None:
    there = usual.items.keys() & usual.changed.keys()
    assert usual.second > 8
    for at in range(usual.second):
        with account_of() as account:
            account.pull()
            changes(account)
            account.graph.fault = failing(FAULTS[fault], at, times)
            with suppress(SyncdError):
                try:
                    account.pull()
                except CursorExpired:
                    pytest.fail("one folder's trouble would cost a full resync")
            assert account.records.items.keys() >= there, "lost what is still there"
            account.graph.fault = lambda _number, _request: None
            account.pull()
            account.fetch(list(account.records.failures))
            assert account.records.items == usual.changed


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_at_any_call_of_a_first_sync_costs_nothing_that_was_read(
    fault: str, usual: Usual
) -> None:
    assert usual.first > 10
    for at in range(usual.first):
        with account_of() as account:
            account.graph.fault = failing(FAULTS[fault], at, LASTING)
            with suppress(SyncdError):
                account.pull()
            held = len(account.records.items)
            account.graph.fault = lambda _number, _request: None
            batches = account.pull()
            account.fetch(list(account.records.failures))
            assert account.records.items == usual.items
            again = sum(len(batch.upserts) for batch in batches)
            # what a page brought is committed with its place; 410 and 404 begin a folder again
            if fault not in ("410", "400 resync", "404"):
                assert again <= len(usual.items) - held


def test_a_pause_that_is_asked_for_is_kept() -> None:
    with account_of() as account:
        account.graph.throttled = 1
        account.graph.retry_after = "7"
        account.pull()
        assert account.clock.waits == [7.0]
        assert len(account.records.items) == 11


def test_a_pause_that_is_too_long_is_left_to_the_next_pass() -> None:
    with account_of() as account:
        account.graph.fault = failing(FAULTS["429 for very long"], 3, 1)
        with pytest.raises(RateLimited) as caught:
            account.pull()
        assert caught.value.retry_after == 3600
        assert account.clock.waits == []


def test_a_part_of_a_batch_that_is_throttled_is_asked_again() -> None:
    with account_of() as account:
        tried = count()

        def part(_request: Request) -> Response | None:
            return FAULTS["429 with Retry-After"] if next(tried) in (10, 12) else None

        account.graph.part_fault = part
        account.pull()
        assert len(account.records.items) == 11
        assert account.clock.waits == [7.0]


def test_stopping_in_the_middle_of_a_pause_keeps_what_was_read() -> None:
    class Stopped(SimulatedClock):
        def wait(self, seconds: float) -> None:
            raise Stopping("syncd is being stopped")

    with account_of() as account:
        account.clock = Stopped()
        account.graph.fault = lambda _number, request: (
            FAULTS["503"] if "$skiptoken" in request.query and "messages" in request.path else None
        )
        with pytest.raises(Stopping):
            account.pull()
        assert len(account.records.items) == 7, "the first page of each folder"
        assert account.records.cursor


def test_pages_without_an_end_come_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_rounds, "MOST_PAGES", 30)
    with account_of() as account:
        inbox = account.mailbox.well_known["inbox"]

        def endless(number: int, request: Request) -> Fault | None:
            if inbox not in request.path or "delta" not in request.path:
                return None
            link = account.graph.link(f"/me/mailfolders('{inbox}')/messages/delta", f"n={number}")
            return Response(200, {"value": [], "@odata.nextLink": link})

        account.graph.fault = endless
        with pytest.raises(Transient, match="end"):
            account.pull()
        assert len(account.records.items) == 6, "the other folders were read"

"""Whose mail it is: own addresses, links, and several accounts side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.model import Message
from syncd.pipeline.intake import Intake
from syncd.store import Store
from syncd.store.documents import from_document
from tests.integration.google.gmail_account import NOW, GmailAccount, gmail_account

ALIASES = [
    {"sendAsEmail": "Conseil@Cabinet.example", "verificationStatus": "accepted"},
    {"sendAsEmail": "someone.else@client.example", "verificationStatus": "pending"},
]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[GmailAccount]:
    with gmail_account(tmp_path, aliases=list(ALIASES)) as opened:
        yield opened


def test_gmails_own_addresses_are_told_and_used(account: GmailAccount) -> None:
    account.context = {"me": frozenset()}
    account.mailbox.deliver("From an alias", NOW, sender="conseil@cabinet.example", labels=[])
    account.mailbox.deliver("From a stranger", NOW, sender="someone.else@client.example")
    told = {address for batch in account.pull() for address in batch.own}
    assert told == {"camille@cabinet.example", "conseil@cabinet.example"}
    assert account.message("From an alias").direction == "self"
    assert account.message("From a stranger").direction == "inbound"


def test_a_new_alias_is_told_with_the_next_mail_of_another_day(account: GmailAccount) -> None:
    account.pull()
    account.mailbox.aliases.append({"sendAsEmail": "c.roy@cabinet.example"})
    account.context = {"now": NOW + timedelta(days=2)}
    assert not any(batch.own for batch in account.pull())  # nothing new: one request
    account.mailbox.deliver("New", NOW, sender="c.roy@cabinet.example", to="ann@client.example")
    assert "c.roy@cabinet.example" in {x for batch in account.pull() for x in batch.own}
    assert account.message("New").direction == "outbound"


def test_own_addresses_are_not_asked_for_with_the_scope_that_forbids_it(
    account: GmailAccount,
) -> None:
    account.options = {"text": False}
    account.mailbox.scope = "metadata"
    account.pull()
    assert not account.server.called("gmail.users.settings.sendAs.list")


def test_the_link_opens_the_thread_in_the_right_account(account: GmailAccount) -> None:
    sent = account.mailbox.deliver("A question", NOW, thread="18f0aa")
    account.pull()
    message = account.records.items[sent]
    assert isinstance(message, Message)
    expected = "https://mail.google.com/mail/u/?authuser=camille%40cabinet.example#all/18f0aa"
    assert message.link == expected
    assert message.provider_thread == "18f0aa"


def test_threads_and_copies_merge_across_accounts(tmp_path: Path) -> None:
    """Ann writes to both addresses; Camille answers from the second one."""
    with (
        gmail_account(tmp_path / "a") as work,
        gmail_account(tmp_path / "b", address="c.roy@home.example") as home,
        Store.open(tmp_path / "records") as store,
    ):
        me = frozenset({"camille@cabinet.example", "c.roy@home.example"})
        home.name = "private"
        both = {"Message-ID": "<q1@client.example>"}
        answer = {"Message-ID": "<a1@home.example>", "In-Reply-To": "<q1@client.example>"}
        for account in (work, home):
            account.context = {"me": me}
        for account, thread in ((work, "18f01"), (home, "18f02")):
            account.mailbox.deliver("Quote", NOW - timedelta(days=2), headers=both, thread=thread)
        home.mailbox.deliver(
            "Re: Quote",
            NOW - timedelta(days=1),
            sender="c.roy@home.example",
            to="ann@client.example",
            headers=answer,
            labels=["SENT"],
            thread="18f02",
        )
        for account in (work, home):
            intake = Intake(store, account.name, me)
            for batch in account.connector().pull(None, account.pull_context()):
                intake.commit(batch, now=int(NOW.timestamp()))
        held = [from_document(document) for document in store.interactions.all()]
        messages = [item for item in held if isinstance(item, Message)]
        assert len(messages) == 3
        assert len({message.thread for message in messages}) == 1
        assert sum(message.copy for message in messages) == 1
        reply = next(message for message in messages if message.subject == "Re: Quote")
        assert reply.answers == "ann@client.example"

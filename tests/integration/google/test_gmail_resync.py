"""After Gmail forgot the history: one look at the whole mailbox, and deletions from that alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.errors import CursorExpired
from tests.contract.contract import upserts
from tests.fakes.server import Response
from tests.integration.google.gmail_account import NOW, GmailAccount, gmail_account


@pytest.fixture
def account(tmp_path: Path) -> Iterator[GmailAccount]:
    with gmail_account(tmp_path) as opened:
        opened.fill(40)
        opened.fill(40, first=NOW - timedelta(days=200))
        opened.pull()
        yield opened


def test_the_expired_history_is_the_pipelines_to_act_on(account: GmailAccount) -> None:
    account.mailbox.forget_history()
    with pytest.raises(CursorExpired):
        list(account.batches())


def test_everything_is_as_after_a_first_look(account: GmailAccount) -> None:
    ids = list(account.records.items)
    account.mailbox.delete(ids[0])
    account.mailbox.trash(ids[1])
    account.mailbox.label(ids[2], add=["SPAM"])
    account.mailbox.label(ids[4], add=["DRAFT"])
    account.mailbox.label(ids[3], add=["STARRED"], remove=["INBOX"])
    account.mailbox.delete(ids[-1])
    account.mailbox.trash(ids[-2])
    account.mailbox.deliver("Missed", NOW)
    account.mailbox.forget_history()
    account.pull()
    assert "Missed" in account.records.names()
    assert account.records.items == account.fresh()


def test_old_mail_that_is_known_is_not_read_again(account: GmailAccount) -> None:
    account.mailbox.forget_history()
    account.mailbox.gets.clear()
    account.pull()
    assert len(account.mailbox.gets) <= 40 + 2 * 25


def test_a_listing_that_breaks_off_deletes_nothing(account: GmailAccount) -> None:
    held = set(account.records.items)
    account.mailbox.delete(next(iter(held)))
    account.mailbox.forget_history()
    account.mailbox.page = 10

    def dying(_number: int, request: object) -> None:
        if getattr(request, "query", {}).get("includeSpamTrash") == ["true"]:
            account.mailbox.forget_page_tokens()

    account.server.http.fault = dying
    with pytest.raises(Exception, match="broke off"):
        account.pull()
    assert set(account.records.items) == held
    account.server.http.fault = lambda _number, _request: None
    account.pull()
    assert account.records.items == account.fresh()


def test_a_resync_that_was_killed_still_deletes_at_its_end(account: GmailAccount) -> None:
    gone = next(iter(account.records.items))
    account.mailbox.delete(gone)
    account.mailbox.forget_history()
    account.records.cursor = None  # the pipeline begins the resync
    running = account.batches()
    next(running), next(running), next(running)
    running.close()
    account.pull()
    assert gone not in account.records.items
    assert account.records.items == account.fresh()


def test_what_was_not_listed_is_deleted_last_and_not_as_told(account: GmailAccount) -> None:
    """The pipeline stops and asks before most of an account goes: nothing may be lost then."""
    for message_id in list(account.mailbox.messages)[:70]:
        account.mailbox.delete(message_id)
    account.mailbox.deliver("New", NOW)
    account.mailbox.forget_history()
    account.records.cursor = None
    batches = list(account.connector().pull(None, account.pull_context()))
    first = next(number for number, batch in enumerate(batches) if batch.deletions)
    assert not list(upserts(batches[first:]))
    assert not any(batch.told for batch in batches)
    account.records.cursor = batches[first - 1].cursor
    again = list(account.connector().pull(account.records.cursor, account.pull_context()))
    assert sum(len(batch.deletions) for batch in again) == 70


@pytest.mark.parametrize("change", [{"text": False}, {"user": "camille@cabinet.example"}])
def test_another_choice_of_text_or_user_reads_anew(
    account: GmailAccount, change: dict[str, object]
) -> None:
    if "text" in change:
        account.options = change
    else:
        account.mailbox.address = "other@cabinet.example"
    with pytest.raises(CursorExpired):
        list(account.batches())


def test_a_server_without_history_is_looked_at_as_a_whole_each_time(account: GmailAccount) -> None:
    account.mailbox.has_history = False
    account.mailbox.deliver("New", NOW)
    account.pull()
    assert "New" in account.records.names()
    account.mailbox.delete(next(iter(account.records.items)))
    account.pull()
    assert account.records.items == account.fresh()


@pytest.mark.parametrize("method", ["gmail.users.getProfile", "gmail.users.history.list"])
@pytest.mark.parametrize("odd", [None, "soon", -1, True, 1.5, {}, "9" * 30])
def test_an_id_that_is_none_is_not_kept_as_the_place(
    tmp_path: Path, method: str, odd: object
) -> None:
    answer = Response(200, {"emailAddress": "camille@cabinet.example", "historyId": odd})
    with gmail_account(tmp_path) as account:
        account.fill(3)
        account.server.part_fault = lambda call: answer if call.method == method else None
        account.pull()
        account.server.part_fault = lambda _call: None
        account.mailbox.deliver("New", NOW)
        account.pull()
        assert account.records.items == account.fresh()

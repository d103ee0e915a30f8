"""What changes in a Gmail mailbox after the first look, by its history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.errors import Transient
from tests.contract.contract import name_of, upserts
from tests.integration.google.gmail_account import (
    NOW,
    DyingClock,
    GmailAccount,
    Killed,
    gmail_account,
)

KILLS = 100


@pytest.fixture
def account(tmp_path: Path) -> Iterator[GmailAccount]:
    with gmail_account(tmp_path) as opened:
        opened.fill(5)
        opened.pull()
        opened.server.calls.clear()
        yield opened


def _first(account: GmailAccount) -> str:
    return next(iter(account.records.items))


def test_nothing_new_is_one_request(account: GmailAccount) -> None:
    before = len(account.server.http.log)
    assert not account.pull()
    assert len(account.server.http.log) == before + 1


def test_reading_a_mail_is_no_change_of_a_record(account: GmailAccount) -> None:
    account.mailbox.label(_first(account), remove=["UNREAD"])
    account.pull()
    assert not account.server.called("gmail.users.messages.get")
    assert account.records.items == account.fresh()


def test_new_mail_comes_newest_first(account: GmailAccount) -> None:
    for number in range(60, 0, -1):
        account.mailbox.deliver(f"New {number}", NOW - timedelta(minutes=number))
    batches = account.pull()
    assert [name_of(item) for item in upserts(batches)] == [f"New {n}" for n in range(1, 61)]


def test_a_label_that_comes_or_goes_is_taken_over_by_its_name(account: GmailAccount) -> None:
    account.mailbox.label_names["Label_7"] = "Clients/Lee"
    changed = _first(account)
    account.mailbox.label(changed, add=["Label_7", "STARRED"], remove=["INBOX"])
    account.pull()
    labels = set(account.records.items[changed].labels)  # type: ignore[union-attr]
    assert labels == {"Clients/Lee", "STARRED"}
    account.mailbox.label(changed, remove=["Label_7"])
    account.pull()
    assert set(account.records.items[changed].labels) == {"STARRED"}  # type: ignore[union-attr]
    assert account.records.items == account.fresh()


@pytest.mark.parametrize("label", ["TRASH", "SPAM"])
def test_a_move_out_of_sight_deletes_and_the_way_back_restores(
    account: GmailAccount, label: str
) -> None:
    moved = _first(account)
    held = dict(account.records.items)
    account.mailbox.label(moved, add=[label], remove=["INBOX"])
    account.pull()
    assert account.records.items.keys() == held.keys() - {moved}
    account.mailbox.label(moved, add=["INBOX"], remove=[label])
    account.pull()
    assert account.records.items == held


def test_there_and_back_between_two_looks_changes_nothing(account: GmailAccount) -> None:
    held = dict(account.records.items)
    moved = _first(account)
    account.mailbox.trash(moved)
    account.mailbox.label(moved, add=["INBOX"], remove=["TRASH"])
    account.pull()
    assert account.records.items == held


def test_drafts_are_never_read_and_the_sent_mail_is(account: GmailAccount) -> None:
    for _ in range(3):  # every edit is a new message
        draft = account.mailbox.deliver("My answer", NOW, labels=["DRAFT"])
        account.mailbox.delete(draft)
    batches = account.pull()
    assert not list(upserts(batches))
    assert not any(batch.deletions for batch in batches)
    sender = "Camille Roy <camille@cabinet.example>"
    account.mailbox.deliver(
        "My answer", NOW, labels=["SENT"], sender=sender, to="ann@client.example"
    )
    account.pull()
    assert account.message("My answer").direction == "outbound"


def test_what_was_deleted_is_deleted_after_what_is_new(account: GmailAccount) -> None:
    gone = _first(account)
    account.mailbox.delete(gone)
    account.mailbox.deliver("New", NOW)
    batches = account.pull()
    assert (batches[-1].deletions, batches[-1].told) == ((gone,), True)
    assert [name_of(item) for item in upserts(batches[:-1])] == ["New"]
    assert account.records.items == account.fresh()


def test_an_id_that_vanished_is_passed_over(account: GmailAccount) -> None:
    account.mailbox.vanish(account.mailbox.deliver("Came and went", NOW))
    account.mailbox.deliver("Stayed", NOW)
    batches = account.pull()
    assert [name_of(item) for item in upserts(batches)] == ["Stayed"]
    assert not account.records.failures
    assert not any(batch.deletions for batch in batches)


def test_a_known_one_that_turns_out_to_be_gone_is_deleted(account: GmailAccount) -> None:
    changed = _first(account)
    account.mailbox.label(changed, add=["STARRED"])
    account.mailbox.vanish(changed)
    account.pull()
    assert account.records.items == account.fresh()


def test_spam_that_was_never_here_deletes_nothing(account: GmailAccount) -> None:
    """Else a week of spam would look like the loss of a small mailbox."""
    for number in range(40):
        account.mailbox.deliver(f"Spam {number}", NOW, labels=["SPAM"])
    batches = account.pull()
    assert not any(batch.deletions for batch in batches)


@pytest.mark.parametrize("oddity", ["empty_pages", "repeats"])
def test_odd_pages_of_the_history_lose_and_double_nothing(
    account: GmailAccount, oddity: str
) -> None:
    setattr(account.mailbox, oddity, True)
    account.mailbox.page = 2
    for number in range(7):
        account.mailbox.deliver(f"New {number}", NOW - timedelta(minutes=number))
    account.mailbox.delete(_first(account))
    batches = account.pull()
    names = [name_of(item) for item in upserts(batches)]
    assert sorted(names) == [f"New {number}" for number in range(7)]
    assert account.records.items == account.fresh()


def test_old_mail_that_gets_a_label_is_not_read(account: GmailAccount) -> None:
    old = account.mailbox.deliver("Too old", NOW - timedelta(days=900))
    account.pull()
    assert old not in account.records.items
    account.server.calls.clear()
    account.mailbox.label(old, add=["STARRED"])
    account.pull()
    assert not account.server.called("gmail.users.messages.get")


def test_a_failed_one_is_set_aside_and_comes_with_a_later_fetch(account: GmailAccount) -> None:
    broken = account.mailbox.deliver("Broken", NOW)
    account.mailbox.deliver("Whole", NOW)
    account.mailbox.broken.add(broken)
    account.pull()
    assert account.records.failures.keys() == {broken}
    assert "Whole" in account.records.names()
    account.mailbox.broken.clear()
    account.fetch([broken])
    assert not account.records.failures
    assert account.records.items == account.fresh()


def test_an_unreadable_one_is_named_even_when_it_comes_alone(account: GmailAccount) -> None:
    """Else every pass would end at it."""
    broken = account.mailbox.deliver("Broken", NOW)
    account.mailbox.broken.add(broken)
    account.pull()
    assert account.records.failures.keys() == {broken}


def test_a_server_that_gives_nothing_is_no_items_fault(account: GmailAccount) -> None:
    late = account.mailbox.deliver("Late", NOW)
    account.mailbox.broken.update(account.mailbox.messages)
    with pytest.raises(Transient):
        account.pull()
    assert not account.records.failures
    account.mailbox.broken.clear()
    account.pull()
    assert late in account.records.items


def test_fetch_says_what_was_moved_out_of_sight(account: GmailAccount) -> None:
    moved, deleted, kept = list(account.records.items)[:3]
    account.mailbox.trash(moved)
    account.mailbox.delete(deleted)
    batches = account.fetch([moved, deleted, kept])
    assert {x for batch in batches for x in batch.deletions} == {moved, deleted}
    assert [item.source_id for item in upserts(batches)] == [kept]


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_the_same(account: GmailAccount) -> None:
    account.context = {"reader": None}
    chance = random.Random(20261123)
    again = []
    for round_ in range(KILLS):
        known = list(account.records.items)
        for number in range(30):
            moment = NOW - timedelta(minutes=number)
            account.mailbox.deliver(f"New {round_} {number}", moment)
        for moved in chance.sample(known, 3):
            account.mailbox.delete(moved)
        for moved in chance.sample(sorted(account.mailbox.messages), 8):
            account.mailbox.label(moved, add=["STARRED"], remove=["INBOX"])
        changed = len({*account.mailbox.messages} - {*known}) + 8
        account.mailbox.gets.clear()
        dies = DyingClock(account.clock, chance.randrange(2, 12))
        with pytest.raises(Killed):
            list(account.batches(dies))
            raise Killed
        account.pull()
        again.append(len(account.mailbox.gets) - changed)
        held = {key: set(item.labels) for key, item in account.records.items.items()}
        assert held == {
            key: message.labels - {"UNREAD"} for key, message in account.mailbox.messages.items()
        }
        if round_ % 20 == 19:
            assert account.records.items == account.fresh()
        for message_id in sorted(account.mailbox.messages)[:-20]:
            account.mailbox.delete(message_id)
        account.pull()
    assert max(again) <= 25


def test_the_work_of_a_killed_pass_is_not_done_twice(account: GmailAccount) -> None:
    for number in range(60):
        account.mailbox.deliver(f"New {number}", NOW - timedelta(minutes=number))
    gone = _first(account)
    account.mailbox.delete(gone)
    account.mailbox.gets.clear()
    running = account.batches()
    next(running), next(running)
    running.close()
    waiting = account.records.cursor["unread"][0]  # type: ignore[index]  # a pull left it
    account.mailbox.trash(waiting)
    account.mailbox.label(waiting, add=["INBOX"], remove=["TRASH"])
    account.mailbox.deliver("Later", NOW)
    batches = account.pull()
    assert name_of(next(upserts(batches))) == "Later"
    assert len(account.mailbox.gets) == len(set(account.mailbox.gets)) == 61
    assert gone not in account.records.items
    assert account.records.items == account.fresh()

"""The first look at a Gmail mailbox: order, cost, pace, kills, and what is asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.connectors.google.gmail_quota import QUOTAS
from syncd.errors import Transient
from syncd.model import Message
from tests.contract.contract import Records, name_of, upserts
from tests.fakes.google import gmail as fake_gmail
from tests.fakes.server import Request
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
        yield opened


def test_everything_comes_newest_first_in_batches_of_at_most_25(account: GmailAccount) -> None:
    account.fill(130)
    batches = account.pull()
    assert [name_of(item) for item in upserts(batches)] == [f"Item {n}" for n in range(130)]
    assert max(account.server.batch_sizes) <= 25
    assert len(account.server.batch_sizes) < 10


@pytest.mark.parametrize("count", [1, 40, 600])
def test_a_first_look_costs_at_most_5_percent_more_than_it_must(
    account: GmailAccount, count: int
) -> None:
    account.fill(count)
    account.pull()
    least = count * 20 + -(-count // 500) * 5
    assert len(account.records.items) == count
    # the profile, drafts, labels, own addresses and history are asked for once
    assert account.server.meter.spent <= max(1.05 * least, least + 10)


@pytest.mark.parametrize("quota", ["new", "old"])
def test_the_limit_is_approached_and_never_hit(
    account: GmailAccount, quota: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fake_gmail.COSTS, "gmail.users.messages.get", QUOTAS[quota].get)
    account.options = {"quota": quota}
    account.server.meter.limit = QUOTAS[quota].per_minute
    account.fill(900)
    begun = account.clock.monotonic()
    account.pull()
    minutes = (account.clock.monotonic() - begun) / 60
    assert len(account.records.items) == 900
    assert account.server.meter.refused == 0
    # the bucket is full at the start: leave its content out of the balance
    used = account.server.meter.spent - 0.08 * account.server.meter.limit
    assert used / minutes >= 0.9 * account.server.meter.limit


def test_the_limit_is_the_users_where_they_name_one(account: GmailAccount) -> None:
    account.options = {"units_per_minute": 1200}
    account.server.meter.limit = 1200
    account.fill(120)
    account.pull()
    assert account.server.meter.refused == 0
    assert account.clock.monotonic() > 60


def test_a_pace_that_is_too_fast_slows_down_and_loses_nothing(account: GmailAccount) -> None:
    """The user's project has less quota than the options say."""
    account.server.meter.limit = 1500
    account.fill(300)
    account.pull()
    assert len(account.records.items) == 300
    assert not account.records.failures
    assert 0 < account.server.meter.refused < 150
    assert min(account.server.batch_sizes[1:-1]) < 24


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_the_same(account: GmailAccount) -> None:
    account.context = {"reader": None}
    account.fill(60)
    account.pull()
    whole, looks = dict(account.records.items), DyingClock(account.clock, 1 << 30)
    account.records = Records()
    account.pull(looks)
    looks_of_a_pull = (1 << 30) - looks.looks
    chance = random.Random(20261123)
    again = []
    for _ in range(KILLS):
        account.records = Records()
        account.mailbox.gets.clear()
        dies = DyingClock(account.clock, chance.randrange(looks_of_a_pull))
        lost = chance.random() < 0.5
        with pytest.raises(Killed):
            for number, batch in enumerate(
                account.connector().pull(None, account.pull_context(dies))
            ):
                if lost and number and chance.random() < 0.15:
                    raise Killed  # the batch is there, and its commit is not
                account.records.commit(batch)
            raise Killed
        account.pull()
        assert account.records.items == whole
        again.append(len(account.mailbox.gets) - len(whole))
    assert 0 < max(again) <= 25


def test_mail_that_comes_during_the_first_look_is_not_missed(account: GmailAccount) -> None:
    ids = account.fill(60)
    running = account.batches()
    next(running), next(running)
    account.mailbox.deliver("Just in", NOW)
    account.mailbox.delete(ids[0])
    account.mailbox.trash(ids[-1])
    list(running)
    names = account.records.names()
    assert "Just in" in names
    assert not {"Item 0", "Item 59"} & names
    assert account.records.items == account.fresh()


def test_a_position_that_is_gone_costs_only_what_is_not_known(account: GmailAccount) -> None:
    """Stopped, and the message it stopped at is deleted before it goes on."""
    ids = account.fill(100)
    running = account.batches()
    next(running), next(running)
    running.close()
    account.mailbox.delete(ids[23])
    account.mailbox.gets.clear()
    account.pull()
    assert account.records.items == account.fresh()
    assert account.mailbox.gets[:76] == ids[24:]


def test_page_tokens_that_die_end_the_pass_and_the_next_lists_anew(account: GmailAccount) -> None:
    account.mailbox.page = 20
    account.fill(50)

    def dying(_number: int, request: Request) -> None:
        if request.one("pageToken"):
            account.mailbox.forget_page_tokens()

    account.server.http.fault = dying
    with pytest.raises(Transient, match="broke off"):
        account.pull()
    account.server.http.fault = lambda _number, _request: None
    account.pull()
    assert len(account.records.items) == 50


def test_older_mail_is_asked_for_without_its_text(account: GmailAccount) -> None:
    account.fill(60, first=NOW - timedelta(days=1))
    account.fill(60, first=NOW - timedelta(days=200))
    account.pull()
    forms = [call.one("format") for call in account.server.called("gmail.users.messages.get")]
    # the batch in which old mail begins is the last one with texts
    assert forms.count("metadata") >= 60 - 25
    assert forms == sorted(forms)
    held = [item for item in account.records.items.values() if isinstance(item, Message)]
    border = (NOW - timedelta(days=90)).timestamp()
    assert all(message.words_read == (message.at >= border) for message in held)


def test_texts_are_read_whatever_the_order_of_the_listing(account: GmailAccount) -> None:
    """After an import the newest arrivals are old mail, with recent mail between and behind."""
    account.mailbox.by_arrival = True
    account.fill(30, first=NOW - timedelta(days=1))
    for number in range(90):
        days = 2 if number % 10 == 0 else 200
        account.mailbox.deliver(f"Imported {number}", NOW - timedelta(days=days, minutes=number))
    account.pull()
    held = [item for item in account.records.items.values() if isinstance(item, Message)]
    border = (NOW - timedelta(days=90)).timestamp()
    assert len(held) == 120
    assert all(message.words_read == (message.at >= border) for message in held)


def test_privacy_asks_for_headers_alone(account: GmailAccount) -> None:
    account.options = {"text": False}
    account.mailbox.scope = "metadata"
    account.mailbox.deliver("A question", NOW, text="A confidential matter?")
    account.mailbox.deliver("A draft", NOW, labels=["DRAFT"])
    account.pull()
    assert account.records.names() == {"A question"}
    message = account.message("A question")
    assert not message.words_read and not message.excerpt and not message.signals
    assert message.message_id and message.sender.email == "ann@client.example"
    forms = {call.one("format") for call in account.server.called("gmail.users.messages.get")}
    assert forms == {"metadata"}


def test_no_reader_means_no_text_is_asked_for(account: GmailAccount) -> None:
    account.context = {"reader": None}
    account.fill(3)
    account.pull()
    forms = {call.one("format") for call in account.server.called("gmail.users.messages.get")}
    assert forms == {"metadata"}


@pytest.mark.parametrize("text", [True, False])
def test_what_is_older_than_the_history_stays_out(account: GmailAccount, text: bool) -> None:
    account.options = {"text": text}
    account.context = {"since": NOW - timedelta(days=30)}
    account.fill(30)
    account.fill(200, first=NOW - timedelta(days=40))
    account.pull()
    assert len(account.records.items) == 30
    # without a search the first batch of nothing but old mail ends the look
    assert len(account.mailbox.gets) <= 30 + 2 * 25


def test_spam_trash_drafts_and_chats_stay_out(account: GmailAccount) -> None:
    for label in ("SPAM", "TRASH", "DRAFT", "CHAT"):
        account.mailbox.deliver(label, NOW, labels=[label])
    account.mailbox.deliver("Archived", NOW, labels=[])
    account.pull()
    assert account.records.names() == {"Archived"}


def test_progress_counts_to_a_known_total(account: GmailAccount) -> None:
    seen: list[tuple[int, int | None]] = []
    account.context = {"progress": lambda done, total: seen.append((done, total))}
    account.fill(60)
    account.pull()
    assert [total for _, total in seen] == [60] * len(seen)
    assert [done for done, _ in seen] == [24, 48, 60]

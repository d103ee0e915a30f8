"""A provider answers with JSON that is not what it documents: no connector breaks, and an item that
cannot be read is set aside and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.errors import SyncdError
from tests.contract.contract import Records
from tests.fakes.garbling import garbler
from tests.fakes.google.calendar import timed
from tests.fakes.microsoft.calendar import guest
from tests.integration.google.calendar_account import NOW as MORNING
from tests.integration.google.calendar_account import google_account
from tests.integration.google.gmail_account import gmail_account
from tests.integration.microsoft.calendar_account import CalendarAccount, day
from tests.integration.microsoft.mail_account import MailAccount, ago

SEEDS = range(8)
ROUNDS = 6


def garbled_rounds(
    seed: int,
    servers: Any,
    records: Records,
    pull: Callable[[], object],
    change: Callable[[int], object],
) -> None:
    """Changes and pulls while answers are spoilt; only errors that syncd explains come out, and no
    item is set aside because syncd itself failed on it."""
    for number in range(ROUNDS):
        servers.garble = garbler(100 * seed + number, (0.1, 0.3, 0.8)[number % 3])
        with suppress(SyncdError):
            pull()
        assert not [f for f in records.failures.values() if "syncd failed" in f.reason]
        change(number)
    servers.garble = lambda _name, body: body
    pull()


def again(records: Records) -> Iterable[str]:
    """What the pipeline would try again."""
    return [key for key, failure in records.failures.items() if not failure.permanent]


@pytest.mark.parametrize("seed", SEEDS)
def test_gmail(tmp_path: Path, seed: int) -> None:
    with gmail_account(tmp_path, page=3 if seed % 2 else 500) as account:
        account.fill(8)

        def pull() -> None:
            account.pull()
            account.fetch(again(account.records))

        def change(number: int) -> None:
            newest = account.mailbox.deliver(f"New {number}", ago(minutes=number))
            account.mailbox.label(newest, add=["STARRED"])

        garbled_rounds(seed, account.server, account.records, pull, change)
        assert account.records.names()


@pytest.mark.parametrize("seed", SEEDS)
def test_google_calendar(seed: int) -> None:
    with google_account() as account:
        account.server.meter.limit = None
        account.google.insert(
            {"summary": "Weekly", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"], **timed(MORNING)}
        )

        def pull() -> None:
            account.pull()
            wanted = again(account.records)
            for batch in account.connector().fetch(wanted, account.context()):
                account.records.commit(batch)

        def change(number: int) -> None:
            guests = [{"email": "ann@client.example", "responseStatus": "accepted"}]
            at = MORNING + timedelta(hours=number)
            account.google.insert({"summary": f"E {number}", "attendees": guests, **timed(at)})
            account.now += timedelta(hours=7)

        garbled_rounds(seed, account.server, account.records, pull, change)
        assert account.meetings()


@pytest.mark.parametrize("seed", SEEDS)
def test_outlook_mail(seed: int) -> None:
    with MailAccount() as account:
        account.mailbox.sparse = bool(seed % 2)
        for number in range(6):
            account.mailbox.deliver(f"Mail {number}", ago(hours=number + 1))

        def pull() -> None:
            account.pull()
            account.fetch(again(account.records))

        def change(number: int) -> None:
            account.mailbox.deliver(f"New {number}", ago(minutes=30 - number))
            account.mailbox.move(sorted(account.mailbox.messages)[number], "archive")
            account.now += timedelta(days=3)

        garbled_rounds(seed, account.graph, account.records, pull, change)
        assert account.subjects()


@pytest.mark.parametrize("seed", SEEDS)
def test_outlook_calendars(tmp_path: Path, seed: int) -> None:
    with CalendarAccount(tmp_path) as account:
        account.outlook.tells_exceptions = bool(seed % 2)
        series = account.outlook.add("Weekly", day(0), every=timedelta(days=7), count=4)
        account.outlook.change_occurrence(series, 1, day(8), subject="Moved")

        def pull() -> None:
            account.pull()
            account.fetch(again(account.records))

        def change(number: int) -> None:
            ann = guest("Ann Lee", "ann@client.example", "accepted")
            account.outlook.add(f"E {number}", day(2, 10 + number), attendees=[ann])
            account.now += timedelta(hours=7)

        garbled_rounds(seed, account.graph, account.records, pull, change)
        assert account.titles()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoilt_message_is_read_or_set_aside_and_never_lost(tmp_path: Path, seed: int) -> None:
    with gmail_account(tmp_path) as google, MailAccount() as outlook:
        google.fill(12)
        for number in range(12):
            outlook.mailbox.deliver(f"Mail {number}", ago(hours=number + 1))
        google.server.garble = garbler(seed, 0.7, "gmail.users.messages.get")
        outlook.graph.garble = garbler(seed, 0.7, "/me/messages/{message}")
        google.pull()
        outlook.pull()
        for records, there in (
            (google.records, set(google.mailbox.messages)),
            (outlook.records, {f"m:{key}" for key in outlook.mailbox.messages}),
        ):
            assert there <= records.items.keys() | records.failures.keys()

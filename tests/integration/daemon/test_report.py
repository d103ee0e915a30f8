"""What `syncd status` reads out of the records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syncd.config import Account, Configuration, Me
from syncd.connectors.local.maildir import MaildirOptions
from syncd.daemon import memory
from syncd.daemon.report import AccountReport, Report, report
from syncd.errors import AuthRequired, RateLimited, SyncdError, Transient, UserError
from syncd.options import Duration
from syncd.pipeline import journal
from syncd.pipeline.intake import Intake
from syncd.pipeline.pull import coverage_after
from syncd.store import Store

AT = 1_795_000_000
TODAY = datetime.fromtimestamp(AT, UTC).date()
CONFIGURATION = Configuration(
    ZoneInfo("Europe/Paris"),
    Me(addresses=frozenset({"camille@cabinet.example"})),
    (Account("work", "maildir", MaildirOptions(path=Path("mail")), Duration.parse("5 minutes")),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open, as the service has it."""
    with Store.open(tmp_path) as opened:
        yield opened


def pulled(store: Store, *errors: SyncdError | None, at: int = AT) -> None:
    """The account was pulled once for each error; None: it went well."""
    intake = Intake(store, "work")
    for error in errors:
        state = intake.state()
        complete = bool(state.get("complete")) or error is None
        coverage = coverage_after("work", error, complete=complete, waiting=0)
        kept = {"state": coverage.state, "detail": coverage.detail, "reason": coverage.reason}
        intake.remember({**state, "complete": complete, "coverage": kept})
        journal.note_attempt(store, "work", at=at, today=TODAY, seconds=1, error=error)


def told(store: Store, *, now: float = AT + 60) -> tuple[Report, AccountReport]:
    found = report(store, CONFIGURATION, (), now=now)
    (account,) = found.accounts
    return found, account


def test_before_anything_was_read_somebody_must_start_it(store: Store) -> None:
    found, account = told(store)
    assert (found.pid, account.next_at, account.attempt) == (None, None, None)
    assert found.needs_user


def test_a_first_sync_under_way_needs_nobody(store: Store) -> None:
    memory.note_start(store, AT - 100)
    journal.note_progress(store, "work", done=100, total=1000, at=AT - 90)
    journal.note_progress(store, "work", done=400, total=1000, at=AT)
    found, account = told(store)
    assert found.since == AT - 100
    assert account.progress is not None
    assert account.progress.seconds_left == 180
    assert not found.needs_user
    # killed, nobody goes on with it
    store.close()
    with Store.open(store.folder, read_only=True) as left:
        found, account = told(left)
    assert found.pid is None
    assert account.progress is not None
    assert found.needs_user


@pytest.mark.parametrize(
    ("errors", "next_in", "needs_user"),
    [
        ([None], 300, False),
        ([None, Transient("the line is down")], 30, False),
        ([None, *[Transient("the line is down")] * 6], 1800, False),
        ([None, RateLimited("slowly", 4000)], 4000, False),
        ([None, UserError("~/Mail is not a folder")], 30, True),
        ([Transient("the line is down")], 30, False),
    ],
)
def test_what_comes_next(
    store: Store, errors: list[SyncdError | None], next_in: int, needs_user: bool
) -> None:
    memory.note_start(store, AT - 100)
    pulled(store, *errors)
    found, account = told(store)
    assert account.next_at == AT + next_in
    assert found.needs_user is needs_user


def test_a_passing_fault_that_does_not_pass_is_the_users(store: Store) -> None:
    memory.note_start(store, AT - 100)
    pulled(store, None)
    pulled(store, Transient("the line is down"), at=AT + 90_000)
    assert not told(store, now=AT + 80_000)[0].needs_user
    assert told(store, now=AT + 90_001)[0].needs_user


def test_a_dead_sign_in_is_the_users(store: Store) -> None:
    memory.note_start(store, AT - 100)
    pulled(store, None, AuthRequired("signed out"))
    found, account = told(store)
    assert account.coverage.state == "sign_in"
    assert found.needs_user


def test_an_invalid_configuration_is_the_users_and_the_accounts_are_told(store: Store) -> None:
    pulled(store, None)
    found = report(store, None, ("syncd.yaml:3:1: unknown key",), now=AT)
    assert found.needs_user
    assert found.next_summary is None


def test_the_service_that_ended_in_order_is_not_running(store: Store) -> None:
    memory.note_start(store, AT - 100)
    memory.note_configuration(store, ["syncd.yaml:3:1: unknown key"])
    assert told(store)[0].outdated
    memory.note_stop(store, AT)
    store.close()
    with Store.open(store.folder, read_only=True) as left:
        found, _ = told(left)
    assert (found.pid, found.outdated, found.next_summary) == (None, False, None)

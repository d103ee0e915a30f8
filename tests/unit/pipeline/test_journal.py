"""What is remembered of pulls: attempts, the pace of a long one, the week's health."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from syncd.errors import AuthRequired, RateLimited, SyncdError, Transient
from syncd.pipeline import journal
from syncd.store import Store

MONDAY = date(2026, 11, 23)
AT = 1_795_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as opened:
        yield opened


def tried(store: Store, at: int, error: SyncdError | None = None, day: date = MONDAY) -> None:
    journal.note_attempt(store, "work", at=at, today=day, seconds=1.5, error=error)


def test_the_last_success_outlives_failures(store: Store) -> None:
    assert journal.attempt(store, "work") is None
    tried(store, AT)
    tried(store, AT + 100, Transient("the line is down"))
    tried(store, AT + 200, RateLimited("slowly", 600))
    found = journal.attempt(store, "work")
    assert found is not None
    assert (found.tried_at, found.succeeded_at, found.failures) == (AT + 200, AT, 2)
    assert (found.passing, found.retry_after) == (True, 600)
    tried(store, AT + 300, AuthRequired("signed out"))
    found = journal.attempt(store, "work")
    assert found is not None
    assert (found.failures, found.passing, found.retry_after) == (3, False, 0)
    tried(store, AT + 400)
    found = journal.attempt(store, "work")
    assert found is not None
    assert (found.failures, found.succeeded_at) == (0, AT + 400)


def test_health_counts_the_seven_days_before_today(store: Store) -> None:
    assert journal.health(store, before=MONDAY) is None
    for days in range(30, -1, -1):
        error = Transient("no") if days == 3 else None
        tried(store, AT, error, MONDAY - timedelta(days=days))
    health = journal.health(store, before=MONDAY)
    assert health is not None
    assert (health.pulls, health.failures, health.seconds) == (7, 1, 10.5)
    kept = store.runs.get_key("health")
    assert kept is not None
    assert len(kept["days"]) < 20  # it does not grow


def note(store: Store, done: int, at: int, total: int | None = 10_000) -> None:
    journal.note_progress(store, "work", done=done, total=total, at=at)


def left(store: Store) -> int | None:
    found = journal.progress(store, "work")
    assert found is not None
    return found.seconds_left


def test_time_left_follows_the_pace_and_is_silent_at_first(store: Store) -> None:
    note(store, 100, AT)
    note(store, 200, AT + 10)
    assert left(store) is None
    note(store, 600, AT + 50)
    assert left(store) == 940  # ten in a second
    note(store, 700, AT + 60, total=None)
    assert left(store) is None


def test_the_pace_is_that_of_the_last_minutes(store: Store) -> None:
    done, at = 0, AT
    for _ in range(30):  # ten in a second
        note(store, done, at)
        done, at = done + 300, at + 30
    for _ in range(40):  # then one
        note(store, done, at, 20_000)
        done, at = done + 30, at + 30
    remaining = 20_000 - (done - 30)
    found = left(store)
    assert found is not None
    assert remaining * 0.8 <= found <= remaining * 1.2


def test_the_pace_begins_anew_after_a_restart_or_a_long_silence(store: Store) -> None:
    note(store, 5_000, AT)
    note(store, 9_000, AT + 100)
    note(store, 100, AT + 200)  # from the start
    assert left(store) is None
    note(store, 2_100, AT + 300)
    assert left(store) == 395
    note(store, 2_200, AT + 90_000)  # nothing ran for a day
    assert left(store) is None


def test_a_first_sync_that_is_over_has_no_progress(store: Store) -> None:
    note(store, 100, AT)
    tried(store, AT + 10, Transient("cut short"))
    assert journal.progress(store, "work") is not None
    tried(store, AT + 20)
    assert journal.progress(store, "work") is None


def test_an_account_that_is_gone_is_forgotten(store: Store) -> None:
    note(store, 100, AT)
    tried(store, AT)
    journal.forget(store, "work")
    assert journal.attempt(store, "work") is None
    assert journal.progress(store, "work") is None

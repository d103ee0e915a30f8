"""What is remembered of the pulls themselves: when, how well, how far a long one is.

For `syncd status` and the summary's line on syncd's own health; nothing here decides what is read.
It lies in the table `runs`, which may be emptied at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from syncd.errors import RateLimited, SyncdError, Transient
from syncd.store import Store
from syncd.summary.build import Health

_HEALTH_DAYS = 15
_SAMPLE = 60
"""Seconds between two notes of how far a pull is."""
_SAMPLES = 10
_BREAK = 1800
"""After so long a silence (s) the pace is measured anew: nothing ran."""
_ENOUGH_SECONDS = 30
_ENOUGH_ITEMS = 50
"""Less than this says nothing about what is left."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An account's latest pull."""

    account: str
    tried_at: int
    """When it ended (epoch seconds)."""
    succeeded_at: int | None = None
    """When the latest one that went well ended; None: never."""
    failures: int = 0
    """Failures in a row."""
    passing: bool = False
    """What failed may go by itself (Transient): the user need do nothing yet."""
    seconds: float = 0.0
    retry_after: float = 0.0
    """Seconds from `tried_at` for which the provider asked to be left alone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a first sync is."""

    done: int
    total: int | None
    at: int
    """When that was (epoch seconds)."""
    seconds_left: int | None
    """At the pace of the last minutes; None where that cannot be said yet."""


def attempt(store: Store, account: str) -> Attempt | None:
    """The account's latest pull; None: never tried."""
    document = store.runs.get_key(f"account {account}")
    if document is None:
        return None
    known = Attempt.__dataclass_fields__
    return Attempt(**{name: value for name, value in document.items() if name in known})


def note_attempt(
    store: Store,
    account: str,
    *,
    at: int,
    today: date,
    seconds: float,
    error: SyncdError | None,
) -> None:
    """Note the end of a pull, and count it into the day's health."""
    failed = error is not None
    before = attempt(store, account) or Attempt(account, 0)
    after = Attempt(
        account,
        tried_at=at,
        succeeded_at=before.succeeded_at if failed else at,
        failures=before.failures + 1 if failed else 0,
        passing=isinstance(error, Transient),
        seconds=round(seconds, 3),
        retry_after=error.retry_after if isinstance(error, RateLimited) else 0.0,
    )
    days = _health_days(store)
    pulls, failures, spent = days.get(today.isoformat(), (0, 0, 0.0))
    days[today.isoformat()] = (pulls + 1, failures + failed, round(spent + seconds, 3))
    oldest = (today - timedelta(days=_HEALTH_DAYS)).isoformat()
    with store.transaction():
        store.runs.put(f"account {account}", asdict(after))
        store.runs.put("health", {"days": {d: n for d, n in days.items() if d >= oldest}})
        if not failed:
            store.runs.delete_keys([f"progress {account}"])


def health(store: Store, *, before: date, days: int = 7) -> Health | None:
    """How the pulls of the `days` days before a day went; None if there were none."""
    first = (before - timedelta(days=days)).isoformat()
    counted = [n for d, n in _health_days(store).items() if first <= d < before.isoformat()]
    if not counted:
        return None
    return Health(
        sum(pulls for pulls, _, _ in counted),
        sum(failures for _, failures, _ in counted),
        sum(seconds for _, _, seconds in counted),
    )


def _health_days(store: Store) -> dict[str, tuple[int, int, float]]:
    document = store.runs.get_key("health")
    days: Mapping[str, Any] = document["days"] if document else {}
    return {day: (n[0], n[1], n[2]) for day, n in days.items()}


def note_progress(store: Store, account: str, *, done: int, total: int | None, at: int) -> None:
    """Note how far a long pull is; call it inside the transaction of a batch."""
    document = store.runs.get_key(f"progress {account}")
    samples: list[list[int]] = document["samples"] if document else []
    if samples and (done < samples[-1][1] or not 0 <= at - samples[-1][0] <= _BREAK):
        samples = []  # it began anew
    if not samples or at - samples[-1][0] >= _SAMPLE:
        samples = [*samples, [at, done]][-_SAMPLES:]
    store.runs.put(
        f"progress {account}", {"samples": samples, "done": done, "total": total, "seen_at": at}
    )


def progress(store: Store, account: str) -> Progress | None:
    """How far the account's first sync is; None if none is under way or was cut short."""
    document = store.runs.get_key(f"progress {account}")
    if document is None:
        return None
    done, total, at = document["done"], document["total"], document["seen_at"]
    began_at, began_with = document["samples"][0]
    seconds, items = at - began_at, done - began_with
    left = None
    if total is not None and seconds >= _ENOUGH_SECONDS and items >= _ENOUGH_ITEMS:
        left = round(max(0, total - done) * seconds / items)
    return Progress(done, total, at, left)


def forget(store: Store, account: str) -> None:
    """Drop what is remembered of an account that is gone."""
    store.runs.delete_keys([f"account {account}", f"progress {account}"])

"""How syncd is doing, from the records alone: whether or not a service runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tinydb import where

from syncd.config import Account, Configuration
from syncd.daemon import memory
from syncd.daemon.backoff import pause_after
from syncd.daemon.rounds import pause_of, signs_in
from syncd.daemon.schedule import next_due_at
from syncd.model import Coverage
from syncd.pipeline import journal
from syncd.pipeline.intake import Intake
from syncd.pipeline.journal import Attempt, Progress
from syncd.pipeline.passes import last_coverage
from syncd.store import Store
from syncd.store.lock import holder
from syncd.store.records import LOCK_FILE
from syncd.summary.build import Health

_PATIENCE = 86_400
"""A passing fault that lasts longer (s) is worth the user's attention."""


@dataclass(frozen=True, slots=True)
class AccountReport:
    """One account. Moments in epoch seconds."""

    account: str
    coverage: Coverage
    records: int
    set_aside: int
    """Items that could not be read and wait for another try."""
    attempt: Attempt | None
    """None: never tried."""
    next_at: int | None
    """When it is read again at the latest; None: no service runs, or it waits for the user."""
    progress: Progress | None
    """Of a first sync that has not ended."""
    needs_user: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `syncd status` tells. Moments in epoch seconds."""

    folder: Path
    pid: int | None
    """The service that runs; None: none does."""
    since: int | None
    accounts: tuple[AccountReport, ...]
    configuration: tuple[str, ...]
    """Problems of the three files as they are now."""
    outdated: bool
    """The service goes by an older configuration, for it found the files invalid."""
    summary_problem: str
    last_summary: int | None
    next_summary: int | None
    zone: ZoneInfo | None
    """In which the user tells the summary's time; None where the configuration is invalid."""
    health: Health | None
    """Of the last seven days, today left out."""

    @property
    def needs_user(self) -> bool:
        """Whether anything does not go on by itself."""
        return bool(
            self.configuration
            or self.summary_problem
            or self.outdated
            or any(account.needs_user for account in self.accounts)
        )


def report(
    store: Store, configuration: Configuration | None, problems: tuple[str, ...], *, now: float
) -> Report:
    """How syncd is doing.

    :param store: may be open for reading only
    :param configuration: None where the files are invalid; `problems` says why
    :param now: epoch seconds
    """
    condition = memory.condition(store)
    pid = holder(store.folder / LOCK_FILE)
    if condition is None or pid != condition.pid:
        pid = None  # another command writes, or nobody does
    running = pid is not None and condition is not None
    if configuration is not None:
        accounts = {account.name: account for account in configuration.accounts}
        names = list(accounts)
    else:
        accounts, names = {}, store.interactions.distinct("account")
    last_summary = next_summary = health = None
    if configuration is not None:
        plan, zone = configuration.summary, configuration.timezone
        written = memory.served(store, plan, zone)
        last_summary = int(max(written.values())) if written else None
        next_summary = int(next_due_at(plan, zone, now, written)) if running else None
        health = journal.health(store, before=memory.day_of(now, zone))
    return Report(
        folder=store.folder,
        pid=pid,
        since=condition.started_at if running and condition else None,
        accounts=tuple(
            _account(store, coverage, accounts.get(coverage.account), running=running, now=now)
            for coverage in last_coverage(store, names)
        ),
        configuration=problems,
        outdated=bool(running and condition and condition.configuration),
        summary_problem=condition.summary if running and condition else "",
        last_summary=last_summary,
        next_summary=next_summary,
        zone=configuration.timezone if configuration is not None else None,
        health=health,
    )


def _account(
    store: Store, coverage: Coverage, account: Account | None, *, running: bool, now: float
) -> AccountReport:
    name = coverage.account
    attempt = journal.attempt(store, name)
    return AccountReport(
        account=name,
        coverage=coverage,
        records=store.interactions.count(where("account") == name),
        set_aside=Intake(store, name).waiting(),
        attempt=attempt,
        next_at=_next_at(attempt, account, coverage) if running and account else None,
        progress=journal.progress(store, name),
        needs_user=_needs_user(coverage, attempt, running=running, now=now),
    )


def _next_at(attempt: Attempt | None, account: Account, coverage: Coverage) -> int | None:
    if attempt is None:
        return None
    if coverage.state == "sign_in" and signs_in(account):
        return None
    every = pause_of(account)
    pause = pause_after(attempt.failures, every, 1.0) if attempt.failures else every
    return round(attempt.tried_at + max(pause, attempt.retry_after))


def _needs_user(coverage: Coverage, attempt: Attempt | None, *, running: bool, now: float) -> bool:
    if coverage.state == "complete":
        return False
    if coverage.state in ("sign_in", "stopped") or coverage.reason == "no_sent_mail":
        return True
    if attempt is None or (attempt.failures == 0 and coverage.reason == "not_read"):
        return not running  # a first sync under way needs nobody, as long as somebody does it
    if not attempt.passing:
        return True
    return now - (attempt.succeeded_at or attempt.tried_at) > _PATIENCE

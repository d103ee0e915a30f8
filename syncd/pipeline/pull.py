"""One account's pull: batches are committed as they come, deletions last and only if plausible.

It runs in a thread of its own and asks the store's owner for everything that touches the records
(desk.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tinydb import where

from syncd import log
from syncd.config import Account, Configuration
from syncd.connectors.base import Connector, PullContext, SignsIn, TextReader
from syncd.connectors.tokens import Tokens
from syncd.errors import (
    AuthRequired,
    CursorExpired,
    Stopping,
    StoreError,
    SyncdError,
    Transient,
    UserError,
)
from syncd.model import Batch, Coverage, Cursor
from syncd.pipeline import journal
from syncd.pipeline.desk import Errand
from syncd.pipeline.intake import Intake, MassDeletion, own_addresses
from syncd.registry import connectors
from syncd.store import Store

Progress = Callable[[str, int, int | None], None]

TOKENS = "tokens"
"""The folder of tokens inside the state folder."""

_FEW_DELETIONS = 20
"""Up to this many deletions in one pass are never suspicious."""
_MAX_ATTEMPTS = 5
_RETRIES_PER_PASS = 500
_RESYNC_PAUSE = timedelta(hours=6)
"""A provider that forgets cursors more often than this is not asked for everything each time."""
_PROGRESS_PAUSE = 0.1
"""Seconds between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one account's pull came to."""

    account: str
    coverage: Coverage
    upserts: int = 0
    deletions: int = 0
    failed: int = 0
    waiting: int = 0
    """Items set aside and waiting for another try."""
    seconds: float = 0.0
    first: bool = False
    """The account was read to its end for the first time."""
    error: SyncdError | None = None
    """What stopped it; a StoreError is no account's fault, and the next one would fail alike."""

    def after(self, before: Pulled) -> Pulled:
        """What both pulls of one pass came to, this one the later."""
        return replace(
            self,
            upserts=before.upserts + self.upserts,
            deletions=before.deletions + self.deletions,
            failed=before.failed + self.failed,
            seconds=before.seconds + self.seconds,
            first=before.first or self.first,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What every pull of a pass goes by."""

    configuration: Configuration
    now: datetime
    """The moment of evaluation, aware."""
    clock: datetime | None
    """The real moment, where `now` looks back."""
    words_since: datetime
    """From when on the text of mail is read."""
    reader: TextReader | None
    accept_deletions: Collection[str] = ()
    """Accounts whose mass deletion the user has confirmed."""
    progress: Progress | None = None
    """Told in the thread that owns the store."""
    run: str = ""
    """What tells this pass from others in the log."""


class BrokenConnector(SyncdError):
    """A connector raised something that no connector should."""


class StoredSourceIds:
    """What the store holds of one account (connectors.base.Known), asked of its owner."""

    def __init__(self, errand: Errand, store: Store, account: str) -> None:
        self._errand = errand
        self._store = store
        self._account = account

    def source_ids(self, folder: str) -> Collection[str]:
        """The source ids stored for one folder, set-aside items included."""
        query = (where("account") == self._account) & (where("folder") == folder)

        def look() -> set[str]:
            ids = {row[0] for row in self._store.interactions.select(("source_id",), query)}
            ids.update(row[0] for row in self._store.retries.select(("source_id",), query))
            return ids

        return self._errand.ask(look)

    def folders(self) -> Collection[str]:
        """The folders that have stored items."""
        query = where("account") == self._account
        return self._errand.ask(
            lambda: {
                *self._store.interactions.distinct("folder", query),
                *self._store.retries.distinct("folder", query),
            }
        )


def connector_of(account: Account, state: Path) -> Connector:
    """The connector of an account, ready to pull; its token lies in the state folder."""
    found: Any = connectors()[account.connector]
    if issubclass(found, SignsIn):
        signed_in: Connector = found(
            account.name, account.options, Tokens(state / TOKENS, account.name)
        )
        return signed_in
    connector: Connector = found(account.name, account.options)
    return connector


def words_horizon(now: datetime, days: int) -> datetime:
    """From when on the text of mail is read, with a day to spare for zones."""
    return now - timedelta(days=days + 1)


@dataclass
class AccountPull:
    """One pull of one account. `run` belongs to a thread of its own, `settle` to the owner's."""

    errand: Errand
    store: Store
    account: Account
    terms: Terms
    own: frozenset[str]
    """My addresses that providers told."""
    _upserts: int = 0
    _deletions: int = 0
    _failed: int = 0
    _state: dict[str, Any] = field(default_factory=dict)
    """What this pull changes in the account's state."""
    _told: float = 0.0

    def __post_init__(self) -> None:
        configuration = self.terms.configuration
        me = configuration.me.addresses | self.own
        now = self.terms.now.astimezone(configuration.timezone)
        self._started = time.monotonic()
        self._intake = Intake(self.store, self.account.name, me)
        self._first_sync = not self._intake.state().get("complete")
        self._context = PullContext(
            now=now,
            since=now - configuration.history.delta,
            words_since=self.terms.words_since,
            me=me,
            known=StoredSourceIds(self.errand, self.store, self.account.name),
            reader=self.terms.reader,
            clock=self.terms.clock,
            excerpt=configuration.excerpt,
            progress=self._progress,
            pace=self.errand,
        )

    def run(self) -> SyncdError | None:
        """Bring the account's records up to date.

        :return: what stopped it
        :raises Stopping: it was called off; what was committed stays
        """
        try:
            self._pull()
        except Stopping:
            raise
        except SyncdError as error:
            log.warning("pull_failed", account=self.account.name, error=type(error).__name__)
            return error
        except (Exception, SystemExit) as bug:
            # third parties' connectors run here: one that breaks must not stop the others
            log.debug("connector_broke", account=self.account.name, exc_info=bug)
            return BrokenConnector(
                f"the connector {self.account.connector} broke ({log.place(bug)}); this is a bug"
            )
        return None

    def settle(self, error: SyncdError | None) -> Pulled:
        """Keep what the pull came to.

        :raises StoreError: it cannot be stored, or that is what stopped it
        """
        if isinstance(error, StoreError):
            raise error  # no account's fault, and the next one would fail alike
        name, waiting = self.account.name, self._intake.waiting()
        state = {**self._intake.state(), **self._state}
        coverage = coverage_after(
            name, error, complete=bool(state.get("complete")), waiting=waiting
        )
        kept = {"state": coverage.state, "detail": coverage.detail, "reason": coverage.reason}
        seconds = time.monotonic() - self._started
        with self.store.transaction():
            self._intake.remember({**state, "coverage": kept})
            journal.note_attempt(
                self.store,
                name,
                at=self._clock(),
                today=self._context.now.date(),
                seconds=seconds,
                error=error,
            )
        pulled = self._came_to(coverage, error)
        first = error is None and self._first_sync
        return replace(pulled, waiting=waiting, seconds=seconds, first=first)

    def unsettled(self, error: StoreError) -> Pulled:
        """What the pull came to where not even that could be stored."""
        coverage = coverage_after(
            self.account.name, error, complete=not self._first_sync, waiting=0
        )
        return self._came_to(coverage, error)

    def _came_to(self, coverage: Coverage, error: SyncdError | None) -> Pulled:
        return Pulled(
            self.account.name, coverage, self._upserts, self._deletions, self._failed, error=error
        )

    def _clock(self) -> int:
        """The real moment (epoch seconds)."""
        started = self.terms.clock or self.terms.now
        return int(started.timestamp() + time.monotonic() - self._started)

    def _pull(self) -> None:
        connector = connector_of(self.account, self.store.folder)
        cursor = self.errand.ask(self._begin)
        try:
            self._drain(connector, cursor)
        except CursorExpired:
            # at most one resync: an endpoint that always says "expired" must not be hammered
            log.info("cursor_expired", account=self.account.name)
            self._check_resync()
            try:
                self._drain(connector, None)
            except CursorExpired:
                raise _forgetful() from None
            self._state["resynced_at"] = int(self._context.now.timestamp())
        self._retry(connector)
        self._read_by_new_addresses(connector)
        self._read_older_words(connector)
        self._state["complete"] = True

    def _begin(self) -> Cursor | None:
        if self._intake.read_as() is None:
            self._intake.remember_read_as(self.own)
        return self._intake.cursor()

    def _check_resync(self) -> None:
        """:raises Transient: the last resync for a forgotten cursor is not long ago"""
        last = self.errand.ask(self._intake.state).get("resynced_at")
        if last is None:
            return
        since = self._context.now.timestamp() - last
        if 0 <= since < _RESYNC_PAUSE.total_seconds():
            raise _forgetful()

    def _drain(self, connector: Connector, cursor: Cursor | None) -> None:
        """Commit every batch. From the first deletion on, cursors wait for the end, so that an
        implausible mass deletion leaves both records and cursor as they were."""
        deletions: list[str] = []
        concluded: list[str] = []
        last_cursor: Cursor | None = None
        for batch in connector.pull(cursor, self._context):
            if batch.deletions:
                deletions.extend(batch.deletions)
                concluded.extend(() if batch.told else batch.deletions)
                batch = replace(batch, deletions=())
            if deletions and batch.cursor is not None:
                last_cursor = batch.cursor
                batch = replace(batch, cursor=None)
            self._commit(batch)
            self._progress(batch.done, batch.total)
        if deletions:
            accepted = self.account.name in self.terms.accept_deletions
            self.errand.ask(
                lambda: self._intake.check_plausible(
                    concluded, accepted=accepted, few=_FEW_DELETIONS
                )
            )
            self._commit(Batch(deletions=tuple(deletions), cursor=last_cursor))

    def _commit(self, batch: Batch) -> None:
        self.errand.ask(partial(self._store_batch, batch))
        self._upserts += len(batch.upserts)
        self._deletions += len(batch.deletions)
        self._failed += len(batch.failed)

    def _store_batch(self, batch: Batch) -> None:
        with self.store.transaction():
            self._intake.commit(batch, now=int(self._context.now.timestamp()))
            if self._first_sync and batch.done:
                journal.note_progress(
                    self.store,
                    self.account.name,
                    done=batch.done,
                    total=batch.total,
                    at=self._clock(),
                )

    def _retry(self, connector: Connector) -> None:
        due = self.errand.ask(
            partial(self._intake.retriable, max_attempts=_MAX_ATTEMPTS, limit=_RETRIES_PER_PASS)
        )
        if due:
            for batch in connector.fetch(due, self._context):
                self._commit(replace(batch, cursor=None))

    def _read_by_new_addresses(self, connector: Connector) -> None:
        """Read again what names an address that a provider called mine, or no longer does, since
        it was read: who wrote to whom depends on it."""
        accounts = [account.name for account in self.terms.configuration.accounts]
        own = self.errand.ask(lambda: own_addresses(self.store, accounts))
        read_as = self.errand.ask(self._intake.read_as)
        changed = own ^ (read_as or frozenset())
        if not changed:
            return
        configured = self.terms.configuration.me.addresses
        if changed <= configured:  # mine before, and still
            self.errand.ask(partial(self._intake.remember_read_as, own))
            return
        me = configured | own
        self._intake = Intake(self.store, self.account.name, me)
        self._context = replace(self._context, me=me)
        steps = self._intake.naming(changed - configured)
        ids: list[str] = []
        while (some := self.errand.ask(lambda: next(steps, None))) is not None:
            ids += some
        log.info("addresses_changed", account=self.account.name, read_again=len(ids))
        self._read_again(connector, ids)
        self.errand.ask(partial(self._intake.remember_read_as, own))

    def _read_older_words(self, connector: Connector) -> None:
        """Read the text of mail that was too old for the rules when it came in, and no longer is:
        after `--now` went back, or a rule with a longer memory was added."""
        wanted = int(self._context.words_since.timestamp())
        if self._context.reader is None:
            return
        read_since = self.errand.ask(self._intake.state).get("words_since")
        if read_since is None or wanted >= read_since:
            if read_since is None:
                self._state["words_since"] = wanted
            return
        self._read_again(connector, self.errand.ask(partial(self._older, wanted, read_since)))
        self._state["words_since"] = wanted

    def _read_again(self, connector: Connector, ids: Sequence[str]) -> None:
        if ids:
            for batch in connector.fetch(ids, self._context):
                stored = replace(batch, cursor=None, done=0)
                self.errand.ask(partial(self._store_batch, stored))

    def _older(self, wanted: int, read_since: int) -> list[str]:
        query = (
            (where("kind") == "message")
            & (where("at") >= wanted)
            & (where("at") < read_since)
            & (where("human") == True)  # noqa: E712 - a TinyDB query, not a comparison
            & (where("account") == self.account.name)
        )
        return [row[0] for row in self.store.interactions.select(("source_id",), query)]

    def _progress(self, done: int, total: int | None) -> None:
        self.errand.sign_of_life()
        tell = self.terms.progress
        moment = time.monotonic()
        if tell is None or (done != total and moment - self._told < _PROGRESS_PAUSE):
            return
        self._told = moment
        self.errand.post(partial(tell, self.account.name, done, total))


def _forgetful() -> Transient:
    return Transient(
        "the provider forgot twice in a row how far syncd had read; the next try waits"
    )


def coverage_after(
    account: str, error: SyncdError | None, *, complete: bool, waiting: int
) -> Coverage:
    """How far an account's records can be trusted after a pull.

    :param error: what stopped it
    :param complete: the account was read to its end at least once
    :param waiting: items that are set aside
    """
    if isinstance(error, AuthRequired):
        return Coverage(account, "sign_in", _first_line(error, account))
    if error is not None:
        if not complete:
            return Coverage(account, "partial", _first_line(error, account), "unfinished")
        if isinstance(error, MassDeletion):
            return Coverage(account, "stopped", _first_line(error, account))
        return Coverage(account, "failed", _first_line(error, account))
    detail = f"{waiting} items could not be read and are set aside" if waiting else ""
    if waiting == 1:
        detail = "1 item could not be read and is set aside"
    return Coverage(account, "complete", detail)


def _first_line(error: SyncdError, account: str) -> str:
    if isinstance(error, UserError) and error.problems:
        problem = error.problems[0]
        elsewhere = problem.where not in ("", account)  # who shows it names the account
        text = f"{problem.where}: {problem.what}" if elsewhere else problem.what
        return f"{text}; {problem.hint}" if problem.hint else text
    return str(error).splitlines()[0] if str(error) else type(error).__name__

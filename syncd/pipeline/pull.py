"""One account's pull: batches are committed as they come, deletions last and only if plausible."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tinydb import where

from syncd import log
from syncd.config import Account, Configuration
from syncd.connectors.base import Connector, PullContext, SignsIn, TextReader
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, CursorExpired, StoreError, SyncdError, UserError
from syncd.model import Batch, Coverage, Cursor
from syncd.pipeline.intake import Intake, MassDeletion
from syncd.registry import connectors
from syncd.store import Store

Progress = Callable[[str, int, int | None], None]

TOKENS = "tokens"
"""The folder of tokens inside the state folder."""

_FEW_DELETIONS = 20
"""Up to this many deletions in one pass are never suspicious."""
_MAX_ATTEMPTS = 5
_RETRIES_PER_PASS = 500


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
    error: SyncdError | None = None


class StoredSourceIds:
    """What the store holds of one account (connectors.base.Known)."""

    def __init__(self, store: Store, account: str) -> None:
        self._store = store
        self._account = account

    def source_ids(self, folder: str) -> Collection[str]:
        """The source ids stored for one folder, set-aside items included."""
        query = (where("account") == self._account) & (where("folder") == folder)
        ids = {row[0] for row in self._store.interactions.select(("source_id",), query)}
        ids.update(row[0] for row in self._store.retries.select(("source_id",), query))
        return ids

    def folders(self) -> Collection[str]:
        """The folders that have stored items."""
        query = where("account") == self._account
        return set(self._store.interactions.distinct("folder", query)) | set(
            self._store.retries.distinct("folder", query)
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


def pull_account(
    store: Store,
    account: Account,
    configuration: Configuration,
    *,
    now: datetime,
    clock: datetime | None,
    words_since: datetime,
    reader: TextReader | None,
    accept_deletions: bool = False,
    progress: Progress | None = None,
) -> Pulled:
    """Bring one account's records up to date.

    Every error of the account becomes its coverage: one account never stops another.
    """
    started = time.monotonic()
    intake = Intake(store, account.name, configuration.me.addresses)
    local_now = now.astimezone(configuration.timezone)
    context = PullContext(
        now=local_now,
        since=local_now - configuration.history.delta,
        words_since=words_since,
        me=configuration.me.addresses,
        known=StoredSourceIds(store, account.name),
        reader=reader,
        clock=clock,
        excerpt=configuration.excerpt,
        progress=lambda done, total: progress(account.name, done, total) if progress else None,
    )
    counts: dict[str, int] = {"upserts": 0, "deletions": 0, "failed": 0}
    error: SyncdError | None = None
    state: dict[str, Any] = intake.state()
    try:
        connector = connector_of(account, store.folder)
        cursor = intake.cursor()
        try:
            _drain(connector, cursor, context, intake, counts, accept_deletions)
        except CursorExpired:
            # at most one resync per pass: an endpoint that always says "expired" must not loop
            log.info("cursor_expired", account=account.name)
            _drain(connector, None, context, intake, counts, accept_deletions)
        _retry(connector, context, intake, counts)
        _read_older_words(store, connector, context, intake, account.name, state)
        state["complete"] = True
    except StoreError:
        raise  # no account's fault, and the next one would fail alike
    except SyncdError as problem:
        error = problem
        log.warning("pull_failed", account=account.name, error=type(problem).__name__)
    waiting = intake.waiting()
    coverage = _coverage(account.name, error, complete=bool(state.get("complete")), waiting=waiting)
    kept = {"state": coverage.state, "detail": coverage.detail, "reason": coverage.reason}
    intake.remember({**state, "coverage": kept})
    return Pulled(
        account.name,
        coverage,
        **counts,
        waiting=waiting,
        seconds=time.monotonic() - started,
        error=error,
    )


def _drain(
    connector: Connector,
    cursor: Cursor | None,
    context: PullContext,
    intake: Intake,
    counts: dict[str, int],
    accept_deletions: bool,
) -> None:
    """Commit every batch. From the first deletion on, cursors wait for the end, so that an
    implausible mass deletion leaves both records and cursor as they were."""
    deletions: list[str] = []
    last_cursor: Cursor | None = None
    for batch in connector.pull(cursor, context):
        if batch.deletions:
            deletions.extend(batch.deletions)
            batch = replace(batch, deletions=())
        if deletions and batch.cursor is not None:
            last_cursor = batch.cursor
            batch = replace(batch, cursor=None)
        _commit(intake, batch, counts, context)
        context.progress(batch.done, batch.total)
    if deletions:
        intake.check_plausible(deletions, accepted=accept_deletions, few=_FEW_DELETIONS)
        _commit(intake, Batch(deletions=tuple(deletions), cursor=last_cursor), counts, context)


def _commit(intake: Intake, batch: Batch, counts: dict[str, int], context: PullContext) -> None:
    intake.commit(batch, now=int(context.now.timestamp()))
    counts["upserts"] += len(batch.upserts)
    counts["deletions"] += len(batch.deletions)
    counts["failed"] += len(batch.failed)


def _retry(
    connector: Connector, context: PullContext, intake: Intake, counts: dict[str, int]
) -> None:
    due = intake.retriable(max_attempts=_MAX_ATTEMPTS, limit=_RETRIES_PER_PASS)
    if due:
        for batch in connector.fetch(due, context):
            _commit(intake, replace(batch, cursor=None), counts, context)


def _read_older_words(
    store: Store,
    connector: Connector,
    context: PullContext,
    intake: Intake,
    account: str,
    state: dict[str, Any],
) -> None:
    """Read the text of mail that was too old for the rules when it came in, and no longer is:
    after `--now` went back, or a rule with a longer memory was added."""
    wanted = int(context.words_since.timestamp())
    read_since = state.get("words_since")
    if context.reader is None:
        return
    if read_since is None or wanted >= read_since:
        state.setdefault("words_since", wanted)
        return
    query = (
        (where("kind") == "message")
        & (where("at") >= wanted)
        & (where("at") < read_since)
        & (where("human") == True)  # noqa: E712 - a TinyDB query, not a comparison
        & (where("account") == account)
    )
    ids = [row[0] for row in store.interactions.select(("source_id",), query)]
    if ids:
        for batch in connector.fetch(ids, context):
            intake.commit(replace(batch, cursor=None), now=int(context.now.timestamp()))
    state["words_since"] = wanted


def _coverage(account: str, error: SyncdError | None, *, complete: bool, waiting: int) -> Coverage:
    if isinstance(error, AuthRequired):
        return Coverage(account, "sign_in", _first_line(error))
    if error is not None:
        if not complete:
            return Coverage(account, "partial", _first_line(error), "unfinished")
        if isinstance(error, MassDeletion):
            return Coverage(account, "stopped", _first_line(error))
        return Coverage(account, "failed", _first_line(error))
    detail = f"{waiting} items could not be read and are set aside" if waiting else ""
    if waiting == 1:
        detail = "1 item could not be read and is set aside"
    return Coverage(account, "complete", detail)


def _first_line(error: SyncdError) -> str:
    if isinstance(error, UserError) and error.problems:
        problem = error.problems[0]
        text = f"{problem.where}: {problem.what}" if problem.where else problem.what
        return f"{text}; {problem.hint}" if problem.hint else text
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def words_horizon(now: datetime, days: int) -> datetime:
    """From when on the text of mail is read, with a day to spare for zones."""
    return now - timedelta(days=days + 1)

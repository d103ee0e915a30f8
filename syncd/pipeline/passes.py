"""One pass over all accounts, and a look at the records without one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tinydb import where

from syncd import log
from syncd.config import Configuration
from syncd.findings.life import Record
from syncd.model import Coverage, Snapshot
from syncd.pipeline.assemble import assemble
from syncd.pipeline.evaluate import active_rules, evaluate, horizon
from syncd.pipeline.intake import Intake
from syncd.pipeline.publish import take_over_answers
from syncd.pipeline.pull import Progress, Pulled, pull_account, words_horizon
from syncd.pipeline.reader import OnDemandReader
from syncd.store import Store

_KEPT_RUNS = 500
_ENOUGH_MAIL = 10
"""From this many messages on, having none from me means that the sent mail was not read."""


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass came to."""

    snapshot: Snapshot
    records: Mapping[str, Record]
    coverage: tuple[Coverage, ...]
    pulled: tuple[Pulled, ...] = ()


def run_pass(
    store: Store,
    configuration: Configuration,
    *,
    now: datetime,
    clock: datetime | None = None,
    accept_deletions: Sequence[str] = (),
    progress: Progress | None = None,
) -> PassResult:
    """Take over the user's answers, pull every account, and evaluate the rules.

    :param now: the moment of evaluation, aware
    :param clock: the real moment, where `now` looks back
    :param accept_deletions: accounts whose mass deletion the user has confirmed
    :raises StoreError: the records cannot be written; accounts' errors become their coverage
    """
    started = time.monotonic()
    moment = int(now.timestamp())
    today = now.astimezone(configuration.timezone).date()
    _forget_what_no_longer_holds(store, configuration)
    take_over_answers(store, configuration.summary.folder, now=moment, today=today)
    days = horizon(active_rules(configuration))
    reader = OnDemandReader(configuration.words) if configuration.text else None
    pulled = tuple(
        pull_account(
            store,
            account,
            configuration,
            now=now,
            clock=clock,
            words_since=words_horizon(now, days),
            reader=reader,
            accept_deletions=account.name in accept_deletions,
            progress=progress,
        )
        for account in configuration.accounts
    )
    result = _evaluated(store, configuration, moment, pulled)
    _remember_run(store, moment, time.monotonic() - started, pulled)
    return result


def look(store: Store, configuration: Configuration, *, now: datetime) -> PassResult:
    """Evaluate the rules on the records as they are, with the coverage of the last pass."""
    moment = int(now.timestamp())
    today = now.astimezone(configuration.timezone).date()
    take_over_answers(store, configuration.summary.folder, now=moment, today=today)
    return _evaluated(store, configuration, moment, ())


def _evaluated(
    store: Store, configuration: Configuration, moment: int, pulled: Sequence[Pulled]
) -> PassResult:
    active = active_rules(configuration)
    coverage = (
        _without_sent_mail(store, [one.coverage for one in pulled])
        if pulled
        else last_coverage(store, [account.name for account in configuration.accounts])
    )
    held = {one.account for one in coverage if one.state != "complete" and one.state != "failed"}
    snapshot = assemble(store, configuration, now=moment, horizon_days=max(horizon(active), 1))
    records = evaluate(store, snapshot, active, held)
    return PassResult(snapshot, records, tuple(coverage), tuple(pulled))


def last_coverage(store: Store, accounts: Sequence[str]) -> list[Coverage]:
    """The coverage of these accounts after the last pass, as the summary says it."""
    return _without_sent_mail(store, [Intake(store, name).coverage() for name in accounts])


def _without_sent_mail(store: Store, coverage: Sequence[Coverage]) -> list[Coverage]:
    """Without my sent mail every question looks open: hold the accounts back and say why."""
    mail = where("kind") == "message"
    if store.interactions.count(mail & (where("direction") == "outbound")):
        return list(coverage)
    return [
        Coverage(
            one.account,
            "partial",
            "there is mail but none from you: add the folder of your sent mail, "
            "or check your addresses (me)",
            "no_sent_mail",
        )
        if one.state == "complete"
        and store.interactions.count(mail & (where("account") == one.account)) >= _ENOUGH_MAIL
        else one
        for one in coverage
    ]


def _forget_what_no_longer_holds(store: Store, configuration: Configuration) -> None:
    """Records depend on who I am and how text is read: when that changes they are read again.
    Records of accounts that were taken out of the configuration go."""
    basis = json.dumps(
        [
            sorted(configuration.me.addresses),
            configuration.text,
            configuration.excerpt,
            {kind: list(words) for kind, words in sorted(configuration.words.items())},
        ]
    )
    fingerprint = hashlib.sha256(basis.encode()).hexdigest()
    document = store.meta.get_key("fingerprint")
    changed = document is not None and document["value"] != fingerprint
    wanted = {account.name for account in configuration.accounts}
    for account in store.interactions.distinct("account"):
        if changed or account not in wanted:
            log.info("account_forgotten", account=account, read_again=account in wanted)
            Intake(store, account).forget()
    if document is None or changed:
        store.meta.put("fingerprint", {"value": fingerprint})


def _remember_run(store: Store, moment: int, seconds: float, pulled: Sequence[Pulled]) -> None:
    if not any(one.upserts or one.deletions or one.failed or one.error for one in pulled):
        runs = store.runs.count(where("at") >= 0)
        if runs and store.runs.get_key("latest") is not None:
            store.runs.put("latest", _run(moment, seconds, pulled))
            return
    with store.transaction():
        store.runs.put(f"run {moment}", _run(moment, seconds, pulled))
        store.runs.put("latest", _run(moment, seconds, pulled))
        old = [row[0] for row in store.runs.select(("at",), order_by="at")][:-_KEPT_RUNS]
        store.runs.delete_keys(f"run {at}" for at in old)


def _run(moment: int, seconds: float, pulled: Sequence[Pulled]) -> dict[str, object]:
    return {
        "at": moment,
        "seconds": round(seconds, 3),
        "accounts": {
            one.account: {
                "upserts": one.upserts,
                "deletions": one.deletions,
                "failed": one.failed,
                "waiting": one.waiting,
                "state": one.coverage.state,
                "detail": one.coverage.detail,
            }
            for one in pulled
        },
    }

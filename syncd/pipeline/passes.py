"""One pass over all accounts, and a look at the records without one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from tinydb import where

from syncd import log
from syncd.config import Configuration
from syncd.connectors.base import TextReader
from syncd.findings.life import Record
from syncd.model import Coverage, Snapshot
from syncd.pipeline import journal
from syncd.pipeline.answers import take_over_answers
from syncd.pipeline.assemble import assemble
from syncd.pipeline.crew import pull_all
from syncd.pipeline.evaluate import active_rules, evaluate, horizon
from syncd.pipeline.intake import Intake, own_addresses
from syncd.pipeline.pull import Progress, Pulled, Terms, words_horizon
from syncd.pipeline.reader import OnDemandReader
from syncd.pipeline.retention import forget_old_mail
from syncd.store import Store

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
    :param clock: the real moment, where it is known; by it, mail older than `history` is forgotten
    :param accept_deletions: accounts whose mass deletion the user has confirmed
    :raises StoreError: the records cannot be written; accounts' errors become their coverage
    """
    forget_what_no_longer_holds(store, configuration)
    take_answers(store, configuration, now=now)
    terms = replace(
        terms_of(configuration, now=now, clock=clock),
        accept_deletions=accept_deletions,
        progress=progress,
    )
    pulled = pull_all(store, configuration.accounts, terms)
    if clock is not None:
        forget_old_mail(store, configuration, now=clock)
    return _evaluated(store, configuration, now, pulled)


def terms_of(
    configuration: Configuration,
    *,
    now: datetime,
    clock: datetime | None = None,
    reader: Callable[[Mapping[str, Sequence[str]]], TextReader] = OnDemandReader,
) -> Terms:
    """What the pulls of a pass go by; see `run_pass`.

    :param reader: makes what reads texts with the user's own words
    """
    days = horizon(active_rules(configuration))
    return Terms(
        configuration,
        now,
        clock,
        words_horizon(now, days),
        reader(configuration.words) if configuration.text else None,
        run=token_hex(4),
    )


def take_answers(store: Store, configuration: Configuration, *, now: datetime) -> int:
    """Take over what the user ticked in the summary's files; how many records changed."""
    today = now.astimezone(configuration.timezone).date()
    moment = int(now.timestamp())
    return take_over_answers(store, configuration.summary.folder, now=moment, today=today)


def look(store: Store, configuration: Configuration, *, now: datetime) -> PassResult:
    """Evaluate the rules on the records as they are, with the coverage of the last pass."""
    take_answers(store, configuration, now=now)
    return _evaluated(store, configuration, now, ())


def _evaluated(
    store: Store, configuration: Configuration, now: datetime, pulled: Sequence[Pulled]
) -> PassResult:
    active = active_rules(configuration)
    configuration = _with_my_other_addresses(store, configuration)
    coverage = (
        _without_sent_mail(store, [one.coverage for one in pulled])
        if pulled
        else last_coverage(store, [account.name for account in configuration.accounts])
    )
    held = {one.account for one in coverage if one.state != "complete" and one.state != "failed"}
    days = max(horizon(active), 1)
    snapshot = assemble(store, configuration, now=int(now.timestamp()), horizon_days=days)
    records = evaluate(store, snapshot, active, held)
    return PassResult(snapshot, records, tuple(coverage), tuple(pulled))


def _with_my_other_addresses(store: Store, configuration: Configuration) -> Configuration:
    """The configuration with the addresses of mine that the providers told (Batch.own)."""
    own = own_addresses(store, (account.name for account in configuration.accounts))
    me = replace(configuration.me, addresses=configuration.me.addresses | own)
    return replace(configuration, me=me)


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


def forget_what_no_longer_holds(store: Store, configuration: Configuration) -> None:
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
            journal.forget(store, account)
    if document is None or changed:
        store.meta.put("fingerprint", {"value": fingerprint})

"""From the snapshot to the records of findings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from syncd.config import Configuration
from syncd.findings.documents import from_document, to_document
from syncd.findings.life import Record, outlived, settle
from syncd.model import Finding, Snapshot
from syncd.registry import rules
from syncd.rules.base import Rule, RuleOptions
from syncd.store import Store


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule of the configuration, ready to run."""

    rule: Rule
    options: RuleOptions


def active_rules(configuration: Configuration) -> tuple[ActiveRule, ...]:
    """The configured rules in their order: where two find the same thing, the first one says it."""
    return tuple(
        ActiveRule(rules()[entry.type](), entry.options)
        for entry in configuration.rules
        if isinstance(entry.options, RuleOptions) and entry.options.enabled
    )


def horizon(active: Sequence[ActiveRule]) -> int:
    """How many days back the words of a message can still matter to any rule."""
    return max((one.rule.horizon(one.options) for one in active), default=0)


def find(snapshot: Snapshot, active: Sequence[ActiveRule]) -> list[Finding]:
    """Everything the rules find, in the rules' order."""
    return [finding for one in active for finding in one.rule.find(snapshot, one.options)]


def load_records(store: Store) -> dict[str, Record]:
    """Every stored record of a finding, by identity."""
    records = (from_document(document) for document in store.findings.all())
    return {record.identity: record for record in records}


def save_records(store: Store, records: Collection[Record]) -> None:
    """Store records in one transaction."""
    store.findings.put_many((record.identity, to_document(record)) for record in records)


def evaluate(
    store: Store, snapshot: Snapshot, active: Sequence[ActiveRule], held: Collection[str]
) -> dict[str, Record]:
    """Run the rules, move every record on, store what changed, forget what was settled long ago,
    and return all by identity."""
    records = load_records(store)
    found = find(snapshot, active)
    moved = settle(records, found, now=snapshot.now, today=snapshot.today, held=held)
    records |= {record.identity: record for record in moved}
    forgotten = outlived(records, found, now=snapshot.now, held=held)
    with store.transaction():
        save_records(store, moved)
        store.findings.delete_keys(forgotten)
    for key in forgotten:
        del records[key]
    return records

"""What the summary says of real mailboxes, against what a reader found open in them.

The labels were made before anybody looked at a result (tests/labels/README.md). `arguable` rows
are neither right nor missed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.config import Account, Configuration, Me, RuleEntry, default_rules, local_zone
from syncd.connectors.local.maildir import Maildir
from syncd.options import Duration
from syncd.pipeline.passes import PassResult, run_pass
from syncd.registry import OptionsOf, rules
from syncd.store import Store

LABELS = Path(__file__).parents[2] / "labels"
MAIL = Path(__file__).parents[4] / "shared" / "corpora" / "mail"
pytestmark = pytest.mark.skipif(not MAIL.is_dir(), reason="the corpora are not on this machine")

Moment = tuple[str, str]
UNANSWERED = tuple(e for e in default_rules(OptionsOf(rules())) if e.type == "unanswered")


def rows(name: str) -> list[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def labels() -> dict[Moment, dict[tuple[str, str], str]]:
    found: dict[Moment, dict[tuple[str, str], str]] = {
        (row["mailbox"], row["moment"]): {} for row in rows("moments.tsv")
    }
    for row in rows("threads.tsv"):
        moment = row["mailbox"], row["moment"]
        found[moment][row["direction"], row["sha256"]] = row["certainty"]
    return found


def look(mailbox: str, moment: str, state: Path, rules: tuple[RuleEntry, ...]) -> PassResult:
    """One pass over a mailbox at 07:30 UTC of a day."""
    owner = json.loads((MAIL / mailbox / "owner.json").read_text(encoding="utf-8"))["owner"]
    configuration = Configuration(
        timezone=local_zone(),
        me=Me(addresses=frozenset({owner})),
        accounts=(
            Account("mail", "maildir", Maildir.Options.model_validate({"path": MAIL / mailbox})),
        ),
        rules=rules,
        history=Duration.parse("99 years"),
    )
    with Store.open(state) as store:
        return run_pass(
            store,
            configuration,
            now=datetime.fromisoformat(f"{moment}T07:30:00+00:00"),
            clock=datetime.now(UTC),
        )


def findings(mailbox: str, moment: str, state: Path) -> list[tuple[str, set[str]]]:
    """(direction, sha256 of the Message-IDs that ask) of every open question found."""
    result = look(mailbox, moment, state, UNANSWERED)
    ids = {
        f"{message.account}/{message.source_id}": _hash(message.message_id)
        for thread in result.snapshot.threads
        for message in thread.messages
    }
    return [
        (record.finding.direction, {ids[one.source] for one in record.finding.evidence})
        for record in result.records.values()
    ]


def _hash(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()


def test_nine_of_ten_open_questions_are_right_and_most_are_found(tmp_path: Path) -> None:
    judged: Counter[str] = Counter()
    wrong: list[str] = []
    missed: list[str] = []
    for (mailbox, moment), labelled in labels().items():
        wanted = dict(labelled)
        headers = tmp_path / mailbox / "headers"
        if not headers.exists():
            look(mailbox, moment, headers, rules=())
        shutil.copytree(headers, tmp_path / mailbox / moment)
        for direction, asking in findings(mailbox, moment, tmp_path / mailbox / moment):
            kinds = {wanted.pop((direction, sha), "none") for sha in asking}
            best = min(kinds, key=["sure", "arguable", "none"].index)
            judged[best] += 1
            if best == "none":
                wrong.append(f"{mailbox} {moment} {direction} {sorted(asking)[0][:8]}")
        missed += [
            f"{mailbox} {moment} {direction} {sha[:8]}"
            for (direction, sha), certainty in wanted.items()
            if certainty == "sure"
        ]
    print(f"\nopen questions: {dict(judged)}, missed {len(missed)}")
    assert judged["sure"] >= 8, missed
    assert len(wrong) <= 0.1 * judged.total(), wrong

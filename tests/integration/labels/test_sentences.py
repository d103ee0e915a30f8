"""Promises and asks in real mail, against labels made before any result (tests/labels/README.md).

The sets are small: the floors guard against a step back, and the figures are printed to be quoted
with their counts.
"""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import json
import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import getaddresses
from pathlib import Path

import pytest

from syncd.normalise.rfc5322 import read_message
from syncd.rules.addressing import speaks_to_me
from syncd.text.reading import Reader

LABELS = Path(__file__).parents[2] / "labels"
MAIL = Path(__file__).parents[4] / "shared" / "corpora" / "mail"
QUOTE_MARKS = re.compile(r"^[> ]+", re.MULTILINE)
AT = datetime(2024, 5, 10, 9, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not MAIL.is_dir(), reason="the corpora are not on this machine")


def rows(name: str) -> list[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def scores(counts: Counter[tuple[bool, bool]]) -> tuple[float, float]:
    """Precision and recall from counts of (expected, found)."""
    right = counts[True, True]
    found, expected = right + counts[False, True], right + counts[True, False]
    return right / max(1, found), right / max(1, expected)


@pytest.mark.parametrize(
    ("drawn", "least_precision", "least_recall"), [("own", 0.70, 0.80), ("quoted", 0.90, 0.65)]
)
def test_firm_promises(drawn: str, least_precision: float, least_recall: float) -> None:
    reader = Reader()
    counts: Counter[tuple[bool, bool]] = Counter()
    for row in rows("promises.tsv"):
        if row["drawn"] != drawn or row["label"] == "W":
            continue
        raw = (MAIL / row["file"]).read_bytes()
        body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
        assert body is not None
        start = int(row["start"])
        words = QUOTE_MARKS.sub("", body.get_content()[start : start + int(row["length"])])
        sentence = " ".join(words.split())
        assert hashlib.sha256(sentence.encode()).hexdigest() == row["sha256"]
        signals = reader.read_sentence(sentence, at=AT).signals
        firm = any(s.kind == "promise" and s.strength == "firm" for s in signals)
        counts[row["label"] == "C", firm] += 1
    precision, recall = scores(counts)
    print(f"\nfirm promises, {drawn}: P {precision:.2f} R {recall:.2f} {dict(counts)}")
    assert precision >= least_precision
    assert recall >= least_recall


def reader_of(row: dict[str, str], owner: str) -> tuple[str, tuple[str, ...]]:
    """The address and names of the one whose view a row takes."""
    mailbox = row["file"].partition("/")[0]
    if not row["reader"]:
        return owner, (owner.partition("@")[0].replace(".", " "), mailbox)
    raw = (MAIL / row["file"]).read_bytes()
    to = str(email.message_from_bytes(raw, policy=email.policy.default)["To"])
    name, address = [entry for entry in getaddresses([to]) if entry[1]][int(row["reader"])]
    name = name or address.partition("@")[0].replace(".", " ")
    return address.lower(), (name, name.split()[0])


@pytest.mark.parametrize(
    ("drawn", "least_precision", "least_recall"),
    [(("random", "enriched"), 0.55, 0.4), (("readers",), 0.80, 0.5)],
)
def test_asks_of_the_reader(
    drawn: tuple[str, ...], least_precision: float, least_recall: float
) -> None:
    owners = {
        mailbox.name: json.loads((mailbox / "owner.json").read_text(encoding="utf-8"))["owner"]
        for mailbox in MAIL.iterdir()
    }
    reader = Reader()
    counts: Counter[tuple[bool, bool]] = Counter()
    for row in rows("asks.tsv"):
        if row["label"] == "?" or row["addressed"] != "to" or row["drawn"] not in drawn:
            continue
        address, names = reader_of(row, owners[row["file"].partition("/")[0]])
        me = frozenset({address})
        message = read_message(
            (MAIL / row["file"]).read_bytes(),
            account="mail",
            source_id=row["file"],
            folder="INBOX",
            me=me,
            now=int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()),
            words=reader,
        )
        asked = any(
            signal.kind in ("ask", "meeting_proposal")
            and signal.strength == "firm"
            and speaks_to_me(message, signal, me, names, {}) == "me"
            for signal in message.signals
        )
        counts[row["label"] != "0", asked] += 1
    precision, recall = scores(counts)
    print(f"\nasks of the reader, {drawn}: P {precision:.2f} R {recall:.2f} {dict(counts)}")
    assert precision >= least_precision
    assert recall >= least_recall

"""The records of fifty open items, and syncd writing them down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from syncd.config import Configuration
from syncd.findings.life import Record, settle
from syncd.model import Finding, PersonRef, Snapshot
from syncd.pipeline.answers import take_over_answers
from syncd.pipeline.evaluate import load_records, save_records
from syncd.pipeline.publish import publish
from syncd.store import Store
from tests.builders.offices import MONDAY, Office

ITEMS = 50


@dataclass
class Desk:
    """Records of fifty open items, and everything it takes to write them down again."""

    store: Store
    settings: Configuration
    snapshot: Snapshot
    rounds: int = 0

    @property
    def folder(self) -> Path:
        return self.settings.summary.folder

    def write(self) -> None:
        """Write the summary with another text each time."""
        self.rounds += 1
        publish(
            load_records(self.store),
            replace(self.snapshot, now=self.snapshot.now + self.rounds),
            self.settings,
            self.store,
            coverage=(),
            problems=(f"round {self.rounds}",),
            everything=True,
        )

    def take_over(self, *, later: int = 0) -> int:
        """Read the answers, so many seconds after the rest."""
        now, today = self.snapshot.now + later, self.snapshot.today
        return take_over_answers(self.store, self.folder, now=now, today=today)

    def records(self) -> dict[str, Record]:
        """By id."""
        return {record.id: record for record in load_records(self.store).values()}


def desk_of(office: Office) -> Desk:
    """With its items found, and nothing written."""
    morning = office.once()
    settings = office.configuration()
    store = Store.open(office.state)
    found = [
        Finding(
            rule="reply",
            type="unanswered",
            key=f"thread-{number}",
            people=(PersonRef(f"p{number}@client.example", f"Person {number}"),),
            section="owe",
            say="unanswered.inbound",
            facts={"quote": "Could you call me?", "subject": "A call", "nudges": 0, "questions": 1},
            since=int(MONDAY.timestamp()) - 86_400,
            direction="inbound",
        )
        for number in range(ITEMS)
    ]
    at = int(MONDAY.timestamp())
    save_records(store, settle({}, found, now=at, today=MONDAY.date()))
    return Desk(store, settings, morning.result.snapshot)

"""A user's whole setting in one folder: mail, calendar, configuration, records, summaries.

Everything lies in real files, and a morning runs the real flow over them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event
from ruamel.yaml import YAML

from syncd.config import Configuration, load
from syncd.pipeline.passes import PassResult, run_pass
from syncd.pipeline.publish import publish
from syncd.registry import OptionsOf, connectors, rules, summaries
from syncd.store import Store
from syncd.summary.build import Summary
from tests.builders.calendars import event, write_calendar
from tests.builders.mails import deliver, message

ZONE = ZoneInfo("America/Toronto")
ME = "camille@cabinet.example"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)
"""The morning of evaluation, unless a test names another."""


def day(month: int, number: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2026 on the user's clock."""
    return datetime(2026, month, number, hour, minute, tzinfo=ZONE)


@dataclass(frozen=True)
class Morning:
    """What one run left behind."""

    document: Mapping[str, Any]
    """summary.json"""
    markdown: str
    result: PassResult
    summary: Summary

    @property
    def items(self) -> list[dict[str, Any]]:
        return list(self.document["items"])

    def of(
        self, type_: str, *, direction: str | None = None, who: str = ""
    ) -> list[dict[str, Any]]:
        """The items of one rule type, of one direction, about one address."""
        return [
            item
            for item in self.items
            if item["type"] == type_
            and (direction is None or item["direction"] == direction)
            and (not who or any(who in person["addresses"] for person in item["people"]))
        ]

    def owe(self, who: str = "") -> list[dict[str, Any]]:
        """The items that say I owe a reply."""
        return self.of("unanswered", direction="inbound", who=who)

    def owed(self, who: str = "") -> list[dict[str, Any]]:
        """The items that say somebody owes me a reply."""
        return self.of("unanswered", direction="outbound", who=who)


@dataclass
class Office:
    """The folder of one user, and how mail and meetings get into it."""

    root: Path
    settings: dict[str, Any] = field(default_factory=dict)
    """Keys of syncd.yaml instead of the usual ones."""
    rules: list[dict[str, Any]] | None = None
    """rules.yaml; None: the default rules."""
    people: dict[str, Any] | None = None
    """people.yaml"""
    events: list[Event] = field(default_factory=list)

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def calendar(self) -> Path:
        return self.root / "calendar.ics"

    @property
    def summaries(self) -> Path:
        return self.root / "summaries"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def config(self) -> Path:
        return self.root / "config"

    def receive(self, sender: str, text: str, at: datetime, **more: Any) -> str:
        """A message to me (`to=` says otherwise) arrives.

        :return: its Message-ID
        """
        folder = more.pop("folder", "INBOX")
        mail = message(sender=sender, to=more.pop("to", ME), text=text, at=at, **more)
        deliver(self.mail, mail, at, folder=folder)
        return str(mail["Message-ID"])

    def send(self, to: str | Sequence[str], text: str, at: datetime, **more: Any) -> str:
        """I send a message.

        :return: its Message-ID
        """
        sender = more.pop("sender", f"Camille Roy <{ME}>")
        mail = message(sender=sender, to=to, text=text, at=at, **more)
        deliver(self.mail, mail, at, folder="Sent")
        return str(mail["Message-ID"])

    def correspond(self, *people: str, at: datetime = MONDAY - timedelta(days=200)) -> None:
        """I have written to these people before, and asked nothing."""
        for person in people:
            self.send(person, "Here is the agenda of the fair.\n", at, subject="Agenda of the fair")

    def meet(self, title: str, at: datetime | date, guests: Sequence[str], **more: Any) -> None:
        """An event stands in my calendar."""
        self.events.append(event(title, at, guests, **more))

    def configuration(self) -> Configuration:
        """Write the configuration folder and load it as the service does."""
        self.config.mkdir(exist_ok=True)
        accounts = [{"name": "work", "connector": "maildir", "path": str(self.mail)}]
        if self.events or self.calendar.exists():
            accounts.append({"name": "diary", "connector": "ics", "path": str(self.calendar)})
        settings = {
            "timezone": ZONE.key,
            "language": "en",
            "me": {"names": ["Camille Roy"], "addresses": [ME]},
            "accounts": accounts,
            "summary": {"folder": str(self.summaries), "formats": ["markdown", "json", "html"]},
            **self.settings,
        }
        _write_yaml(self.config / "syncd.yaml", settings)
        if self.rules is not None:
            _write_yaml(self.config / "rules.yaml", {"rules": self.rules})
        if self.people is not None:
            _write_yaml(self.config / "people.yaml", self.people)
        return load(
            self.config,
            connectors=OptionsOf(connectors()),
            rules=OptionsOf(rules()),
            summaries=tuple(summaries()),
        )

    def once(
        self,
        now: datetime = MONDAY,
        *,
        everything: bool = False,
        accept_deletions: Sequence[str] = (),
    ) -> Morning:
        """What `syncd once` does: a pass over every account, and the summary's files."""
        if not self.mail.exists():
            (self.mail / "INBOX" / "cur").mkdir(parents=True)
        if self.events:
            write_calendar(self.calendar, self.events)
        configuration = self.configuration()
        with Store.open(self.state) as store:
            result = run_pass(store, configuration, now=now, accept_deletions=accept_deletions)
            published = publish(
                result.records,
                result.snapshot,
                configuration,
                store,
                coverage=result.coverage,
                everything=everything,
            )
        document = json.loads((self.summaries / "latest.json").read_text(encoding="utf-8"))
        markdown = (self.summaries / "latest.md").read_text(encoding="utf-8")
        return Morning(document, markdown, result, published.summary)

    def tick(self, item: str, mark: str, *, file: str = "latest.md") -> None:
        """Type `mark` into the checkbox of an item, as in an editor: `x`, `>] until 2026-12-01`."""
        path = self.summaries / file
        lines = path.read_text(encoding="utf-8").splitlines()
        (place,) = (n for n, line in enumerate(lines) if line.endswith(f"`{item}`"))
        before, _, rest = lines[place].partition("[")
        rest = rest.partition("]")[2]
        marked = mark if "]" in mark else f"{mark}]"
        lines[place] = f"{before}[{marked}{rest}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    yaml = YAML()
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)

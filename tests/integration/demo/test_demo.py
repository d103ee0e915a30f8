"""The demonstration: read by the real connectors without a loss, and every kind of rule speaks."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.connectors.base import Connector
from syncd.connectors.local.ics import Ics
from syncd.connectors.local.maildir import Maildir
from syncd.connectors.local.mbox import Mbox
from syncd.demo import write_demo
from syncd.model import Meeting
from tests.contract.contract import Records, context

MONTREAL = ZoneInfo("America/Toronto")
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=MONTREAL)

EXPECTED = {
    ("birthdays", "Ann Lee", None),
    ("expression", "Greta Olsen", None),
    ("keep_in_touch", "Hélène Fortin", None),
    ("missing_in_person", "Ann Lee", None),
    ("missing_in_person", "Bruno Keller", None),  # was it in person?
    ("one_sided", "Victor Lemay", None),
    ("personal_news", "Karim Benali", "inbound"),
    ("personal_news", "Oliver Grant", "inbound"),
    ("plan", "Ann Lee", None),
    ("promises", "Bruno Keller", "inbound"),
    ("promises", "David Cohen", "outbound"),
    ("promises", "Julien Moreau", "inbound"),
    ("promises", "Priya Nair", "outbound"),
    ("promises", "Sophie Gagnon", "outbound"),
    ("unanswered", "Ann Lee", "inbound"),
    ("unanswered", "Inès Laurent", "inbound"),
    ("unanswered", "Julien Moreau", "outbound"),
    ("unanswered", "Marc Tremblay", "inbound"),
}


def read(connector: Connector) -> Records:
    records = Records()
    for batch in connector.pull(None, context(records)):
        records.commit(batch)
    return records


def test_the_connectors_lose_nothing(tmp_path: Path) -> None:
    write_demo(tmp_path, MONDAY)
    mail = read(Maildir("work", Maildir.Options(path=tmp_path / "Maildir")))
    old = read(Mbox("archive", Mbox.Options(path=tmp_path / "archive.mbox")))
    calendar = read(
        Ics("calendar", Ics.Options.model_validate({"path": tmp_path / "calendar.ics"}))
    )
    assert not mail.failures and not old.failures and not calendar.failures
    files = [path for path in (tmp_path / "Maildir").rglob("*") if path.is_file()]
    assert len(mail.items) == len(files) > 30
    assert len(old.items) == 20
    meetings = [item for item in calendar.items.values() if isinstance(item, Meeting)]
    assert {meeting.place.verdict for meeting in meetings} == {"in_person", "virtual", "unknown"}
    assert {meeting.purpose for meeting in meetings} == {
        "meeting",
        "birthday",
        "out_of_office",
        "other",
    }
    assert any("hybrid" in meeting.place.evidence for meeting in meetings)


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    write_demo(tmp_path, MONDAY)
    texts = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("{+" in text or "{-" in text or "{folder}" in text for text in texts)


def test_written_twice_it_is_the_same(tmp_path: Path) -> None:
    def bodies() -> set[str]:
        return {path.name for path in tmp_path.rglob("*") if path.is_file()}

    write_demo(tmp_path, MONDAY)
    once = bodies()
    write_demo(tmp_path, MONDAY)
    assert bodies() == once


@pytest.mark.parametrize(
    "day",
    ["2026-11-23", "2026-12-02", "2027-03-18", "2026-11-27", "2026-11-28", "2026-11-29"],
    ids=["Monday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
)
def test_on_any_day_every_rule_has_its_line_and_noise_has_none(tmp_path: Path, day: str) -> None:
    now = datetime.fromisoformat(f"{day}T07:30:00").replace(tzinfo=MONTREAL)
    write_demo(tmp_path, now)
    result = CliRunner().invoke(
        cli,
        ["once", "--json", "--config", str(tmp_path), "--state", str(tmp_path / "state"),
         "--now", now.isoformat()],
    )  # fmt: skip
    assert result.exception is None, result.output
    summary = json.loads(result.stdout)
    found = {
        (item["type"], item["people"][0]["name"], item["direction"] or None)
        for item in summary["items"]
    }
    assert found == EXPECTED
    assert all(account["state"] == "complete" for account in summary["coverage"])

"""What is older than the user's history, or was settled long ago, is forgotten; and stays so."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.pipeline.retention import forget_old_mail
from syncd.store import Store
from tests.builders.mails import deliver, message
from tests.builders.offices import ME, MONDAY, Office

ANN = "Ann Lee <ann.lee@client.example>"
YEAR = timedelta(days=365)


def _arrived_now(office: Office, age: timedelta) -> None:
    """An old mail that a synchroniser put into the folder this morning, as its file name says."""
    text = f"The minutes of {(MONDAY - age).date()}.\n"
    mail = message(sender=ANN, to=ME, text=text, at=MONDAY - age, subject="Minutes")
    deliver(office.mail, mail, MONDAY)


@pytest.fixture
def kept_long(office: Office) -> Office:
    """Mail of ten years, a mail a month, and a meeting each year; the user now wants two years."""
    office.correspond(ANN, at=MONDAY - timedelta(days=30))
    for month in range(120):
        _arrived_now(office, timedelta(days=30 * month + 1))
    for year in range(1, 6):
        office.meet("Fair", MONDAY - year * YEAR, ["ann.lee@client.example"], location="Hall 4")
    office.settings["history"] = "10 years"
    time.sleep(0.2)  # or the files look as if they were renamed since, and are read once more
    office.once()
    office.settings["history"] = "2 years"
    return office


def _days(office: Office, kind: str) -> list[int]:
    """The ages of the stored records in days, newest first."""
    now = int(MONDAY.timestamp())
    with Store.open(office.state, read_only=True) as store:
        ages = [(now - d["at"]) // 86_400 for d in store.interactions.all() if d["kind"] == kind]
    return sorted(ages)


def _forget(office: Office, **more: int) -> int:
    with Store.open(office.state) as store:
        return forget_old_mail(store, office.configuration(), now=MONDAY, **more)


def test_mail_before_the_history_goes_and_what_is_within_stays(kept_long: Office) -> None:
    before = _days(kept_long, "message")
    assert len(before) == 121
    gone = _forget(kept_long)
    assert _days(kept_long, "message") == [age for age in before if age <= 732]
    assert gone == sum(1 for age in before if age > 732)
    assert max(_days(kept_long, "meeting")) > 4 * 365
    assert _forget(kept_long) == 0
    with Store.open(kept_long.state) as store:
        assert store.check_integrity() == []


def test_it_goes_a_little_at_a_time_the_oldest_first(kept_long: Office) -> None:
    before = _days(kept_long, "message")
    assert _forget(kept_long, most=30) == 30
    assert _days(kept_long, "message") == before[:-30]


def test_what_was_forgotten_is_not_read_again_until_it_is_gone(kept_long: Office) -> None:
    _forget(kept_long)
    kept = _days(kept_long, "message")
    kept_long.receive(ANN, "Thanks.\n", MONDAY - timedelta(hours=2))
    morning = kept_long.once(MONDAY + timedelta(hours=1))
    assert morning.result.pulled[0].upserts == 1
    assert len(_days(kept_long, "message")) == len(kept) + 1
    assert not morning.result.coverage[0].detail, "nothing is said to be set aside"

    minutes = {_minutes(path): path for path in (kept_long.mail / "INBOX" / "cur").iterdir()}
    oldest = minutes[min(day for day in minutes if day)]
    oldest.unlink()
    before = _names(kept_long)
    kept_long.once(MONDAY + timedelta(hours=2))
    assert _names(kept_long) == before - 1


def _minutes(path: Path) -> str:
    """The day of the minutes that a mail brings; empty if it brings none."""
    return path.read_text("utf-8").partition("The minutes of ")[2]


def _names(office: Office) -> int:
    with Store.open(office.state, read_only=True) as store:
        return len(store.retries)


def test_settled_findings_are_forgotten_after_a_year_and_dismissed_ones_never(
    office: Office,
) -> None:
    people = [f"Person {n} <person{n}@client.example>" for n in range(3)]
    office.correspond(*people)
    asked = [office.receive(p, "Could you call me?\n", MONDAY - timedelta(days=7)) for p in people]
    items = [item["id"] for item in office.once().owe()]
    office.tick(items[0], "x")
    office.tick(items[1], "-")
    for person, question in zip(people, asked, strict=True):
        office.send(person, "I have.\n", MONDAY + timedelta(hours=1), answers=question)
    office.once(MONDAY + timedelta(days=1))
    assert _states(office, items) == ["done", "dismissed", "resolved"]
    office.once(MONDAY + timedelta(days=364))
    assert _states(office, items) == ["done", "dismissed", "resolved"]
    office.once(MONDAY + timedelta(days=368))
    assert _states(office, items) == [None, "dismissed", None]


def _states(office: Office, items: list[str]) -> list[str | None]:
    with Store.open(office.state, read_only=True) as store:
        states = {d["id"]: d["state"] for d in store.findings.all()}
    return [states.get(item) for item in items]

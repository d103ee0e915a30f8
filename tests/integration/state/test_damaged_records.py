"""Records that are damaged are set aside and made anew; what the user said is kept."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.findings.life import LIVE
from syncd.store import DamagedStore, Store
from tests.builders.offices import MONDAY, Morning, Office, day

PEOPLE = [f"Person {n} <person{n}@client.example>" for n in range(8)]
ZOE = "zoe@client.example"
MARKS = ["x", "-", ">", " ", "x", "-", ">", " "]


@pytest.fixture
def answered(office: Office) -> dict[str, str]:
    """Eight people asked; the user has answered six of the items, and a meeting was virtual.

    :return: the address of each open item or answered one, with the mark that the user typed
    """
    office.correspond(*PEOPLE)
    for person in PEOPLE:
        office.receive(person, "Could you send me the quote?\n", MONDAY - timedelta(days=7))
    office.people = {
        "people": [{"name": "Zoe Petit", "addresses": [ZOE], "meet_in_person": "60 days"}]
    }
    office.meet("Coffee", day(6, 1), [ZOE])
    office.meet("Budget", day(11, 5), [ZOE])
    items = {item["people"][0]["addresses"][0]: item["id"] for item in office.once().owe()}
    assert len(items) == 8
    typed = dict(zip(sorted(items), MARKS, strict=True))
    for address, mark in typed.items():
        office.tick(items[address], mark)
    (place,) = office.once().of("missing_in_person")
    office.tick(place["id"], "v")
    assert _place(office.once(MONDAY + timedelta(hours=1))) == "virtual"
    return typed


def _place(morning: Morning) -> str:
    """Where the meeting was that the user was asked about."""
    return next(m.place.verdict for m in morning.result.snapshot.meetings if m.title == "Budget")


def _states(office: Office) -> dict[str, str]:
    """The state of each person's question, by address."""
    with Store.open(office.state) as store:
        return {
            d["finding"]["people"][0]["addresses"][0]: "open" if d["state"] in LIVE else d["state"]
            for d in store.findings.all()
            if d["finding"]["type"] == "unanswered"
        }


def _overwritten(path: Path, share: float, seed: int) -> None:
    """Random bytes over a share of the pages, the first one (the table of contents) left out."""
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    pages = len(data) // 4096
    for page in chance.sample(range(1, pages), max(1, int(pages * share))):
        data[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _come_upon_it(office: Office) -> None:
    """Use the records until the damage shows, as the service would."""
    with suppress(DamagedStore), Store.open(office.state) as store:
        if store.rebuilt is None:
            for table in store.db.tables():
                store.db.table(table).all()
            pytest.fail("no damage was come upon")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: _overwritten(path, 0.2, 1), id="a fifth of the pages"),
        pytest.param(lambda path: _overwritten(path, 0.9, 2), id="nearly all pages"),
        pytest.param(_cut, id="cut short"),
        pytest.param(_zeros, id="all zeros"),
    ],
)
def test_the_answers_outlive_the_records(
    office: Office, answered: dict[str, str], damage: Callable[[Path], None]
) -> None:
    before = _states(office)
    assert set(before.values()) == {"done", "dismissed", "snoozed", "open"}
    damage(office.state / "records.db")
    damaged = (office.state / "records.db").read_bytes()
    _come_upon_it(office)
    tuesday = MONDAY + timedelta(hours=2)
    office.once(tuesday)
    assert _states(office) == before
    assert _place(office.once(tuesday)) == "virtual"
    (aside,) = office.state.glob("records.db.damaged-*Z")
    assert aside.read_bytes() == damaged
    with Store.open(office.state) as store:
        assert store.check_integrity() == []


def test_without_any_readable_finding_the_summary_tells(
    office: Office, answered: dict[str, str]
) -> None:
    before = _states(office)
    (office.state / "records.db").write_bytes(b"nothing of it is left " * 1000)
    morning = office.once(MONDAY + timedelta(hours=2))
    assert _states(office) == before
    assert len(morning.result.pulled) == 2
    # what comes back later under an id of the old summary is something new
    with Store.open(office.state) as store:
        kept = store.meta.get_key("recovered answers")
        assert kept is not None
        assert not set(kept["answers"]) & {d["id"] for d in store.findings.all()}


def test_a_kill_between_setting_aside_and_rescue_loses_nothing(
    office: Office, answered: dict[str, str]
) -> None:
    before = _states(office)
    path = office.state / "records.db"
    path.rename(path.with_name("records.db.damaged-20261123T120000Z"))
    office.once(MONDAY + timedelta(hours=2))
    assert _states(office) == before


def test_a_false_alarm_changes_nothing(office: Office, answered: dict[str, str]) -> None:
    (office.state / "records.damaged").touch()
    with Store.open(office.state) as store:
        assert store.rebuilt is None
        assert len(store.interactions) > 8
    assert sorted(p.name for p in office.state.iterdir()) == ["records.db", "records.lock"]


def test_a_backup_that_is_put_back_is_not_overruled(
    office: Office, answered: dict[str, str]
) -> None:
    path = office.state / "records.db"
    copy = office.root / "copy.db"
    shutil.copy(path, copy)
    path.write_bytes(b"x" * 9000)
    office.once(MONDAY + timedelta(hours=2))
    shutil.copy(copy, path)
    # answered after the damage, then undone by the copy: the set-aside file must not undo it again
    with Store.open(office.state) as store:
        states = [(d["id"], d["state"], d["changed"]) for d in store.findings.all()]
    with Store.open(copy.rename(office.root / "records.db").parent, read_only=True) as before:
        assert states == [(d["id"], d["state"], d["changed"]) for d in before.findings.all()]

"""Mail and configuration change under the records: the end is as if it had always been so."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from syncd.store import Store
from tests.builders.mailboxes import fill
from tests.builders.mails import deliver
from tests.builders.offices import ME, MONDAY, Morning, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
ASKS = "Could you send me the revised quote?\n"


def _told(morning: Morning) -> list[tuple[Any, ...]]:
    """What a summary says, without what depends on when it was first said."""
    return sorted(
        (item["id"], item["title"], item["since"], item["quote"], item["reason"], item["due"])
        for item in morning.items
    )


def _files(office: Office) -> list[Path]:
    return sorted((office.mail / "INBOX" / "cur").iterdir()) + sorted(
        (office.mail / "Sent" / "cur").iterdir()
    )


def test_mail_that_was_away_and_came_back_leaves_no_trace(tmp_path: Path) -> None:
    whole, parted = Office(tmp_path / "whole"), Office(tmp_path / "parted")
    for office in (whole, parted):
        office.root.mkdir()
        fill(office, 60)
    once = whole.once(everything=True)
    assert len(once.items) > 5

    aside = tmp_path / "aside"
    edge = (MONDAY - timedelta(days=30)).timestamp()
    recent = [p for p in _files(parted) if int(p.name.split(".")[0]) > edge]
    assert len(recent) > 20
    for path in recent:
        target = aside / path.relative_to(parted.mail)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    before = parted.once(everything=True)
    assert _told(before) != _told(once)
    for path in recent:
        (aside / path.relative_to(parted.mail)).rename(path)
    assert _told(parted.once(everything=True)) == _told(once)


def test_a_message_moved_to_another_folder_is_the_same_message(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    before = office.once()
    (path,) = (office.mail / "INBOX" / "cur").iterdir()
    target = office.mail / "Clients" / "cur"
    target.mkdir(parents=True)
    path.rename(target / path.name)
    after = office.once()
    assert _told(after) == _told(before)
    assert [item["state"] for item in after.items] == ["new"]
    assert len(after.result.snapshot.threads) == len(before.result.snapshot.threads)


def test_a_deleted_message_takes_its_item_along(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    assert len(office.once().items) == 1
    (path,) = (office.mail / "INBOX" / "cur").iterdir()
    path.unlink()
    assert office.once().items == []


def test_an_account_taken_out_of_the_configuration_takes_its_records_along(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    elsewhere = Office(office.root / "elsewhere")
    elsewhere.receive("Paul Girard <paul.girard@client.example>", ASKS, day(11, 17), subject="Old")
    work = {"name": "work", "connector": "maildir", "path": str(office.mail)}
    old = {"name": "old", "connector": "maildir", "path": str(elsewhere.mail)}
    office.settings["accounts"] = [work, old]
    assert len(office.once().items) == 2
    office.settings["accounts"] = [work]
    morning = office.once()
    assert [item["people"][0]["name"] for item in morning.items] == ["Ann Lee"]
    assert [one["account"] for one in morning.document["coverage"]] == ["work"]
    with Store.open(office.state, read_only=True) as store:
        assert store.interactions.distinct("account") == ["work"]
        assert store.cursors.get_key("old") is None


def test_an_address_added_to_mine_is_read_as_mine_everywhere(office: Office) -> None:
    office.correspond(ANN)
    office.receive("Camille <c.roy@gmail.com>", "Could you print the slides?\n", day(11, 17))
    office.receive(ANN, ASKS, day(11, 16), to="c.roy@gmail.com", subject="Quote")
    before = office.once()
    assert [item["people"][0]["name"] for item in before.items] == ["Camille"]
    office.settings["me"] = {"names": ["Camille Roy"], "addresses": [ME, "c.roy@gmail.com"]}
    after = office.once()
    assert [item["people"][0]["name"] for item in after.items] == ["Ann Lee"]


def test_a_mass_deletion_stops_and_asks(office: Office) -> None:
    fill(office, 40)
    office.once(everything=True)
    shutil.rmtree(office.mail / "INBOX" / "cur")
    (office.mail / "INBOX" / "cur").mkdir()
    shutil.rmtree(office.mail / "Sent" / "cur")
    (office.mail / "Sent" / "cur").mkdir()
    office.correspond(ANN)
    stopped = office.once(MONDAY + timedelta(hours=1), everything=True)
    (coverage,) = stopped.document["coverage"]
    assert coverage["state"] == "stopped"
    assert "--accept-deletions work" in coverage["detail"]
    assert "nothing was deleted" in stopped.markdown.split("\n\n")[2]
    with Store.open(office.state, read_only=True) as store:
        assert len(store.interactions) > 90
    # it goes on asking until the user answers
    assert office.once(MONDAY + timedelta(hours=2)).document["coverage"] == [coverage]
    after = office.once(MONDAY + timedelta(hours=3), accept_deletions=["work"])
    assert after.document["coverage"][0]["state"] == "complete"
    assert after.items == []


def test_mail_that_comes_back_after_a_mass_deletion_needs_no_answer(office: Office) -> None:
    fill(office, 40)
    before = office.once(everything=True)
    office.mail.rename(office.root / "unmounted")
    (office.mail / "INBOX" / "cur").mkdir(parents=True)
    assert office.once(everything=True).document["coverage"][0]["state"] == "stopped"
    shutil.rmtree(office.mail)
    (office.root / "unmounted").rename(office.mail)
    after = office.once(everything=True)
    assert after.document["coverage"][0]["state"] == "complete"
    assert _told(after) == _told(before)


def test_a_malformed_message_is_set_aside_and_counted(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    deliver(office.mail, b"", day(11, 18))
    deliver(office.mail, b"\x00\xff\xfe not a mail\n" * 30, day(11, 19))
    morning = office.once()
    assert len(morning.items) == 1
    (coverage,) = morning.document["coverage"]
    assert coverage["state"] == "complete"
    assert coverage["detail"].startswith("2 items")
    (pulled,) = morning.result.pulled
    assert pulled.waiting == 2


def test_a_missing_folder_stops_no_other_account_and_shows_at_the_top(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    elsewhere = Office(office.root / "elsewhere")
    elsewhere.receive("Paul Girard <paul.girard@client.example>", ASKS, day(11, 17), subject="Old")
    office.settings["accounts"] = [
        {"name": "old", "connector": "maildir", "path": str(elsewhere.mail)},
        {"name": "work", "connector": "maildir", "path": str(office.mail)},
    ]
    assert len(office.once().items) == 2
    elsewhere.mail.rename(office.root / "unmounted")
    office.receive("Lea Winter <lea@client.example>", ASKS, day(11, 18), subject="New")
    morning = office.once()
    states = {one["account"]: one["state"] for one in morning.document["coverage"]}
    assert states == {"old": "failed", "work": "complete"}
    assert {item["people"][0]["name"] for item in morning.items} == {
        "Ann Lee", "Lea Winter", "Paul Girard",
    }  # fmt: skip
    assert morning.markdown.split("\n\n")[1] == "## Not everything was read"
    assert "is not a folder" in morning.markdown.split("\n\n")[2]


def test_without_sent_mail_questions_are_held_back_and_told_once_it_is_there(
    office: Office,
) -> None:
    ids = [
        office.receive(ANN, ASKS, day(11, 2) + timedelta(days=n), subject=f"Quote {n}")
        for n in range(12)
    ]
    held = office.once()
    assert held.items == []
    assert "none from you" in held.markdown
    for number, message in enumerate(ids[:11]):
        office.send(ANN, "Here it is.\n", day(11, 20), answers=message, subject=f"Quote {number}")
    told = office.once()
    assert told.document["coverage"][0]["state"] == "complete"
    assert [item["since"][:10] for item in told.items] == ["2026-11-13"]


def test_two_accounts_that_hold_the_same_mail_say_it_once(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    alone = office.once()
    shutil.copytree(office.mail, office.root / "copy")
    office.settings["accounts"] = [
        {"name": "work", "connector": "maildir", "path": str(office.mail)},
        {"name": "copy", "connector": "maildir", "path": str(office.root / "copy")},
    ]
    both = office.once()
    assert _told(both) == _told(alone)
    facts = both.result.snapshot.people["ann.lee@client.example"].facts
    assert (facts.inbound, facts.outbound) == (1, 1)


def test_an_earlier_moment_does_not_know_the_later_answer(office: Office) -> None:
    asked = office.receive(ANN, ASKS, day(11, 10))
    office.correspond(ANN)
    office.send(ANN, "Here it is.\n", day(11, 18), answers=asked)
    assert office.once().items == []
    assert len(office.once(day(11, 16)).items) == 1


def test_an_earlier_moment_sees_nothing_of_what_came_later(office: Office) -> None:
    fill(office, 40)
    earlier = MONDAY - timedelta(days=20)
    office.once(everything=True)
    looked_back = _told(office.once(earlier, everything=True))
    fresh = Office(office.root / "fresh")
    fresh.root.mkdir()
    fill(fresh, 40)
    for path in _files(fresh):
        if int(path.name.split(".")[0]) > earlier.timestamp():
            path.unlink()
    assert looked_back == _told(fresh.once(earlier, everything=True))
    assert looked_back

"""Behaviours 28 to 31: identity of items, their lines, the empty day, and incomplete coverage."""

from __future__ import annotations

import shutil
from datetime import timedelta

from tests.builders.offices import MONDAY, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
PAUL = "Paul Girard <paul.girard@client.example>"
ASKS = "Could you send me the revised quote?\n"
TUESDAY = MONDAY + timedelta(days=1)


# --- 28: identity ---


def test_28_ids_are_stable_across_restarts_and_a_sync_from_nothing(office: Office) -> None:
    office.correspond(ANN, PAUL)
    office.receive(ANN, ASKS, day(11, 17))
    office.receive(PAUL, "Pourriez-vous m'envoyer le devis ?\n", day(11, 18), subject="Devis")
    before = {item["id"]: item["title"] for item in office.once().items}
    assert len(before) == 2
    assert {item["id"]: item["title"] for item in office.once(TUESDAY).items} == before
    shutil.rmtree(office.state)
    assert {item["id"]: item["title"] for item in office.once(TUESDAY).items} == before


def test_28_a_tick_survives_a_resync(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    (item,) = office.once().owe()
    office.tick(item["id"], "x")
    # A changed address list makes every account be read again from the start.
    office.settings["me"] = {
        "names": ["Camille Roy"],
        "addresses": ["camille@cabinet.example", "c.roy@gmail.com"],
    }
    assert office.once(TUESDAY).owe() == []


def test_28_a_done_item_reopens_on_a_new_inbound_message(office: Office) -> None:
    office.correspond(ANN)
    asked = office.receive(ANN, ASKS, day(11, 17))
    (item,) = office.once().owe()
    office.tick(item["id"], "x")
    assert office.once(TUESDAY).owe() == []
    office.receive(ANN, "Could you send it today?\n", TUESDAY + timedelta(hours=2), answers=asked)
    (again,) = office.once(MONDAY + timedelta(days=3)).owe()
    assert (again["id"], again["state"], again["new"]) == (item["id"], "reopened", True)


# --- 29: lines ---


def test_29_one_person_is_named_once_with_everything_below(office: Office) -> None:
    office.correspond(ANN, PAUL)
    office.receive(ANN, ASKS, day(11, 16), subject="Quote")
    office.receive(PAUL, "Can you confirm the venue?\n", day(11, 16), subject="Venue")
    office.receive(ANN, "Can you confirm the date of the workshop?\n", day(11, 17), subject="Date")
    morning = office.once()
    assert len(morning.owe("ann.lee@client.example")) == 2
    assert morning.markdown.count("**Ann Lee**") == 1
    assert "  - [ ] also: " in morning.markdown


def test_29_every_line_has_its_reason_and_its_quote(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    morning = office.once()
    (item,) = morning.items
    assert item["quote"] == ASKS.strip()
    assert item["reason"] == "3 business days ago"
    (line,) = (line for line in morning.markdown.splitlines() if line.startswith("- [ ]"))
    assert "“Could you send me the revised quote?”" in line
    assert "3 business days ago" in line
    assert line.endswith(f"`{item['id']}`")


def test_29_a_long_section_is_capped_and_the_rest_counted(office: Office) -> None:
    for number in range(18):
        person = f"Person{chr(65 + number)} Blanc <p{number}.blanc@client.example>"
        office.correspond(person)
        office.receive(person, ASKS, day(11, 17), subject=f"Quote {number}")
    morning = office.once()
    assert len(morning.items) == 15
    assert "… and 3 more" in morning.markdown
    assert len(office.once(everything=True).items) == 18


# --- 30: an empty day, and what is new ---


def test_30_an_empty_day_says_so_in_one_line(office: Office) -> None:
    office.correspond(ANN)
    assert office.once().markdown == "# Monday 23 November 2026\n\nNothing needs you today.\n"


def test_30_an_empty_day_in_french(office: Office) -> None:
    office.settings["language"] = "fr"
    office.correspond(ANN)
    assert (
        office.once().markdown == "# Lundi 23 novembre 2026\n\nRien ne vous attend aujourd’hui.\n"
    )


def test_30_what_is_repeated_says_since_when_and_what_is_new_is_marked(office: Office) -> None:
    office.correspond(ANN, PAUL)
    office.receive(ANN, ASKS, day(11, 17))
    assert "*new*" in office.once().markdown
    office.receive(PAUL, "Can you confirm the venue?\n", day(11, 20), subject="Venue")
    morning = office.once(day(11, 24))
    news = {item["people"][0]["name"]: item["new"] for item in morning.owe()}
    assert news == {"Ann Lee": False, "Paul Girard": True}
    assert morning.markdown.count("*new*") == 1
    assert all("business day" in item["reason"] for item in morning.owe())


def test_30_what_was_settled_since_the_last_summary_is_told(office: Office) -> None:
    asked = office.receive(ANN, ASKS, day(11, 17))
    office.correspond(ANN)
    (item,) = office.once().owe()
    office.send(ANN, "Here it is.\n", MONDAY + timedelta(hours=3), answers=asked)
    morning = office.once(TUESDAY)
    assert morning.items == []
    assert f"settled by itself `{item['id']}`" in morning.markdown
    assert item["id"] not in office.once(TUESDAY + timedelta(days=1)).markdown


# --- 31: coverage ---


def test_31_without_sent_mail_the_summary_says_so_and_holds_questions_back(office: Office) -> None:
    for number in range(12):
        office.receive(ANN, ASKS, day(11, 1) + timedelta(days=number), subject=f"Quote {number}")
    morning = office.once()
    assert morning.owe() == []
    (coverage,) = morning.document["coverage"]
    assert coverage["state"] == "partial"
    first = morning.markdown.splitlines()[2:5]
    assert first[0] == "## Not everything was read"
    assert "none from you" in first[2]


def test_31_an_empty_day_vouches_only_for_what_was_read(office: Office) -> None:
    office.settings["accounts"] = [
        {"name": "old", "connector": "maildir", "path": str(office.root / "not-there")}
    ]
    english = office.once().markdown
    assert english.splitlines()[-1] == "Nothing was found in what was read."
    assert "Nothing needs you" not in english
    page = (office.summaries / "latest.html").read_text(encoding="utf-8")
    assert "<p>Nothing was found in what was read.</p>" in page
    office.settings["language"] = "fr"
    assert "Rien n’a été trouvé dans ce qui a été lu." in office.once().markdown


def test_31_an_account_never_read_to_the_end_is_held_back(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17))
    office.once()
    accounts = [
        {"name": "work", "connector": "maildir", "path": str(office.mail)},
        {"name": "old", "connector": "maildir", "path": str(office.root / "not-there")},
    ]
    office.settings["accounts"] = accounts
    morning = office.once()
    states = {c["account"]: c["state"] for c in morning.document["coverage"]}
    assert states == {"work": "complete", "old": "partial"}
    assert len(morning.owe()) == 1
    assert morning.markdown.index("old") < morning.markdown.index("Ann Lee")

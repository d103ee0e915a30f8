"""Behaviours 16 to 20: what a promise is, whose it is, when it is due, kept or moved."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.builders.offices import MONDAY, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
PAUL = "Paul Girard <paul.girard@client.example>"
PACIFIC = timezone(timedelta(hours=-8))
MINE = "I will send you the contract by Friday.\n"
MIENNE = "Je vous envoie le contrat d'ici vendredi.\n"


# --- 16: the message's own date and zone ---


@pytest.mark.parametrize("text", [MINE, MIENNE])
def test_16_by_friday_is_counted_from_the_day_of_the_message(office: Office, text: str) -> None:
    office.send(ANN, text, day(11, 10))  # a Tuesday, two weeks ago
    (item,) = office.once().of("promises")
    assert item["due"] == "2026-11-13"


def test_16_tomorrow_is_the_writers_tomorrow(office: Office) -> None:
    office.correspond(ANN)
    # In Vancouver it is still Thursday; in Toronto and in UTC Friday has begun.
    written = datetime(2026, 11, 19, 23, 30, tzinfo=PACIFIC)
    office.receive(ANN, "I will send you the contract tomorrow.\n", written)
    (item,) = office.once().of("promises")
    assert item["due"] == "2026-11-20"


def test_16_next_friday_follows_the_published_meaning(office: Office) -> None:
    """text/when/DATES.md: the Friday of the calendar week after the message's."""
    office.send(ANN, "I will send you the contract next Friday.\n", day(11, 18))
    assert office.once(day(11, 24)).of("promises") == []
    (item,) = office.once(day(11, 27)).of("promises")
    assert item["due"] == "2026-11-27"


# --- 17: what is none ---


@pytest.mark.parametrize(
    "text",
    [
        "I will not send you the contract by Friday.",
        "I can't promise to send the contract by Friday.",
        "If the board agrees, I will send you the contract by Friday.",
        "Shall I send you the contract by Friday?",
        "Let me know if I should send you the contract by Friday.",
        "Paul said that he will send you the contract by Friday.",
        "Je ne vous enverrai pas le contrat vendredi.",
        "Si le comité est d'accord, je vous envoie le contrat d'ici vendredi.",
        "Dois-je vous envoyer le contrat d'ici vendredi ?",
        "Dites-moi si je dois vous envoyer le contrat d'ici vendredi.",
        "Paul a dit qu'il vous enverrait le contrat vendredi.",
        "All fine.\n\nOn Mon, Nov 9, 2026 at 9:00 AM Ann Lee wrote:\n> I will send it by Friday.",
    ],
)
def test_17_negations_conditions_questions_offers_and_reports_are_no_promises(
    office: Office, text: str
) -> None:
    office.send(ANN, f"{text}\n", day(11, 17))
    assert office.once().of("promises") == []


@pytest.mark.parametrize("text", [MINE, MIENNE])
def test_17_a_plain_promise_is_one(office: Office, text: str) -> None:
    office.send(ANN, text, day(11, 17))
    assert len(office.once().of("promises")) == 1


# --- 18: debtor and creditor ---


def test_18_both_directions_are_tracked(office: Office) -> None:
    asked = office.send(ANN, MINE, day(11, 17), subject="Contract")
    office.receive(PAUL, "Je vous envoie le devis d'ici jeudi.\n", day(11, 17), answers=asked)
    office.correspond(PAUL)
    mine, theirs = (
        office.once().of("promises", direction=direction) for direction in ("outbound", "inbound")
    )
    assert [item["people"][0]["name"] for item in mine] == ["Ann Lee"]
    assert [item["people"][0]["name"] for item in theirs] == ["Paul Girard"]
    assert [item["due"] for item in (*mine, *theirs)] == ["2026-11-20", "2026-11-19"]


def test_18_what_a_third_person_will_do_is_not_the_writers_debt(office: Office) -> None:
    office.correspond(ANN, PAUL)
    office.receive(ANN, "Paul will send you the contract by Thursday.\n", day(11, 17))
    assert office.once().of("promises", who="ann.lee@client.example") == []


def test_18_a_promise_to_somebody_else_is_not_owed_to_me(office: Office) -> None:
    office.correspond(ANN, PAUL)
    office.receive(
        ANN,
        "I will send you the contract by Thursday.\n",
        day(11, 17),
        to=PAUL,
        cc=["camille@cabinet.example"],
    )
    assert office.once().of("promises") == []


# --- 19: kept, and how we know ---


@pytest.mark.parametrize(
    ("text", "attachment"),
    [
        ("Please find the contract.\n", "contract.pdf"),
        ("Here it is, as promised.\n", ""),
        ("Veuillez trouver ci-joint le contrat.\n", "contrat.pdf"),
        ("Comme promis, le voici.\n", ""),
    ],
)
def test_19_evidence_keeps_a_promise(office: Office, text: str, attachment: str) -> None:
    promised = office.send(ANN, MINE, day(11, 17))
    office.send(ANN, text, day(11, 19), answers=promised, attachment=attachment)
    assert office.once().of("promises") == []


def test_19_chatter_is_no_evidence(office: Office) -> None:
    promised = office.send(ANN, MINE, day(11, 17))
    office.send(ANN, "The fair was fun.\n", day(11, 19), answers=promised)
    (item,) = office.once().of("promises")
    assert "late" in item["reason"] or "late" in item["title"]


@pytest.mark.parametrize(
    "text", ["I will send you the minutes.\n", "Je vous enverrai le compte rendu.\n"]
)
def test_19_a_promise_without_a_day_is_asked_about_and_never_silently_kept(
    office: Office, text: str
) -> None:
    office.send(ANN, text, day(11, 9))
    assert office.once(day(11, 12)).of("promises") == []
    (item,) = office.once().of("promises")
    assert item["title"].startswith("Ann Lee: did you keep")
    assert item["severity"] == "low"


def test_19_my_tick_keeps_a_promise(office: Office) -> None:
    office.send(ANN, MINE, day(11, 17))
    (item,) = office.once().of("promises")
    office.tick(item["id"], "x")
    assert office.once(MONDAY + timedelta(days=1)).of("promises") == []


# --- 20: in time ---


@pytest.mark.parametrize(
    "text",
    [
        "I'll be late with the contract, Wednesday instead.\n",
        "J'aurai du retard pour le contrat : ce sera mercredi.\n",
    ],
)
def test_20_a_new_day_renegotiates_the_promise(office: Office, text: str) -> None:
    promised = office.send(ANN, MINE, day(11, 17))
    office.send(ANN, text, day(11, 20), answers=promised)
    assert office.once().of("promises") == []
    (item,) = office.once(day(11, 25)).of("promises")
    assert item["due"] == "2026-11-25"
    assert "moved once already" in item["reason"]


def test_20_a_warning_comes_while_there_is_time_to_say_so(office: Office) -> None:
    office.send(ANN, MINE, day(11, 17))
    assert office.once(day(11, 18)).of("promises") == []
    (warned,) = office.once(day(11, 19)).of("promises")
    assert "say so now" in warned["title"]
    (late,) = office.once(MONDAY).of("promises")
    assert late["id"] == warned["id"]
    assert late["severity"] == "high"

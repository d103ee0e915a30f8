"""One morning with something of every kind, in both languages and all formats."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from syncd.registry import rules
from syncd.summary import json as summary_json
from syncd.summary.texts import CATALOGUES
from tests.builders.offices import MONDAY, Morning, Office, day

ANN, PAUL, LEA = (
    "Ann Lee <ann.lee@client.example>",
    "Paul Girard <paul.girard@client.example>",
    "Lea Winter <lea@atelier.example>",
)
PEOPLE = {
    "people": [
        {
            "name": "Ann Lee",
            "addresses": ["ann.lee@client.example"],
            "meet_in_person": "60 days",
            "birthday": "11-24",
            "plan": [
                {
                    "goal": "Renew the contract",
                    "by": "2026-12-01",
                    "steps": [{"do": "Lunch", "by": "2026-11-20"}],
                }
            ],
        },
        {
            "name": "Paul Girard",
            "addresses": ["paul.girard@client.example"],
            "keep_in_touch": "7 days",
            "meet_in_person": "20 days",
        },
    ]
}
RULES: list[dict[str, Any]] = [
    {"name": "in", "type": "unanswered"},
    {"name": "out", "type": "unanswered", "direction": "outbound"},
    {"name": "face", "type": "missing_in_person"},
    {"name": "mine", "type": "promises"},
    {"name": "theirs", "type": "promises", "whose": "theirs"},
    {"name": "touch", "type": "keep_in_touch"},
    {"name": "plan", "type": "plan"},
    {"name": "news", "type": "personal_news"},
    {"name": "days", "type": "birthdays"},
    {"name": "balance", "type": "one_sided", "min_messages": 3},
    {
        "name": "own",
        "type": "expression",
        "when": "person.inbound >= 1 && person.days_since_in_person > 300",
        "say": "{name} was never met",
    },
]


def _morning(office: Office, language: str) -> Morning:
    office.settings["language"] = language
    office.people, office.rules = PEOPLE, RULES
    for number in range(4):
        office.send(
            LEA, f"Could you send list {number}?\n", day(9, 1 + number), subject=f"{number}"
        )
    office.receive(LEA, "Notre fille est née la semaine dernière.\n", day(11, 12), subject="News")
    office.receive(ANN, "Could you send me the quote by Friday?\n", day(11, 17), subject="Quote")
    office.send(PAUL, "Pourriez-vous m'envoyer le contrat ?\n", day(11, 9), subject="Contrat")
    office.receive(PAUL, "Je vous envoie le devis d'ici jeudi.\n", day(10, 27), subject="Devis")
    office.send(ANN, "I will send you the report by Friday.\n", day(11, 17), subject="Report")
    office.meet("Coffee", day(3, 3), ["ann.lee@client.example"])
    office.meet("Budget", day(11, 3), ["ann.lee@client.example"])
    office.meet("Budget", day(11, 23, 15), ["ann.lee@client.example"])
    return office.once()


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_every_rule_speaks_both_languages(office: Office, language: str) -> None:
    morning = _morning(office, language)
    assert {item["type"] for item in morning.items} == set(rules())
    other = CATALOGUES["fr" if language == "en" else "en"]
    own = CATALOGUES[language]
    for name in ("heading.owe", "heading.owed", "heading.today", "heading.news"):
        assert f"## {own[name]}\n" in morning.markdown
        assert f"## {other[name]}\n" not in morning.markdown
    html = (office.summaries / "latest.html").read_text("utf-8")
    assert f'<html lang="{language}">' in html
    for text in (morning.markdown, html):
        assert "None" not in text
        assert "{" not in text.partition("<body>")[2]
    for item in morning.items:
        assert "{" not in item["title"] + item["reason"]
        assert item["people"][0]["name"] in item["title"]


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_the_json_follows_its_schema(office: Office, language: str) -> None:
    schema = summary_json.schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    first = _morning(office, language)
    for mark, item in zip("x->", first.items, strict=False):
        office.tick(item["id"], mark)
    for document in (
        first.document,
        office.once(MONDAY + timedelta(hours=1)).document,
        office.once(MONDAY + timedelta(days=1)).document,
    ):
        assert [error.message for error in validator.iter_errors(document)] == []


def test_the_meeting_of_the_day_names_its_open_items(office: Office) -> None:
    morning = _morning(office, "en")
    (agenda,) = morning.summary.agenda
    assert agenda.names == ("Ann Lee",)
    assert set(agenda.ids) == {
        item["id"] for item in morning.items if item["people"][0]["name"] == "Ann Lee"
    }
    assert "15:00 Budget" in morning.markdown
    html = (office.summaries / "latest.html").read_text("utf-8")
    assert "15:00 Budget" in html

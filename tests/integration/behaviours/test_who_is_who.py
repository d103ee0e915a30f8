"""Behaviours 1 to 3: who is me, who is one person, and to whom something can be owed."""

from __future__ import annotations

import pytest

from tests.builders.offices import ME, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
ASKS = "Hello,\n\nCould you send me the revised quote?\n\nAnn\n"
ME_TOO = {"names": ["Camille Roy"], "addresses": [ME, "c.roy@gmail.com"]}


@pytest.mark.parametrize(
    "address",
    [
        ME,
        "CAMILLE@Cabinet.Example",
        "camille+clients@cabinet.example",
        "c.roy@gmail.com",
        "croy@gmail.com",
        "c.r.o.y+devis@googlemail.com",
    ],
)
def test_01_a_question_to_any_spelling_of_my_address_is_for_me(
    office: Office, address: str
) -> None:
    office.settings["me"] = ME_TOO
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17), to=address)
    (item,) = office.once().owe("ann.lee@client.example")
    assert "revised quote" in item["quote"]


def test_01_an_answer_from_any_of_my_addresses_is_mine(office: Office) -> None:
    office.settings["me"] = ME_TOO
    asked = office.receive(ANN, ASKS, day(11, 17))
    office.send(ANN, "Here it is.\n", day(11, 18), sender="croy@gmail.com", answers=asked)
    morning = office.once()
    assert morning.owe() == []
    assert morning.owed() == []


def test_01_mail_between_my_own_addresses_is_a_note_to_self(office: Office) -> None:
    office.settings["me"] = ME_TOO
    office.send("c.roy@gmail.com", "Pourriez-vous relire le devis ?\n", day(11, 16))
    office.receive(
        f"Camille Roy <{ME}>", "I will send you the slides by Friday.\n", day(11, 16), to=ME
    )
    assert office.once().items == []


def test_02_one_person_with_many_addresses_is_answered_at_any_of_them(office: Office) -> None:
    office.people = {
        "people": [
            {"name": "Ann Lee", "addresses": ["ann.lee@client.example", "moss77@home.example"]}
        ]
    }
    office.receive(ANN, ASKS, day(11, 17))
    office.send("moss77@home.example", "The quote is on its way.\n", day(11, 18), subject="Quote")
    assert office.once().owe() == []


def test_02_addresses_with_one_name_that_they_speak_of_are_one_person(office: Office) -> None:
    office.receive("Ann Lee <ann.lee@client.example>", ASKS, day(11, 17))
    office.send(
        "Ann Lee <annlee@home.example>", "It is on its way.\n", day(11, 18), subject="Quote"
    )
    morning = office.once()
    people = morning.result.snapshot.people
    assert people["ann.lee@client.example"] is people["annlee@home.example"]
    assert morning.owe() == []


def test_02_a_meeting_room_is_nobody_to_keep_in_touch_with(office: Office) -> None:
    office.rules = [{"name": "all", "type": "keep_in_touch", "every": "7 days"}]
    office.meet("Budget", day(10, 1), ["ann.lee@client.example"], rooms=["Salle Nord"])
    morning = office.once()
    assert "s" not in {p.key[:0] for p in morning.result.snapshot.persons()}
    assert [item["people"][0]["addresses"] for item in morning.of("keep_in_touch")] == [
        ["ann.lee@client.example"]
    ]


def test_02_a_list_owes_me_nothing(office: Office) -> None:
    office.receive(
        ANN,
        "The minutes are online.\n",
        day(11, 2),
        to="consultants@lists.client.example",
        headers={
            "List-Id": "Consultants <consultants.lists.client.example>",
            "List-Post": "<mailto:consultants@lists.client.example>",
        },
    )
    office.send("consultants@lists.client.example", "Could you share the slides?\n", day(11, 10))
    assert office.once().owed() == []


def test_02_a_free_mail_address_is_a_person(office: Office) -> None:
    office.correspond("Jean Petit <jean.petit@gmail.com>")
    office.receive(
        "Jean Petit <jean.petit@gmail.com>",
        "Bonjour,\n\nPourriez-vous m'envoyer le devis révisé ?\n\nJean\n",
        day(11, 17),
    )
    (item,) = office.once().owe()
    assert item["people"] == [{"name": "Jean Petit", "addresses": ["jean.petit@gmail.com"]}]
    assert item["severity"] == "normal"


def test_03_a_strangers_real_question_counts_at_low_priority(office: Office) -> None:
    office.correspond("Bob Stone <bob@other.example>")
    office.receive(ANN, ASKS, day(11, 17))
    (item,) = office.once().owe()
    assert item["severity"] == "low"


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Id": "<offers.shop.example>", "List-Unsubscribe": "<https://shop.example/u>"},
        {"List-Unsubscribe": "<https://shop.example/u>"},
        {"Precedence": "bulk"},
    ],
)
def test_03_a_strangers_bulk_mail_never_counts(office: Office, headers: dict[str, str]) -> None:
    office.correspond("Bob Stone <bob@other.example>")
    office.receive(
        "Lea Winter <lea@shop.example>",
        "Could you tell us what you think?\n",
        day(11, 17),
        headers=headers,
    )
    assert office.once().items == []


def test_03_a_strangers_news_ask_for_nothing(office: Office) -> None:
    office.correspond("Bob Stone <bob@other.example>")
    office.receive(ANN, "Our daughter was born last week.\n", day(11, 17))
    assert office.once().of("personal_news") == []

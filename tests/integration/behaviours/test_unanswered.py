"""Behaviours 4 to 15: what is a question, what answers it, and when silence is worth a word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.builders.offices import ME, ZONE, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
PAUL = "Paul Girard <paul.girard@client.example>"
ASKS = "Hello Camille,\n\nCould you send me the revised quote?\n\nBest regards,\nAnn\n"
DEMANDE = "Bonjour Paul,\n\nPourriez-vous m'envoyer le contrat signé ?\n\nCamille\n"
OWED = [
    {"name": "owe", "type": "unanswered"},
    {"name": "owed", "type": "unanswered", "direction": "outbound"},
]


# --- 4: automatic replies ---


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Auto-Submitted": "auto-replied"}, "I am out of the office until Monday.\n"),
        ({"Auto-Submitted": "auto-generated"}, "Ticket opened.\n"),
        ({"X-Auto-Response-Suppress": "All"}, "Je suis absent jusqu'à lundi.\n"),
        ({"X-Autoreply": "yes"}, "I am away.\n"),
        ({"X-Autorespond": "re: contract"}, "I am away.\n"),
        ({"Precedence": "auto_reply"}, "I am away.\n"),
        ({"Return-Path": "<>"}, "Your message could not be delivered.\n"),
        ({"Subject": "Automatic reply: Project"}, "I am on leave.\n"),
        ({"Subject": "Réponse automatique : Projet"}, "Je suis en congé.\n"),
        ({"Subject": "Absence du bureau : Projet"}, "Je suis en congé.\n"),
        ({"Subject": "Automatische Antwort: Projekt"}, "Ich bin nicht da.\n"),
    ],
)
def test_04_an_out_of_office_never_closes_they_owe_me(
    office: Office, headers: dict[str, str], text: str
) -> None:
    asked = office.send(PAUL, DEMANDE, day(11, 10))
    office.receive(PAUL, text, day(11, 10, 11), answers=asked, headers=headers)
    (item,) = office.once().owed("paul.girard@client.example")
    assert "contrat signé" in item["quote"]


def test_04_a_delivery_failure_never_closes_they_owe_me(office: Office) -> None:
    asked = office.send(PAUL, DEMANDE, day(11, 10))
    office.receive(
        "Mail Delivery System <mailer-daemon@cabinet.example>",
        "The message to paul.girard@client.example could not be delivered.\n",
        day(11, 10, 11),
        answers=asked,
        subject="Undelivered Mail Returned to Sender",
    )
    assert len(office.once().owed("paul.girard@client.example")) == 1


@pytest.mark.parametrize("headers", [{}, {"Auto-Submitted": "no"}])
def test_04_a_human_reply_closes_they_owe_me(office: Office, headers: dict[str, str]) -> None:
    asked = office.send(PAUL, DEMANDE, day(11, 10))
    office.receive(PAUL, "Le voici.\n", day(11, 12), answers=asked, headers=headers)
    assert office.once().owed() == []


# --- 5: nudges ---


def test_05_my_own_nudges_neither_answer_nor_restart_the_clock_and_are_counted(
    office: Office,
) -> None:
    asked = office.send(PAUL, DEMANDE, day(11, 9))
    nudge = office.send(PAUL, "Bonjour Paul, avez-vous pu regarder ?\n", day(11, 16), answers=asked)
    office.send(PAUL, "Any news on this?\n", day(11, 20), answers=[asked, nudge])
    (item,) = office.once().owed()
    assert datetime.fromisoformat(item["since"]) == day(11, 9)
    assert "nudged 2 times" in item["reason"] or "nudged twice" in item["reason"]


def test_05_a_nudge_is_counted_in_french(office: Office) -> None:
    office.settings["language"] = "fr"
    asked = office.send(PAUL, DEMANDE, day(11, 9))
    office.send(PAUL, "Avez-vous pu regarder ?\n", day(11, 16), answers=asked)
    (item,) = office.once().owed()
    assert "1 relance" in item["reason"]


# --- 6: what needs no reply ---


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!\n",
        "Thank you very much, that is perfect.\n",
        "Sounds good, see you on Tuesday.\n",
        "Noted.\n",
        "FYI, the figures of October are out.\n",
        "No thank you, we will pass this time.\n",
        "?\n",
        "Merci beaucoup !\n",
        "C'est noté.\n",
        "Parfait, à mardi.\n",
        "Pour info, les chiffres d'octobre sont sortis.\n",
        "Merci, mais nous déclinons votre offre.\n",
    ],
)
def test_06_a_closing_message_needs_no_reply(office: Office, text: str) -> None:
    sent = office.send(ANN, "Here is the quote.\n", day(11, 12))
    office.receive(ANN, text, day(11, 13), answers=sent)
    assert office.once().owe() == []


@pytest.mark.parametrize(
    "text",
    [
        "Thanks! Could you also send the invoice?\n",
        "Merci ! Pourriez-vous aussi envoyer la facture ?\n",
    ],
)
def test_06_thanks_with_a_question_does_need_one(office: Office, text: str) -> None:
    sent = office.send(ANN, "Here is the quote.\n", day(11, 12))
    office.receive(ANN, text, day(11, 13), answers=sent)
    assert len(office.once().owe()) == 1


# --- 7: older questions ---


def test_07_an_older_open_question_survives_newer_chatter(office: Office) -> None:
    office.correspond(ANN, PAUL)
    asked = office.receive(ANN, ASKS, day(11, 12), cc=[PAUL])
    chat = office.receive(
        ANN, "The fair was full of people this year.\n", day(11, 13), answers=asked, cc=[PAUL]
    )
    office.receive(
        PAUL, "The stand looked great too.\n", day(11, 16), answers=[asked, chat], to=ANN, cc=[ME]
    )
    (item,) = office.once().owe()
    assert item["quote"] == "Could you send me the revised quote?"
    assert datetime.fromisoformat(item["since"]) == day(11, 12)


def test_07_of_several_questions_the_dated_one_is_quoted(office: Office) -> None:
    office.correspond(ANN)
    office.receive(
        ANN,
        "Could you confirm the venue?\n\nCould you send me the quote by Wednesday?\n\n"
        "Can you also bring the badges?\n",
        day(11, 19),
    )
    (item,) = office.once().owe()
    assert (item["quote"], item["due"]) == (
        "Could you send me the quote by Wednesday?",
        "2026-11-25",
    )


# --- 8: Cc, Bcc, lists ---


@pytest.mark.parametrize(
    "more",
    [
        {"to": PAUL, "cc": [ME]},
        {"to": PAUL},  # as a Bcc arrives
        {
            "to": "consultants@lists.client.example",
            "headers": {
                "List-Id": "<consultants.lists.client.example>",
                "List-Post": "<mailto:consultants@lists.client.example>",
            },
        },
    ],
    ids=["cc", "bcc", "list"],
)
def test_08_mail_that_only_passes_by_me_is_never_owed(office: Office, more: dict[str, Any]) -> None:
    office.correspond(ANN, PAUL)
    office.receive(ANN, "Could you send me the revised quote?\n", day(11, 17), **more)
    assert office.once().owe() == []


@pytest.mark.parametrize(
    "text",
    [
        "Paul, here are the figures.\n\nCamille, could you send me the revised quote?\n",
        "Paul, voici les chiffres.\n\nCamille, pourriez-vous m'envoyer le devis révisé ?\n",
    ],
)
def test_08_in_cc_a_question_that_names_me_is_mine(office: Office, text: str) -> None:
    office.correspond(ANN, PAUL)
    office.receive(ANN, text, day(11, 17), to=PAUL, cc=[ME])
    assert len(office.once().owe("ann.lee@client.example")) == 1


def test_08_a_question_that_names_somebody_else_is_theirs(office: Office) -> None:
    office.correspond(ANN, PAUL)
    office.receive(
        ANN, "Hello Paul,\n\nCould you send me the revised quote?\n", day(11, 17), to=[ME, PAUL]
    )
    assert office.once().owe() == []


# --- 9: groups ---


def test_09_somebody_elses_answer_resolves_a_question_to_the_group(office: Office) -> None:
    office.correspond(ANN, PAUL)
    asked = office.receive(
        ANN, "Hello both,\n\nCould you send me the revised quote?\n", day(11, 16), to=[ME, PAUL]
    )
    assert len(office.once(day(11, 18)).owe()) == 1
    office.receive(PAUL, "Here it is, Ann.\n", day(11, 18), to=ANN, cc=[ME], answers=asked)
    assert office.once().owe() == []


def test_09_one_answer_of_the_group_is_enough_for_me(office: Office) -> None:
    asked = office.send(
        [ANN, PAUL], "Bonjour,\n\nPouvez-vous confirmer la salle de l'atelier ?\n", day(11, 10)
    )
    assert len(office.once(day(11, 18)).owed()) == 1
    office.receive(PAUL, "La salle est réservée.\n", day(11, 18), answers=asked, cc=[ANN])
    assert office.once().owed() == []


# --- 10: whose words ---


@pytest.mark.parametrize(
    "text",
    [
        "All arranged.\n\nOn Mon, Nov 16, 2026 at 9:00 AM Camille Roy wrote:\n"
        "> Could you send me the revised quote?\n",
        "Tout est réglé.\n\nLe lun. 16 nov. 2026 à 09:00, Camille Roy a écrit :\n"
        "> Pourriez-vous m'envoyer le devis révisé ?\n",
        "All arranged.\n\n-----Original Message-----\nFrom: Camille Roy\n"
        "Sent: Monday, November 16, 2026 9:00 AM\nTo: Ann Lee\nSubject: Quote\n\n"
        "Could you send me the revised quote?\n",
        "For your files.\n\n---------- Forwarded message ---------\nFrom: Bob <bob@other.example>\n"
        "Date: Mon, Nov 16, 2026\nSubject: Quote\nTo: Ann Lee\n\n"
        "Could you send me the revised quote by Friday?\n",
        "All arranged.\n\n-- \nAnn Lee\nHow did I do? Could you rate my answer?\n",
        "All arranged.\n\nAnn\n\nThis e-mail is confidential. If you are not the intended "
        "recipient, please notify the sender and delete it.\n",
    ],
    ids=["quote", "quote-fr", "outlook", "forward", "signature", "disclaimer"],
)
def test_10_phrases_in_quotes_signatures_disclaimers_and_forwards_do_not_count(
    office: Office, text: str
) -> None:
    office.correspond(ANN)
    office.receive(ANN, text, day(11, 17))
    assert office.once().owe() == []


# --- 11: answers elsewhere ---


def test_11_a_reply_in_a_new_thread_answers_the_old_one(office: Office) -> None:
    office.receive(ANN, ASKS, day(11, 16))
    office.send(ANN, "Attached you find the quote.\n", day(11, 17), subject="Quote, second version")
    office.send(PAUL, DEMANDE, day(11, 9))
    office.receive(PAUL, "Le contrat est parti hier.\n", day(11, 11), subject="Contrat")
    morning = office.once()
    assert morning.owe() == []
    assert morning.owed() == []


def test_11_a_meeting_held_since_answers_the_old_thread(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 16))
    office.meet("Quote", day(11, 18), ["ann.lee@client.example"])
    assert office.once().owe() == []


def test_11_a_meeting_still_to_come_or_declined_answers_nothing(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 16))
    office.meet("Quote", day(11, 25), ["ann.lee@client.example"])
    office.meet("Coffee", day(11, 18), ["ann.lee@client.example"], responses=["DECLINED"])
    assert len(office.once().owe()) == 1


def test_11_what_else_answers_is_configurable(office: Office) -> None:
    office.rules = [{"name": "strict", "type": "unanswered", "closed_by": []}]
    office.receive(ANN, ASKS, day(11, 16))
    office.send(ANN, "The fair was fun.\n", day(11, 17), subject="Fair")
    office.meet("Quote", day(11, 18), ["ann.lee@client.example"])
    assert len(office.once().owe()) == 1


# --- 12: bulk ---


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (
            "Lea Winter <lea@shop.example>",
            {"List-Id": "<news.shop.example>", "List-Unsubscribe": "<https://shop.example/u>"},
        ),
        ("Lea Winter <lea@shop.example>", {"Precedence": "list"}),
        ("Lea Winter <lea@shop.example>", {"Precedence": "junk"}),
        ("Lea Winter <lea@shop.example>", {"List-Unsubscribe": "<mailto:u@shop.example>"}),
        ("Shop <no-reply@shop.example>", {}),
        ("Boutique <ne-pas-repondre@shop.example>", {}),
        ("Shop <notifications@shop.example>", {}),
        ("Lea Winter <lea@shop.example>", {"Auto-Submitted": "auto-generated"}),
    ],
)
def test_12_bulk_mail_is_never_owed(office: Office, sender: str, headers: dict[str, str]) -> None:
    office.correspond(PAUL)
    office.receive(
        sender, "Hello Camille,\n\nCould you confirm your order?\n", day(11, 17), headers=headers
    )
    assert office.once().owe() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Unsubscribe": "<mailto:unsubscribe@client.example>"},
        {"Precedence": "bulk"},
        {"X-Mailer": "HubSpot"},
    ],
)
def test_12_no_single_hint_hides_somebody_i_correspond_with(
    office: Office, headers: dict[str, str]
) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17), headers=headers)
    (item,) = office.once().owe("ann.lee@client.example")
    assert item["severity"] == "normal"


def test_12_a_hint_hides_no_answer_of_somebody_i_correspond_with(office: Office) -> None:
    asked = office.send(PAUL, DEMANDE, day(11, 10))
    office.receive(
        PAUL,
        "Le voici.\n",
        day(11, 12),
        answers=asked,
        headers={"List-Unsubscribe": "<mailto:unsubscribe@client.example>"},
    )
    assert office.once().owed() == []


# --- 13: calendar mail ---

INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Diary//EN
METHOD:{method}
BEGIN:VEVENT
UID:quote-1@client.example
DTSTAMP:20261116T090000Z
DTSTART:20261130T150000Z
DTEND:20261130T160000Z
SUMMARY:Quote
ORGANIZER:mailto:ann.lee@client.example
ATTENDEE:mailto:camille@cabinet.example
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("method", ["REQUEST", "REPLY", "CANCEL", "COUNTER"])
def test_13_an_invitation_or_its_response_is_no_mail_to_answer(office: Office, method: str) -> None:
    from tests.builders.mails import deliver, message

    office.correspond(ANN)
    mail = message(
        sender=ANN,
        to=ME,
        text="Could you join us? Can you confirm?\n",
        at=day(11, 17),
        subject="Quote",
    )
    mail.add_alternative(
        INVITATION.format(method=method), subtype="calendar", params={"method": method}
    )
    deliver(office.mail, mail, day(11, 17))
    assert office.once().owe() == []


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("Google Calendar <calendar-notification@google.com>", "Notification: Quote"),
        (ANN, "Accepted: Quote @ Mon Nov 30, 2026 10am - 11am (EST) (Camille Roy)"),
        (ANN, "Refusé : Devis @ lun. 30 nov. 2026 10:00 - 11:00 (EST) (Camille Roy)"),
    ],
)
def test_13_a_calendar_notification_is_no_mail_to_answer(
    office: Office, sender: str, subject: str
) -> None:
    office.correspond(ANN)
    office.receive(sender, "Could you confirm?\n", day(11, 17), subject=subject)
    assert office.once().owe() == []


# --- 14: my working days ---


def test_14_a_weekend_pauses_the_clock(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 20, 16))  # a Friday
    assert office.once(day(11, 23, 9)).owe() == []
    assert len(office.once(day(11, 23, 17)).owe()) == 1


def test_14_a_public_holiday_pauses_the_clock(office: Office) -> None:
    office.settings["holidays"] = "CA-QC"
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(9, 4, 15))  # the Friday before Labour Day, 7 September
    assert office.once(day(9, 8, 9)).owe() == []
    assert len(office.once(day(9, 8, 16)).owe()) == 1


def test_14_my_own_days_off_pause_the_clock(office: Office) -> None:
    office.correspond(ANN)
    office.receive(ANN, ASKS, day(11, 17, 15))
    fields = {"x-microsoft-cdo-busystatus": "OOF"}
    for number in (18, 19, 20):
        office.meet("Away", day(11, number).date(), [], **fields)
    assert office.once(day(11, 23, 9)).owe() == []
    assert len(office.once(day(11, 23, 16)).owe()) == 1


def test_14_days_begin_and_end_in_my_time_zone(office: Office) -> None:
    office.correspond(ANN)
    # Saturday 01:00 in UTC is still Friday evening in Toronto.
    asked = datetime(2026, 11, 20, 20, 0, tzinfo=ZONE)
    office.receive(ANN, ASKS, asked)
    assert office.once(day(11, 23, 19)).owe() == []
    assert len(office.once(day(11, 23, 21)).owe()) == 1


# --- 15: habits ---


def _answers_after(office: Office, person: str, days: int) -> None:
    for month in (5, 6, 7, 8):
        sent = office.send(person, "Voici l'ordre du jour.\n", day(month, 4), subject="Réunion")
        office.receive(person, "Entendu.\n", day(month, 4 + days), answers=sent, subject="Réunion")


def test_15_silence_is_judged_against_the_contacts_usual_delay(office: Office) -> None:
    _answers_after(office, ANN, 1)
    _answers_after(office, PAUL, 9)
    office.send(ANN, "Could you send me the signed contract?\n", day(11, 12))
    office.send(PAUL, DEMANDE, day(11, 12))
    morning = office.once()
    assert len(morning.owed("ann.lee@client.example")) == 1
    assert morning.owed("paul.girard@client.example") == []
    assert "usually answers within a day" in morning.owed()[0]["reason"]
    assert len(office.once(day(12, 1)).owed("paul.girard@client.example")) == 1

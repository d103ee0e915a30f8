"""Automatic and bulk mail: what is surely none of a person's words, and what only hints at it."""

from __future__ import annotations

import pytest

from syncd.model import Address
from syncd.normalise.addresses import parse_addresses, parse_sender
from syncd.normalise.automatic import automatic, bulk, calendar, is_hint
from syncd.normalise.headers import Headers

ME = frozenset({"camille@cabinet.example"})


def why_automatic(
    *fields: tuple[str, str], sender: str = "ann@client.example", subject: str = ""
) -> str:
    return automatic(Headers(fields), Address(sender), subject)


def why_bulk(
    *fields: tuple[str, str],
    sender: str = "ann@client.example",
    to: str = "camille@cabinet.example",
    cc: str = "",
    labels: tuple[str, ...] = (),
) -> str:
    return bulk(
        Headers(fields), parse_sender(sender), parse_addresses(to), parse_addresses(cc), labels, ME
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; owner-email=x@y.example"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "Away"),
        ("Precedence", "auto_reply"),
        ("Return-Path", "<>"),
        ("X-Failed-Recipients", "bob@x.example"),
        ("Content-Type", 'multipart/report; report-type="delivery-status"; boundary=b'),
        ("Content-Type", "text/calendar; method=REQUEST"),
        ("Content-Class", "urn:content-classes:calendarmessage"),
        ("Sender", "Google Calendar <calendar-notification@google.com>"),
        ("Message-ID", "<calendar-0a1b2c@google.com>"),
    ],
)
def test_fields_that_only_machines_write(name: str, value: str) -> None:
    reason = why_automatic((name, value))
    assert reason
    assert not is_hint(reason)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("X-Auto-Response-Suppress", "None"),
        ("X-Autoreply", "no"),
        ("Precedence", "first-class"),
        ("Return-Path", "<ann@client.example>"),
        ("Content-Type", "multipart/mixed; boundary=b"),
        ("Message-ID", "<calendar@client.example>"),
    ],
)
def test_fields_that_say_nothing(name: str, value: str) -> None:
    assert why_automatic((name, value)) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Quote",
        "Out of Office: Quote",
        "Out of office AutoReply: Quote",
        "Réponse automatique : Devis",
        "Absence du bureau : Devis",
        "Automatische Antwort: Angebot",
        "Abwesenheitsnotiz: Angebot",
        "Respuesta automática: Presupuesto",
        "Risposta automatica: Preventivo",
        "Resposta automática: Orçamento",
        "Automatisch antwoord: Offerte",
        "Undeliverable: Quote",
        "Undelivered Mail Returned to Sender",
        "Mail delivery failed: returning message to sender",
        "Delivery Status Notification (Failure)",
        "Échec de la remise : Devis",
        "Unzustellbar: Angebot",
        "Accepted: Lunch @ Fri Nov 27, 2026 12pm - 1pm (EST) (camille@cabinet.example)",
        "Invitation: Point @ ven. 27 nov. 2026 12:00 - 13:00 (CET) (camille@cabinet.example)",
    ],
)
def test_subjects_that_only_machines_write(subject: str) -> None:
    assert why_automatic(subject=subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: Quote",
        "Out of office next week",
        "Absence lundi",
        "Invitation: our spring party",
        "Accepted: your offer",
        "Reminder: the quote",
        "Abwesend am Montag",
        "Returned mail room keys",
        "Afwezig volgende week",
    ],
)
def test_subjects_that_people_write_too(subject: str) -> None:
    assert why_automatic(subject=subject) == ""


@pytest.mark.parametrize("sender", ["mailer-daemon@mx.example", "postmaster@client.example"])
def test_the_mail_system_itself(sender: str) -> None:
    assert why_automatic(sender=sender)


@pytest.mark.parametrize(
    ("method", "hides"),
    [("request", True), ("REPLY", True), ("cancel", True), ("publish", False), ("", False)],
)
def test_invitations_and_responses_but_not_calendar_files(method: str, hides: bool) -> None:
    assert bool(calendar(method)) is hides


@pytest.mark.parametrize(
    "sender",
    [
        "no-reply@shop.example",
        "noreply@shop.example",
        "donotreply@shop.example",
        "ne-pas-repondre@boutique.example",
        "nepasrepondre@boutique.example",
        "keine-antwort@laden.example",
        "nicht-antworten@laden.example",
        "no-responder@tienda.example",
        "non-rispondere@negozio.example",
        "nao-responda@loja.example",
        "niet-beantwoorden@winkel.example",
        "billing-noreply@shop.example",
        "no.reply+123@shop.example",
        "reply@noreply.shop.example",
        "bounces+17=x@shop.example",
    ],
)
def test_senders_that_take_no_answer(sender: str) -> None:
    reason = why_bulk(sender=sender)
    assert reason.startswith("no-reply: ")
    assert not is_hint(reason)


@pytest.mark.parametrize(
    "sender", ["info@client.example", "noor.eply@client.example", "n.oreply-smith@client.example"]
)
def test_senders_that_may_be_people(sender: str) -> None:
    assert why_bulk(sender=sender) == ""


@pytest.mark.parametrize(
    "field",
    [
        ("List-Unsubscribe", "<https://x.example/u>"),
        ("Precedence", "bulk"),
        ("List-Id", "<news.shop.example>"),
        ("X-Mailer", "Mailchimp Mailer"),
    ],
)
def test_one_sign_of_a_newsletter_is_a_hint(field: tuple[str, str]) -> None:
    assert is_hint(why_bulk(field))


def test_a_category_or_a_role_address_alone_is_a_hint() -> None:
    assert is_hint(why_bulk(labels=("INBOX", "CATEGORY_UPDATES")))
    assert is_hint(why_bulk(sender="newsletter@client.example"))


def test_two_signs_are_a_verdict() -> None:
    reason = why_bulk(("List-Unsubscribe", "<u>"), ("List-Id", "<news.shop.example>"))
    assert reason == "list: news.shop.example"
    assert why_bulk(("List-Unsubscribe", "<u>"), labels=("CATEGORY_PROMOTIONS",)) and not is_hint(
        why_bulk(("List-Unsubscribe", "<u>"), labels=("CATEGORY_PROMOTIONS",))
    )


def test_a_feedback_id_alone_says_nothing() -> None:
    assert why_bulk(("Feedback-ID", "i1:provider")) == ""


LIST = (("List-Id", "Talk <talk.lists.example>"), ("List-Post", "<mailto:talk@lists.example>"))


def test_mail_to_a_discussion_list_is_bulk() -> None:
    assert why_bulk(*LIST, to="talk@lists.example") == "list: talk.lists.example"


def test_a_list_without_its_own_fields_is_known_by_its_address() -> None:
    assert why_bulk(("List-Id", "<talk.lists.example>"), to="talk@lists.example") == (
        "list: talk.lists.example"
    )


def test_mail_to_me_that_a_list_carried_may_be_a_persons_word() -> None:
    assert is_hint(why_bulk(*LIST, to="camille+lists@cabinet.example", cc="talk@lists.example"))


def test_a_list_of_my_own_organisation_may_be_a_persons_word() -> None:
    fields = (("List-Id", "<team.cabinet.example>"), ("List-Post", "<mailto:team@cabinet.example>"))
    assert is_hint(why_bulk(*fields, to="team@cabinet.example"))


def test_mail_without_a_sender_is_nobodys() -> None:
    assert why_bulk(sender="")


def test_plain_mail_is_neither() -> None:
    fields = (("Date", "x"), ("MIME-Version", "1.0"), ("X-Mailer", "Apple Mail (2.3774)"))
    assert why_bulk(*fields) == why_automatic(*fields) == ""

"""Whole messages to records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest

from syncd.model import Address, Message
from syncd.normalise.rfc5322 import (
    MOST_REFS,
    NotAMessage,
    from_headers,
    read_message,
    read_message_text,
)
from syncd.text.reading import Reader
from tests.processor_time import takes_at_most

ME = frozenset({"camille@cabinet.example", "c.roy@gmail.com"})
NOW = 1795435200  # Mon, 23 Nov 2026 12:00:00 UTC
READER = Reader()

QUESTION = """\
From: Ann Lee <Ann.Lee@client.example>
To: Camille Roy <camille@cabinet.example>, c.roy+work@gmail.com
Cc: bob@other.example
Subject: =?utf-8?q?Le_devis_r=C3=A9vis=C3=A9?=
Date: Mon, 23 Nov 2026 05:30:00 -0500
Message-ID: <q1@client.example>

Hi Camille,

Could you send me the revised quote by Friday?

Ann
"""


def read(raw: str | bytes, *, folder: str = "INBOX", **other: object) -> Message:
    data = raw.encode() if isinstance(raw, str) else raw
    values = {"account": "work", "source_id": "INBOX/1", "me": ME, "now": NOW, **other}
    return read_message(data, folder=folder, **values)  # type: ignore[arg-type]


def test_a_whole_message() -> None:
    assert read(QUESTION) == Message(
        account="work",
        source_id="INBOX/1",
        folder="INBOX",
        at=NOW - 5400,
        direction="inbound",
        sender=Address("ann.lee@client.example", "Ann Lee"),
        message_id="q1@client.example",
        to=(Address("camille@cabinet.example", "Camille Roy"), Address("c.roy+work@gmail.com")),
        cc=(Address("bob@other.example"),),
        subject="Le devis révisé",
        utc_offset=-300,
    )


def test_the_text_is_read_when_asked_for() -> None:
    message = read(QUESTION, words=READER, excerpt=60)
    assert message.words_read
    assert [signal.kind for signal in message.signals] == ["ask"]
    assert message.language == "en"
    assert message.excerpt.startswith("Could you send me the revised quote by Friday?")


def test_no_excerpt_is_kept_when_none_is_wanted() -> None:
    assert read(QUESTION, words=READER, excerpt=0).excerpt == ""


def test_the_text_of_old_mail_is_left_alone() -> None:
    message = read(QUESTION, words=READER, words_since=NOW)
    assert not message.words_read
    assert message == read(QUESTION)


def test_no_more_of_a_file_is_read_than_is_needed() -> None:
    file = BytesIO(QUESTION.encode() + b"x" * 5_000_000)
    read_message(file, account="work", source_id="1", folder="INBOX", me=ME, now=NOW)
    assert file.tell() <= 64 * 1024


def test_fields_of_a_providers_api_give_the_same_record() -> None:
    fields = [
        ("From", "Ann Lee <Ann.Lee@client.example>"),
        ("To", "Camille Roy <camille@cabinet.example>, c.roy+work@gmail.com"),
        ("Cc", "bob@other.example"),
        ("Subject", "Le devis révisé"),
        ("Date", "Mon, 23 Nov 2026 05:30:00 -0500"),
        ("Message-ID", "<q1@client.example>"),
    ]
    assert read(QUESTION) == from_headers(
        fields, account="work", source_id="INBOX/1", folder="INBOX", me=ME, now=NOW
    )


@pytest.mark.parametrize("raw", ["", "\n\n", "just text\n\nmore", "Content-Type: text/plain\n\nx"])
def test_what_is_no_message_is_said_to_be_none(raw: str) -> None:
    with pytest.raises(NotAMessage):
        read(raw)


def sent(sender: str, to: str, *more: str, folder: str = "INBOX") -> str:
    fields = [f"From: {sender}", f"To: {to}", *more]
    return read("\n".join(fields) + "\n\nHello\n", folder=folder).direction


RECEIVED = "Received: from a by b; Mon, 23 Nov 2026 11:00:00 +0000"


def test_directions() -> None:
    assert sent("camille@cabinet.example", "ann@client.example") == "outbound"
    assert sent("CRoy+x@googlemail.com", "ann@client.example") == "outbound"
    assert sent("ann@client.example", "camille@cabinet.example") == "inbound"
    assert sent("camille@cabinet.example", "c.roy@gmail.com") == "self"
    assert sent("camille@cabinet.example", "undisclosed-recipients:;") == "outbound"


def test_in_the_sent_folder_an_unknown_address_is_mine_too() -> None:
    assert sent("boss@cabinet.example", "ann@client.example", folder="Sent") == "outbound"
    by_me = f"{RECEIVED}\nSender: camille@cabinet.example"
    assert sent("boss@cabinet.example", "ann@client.example", by_me, folder="Sent") == "outbound"
    assert (
        sent("ann@client.example", "camille@cabinet.example", RECEIVED, folder="Sent") == "inbound"
    )


def test_my_own_mail_to_a_list_is_not_bulk() -> None:
    raw = "From: camille@cabinet.example\nTo: talk@x.example\nList-Id: <talk.x.example>\n\nHi\n"
    message = read(raw)
    assert (message.direction, message.bulk) == ("outbound", "")


def test_bulk_and_automatic_mail_is_not_analysed_and_hints_are() -> None:
    newsletter = QUESTION.replace("Cc:", "List-Id: <n.x.example>\nList-Unsubscribe: <u>\nCc:")
    away = QUESTION.replace("Cc:", "Auto-Submitted: auto-replied\nCc:")
    hint = QUESTION.replace("Cc:", "List-Unsubscribe: <u>\nCc:")
    assert not read(newsletter, words=READER).words_read
    assert not read(away, words=READER).words_read
    assert read(hint, words=READER).words_read


def test_an_invitation_is_known_by_its_part() -> None:
    raw = QUESTION.replace(
        "\n\nHi",
        '\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n'
        "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b\n\nHi",
        1,
    )
    message = read(raw, words=READER)
    assert (message.automatic, message.words_read) == ("calendar: request", False)


def test_encrypted_mail_says_nothing() -> None:
    raw = QUESTION.partition("\n\n")[0] + "\nContent-Type: application/pkcs7-mime\n\nMIIB\n"
    assert not read(raw, words=READER).words_read


def refs(*fields: str) -> tuple[str, ...]:
    return read("From: ann@client.example\n" + "".join(f"{x}\n" for x in fields) + "\nHi\n").refs


def test_references_are_oldest_first_and_the_parent_is_last() -> None:
    assert refs("References: <a@x> <b@x>", "In-Reply-To: <b@x>") == ("a@x", "b@x")
    assert refs("References: <b@x> <a@x>", "In-Reply-To: <b@x>") == ("a@x", "b@x")
    assert refs("References: <a@x>", "In-Reply-To: <c@x>") == ("a@x", "c@x")
    assert refs("References: <a@x>\n\t<b\n @x>") == ("a@x", "b@x")


def test_garbage_in_references_is_passed_over() -> None:
    assert refs("In-Reply-To: Your message of Monday. <m@x>") == ("m@x",)
    assert refs('In-Reply-To: Message from Ann <ann@client.example> of "Mon" <m@x>') == ("m@x",)
    assert refs("In-Reply-To: your message of Monday") == ()
    assert refs("References: <> < > <a@x>") == ("a@x",)
    assert refs("References: a@x b@x") == ("a@x", "b@x")


def test_of_many_references_the_first_and_the_last_are_kept() -> None:
    kept = refs("References: " + " ".join(f"<{number}@x>" for number in range(500)))
    assert len(kept) == MOST_REFS
    assert (kept[0], kept[1], kept[-1]) == ("0@x", "480@x", "499@x")


def test_a_missing_message_id_is_made_up_alike_for_every_copy() -> None:
    raw = QUESTION.replace("Message-ID: <q1@client.example>\n", "")
    one = read(raw)
    other = read(RECEIVED + "\n" + raw, folder="Archive", source_id="Archive/7")
    assert one.message_id == other.message_id
    assert one.message_id.endswith(".invalid")
    assert read(raw.replace("05:30", "05:31")).message_id != one.message_id


def test_messages_without_id_and_date_are_not_taken_for_one() -> None:
    raw = "From: ann@client.example\n\nHi\n"
    assert read(raw).message_id != read(raw, source_id="INBOX/2").message_id


@pytest.mark.parametrize(
    ("field", "message_id"),
    [
        ("<a@x.example>", "a@x.example"),
        ("a@x.example", "a@x.example"),
        ("<no at sign>", "noatsign"),
    ],
)
def test_odd_message_ids(field: str, message_id: str) -> None:
    assert read(f"From: ann@client.example\nMessage-ID: {field}\n\nHi\n").message_id == message_id


def test_references_without_end_cost_little_and_keep_both_ends() -> None:
    """A provider's API gives header fields whole; of a file no more than the head is read."""
    listed = " ".join(f"<{number}@list.example>" for number in range(60_000))
    fields = [("From", "ann@client.example"), ("References", listed)]

    def work() -> Message:
        return from_headers(fields, account="work", source_id="1", folder="INBOX", me=ME, now=NOW)

    refs = takes_at_most(0.01, work).refs
    assert refs[0] == "0@list.example"
    assert refs[1:] == tuple(f"{number}@list.example" for number in range(59_980, 60_000))


def test_an_overlong_message_id_is_still_the_same_in_references() -> None:
    long = "x" * 900 + "@x.example"
    one = read(f"From: ann@client.example\nMessage-ID: <{long}>\n\nHi\n")
    assert refs(f"References: <{long}>") == (one.message_id,)
    assert len(one.message_id) < 100


def test_a_subject_cannot_steer_a_terminal() -> None:
    message = read(QUESTION.replace("=?utf-8?q?Le_", "\x1b[31m=?utf-8?q?=E2=80=AE=1B]0;Le_"))
    assert message.subject == "[31m]0;Le devis révisé"


def test_labels_and_links_of_the_caller_are_kept() -> None:
    message = read(QUESTION, labels=("\\Seen",), provider_thread="17", link="https://x.example/17")
    assert replace(message, labels=(), provider_thread="", link="") == read(QUESTION)


def test_the_text_for_the_read_command() -> None:
    text, date, subject, attachments = read_message_text(QUESTION.encode(), now=NOW)
    assert text.startswith("Hi Camille,")
    assert date == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert date.utcoffset() is not None and date.hour == 5
    assert (subject, attachments) == ("Le devis révisé", 0)

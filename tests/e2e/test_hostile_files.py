"""Mail and calendars made to harm: a safe line or a clear message, in bounded time."""

from __future__ import annotations

import json
import os
import re
import time
from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests.builders.mails import deliver, message
from tests.e2e.conftest import CommandLine, ids
from tests.e2e.desk import ANN, ME, MONDAY, question

_HARM = "\x1b[2J\x1b]0;owned\x07 [click](https://evil.example) <script>alert(1)</script> \u202eexe "


def test_a_subject_of_a_megabyte_with_escapes_links_and_html_is_one_safe_line(
    syncd: CommandLine,
) -> None:
    at = MONDAY - timedelta(days=4)
    question(syncd.home / "mail")
    mail = message(
        sender="Paul Girard <paul@atelier.example>", to=ME,
        text=f"Hi Camille,\n\nCould you send me {_HARM} the contract?\n", at=at,
    )  # fmt: skip
    raw = mail.as_bytes().replace(
        b"Subject: Project", b"Subject: " + (_HARM * 12_000)[:1_000_000].encode(), 1
    )
    deliver(syncd.home / "mail", raw, at)
    named = mail.as_bytes().replace(b"From: Paul Girard", f'From: "Paul {_HARM}"'.encode())
    deliver(syncd.home / "mail", named, at)
    answer = syncd.once(timeout=30)
    assert answer.code == 0
    assert len(ids(answer.out)) == 2
    markdown = (syncd.home / "state/summary/latest.md").read_text("utf-8")
    explained = syncd("explain", ids(answer.out)[1], "--state", "state").out
    for text in (answer.out, answer.err, markdown, explained):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
        assert len(text) < 20_000
    assert "](https://evil" not in markdown
    assert not re.search(r"(?<!\\)<script", markdown)


def test_a_rule_by_the_second_without_end_is_read_in_bounded_time(syncd: CommandLine) -> None:
    syncd.write(
        "cal.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
        "BEGIN:VEVENT\r\nUID:storm@evil.example\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART:20000101T000000Z\r\nDTEND:20000101T000001Z\r\nRRULE:FREQ=SECONDLY\r\n"
        "SUMMARY:Storm\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:lunch@client.example\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART:20261120T120000Z\r\nDTEND:20261120T130000Z\r\nSUMMARY:Lunch\r\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ME}\r\n"
        "ATTENDEE;CN=Ann Lee;PARTSTAT=ACCEPTED:mailto:ann.lee@client.example\r\n"
        "LOCATION:Café du Nord\\, 12 Main Street\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )
    answer = syncd("once", "--ics", "cal.ics", "--me", ME, "--state", "state", timeout=30)
    assert answer.code in (0, 1)
    people = json.loads(syncd("people", "ann", "--json", "--state", "state").out)
    assert people[0]["facts"]["last_in_person"] is not None


@pytest.mark.slow
def test_a_hundred_thousand_empty_files_are_set_aside_once(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    folder = syncd.home / "mail" / "INBOX" / "cur"
    for number in range(100_000):
        if number % 50_000 == 0:  # a file has at most 65,000 names on common file systems
            source = folder / f"1700000000.{number}.first"
            source.touch()
        os.link(source, folder / f"17{number:08}.x{number}.host:2,S")
    started = time.monotonic()
    first = syncd.once(timeout=120)
    between = time.monotonic()
    second = syncd.once()
    ended = time.monotonic()
    for answer in (first, second):
        assert answer.code == 0
        assert "maildir: 100002 items could not be read" in answer.err
        assert len(ids(answer.out)) == 1
    assert ended - between < (between - started) / 2


def test_a_loop_of_links_and_odd_names_of_folders_are_read_once(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    (syncd.home / "mail" / "loop").symlink_to(syncd.home / "mail")
    (syncd.home / "mail" / "INBOX" / "self").symlink_to(".")
    odd = "a\nb\x1b[31m"
    at = MONDAY - timedelta(days=5)
    deliver(syncd.home / "mail", message(sender=ANN, to=ME, text="Hello.\n", at=at), at, folder=odd)
    answer = syncd.once()
    assert answer.code == 0
    status = json.loads(syncd("status", "--json", "--state", "state").out)
    assert status["accounts"][0]["records"] == 3


def test_a_path_in_an_error_cannot_write_lines_or_move_the_cursor(syncd: CommandLine) -> None:
    odd = "gone\n\x1b[2Jeverything is fine"
    for words in (
        ("once", "--maildir", odd, "--me", ME),
        ("check", "--config", odd),
        ("status", "--state", odd),
        ("read", odd),
        ("once", "--me", odd, "--maildir", "mail"),
        ("done", odd, "--state", odd),
    ):
        answer = syncd(*words)
        assert answer.code in (1, 2)
        assert "\x1b" not in answer.err
        assert not any(line.startswith("everything") for line in answer.err.splitlines())


def test_a_name_that_is_no_text_is_shown_as_well_as_it_can_be(syncd: CommandLine) -> None:
    answer = syncd("once", "--maildir", os.fsdecode(b"caf\xe9"), "--me", ME)
    assert answer.code == 1
    assert "is not a folder" in answer.err


def test_a_message_of_nothing_but_parts_is_read_in_bounded_time(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    inner = EmailMessage()
    inner.set_content("Could you call me?\n")
    raw = inner.as_bytes()
    for depth in range(200):
        head = f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n'.encode()
        raw = head + raw + f"\n--b{depth}--\n".encode()
    deliver(syncd.home / "mail", b"From: ann.lee@client.example\nMIME-Version: 1.0\n" + raw, MONDAY)
    answer = syncd.once(timeout=30)
    assert answer.code == 0

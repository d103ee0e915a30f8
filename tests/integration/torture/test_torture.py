"""Malformed, odd and hostile messages: read or set aside, never an exception, never slow."""

from __future__ import annotations

import base64
import os
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from syncd.model import Message
from syncd.normalise.rfc5322 import NotAMessage, read_message
from syncd.text.reading import Reader, Reading, Zone
from tests.processor_time import takes_at_most

TORTURE = Path(__file__).parents[4] / "shared" / "corpora" / "torture"
NOW = 1795435200  # 2026-11-23 12:00 UTC
LONGEST = 0.05
"""Seconds one message may take."""


class TextOnly(Reader):
    """A reader that takes the text and says nothing of it: the reading itself is not timed here."""

    text = ""

    def read(self, text: str, *, at: datetime, attachments: int = 0, subject: str = "") -> Reading:
        self.text = text
        return Reading(language="", zones=(Zone("new", 0, len(text)),), sentences=())


def read(raw: bytes) -> tuple[Message | None, str]:
    """(the message or None if it was set aside, its text), within `LONGEST`."""
    reader = TextOnly()

    def once() -> Message | None:
        try:
            return read_message(
                raw,
                account="work",
                source_id="INBOX/1",
                folder="INBOX",
                me=frozenset({"camille@cabinet.example"}),
                now=NOW,
                filed=NOW,
                words=reader,
                excerpt=200,
            )
        except NotAMessage as error:
            assert str(error)
            return None

    return takes_at_most(LONGEST, once), reader.text


def is_safe(text: str) -> bool:
    """Whether a text holds nothing that steers a terminal or hides characters."""
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text) and not any(
        c in text for c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"
    )


def check(message: Message | None, text: str) -> None:
    assert is_safe(text.replace("\n", "").replace("\t", ""))
    if message is None:
        return
    shown = [message.subject, message.message_id, *message.refs, message.excerpt]
    for address in (message.sender, *message.to, *message.cc):
        shown += (address.name, address.email)
    assert all(map(is_safe, shown))
    assert len(message.subject) <= 300
    assert len(message.refs) <= 21
    assert len(message.to) <= 250 and len(message.cc) <= 250
    assert 0 <= message.at <= NOW + 2 * 86400


def corpus() -> list[Path]:
    return sorted(path for path in TORTURE.glob("*/*") if path.is_file())


@pytest.mark.skipif(not TORTURE.is_dir(), reason="the corpora are not beside this checkout")
def test_every_message_of_the_corpus_is_read_or_set_aside_in_time() -> None:
    seen = 0
    problems = []
    for path in corpus():
        try:
            check(*read(path.read_bytes()))
        except Exception as error:
            problems.append(f"{path.name}: {type(error).__name__} {error}")
        seen += 1
    assert not problems
    assert seen > 500


HEAD = (
    b"From: Ann Lee <ann.lee@client.example>\nTo: camille@cabinet.example\n"
    b"Date: Mon, 23 Nov 2026 09:00:00 +0000\nMessage-ID: <1@client.example>\n"
)

HTML = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"


def nested(depth: int) -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return HEAD + opening + b"Content-Type: text/plain\n\nDeep inside\n"


def same_boundary(count: int) -> bytes:
    part = b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n'
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + part * count


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a subject of 1 MB": lambda: b"Subject: " + b"long " * 200_000 + b"\n" + HEAD + b"\nHello\n",
    "a folded subject of 1 MB": lambda: (
        HEAD + b"Subject: a\n" + b" more\n" * 170_000 + b"\nHello\n"
    ),
    "a thousand encoded words": lambda: (
        HEAD + b"Subject: " + b"=?utf-8?b?w6k=?= " * 20_000 + b"\n\nHello\n"
    ),
    "encoded words that never end": lambda: (
        HEAD + b"Subject: " + b"=?a?q?" * 50_000 + b"\n\nHello\n"
    ),
    "terminal escapes": lambda: (
        HEAD
        + b"Subject: \x1b]0;owned\x07\x1b[2J \x9b31m =?utf-8?q?=1B[31m=E2=80=AE?=\n\n\x1b[2JHi\n"
    ),
    "10,000 levels of MIME": lambda: nested(10_000),
    "nested multiparts with one boundary": lambda: same_boundary(20_000),
    "100,000 parts": lambda: (
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 100_000
    ),
    "100,000 references": lambda: (
        HEAD
        + b"References:"
        + b"".join(b"\n <%d@x.example>" % n for n in range(100_000))
        + b"\n\nHi\n"
    ),
    "10 MB of fields": lambda: HEAD + b"X-Bomb: boom\n" * 800_000 + b"\nHello\n",
    "10 MB in one field": lambda: HEAD + b"X-Bomb: " + b"b" * 10_000_000 + b"\n\nHello\n",
    "fields without an end": lambda: HEAD + b"A:\n" * 200_000,
    "100,000 recipients": lambda: (
        HEAD + b"Cc: " + b", ".join(b"p%d@x.example" % n for n in range(100_000)) + b"\n\nHi\n"
    ),
    "nested comments": lambda: b"From: " + b"(" * 50_000 + b" ann@x.example\n" + HEAD + b"\nHi\n",
    "quotes that never close": lambda: HEAD + b'Cc: "' + b'\\"' * 30_000 + b"\n\nHi\n",
    "angle brackets": lambda: HEAD + b"Cc: " + b"<" * 60_000 + b"\n\nHi\n",
    "groups": lambda: HEAD + b"Cc: " + b"g:" * 30_000 + b";\n\nHi\n",
    "parameters": lambda: HEAD + b"Content-Type: text/plain" + b';a*0="x"' * 50_000 + b"\n\nHi\n",
    "NULs": lambda: HEAD.replace(b"Lee", b"L\0e\0e") + b"Subject: a\0b\n\nHello\0world\n",
    "every line end": lambda: (
        (HEAD + b"Subject: x\n\nHi\n").replace(b"\n", b"\r\n", 2)[:-4] + b"\r\rHello\r\n\n\rthere\n"
    ),
    "carriage returns alone": lambda: (HEAD + b"Subject: x\n\nHello\n").replace(b"\n", b"\r"),
    "an impossible date": lambda: HEAD.replace(b"23 Nov 2026", b"99 Foo 99999") + b"\nHi\n",
    "a date of 5,000 digits": lambda: HEAD.replace(b"2026", b"2" * 5000) + b"\nHi\n",
    "a charset that is none": lambda: (
        HEAD + b"Content-Type: text/plain; charset=../etc\n\nHi \xff\n"
    ),
    "a charset that decodes slowly": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 200_000 + b"-zzz" * 10_000
    ),
    "base64 that is none": lambda: (
        HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=A=!" * 200_000 + b"\n"
    ),
    "quoted-printable that is none": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=ZZ=\r" * 200_000 + b"\n"
    ),
    "5 MB of attachment": lambda: (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="b"\n\n'
        + b"--b\nContent-Type: text/plain\n\nHello\n"
        + b'--b\nContent-Disposition: attachment; filename="a.pdf"\n'
        + b"Content-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(bytes(4_000_000))
        + b"--b--\n"
    ),
    "5 MB of text": lambda: HEAD + b"\n" + b"All work and no play. \n" * 220_000,
    "flowed text of soft line ends": lambda: (
        HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 100_000
    ),
    "almost a boundary": lambda: (
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--bb\n" * 500_000
    ),
    "100,000 nested elements of HTML": lambda: HTML + b"<div>" * 100_000 + b"Hello",
    "nested tables of HTML": lambda: HTML + b"<table><tr><td>" * 40_000 + b"Hello",
    "HTML comments that never end": lambda: HTML + b"<!--" * 200_000,
    "a megabyte of HTML brackets": lambda: HTML + b"<" * 1_000_000,
    "right-to-left overrides": lambda: (
        HEAD.replace(b"Ann Lee", "Ann\u202egpj.exe".encode())
        + "Subject: a\u2066b\u200b\n\nHi".encode()
    ),
    "nothing": lambda: b"",
    "spaces": lambda: b" \n\t\n " * 1000,
    "random bytes": lambda: os.urandom(200_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_cost_little_and_do_nothing(name: str) -> None:
    check(*read(HOSTILE[name]()))


@pytest.mark.parametrize(
    "name",
    [
        "a thousand encoded words",
        "terminal escapes",
        "10 MB of fields",
        "100,000 references",
        "nested comments",
        "NULs",
        "carriage returns alone",
        "5 MB of attachment",
        "an impossible date",
    ],
)
def test_hostile_parts_do_not_hide_the_rest(name: str) -> None:
    message, _ = read(HOSTILE[name]())
    assert message is not None
    assert message.to[0].email == "camille@cabinet.example"


def test_an_attachment_of_megabytes_is_counted_and_the_text_read() -> None:
    message, text = read(HOSTILE["5 MB of attachment"]())
    assert message is not None
    assert (message.attachments, text.strip()) == (1, "Hello")


def _cuts(raw: bytes) -> Iterator[bytes]:
    for position in range(0, len(raw), 7):
        yield raw[:position]


def test_a_message_cut_anywhere_is_read_or_set_aside() -> None:
    whole = (
        HEAD
        + b"Subject: =?utf-8?b?w6l0w6k=?=\n"
        + b'Content-Type: multipart/alternative; boundary="b"\n\n'
        + b"--b\nContent-Type: text/plain; charset=utf-8; format=flowed\n"
        + b"Content-Transfer-Encoding: quoted-printable\n\nl'=C3=A9t=C3=A9 =\n\n--b--\n"
    )
    for cut in _cuts(whole):
        check(*read(cut))

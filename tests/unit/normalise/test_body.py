"""The text of a message, and what came with it."""

from __future__ import annotations

import base64

import pytest

from syncd.normalise.body import Body, read_body, unflow
from syncd.normalise.headers import Headers, head_of


def body(raw: str | bytes) -> Body:
    data = raw.encode() if isinstance(raw, str) else raw
    head, start = head_of(data)
    return read_body(Headers.parse(head), data, start)


def multipart(subtype: str, *parts: str, boundary: str = "b") -> str:
    joined = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n{joined}--{boundary}--\n'


TEXT = "Content-Type: text/plain; charset=utf-8\n\nCould you send it?"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>Could you <b>send</b> it?</p>"
PDF = (
    'Content-Type: application/pdf; name="quote.pdf"\nContent-Transfer-Encoding: base64\n\nJVBERi0='
)


def test_plain_text_is_preferred_to_html() -> None:
    assert body(multipart("alternative", HTML.replace("send", "lose"), TEXT)).text == (
        "Could you send it?"
    )


def test_html_alone_is_read() -> None:
    text = body(HTML).text
    assert text is not None
    assert text.strip() == "Could you send it?"


def test_html_is_read_where_the_plain_part_is_empty() -> None:
    empty = "Content-Type: text/plain\n\n \n"
    assert "send" in (body(multipart("alternative", empty, HTML)).text or "")


def test_nested_parts_and_attachments() -> None:
    inner = multipart("alternative", TEXT, HTML, boundary="inner")
    found = body(multipart("mixed", inner, PDF, PDF))
    assert found == Body("Could you send it?", attachments=2)


def test_a_boundary_that_begins_another_is_told_apart() -> None:
    inner = multipart("alternative", TEXT, HTML, boundary="b-1")
    assert body(multipart("mixed", inner, PDF)) == Body("Could you send it?", attachments=1)


def test_parts_of_one_text_are_joined() -> None:
    footer = "Content-Type: text/plain\n\nList footer"
    assert body(multipart("mixed", TEXT, footer)).text == "Could you send it?\nList footer"


@pytest.mark.parametrize(
    ("part", "count"),
    [
        (PDF, 1),
        ("Content-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\nx", 1),
        ("Content-Type: text/plain\nContent-Disposition: inline; filename=notes.txt\n\nx", 1),
        ("Content-Disposition: attachment; filename*0*=utf-8''%C3%A9;\n filename*1=.pdf\n\nx", 1),
        ("Content-Type: application/octet-stream;\n name*=iso-8859-1''caf%E9.doc\n\nx", 1),
        ("Content-Type: message/rfc822\n\nSubject: inside\n\nCould you not read this?", 1),
        ("Content-Type: image/png; name=a.png\nContent-Disposition: attachment\n\nx", 1),
        ("Content-Type: image/jpeg; name=1.jpg\nContent-Disposition: inline\n\n" + "x" * 40000, 1),
        ("Content-Type: image/png; name=logo.png\nContent-ID: <logo>\n\n" + "x" * 50000, 0),
        ("Content-Type: image/gif; name=logo.gif\nContent-Disposition: inline\n\nx", 0),
        ("Content-Type: application/pgp-signature; name=signature.asc\n\nx", 0),
        ("Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx", 0),
        ("Content-Type: text/calendar; method=REQUEST; name=invite.ics\n\nx", 0),
    ],
)  # fmt: skip
def test_what_counts_as_an_attachment(part: str, count: int) -> None:
    found = body(multipart("mixed", TEXT, part))
    assert found.attachments == count
    assert found.text == "Could you send it?"


def test_an_attached_message_is_not_read() -> None:
    forwarded = "Content-Type: message/rfc822\n\n" + TEXT.replace("it", "that")
    assert body(multipart("mixed", "\nSee below", forwarded)).text == "See below"


@pytest.mark.parametrize(
    "raw",
    [
        multipart("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", PDF),
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB",
        "Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n",
    ],
)
def test_encrypted_mail_has_no_text(raw: str) -> None:
    assert body(raw).text is None


def test_the_method_of_an_invitation() -> None:
    named = 'Content-Type: text/calendar; charset="utf-8"; method=REPLY\n\nBEGIN:VCALENDAR'
    inside = "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\n"
    assert body(multipart("alternative", TEXT, named)).calendar_method == "reply"
    assert body(multipart("alternative", TEXT, inside)).calendar_method == "cancel"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("quoted-printable", b"l'=C3=A9t=C3=A9 pro=\nchain"),
        ("base64", base64.encodebytes("l'été prochain".encode())),
        ("BASE64 ", base64.b64encode("l'été prochain".encode()).rstrip(b"=") + b"\n--\n"),
        ("8bit", "l'été prochain".encode()),
        ("x-nonsense", "l'été prochain".encode()),
    ],
)
def test_transfer_encodings(encoding: str, content: bytes) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    assert (body(head.encode() + content).text or "").strip() == "l'été prochain"


def test_a_multipart_that_was_never_closed_is_read() -> None:
    assert body(multipart("mixed", TEXT).replace("--b--\n", "")).text == "Could you send it?\n"


def test_a_text_is_cut_at_its_limit() -> None:
    assert len(body("Subject: x\n\n" + "word " * 200_000).text or "") == 256 * 1024


@pytest.mark.parametrize(
    ("flowed", "joined"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("> a \n> b\nc", "> a b\nc"),
        ("> a \nb", "> a \nb"),
        ("text \n-- \nAnn", "text \n-- \nAnn"),
        (" >not a quote", ">not a quote"),
        (" From here", "From here"),
        ("last ", "last "),
    ],
)
def test_flowed_text(flowed: str, joined: str) -> None:
    assert unflow(flowed) == joined


def test_flowed_text_with_deleted_spaces() -> None:
    assert unflow("long \nword", delsp=True) == "longword"


def test_only_so_many_soft_line_ends_are_looked_at() -> None:
    text = unflow("a \n" * 100_000)

    assert text.startswith("a a a ")
    assert text.endswith("a \na \n")

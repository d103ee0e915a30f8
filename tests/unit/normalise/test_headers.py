"""Header sections as they arrive: encoded, raw, folded, broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.normalise.charsets import decode
from syncd.normalise.headers import Headers, decode_words, head_of
from syncd.normalise.safe_text import lines, one_line


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Caf=C3=A9_demain?=", "Café demain"),
        ("=?UTF-8?B?Q2Fmw6k=?= demain", "Café demain"),
        # Adjacent words: the space between them is not text; a character may be cut in half.
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?=", "Café"),
        ("=?iso-8859-1?q?=E9t=E9?=\t=?utf-8?q?_=C3=A0?=", "été à"),
        ("Re: =?utf-8?q?=C3=A0_bient=C3=B4t?= - Ann", "Re: à bientôt - Ann"),
        # Senders' mistakes: no space around, spaces inside, no padding, a language tag.
        ("prix:=?utf-8?q?=E2=82=AC?=10", "prix:€10"),
        ("=?utf-8?q?deux mots?=", "deux mots"),
        ("=?utf-8?b?Q2Fmw6k?=", "Café"),
        ("=?utf-8*fr?q?Caf=C3=A9?=", "Café"),
        # What ISO-8859-1 never held is Windows-1252; an unknown charset is guessed.
        ("=?iso-8859-1?q?=93quoted=94?=", "“quoted”"),
        ("=?x-unknown?q?Caf=C3=A9?=", "Café"),
        ("=?gb2312?b?u+HS6Q==?=", "会议"),
        ("=?iso-2022-jp?b?GyRCMnE1RBsoQg==?=", "会議"),
        # No encoded words at all.
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("1 =? 2", "1 =? 2"),
    ],
)
def test_encoded_words(written: str, read: str) -> None:
    assert decode_words(written) == read


def test_raw_eight_bit_text_beside_an_encoded_word_survives() -> None:
    headers = Headers.parse("Subject: 会议 =?utf-8?q?caf=C3=A9?=".encode())
    assert headers.text("subject") == "会议 café"


def test_raw_latin_text_is_read() -> None:
    assert Headers.parse("Subject: été".encode("latin-1")).text("subject") == "été"


def test_folded_values_are_unfolded_and_names_ignore_case() -> None:
    headers = Headers.parse(b"SUBJECT: one\r\n two\r\n\tthree\r\nTo: a@x.example\r\n")
    assert headers.get("subject") == "one two three"


def test_a_malformed_line_hides_none_of_those_after_it() -> None:
    headers = Headers.parse(
        b"From ann Mon Nov 23 09:00:00 2026\nnot a field\n: x\nTo : b@x.example\n"
    )
    assert headers.get("to") == "b@x.example"


def test_of_repeated_fields_the_first_counts() -> None:
    headers = Headers.parse(b"From: a@x.example\nFrom: b@x.example\n")
    assert headers.get("from") == "a@x.example"
    assert headers.all("from") == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_body_begins_after_the_first_empty_line(end: bytes) -> None:
    data = end.join([b"A: 1", b"B: 2", b"", b"Hello", b"", b"there"])
    head, start = head_of(data)
    assert Headers.parse(head).get("b") == "2"
    assert data[start:].startswith(b"Hello")


def test_a_part_that_begins_with_an_empty_line_has_no_fields() -> None:
    assert head_of(b"\nSee: the list\n\nText", part=True) == (b"", 1)


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("été".encode(), "utf-8", "été"),
        ("été".encode("latin-1"), "utf-8", "été"),
        ("été".encode(), "us-ascii", "été"),
        ("10 €".encode("cp1252"), "iso-8859-1", "10 €"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("été".encode(), "no-such-charset", "été"),
        ("été".encode(), "base64", "été"),
        (b"abc", "punycode", "abc"),
    ],
)
def test_charsets(data: bytes, charset: str, text: str) -> None:
    assert decode(data, charset) == text


def test_a_character_cut_by_a_limit_is_dropped() -> None:
    assert decode("été".encode()[:-1], "utf-8", complete=False) == "ét"


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-7", "gb2312", "idna", "hex"]))
def test_decoding_never_fails(data: bytes, charset: str) -> None:
    assert isinstance(decode(data, charset), str)


@given(st.text(max_size=300))
def test_one_line_is_safe_and_bounded(text: str) -> None:
    result = one_line(text, 50)
    assert len(result) <= 50
    assert result == " ".join(result.split())
    assert not set(result) & set("\x00\x1b\x9b\u202e\u2066\u200b\ufeff\n\r\u2028")
    result.encode()


def test_lines_keep_their_breaks_and_lose_what_steers_a_terminal() -> None:
    assert lines("a\r\nb\rc\x1b[2J\u2028d\te\u202e") == "a\nb\nc[2J\nd\te"

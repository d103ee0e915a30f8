"""Hostile text is literal Markdown, and what syncd writes it can read back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syncd.summary.markdown import escape, safe_url
from syncd.summary.marks import Answer, answers, read_marks
from syncd.summary.wording import shorten

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_NASTY = st.text(
    st.sampled_from("ab1 \\`*_{}[]()<>#+-.!|~&;:/@=\"'$^%?wW,éà«“…\u00a0"), max_size=60
)


# controls never come this far: normalise/safe_text.py takes them out
_ANY = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60)


@given(_NASTY | _ANY)
@example("1) x")
@example("1.")
@example("- x")
@example("[x](https://evil.example)")
@example("&lt;b&gt; &#35; &copy;")
@example("www.evil.example https://evil.example me@evil.example")
@example("~~a~~ **b** ***")
def test_escaped_text_is_shown_as_it_is_and_formats_nothing(text: str) -> None:
    text = shorten(text, 160)
    (item,) = (
        token
        for token in PARSER.parse(f"- [ ] **x** “{escape(text)}” · y\n")
        if token.type == "inline"
    )
    kinds = {child.type for child in item.children or ()}
    assert kinds <= {"text", "strong_open", "strong_close", "text_special"}
    shown = "".join(child.content for child in item.children or ())
    assert shown == f"[ ] x “{text}” · y"


@given(_NASTY | _ANY)
def test_escaped_text_begins_no_block(text: str) -> None:
    text = shorten(text, 160)
    kinds = {token.type for token in PARSER.parse(escape(text))}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline"}


@given(_NASTY)
def test_github_finds_no_address_in_escaped_text(text: str) -> None:
    assert not re.search(r"https?://|\bwww\.|(?<=\w)@\w", escape(f"{text} https://a www.a a@b"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://mail.example/1",
        "https://mail.example/ x",
        "https://mail.example/\n",
        "https://mail.example/<x>",
        'https://mail.example/"onclick',
        "https://mail.example/" + "a" * 3000,
        "data:text/html,x",
        "//mail.example",
        "",
    ],
)
def test_only_a_plain_https_address_becomes_a_link(url: str) -> None:
    assert safe_url(url) == ""


def test_brackets_in_an_address_cannot_end_the_link() -> None:
    assert safe_url("https://mail.example/a(b)c") == "https://mail.example/a%28b%29c"


# --- reading answers back ---


@pytest.mark.parametrize(
    ("box", "answer"),
    [
        ("[ ]", Answer(" ")),
        ("[x]", Answer("x")),
        ("[X]", Answer("x")),
        ("[-]", Answer("-")),
        ("[>]", Answer(">")),
        ("[P]", Answer("p")),
        ("[v]", Answer("v")),
        ("[>] until 2026-12-01", Answer(">", date(2026, 12, 1))),
        ("[>] jusqu’au 2026-12-01", Answer(">", date(2026, 12, 1))),
        ("[>] until 2026-13-01", Answer(">")),
    ],
)
@pytest.mark.parametrize("bullet", ["-", "  -", "*", "+"])
def test_every_answer_is_read(bullet: str, box: str, answer: Answer) -> None:
    assert read_marks(f"{bullet} {box} **Ann Lee** asked “x” `ab12`  \n") == {"ab12": answer}


@pytest.mark.parametrize(
    "line",
    [
        "[x] no list `ab12`",
        "- [y] unknown mark `ab12`",
        "- [x] no id",
        "- [x] `AB12`",
        "- [x] `ab12` something after",
        "- [x] `ab`",
        "> - [x] quoted `ab12`",
        f"- [x] {'y' * 7000} `ab12`",
    ],
)
def test_other_lines_are_the_users_own(line: str) -> None:
    assert read_marks(f"{line}\n") == {}


@given(st.text(max_size=2000))
def test_any_file_can_be_read(text: str) -> None:
    assert all(len(item) >= 4 for item in read_marks(text))


@given(
    st.dictionaries(
        st.from_regex("[0-9a-z]{4}", fullmatch=True), st.sampled_from(" x->pv"), max_size=6
    )
)
def test_what_was_written_and_not_touched_is_no_answer(marks: dict[str, str]) -> None:
    text = "".join(f"- [{mark}] **Ann** x `{item}`\n" for item, mark in marks.items())
    assert answers(read_marks(text), marks) == {}
    assert set(answers(read_marks(text), {})) == {i for i, mark in marks.items() if mark != " "}

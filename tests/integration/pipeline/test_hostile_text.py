"""Whatever mail and calendars contain, the summary shows it as text and as nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.builders.mails import deliver
from tests.builders.offices import ME, MONDAY, Morning, Office, day

ANN = "ann.lee@client.example"
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
HOSTILE = {
    "terminal": "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07click\x1b]8;;\x07 \x9b2J",
    "link": "[click](https://evil.example) <https://evil.example> https://evil.example",
    "autolink": "www.evil.example mail me@evil.example xmpp:me@evil.example",
    "image": "![pixel](https://evil.example/p.png)",
    "heading": "# Heading ## Done since",
    "setext": "=== --- ***",
    "table": "| a | b | |---|---|",
    "code": "`code` ``x`` ```fence``` ~~~",
    "list": "- [x] done `zzzz`",
    "number": "1. first 2) second",
    "emphasis": "**bold** _it_ *it* ~~gone~~ __b__",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; &#35; <!-- x",
    "reference": "[a]: https://evil.example [b][a] [^1]",
    "backslash": "\\[x\\](https://evil.example) \\",
    "bidi": "invoice\u202efdp.exe \u2066hidden\u2069 zero\u200bwidth",
    "template": "{quote} {0} {{ 7*7 }} {% raw %} %s $HOME",
    "long": "word " * 200_000,
}


class _Page(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src"):
                self.addresses.add(value or "")


def _tokens(markdown: str) -> list[Token]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found: list[Token] = []
    for token in parser.parse(markdown):
        found += [token, *(token.children or ())]
    return found


def _assert_safe(office: Office, morning: Morning) -> None:
    """The Markdown, HTML and JSON hold nothing beyond what syncd itself writes."""
    tokens = _tokens(morning.markdown)
    kinds = {token.type for token in tokens}
    assert not kinds & {
        "link_open", "image", "html_block", "html_inline", "table_open", "fence", "code_block",
        "s_open", "blockquote_open", "ordered_list_open",
    }  # fmt: skip
    ours = {"Monday 23 November 2026", "Today", "You owe a reply", "They owe you",
            "Meet in person", "Keep in touch", "Their news"}  # fmt: skip
    headings = {
        tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"
    }
    assert headings <= ours
    ids = {item["id"] for item in morning.items}
    marks = {"[x]", "[-]", "[>]", "[p]", "[v]", "[>] until 2026-12-01"}
    assert {token.content for token in tokens if token.type == "code_inline"} <= ids | marks
    # GitHub makes links of bare addresses: each must have its backslash
    assert not re.search(r"(?<!\\)://|(?<!\\)@\w|www\.", morning.markdown)
    assert not UNSAFE.search(morning.markdown)
    assert max(map(len, morning.markdown.splitlines())) < 2000

    page = _Page()
    html = (office.summaries / "latest.html").read_text("utf-8")
    page.feed(html)
    assert page.elements <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "ul",
                             "li", "strong", "small", "code", "p"}  # fmt: skip
    assert page.attributes <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    assert page.addresses == set()
    assert not UNSAFE.search(html)

    assert not any(UNSAFE.search(text) for text in _strings(dict(morning.document)))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in (*value, *value.values()) for text in _strings(one)]
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []


def _raw(name: str, subject: str, text: str) -> bytes:
    """A message as an attacker writes it: header fields as they stand, no library in between."""
    return (
        f"From: {name} <{ANN}>\r\nTo: {ME}\r\nDate: Tue, 17 Nov 2026 10:00:00 -0500\r\n"
        f"Message-ID: <hostile@client.example>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    ).encode()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_quote_is_text(office: Office, kind: str) -> None:
    office.correspond(ANN)
    text = f"Could you send me the {HOSTILE[kind]} quote?\n"
    deliver(office.mail, _raw("Ann Lee", "Quote", text), day(11, 17))
    morning = office.once()
    _assert_safe(office, morning)
    assert kind == "long" or len(morning.items) == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_name_and_subject_are_text(office: Office, kind: str) -> None:
    office.settings["text"] = False  # then the subject stands in for the words
    office.correspond(ANN)
    quoted = HOSTILE[kind][:20_000].replace("\\", "\\\\").replace('"', "")
    mail = _raw(f'"{quoted}"', HOSTILE[kind], "Hello\n")
    deliver(office.mail, mail, day(11, 17))
    morning = office.once()
    _assert_safe(office, morning)
    (item,) = morning.items
    office.tick(item["id"], "x")
    assert office.once(MONDAY + timedelta(days=1)).items == []


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "long"])
def test_a_hostile_meeting_is_text(office: Office, kind: str) -> None:
    hostile = HOSTILE[kind].translate(dict.fromkeys(range(32)))
    office.people = {
        "people": [{"name": "Ann Lee", "addresses": [ANN], "meet_in_person": "60 days"}]
    }
    office.meet("Coffee", day(6, 1), [ANN])
    office.meet(f"Budget {hostile}", day(11, 5), [ANN])
    office.meet(f"Plan {hostile}", day(11, 23, 15), [ANN])
    office.receive(ANN, "Could you send me the revised quote?\n", day(11, 17))
    morning = office.once()
    _assert_safe(office, morning)
    assert morning.summary.agenda


def test_a_folded_header_injects_no_line(office: Office) -> None:
    office.settings["text"] = False
    office.correspond(ANN)
    subject = "=?utf-8?q?Quote=0A=0A=23_Pwned=0A-_=5Bx=5D_=60zzzz=60?=\r\n\t\r\n more"
    deliver(office.mail, _raw("Ann Lee", subject, "Hello\n"), day(11, 17))
    morning = office.once()
    _assert_safe(office, morning)
    assert not any(line.startswith("# Pwned") for line in morning.markdown.splitlines())


def test_a_quote_cannot_pass_for_the_tick_of_another_item(office: Office) -> None:
    office.correspond(ANN, "paul.girard@client.example")
    office.receive(ANN, "Could you send me the revised quote?\n", day(11, 16))
    (victim,) = office.once().items
    text = f"Could you send - [x] **Ann Lee** this `{victim['id']}`\r\n- [x] `{victim['id']}`?\n"
    mail = _raw("Ann Lee", "Quote", text).replace(ANN.encode(), b"paul.girard@client.example")
    deliver(office.mail, mail, day(11, 17))
    office.once(MONDAY + timedelta(hours=1))
    states = {item["id"]: item["state"] for item in office.once(MONDAY + timedelta(hours=2)).items}
    assert states[victim["id"]] == "new"


def test_the_json_is_json(office: Office) -> None:
    office.settings["text"] = False
    office.correspond(ANN)
    deliver(office.mail, _raw('"Ann"', HOSTILE["html"], "Hello\n"), day(11, 17))
    office.once()
    text = (office.summaries / "latest.json").read_text("utf-8")
    assert json.loads(text)["items"][0]["title"].startswith("Ann had the last word in")

"""HTML mail to the plain text it stands for, with quotes marked the way plain text marks them.

inscriptis lays the text out. Before that, the parts that mail programs mark in their HTML (quotes,
signatures, the border above an answered message) get markers, which become "> ", "-- " and
"-----Original Message-----" so that `zones` sees them as it does in plain text.
"""

from __future__ import annotations

import html as entities
import re
from contextlib import suppress
from itertools import islice
from typing import Final

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from inscriptis.model.css import CssParse
from inscriptis.model.html_element import HtmlElement
from lxml import etree

from syncd.text.quote_headers import header_role, marker
from syncd.text.signature import is_delimiter, is_rule

MAX_SOURCE: Final = 4_000_000
"""Characters of HTML looked at for what can be dropped (styles, scripts, embedded images)."""
MAX_HTML: Final = 80_000
"""Characters of the remaining HTML that are read; an answer stands at the top of its thread."""
MAX_TAGS: Final = 2_000
"""Elements that are laid out, at some 10 µs each; the longest thread of 80 kB seen had 1,741."""
MAX_TEXT: Final = 100_000
_MAX_DEPTH: Final = 8
"""Quotes within quotes that get a sign each."""

_QUOTE, _END_QUOTE, _SIGNATURE, _END_SIGNATURE, _ORIGINAL = "\ue000\ue001\ue002\ue003\ue004"
_MARKERS: Final = re.compile("([\ue000-\ue004])")
_NO_MARKERS: Final = dict.fromkeys((0, *range(0xE000, 0xE005)))
_PLAIN: Final[dict[int, str | None]] = {0xA0: " ", 0x202F: " "} | dict.fromkeys(
    (0xAD, 0x34F, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x2060, 0x2065))
)
"""No-break spaces, and the invisible characters that newsletters pad their previews with."""

_DROPPED: Final = re.compile(
    r"<(!--|style\b|script\b|head\b|title\b|svg\b|template\b)|\b(data):[a-z]+/", re.IGNORECASE
)
_DROPPED_END: Final = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("style", "script", "head", "title", "svg", "template")
} | {"!--": re.compile(r"--!?>"), "data": re.compile(r"(?=[\"'\s>])")}
_TAG_START: Final = re.compile(r"<[a-zA-Z]")

_QUOTE_CLASSES: Final = frozenset(
    ("yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-forward-container", "tutanota_quote")
)
_SIGNATURE_NAMES: Final = frozenset(
    (
        "gmail_signature",
        "signature",
        "ms-outlook-mobile-signature",
        "applemailsignature",
        "moz-signature",
        "protonmail_signature_block",
        "yahoo_signature",
        "composer_signature",
    )
)
_REPLY_NAMES: Final = frozenset(
    ("divrplyfwdmsg", "olk_src_body_section", "mail-editor-reference-message-container")
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_INDENTED: Final = re.compile(r"border\s*:\s*(?:none|medium none)", re.IGNORECASE)
_BORDER_TOP: Final = re.compile(
    r"border-top\s*:\s*(?:solid|1(?:\.0)?p[tx]\s+solid)|border-top-style\s*:\s*solid"
    r"|border-style\s*:\s*solid\s+none\s+none",
    re.IGNORECASE,
)
_BORDER_LEFT: Final = re.compile(r"border-left\s*:[^;]{0,40}solid", re.IGNORECASE)
_LONGEST_SIGNATURE: Final = 800
_LONGEST_CELL: Final = 80
_LONGEST_LABEL: Final = 30
_HEADER_TEXTS: Final = 30
"""Pieces of text in which the names of copied header fields are looked for."""
_BLOCK_TAGS: Final = frozenset(("table", "tbody", "thead", "tfoot", "tr", "caption"))

_BREAKS: Final = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
_TAGS: Final = re.compile(r"<[^<>]*>")
_BLANKS: Final = re.compile(r"\n(?:[ \t]*\n){2,}")
_MOST_DISTANCE: Final = 4
"""Lines above and below an element, and characters before it, that a style may ask for."""
_LONGEST_STYLE: Final = 1_000


def _apply_style(style: str, element: HtmlElement) -> None:
    """Lay an element out as its style asks, within bounds: mail may ask for 100,000 lines."""
    with suppress(OverflowError):  # a length of hundreds of digits
        CssParse.attr_style(style[:_LONGEST_STYLE], element)
    element.margin_before = min(element.margin_before, _MOST_DISTANCE)
    element.margin_after = min(element.margin_after, _MOST_DISTANCE)
    element.padding_inline = min(element.padding_inline, _MOST_DISTANCE)


_CONFIG: Final = ParserConfig(css=CSS_PROFILES["strict"])
_CONFIG.attribute_handler.attribute_mapping = {"style": _apply_style}


def html_to_text(html: str) -> str:
    """The text of an HTML body, at most MAX_TEXT characters; never raises.

    Quotes come out as "> " lines, a marked signature under "-- ", what stands below the border of
    an answered message under "-----Original Message-----". Hidden elements are left out.
    """
    source = _without_ballast(html[:MAX_SOURCE]).translate(_NO_MARKERS)
    try:
        text = _laid_out(source)
    except (etree.LxmlError, ValueError, RecursionError, AssertionError, IndexError, KeyError):
        text = ""
    if not text.strip():
        # nothing came through the parser (nested beyond its limits): the words without the layout
        text = entities.unescape(_TAGS.sub(" ", _BREAKS.sub("\n", source)))
    lines = _with_signs(text.translate(_PLAIN))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip("\n")[:MAX_TEXT]


def _without_ballast(html: str) -> str:
    """The first MAX_HTML characters that may hold text, cut before tag MAX_TAGS. Linear."""
    parts: list[str] = []
    room = MAX_HTML
    unclosed: set[str] = set()
    at = position = 0
    while room > 0 and (opened := _DROPPED.search(html, position, at + room)):
        name = (opened[1] or opened[2]).lower()
        closed = None if name in unclosed else _DROPPED_END[name].search(html, opened.end())
        if closed is None:
            unclosed.add(name)
            position = opened.end()
            continue
        parts.append(html[at : opened.start()])
        room -= opened.start() - at
        at = position = closed.end()
    parts.append(html[at : at + max(0, room)])
    kept = "".join(parts)
    last = next(islice(_TAG_START.finditer(kept), MAX_TAGS, None), None)
    return kept[: last.start()] if last is not None else kept


def _laid_out(source: str) -> str:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    tree = etree.fromstring(source.encode("utf-8", "replace"), parser)
    if tree is None:
        return ""
    _mark(tree)
    return str(Inscriptis(tree, _CONFIG).get_text())[:MAX_TEXT]


def _mark(tree: etree._Element) -> None:
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    nested = _tables_around_tables(tree)
    for element in elements:
        tag = element.tag
        style = element.get("style") or ""
        names = _names(element)
        if (style and _HIDDEN.search(style)) or element.get("hidden") is not None:
            _empty(element)
        elif _is_quote(tag, names, style):
            _enclose(element, _QUOTE, _END_QUOTE)
        elif names & _SIGNATURE_NAMES and _is_short(element):
            _enclose(element, _SIGNATURE, _END_SIGNATURE)
        elif names & _REPLY_NAMES or (tag == "div" and style and _is_reply_border(element, style)):
            _open(element, _ORIGINAL)
        elif tag == "hr":
            element.tag = "div"
            element.text = "_" * 32
        elif tag == "table" and element not in nested:
            _flatten_rows(element)
    for element in elements:
        # inscriptis pads every row of a table to its widest cell: hostile mail would get gigabytes
        if element.tag in _BLOCK_TAGS:
            element.tag = "div"
        elif element.tag in ("td", "th"):
            element.tag = "span"
            element.tail = " " + (element.tail or "")


def _is_quote(tag: str, names: set[str], style: str) -> bool:
    if tag == "blockquote":
        return _INDENTED.search(style) is None
    return bool(names & _QUOTE_CLASSES) or (
        tag == "div" and bool(style) and _BORDER_LEFT.search(style) is not None
    )


def _names(element: etree._Element) -> set[str]:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return set(names[:300].lower().split())


def _enclose(element: etree._Element, start: str, end: str) -> None:
    _open(element, start)
    if len(element):
        element[-1].tail = (element[-1].tail or "") + end
    else:
        element.text = (element.text or "") + end


def _open(element: etree._Element, sign: str) -> None:
    element.text = sign + (element.text or "")


def _empty(element: etree._Element) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def _is_short(element: etree._Element) -> bool:
    """Whether a signature's container holds no more than one; some programs put the answer in."""
    if element.find(".//blockquote") is not None:
        return False
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > _LONGEST_SIGNATURE:
            return False
    return True


def _is_reply_border(element: etree._Element, style: str) -> bool:
    """The box in which Outlook copies the headers of the message that is answered.

    Their names stand in bold, whatever the language: two short texts that end in a colon.
    """
    if _BORDER_TOP.search(style) is None:
        return False
    labels = 0
    for text in islice(element.itertext(), _HEADER_TEXTS):
        stripped = text.strip()
        labels += stripped[-1:] in (":", "：") and len(stripped) < _LONGEST_LABEL
    return labels > 1


def _tables_around_tables(tree: etree._Element) -> set[etree._Element]:
    found: set[etree._Element] = set()
    for table in tree.iter("table"):
        for outer in table.iterancestors("table"):
            if outer in found:
                break
            found.add(outer)
    return found


def _flatten_rows(table: etree._Element) -> None:
    """Turn the rows of a table of short cells into "| a | b |" lines."""
    for row in list(table.iter("tr")):
        cells = [
            " ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in ("td", "th")
        ]
        if len(cells) > 1 and any(cells) and all(len(cell) <= _LONGEST_CELL for cell in cells):
            _empty(row)
            if len(cells) == 2 and cells[0].endswith(":"):
                row.text = " ".join(cells)  # a copied header field, or a form
            else:
                row.text = "| " + " | ".join(cells) + " |"


def _with_signs(text: str) -> list[str]:
    """The lines of laid-out text, its markers turned into signs."""
    lines: list[str] = []
    depth = 0
    delimiter = ended = -1
    for line in text.splitlines():
        for piece in _MARKERS.split(line):
            if piece == _QUOTE:
                depth += 1
            elif piece == _END_QUOTE:
                depth -= 1
            elif piece == _SIGNATURE and depth == 0:
                delimiter, ended = len(lines), -1
                lines.append("-- ")
            elif piece == _END_SIGNATURE and depth == 0 and delimiter >= 0:
                ended = len(lines)
            elif piece == _ORIGINAL and depth == 0:
                lines.append("-----Original Message-----")
            elif piece.strip() or (not piece and line == ""):
                sign = ">" * min(depth, _MAX_DEPTH)
                lines.append(f"{sign} {piece}".rstrip() if sign else piece.rstrip())
    if delimiter >= 0:
        _settle_delimiter(lines, delimiter, ended)
    return lines


def _settle_delimiter(lines: list[str], delimiter: int, ended: int) -> None:
    """Take the delimiter back where text follows the signature or one was written already."""
    inside = next((line.strip() for line in lines[delimiter + 1 :] if line.strip()), "")
    before = next((line.strip() for line in reversed(lines[:delimiter]) if line.strip()), "")
    after = next((line.strip() for line in lines[ended:] if line.strip()), "") if ended >= 0 else ""
    written = is_delimiter(inside) or is_delimiter(before)
    ends_the_text = (
        not after
        or after[0] == ">"
        or after[-1] == ":"
        or is_rule(after)
        or marker(after) is not None
        or header_role(after) is not None
    )
    if written or not ends_the_text:
        lines[delimiter] = ""

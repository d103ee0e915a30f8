"""What in a message its writer wrote, and what is quoted, forwarded, signed or boilerplate."""

from __future__ import annotations

from collections.abc import Collection
from itertools import accumulate

from syncd.text.own_words import label_own_words
from syncd.text.page import Page
from syncd.text.quoting import label_quotes
from syncd.text.zone import Zone, ZoneKind


def zones(text: str) -> tuple[Zone, ...]:
    """Cut a message's plain text into zones that cover it without gaps, in order.

    Texts beyond page.MAX_CHARACTERS or page.MAX_LINES are read to there and end in a quote. Blank
    lines go with what precedes them. Never raises.
    """
    page = Page(text)
    label_quotes(page)
    label_own_words(page)
    return _assemble(page, len(text))


def new_text(text: str, keep: Collection[ZoneKind] = ("greeting", "new")) -> str:
    """What the writer wrote, without white space around it.

    `keep`: the kinds of zones to join. What is left out in between leaves one blank line.
    """
    parts: list[str] = []
    adjoins = False
    for zone in zones(text):
        kept = zone.kind in keep
        if kept and adjoins:
            parts[-1] += text[zone.start : zone.end]
        elif kept:
            parts.append(text[zone.start : zone.end])
        adjoins = kept
    return "\n\n".join(part.strip("\r\n") for part in parts if part.strip()).strip()


def _assemble(page: Page, length: int) -> tuple[Zone, ...]:
    """Join the lines of one kind into zones."""
    offsets = [0, *accumulate(map(len, page.lines))]
    current: ZoneKind = next((kind for kind in page.kinds if kind is not None), "new")
    greets, greeting_length = page.greeting or (-1, 0)
    found: list[Zone] = []
    start = 0

    def cut(end: int) -> None:
        nonlocal start
        if end > start:
            found.append(Zone(current, start, end))
            start = end

    starts = page.breaks | {greets}
    for index, kind in enumerate(page.kinds):
        if kind is None or (kind == current and index not in starts):
            continue
        if kind != current or index in page.breaks:
            cut(offsets[index])
            current = kind
        if index == greets and kind == "new":
            # "Hi Ann, could you …": the line's first words greet
            cut(offsets[index])
            line = page.lines[index]
            current = "greeting"
            cut(start + len(line) - len(line.lstrip()) + greeting_length)
            current = "new"
    cut(offsets[-1])
    current = "quote"
    cut(length)
    return tuple(found)

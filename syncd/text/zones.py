"""What in a message its writer wrote, and what is quoted, forwarded, signed or boilerplate."""

from __future__ import annotations

from collections.abc import Collection

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
    found: list[Zone] = []
    current: ZoneKind = next((kind for kind in page.kinds if kind is not None), "new")
    greets, greeting_length = page.greeting or (-1, 0)
    start = position = 0
    for index, line in enumerate(page.lines):
        kind = page.kinds[index]
        if kind is not None and (kind != current or index in page.breaks):
            if position > start:
                found.append(Zone(current, start, position))
            start, current = position, kind
        if index == greets and kind == "new":
            # "Hi Ann, could you …": the line's first words greet
            if position > start:
                found.append(Zone("new", start, position))
            start = position + len(line) - len(line.lstrip()) + greeting_length
            found.append(Zone("greeting", position, start))
        position += len(line)
    if position > start:
        found.append(Zone(current, start, position))
    if position < length:
        found.append(Zone("quote", position, length))
    return tuple(found)

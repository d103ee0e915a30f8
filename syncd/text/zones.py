"""What in a message its writer wrote, and what is quoted, forwarded, signed or boilerplate."""

from __future__ import annotations

from collections.abc import Collection
from itertools import accumulate, pairwise

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
    kinds, breaks = page.kinds, page.breaks
    greets, greeting_length = page.greeting or (-1, 0)
    current: ZoneKind = next((kind for kind in kinds if kind is not None), "new")
    starts: list[tuple[int, ZoneKind]] = [(0, current)]
    for index in sorted({*page.changes(), *breaks, greets}):
        if not 0 <= index < len(kinds):
            continue
        kind = kinds[index]
        if kind == "new" and index == greets:
            # "Hi Ann, could you …": the line's first words greet
            line = page.lines[index]
            end = offsets[index] + len(line) - len(line.lstrip()) + greeting_length
            starts += ((offsets[index], "greeting"), (end, "new"))
            current = "new"
        elif kind is not None and (kind != current or index in breaks):
            starts.append((offsets[index], kind))
            current = kind
    starts += ((offsets[-1], "quote"), (length, "quote"))
    return tuple(
        [Zone(kind, start, end) for (start, kind), (end, _) in pairwise(starts) if start < end]
    )

"""What in a message its writer wrote, and what is quoted, forwarded, signed or boilerplate."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

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
    lines, kinds, breaks = page.lines, page.kinds, page.breaks
    greets, greeting_length = page.greeting or (-1, 0)
    current: ZoneKind = next((kind for kind in kinds if kind is not None), "new")
    starts: list[tuple[int, ZoneKind]] = [(0, current)]
    offset = seen = 0
    for index in sorted({*page.edges, *breaks, greets} - {-1, len(kinds)}):
        kind = kinds[index]
        shares_line = index == greets and kind == "new"
        if kind is None or not (kind != current or shares_line or index in breaks):
            continue
        offset += len("".join(lines[seen:index]))
        seen = index
        if shares_line:
            # "Hi Ann, could you …": the line's first words greet
            indent = len(lines[index]) - len(lines[index].lstrip())
            starts += ((offset, "greeting"), (offset + indent + greeting_length, kind))
        else:
            starts.append((offset, kind))
        current = kind
    starts += ((offset + len("".join(lines[seen:])), "quote"), (length, "quote"))
    return tuple(
        [Zone(kind, start, end) for (start, kind), (end, _) in pairwise(starts) if start < end]
    )

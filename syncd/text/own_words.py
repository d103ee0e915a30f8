"""The second pass over a text: notices, greeting, signature and listings in the new text."""

from __future__ import annotations

from typing import Final

from syncd.text.disclaimer import is_disclaimer, may_open_disclaimer
from syncd.text.page import Page
from syncd.text.signature import RULED, is_rule, signature_start
from syncd.text.verbatim import listings

_MOST_NOTICE_LINES: Final = 40


def label_own_words(page: Page) -> None:
    """Refine the lines that the first pass labelled `new`."""
    greeted = False
    for start, end in _own_runs(page):
        _refine(page, start, end, may_greet=not greeted)
        greeted = True


def _own_runs(page: Page) -> list[tuple[int, int]]:
    """The ranges of lines that are new or blank; each starts with a new one."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for index in sorted(page.edges - {len(page)}):
        kind = page.kinds[index]
        if kind == "new":
            start = index if start is None else start
        elif kind is not None and start is not None:
            found.append((start, index))
            start = None
    if start is not None:
        found.append((start, len(page)))
    return found


def _refine(page: Page, start: int, end: int, *, may_greet: bool) -> None:
    _label_notices(page, start, end)
    while end > start and page.kinds[end - 1] != "new":
        end -= 1
    while start < end and page.kinds[start] != "new":
        start += 1
    if start < end and may_greet:
        length = page.greeting_length(start)
        if length:
            page.greeting = (start, length)
            if length == len(page.stripped[start]):
                page.label(start, start + 1, "greeting")
                start += 1
    signed = signature_start(page.stripped, start, end)
    if signed < end:
        page.label(signed, end, "signature")
        page.breaks.update((signed, end))
    for first, last in listings(page.lines, page.stripped, start, signed):
        page.label(first, last, "verbatim")


def _label_notices(page: Page, start: int, end: int) -> None:
    """Label boilerplate paragraph by paragraph, so that what stands below one is kept."""
    stripped = page.stripped
    opening = True
    index = start
    while index < end:
        line = stripped[index]
        if not line or (line[0] in RULED and is_rule(line)):
            opening = True
        elif opening:
            opening = False
            if may_open_disclaimer(line):
                last = index
                while last < min(end, index + _MOST_NOTICE_LINES) and stripped[last]:
                    last += 1
                if is_disclaimer(" ".join(stripped[index:last])):
                    index = page.label(index, last, "disclaimer")
                    opening = True
                    continue
        index += 1

"""The second pass over a text: notices, greeting, signature and listings in the new text."""

from __future__ import annotations

from typing import Final

from syncd.text.disclaimer import is_disclaimer, may_open_disclaimer
from syncd.text.greeting import greeting_end
from syncd.text.page import Page
from syncd.text.signature import is_rule, signature_start
from syncd.text.verbatim import listings

_MOST_NOTICE_LINES: Final = 40


def label_own_words(page: Page) -> None:
    """Refine the lines that the first pass labelled `new`."""
    kinds, count = page.kinds, len(page)
    start = 0
    greeted = False
    while start < count:
        if kinds[start] != "new":
            start += 1
            continue
        end = start
        while end < count and kinds[end] in ("new", None):
            end += 1
        _refine(page, start, end, may_greet=not greeted)
        greeted = True
        start = end


def _refine(page: Page, start: int, end: int, *, may_greet: bool) -> None:
    _label_notices(page, start, end)
    while end > start and page.kinds[end - 1] != "new":
        end -= 1
    while start < end and page.kinds[start] != "new":
        start += 1
    if start < end and may_greet:
        length = greeting_end(page.stripped[start])
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
    opening = True
    index = start
    while index < end:
        line = page.stripped[index]
        if not line or is_rule(line):
            opening = True
            index += 1
            continue
        if opening and may_open_disclaimer(line):
            last = index
            while last < min(end, index + _MOST_NOTICE_LINES) and page.stripped[last]:
                last += 1
            if is_disclaimer(" ".join(page.stripped[index:last])):
                index = page.label(index, last, "disclaimer")
                continue
        opening = False
        index += 1

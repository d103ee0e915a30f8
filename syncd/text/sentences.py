"""Where sentences start and end in a stretch of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 600
"""Characters of the longest sentence; longer ones are cut at a space."""

_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'«])(?:Mr|Mrs|Ms|Dr|Prof|St|vs|e\.g|i\.e|eg|ie|cf|nos|Nr|fig|approx|Inc|Ltd|Co|Corp"
    r"|[Dd]ept|[Ee]xt|[Tt]el|Jr|Sr|a\.m|p\.m|U\.S|Mme|Mlle|av|[Bb]d|[Bb]oul|[Ee]nv|p\.ex|Jan|Feb|Mar"
    r"|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|janv|févr|avr|juil|déc|[A-HJ-Z])\.$"
)
_BREAK = re.compile(
    r"[.!?…\n](?:(?<=\n)(?:[ \t>]*\r?\n)*|(?<!\n)[.!?…]*[\"'”’»)\]*_]{0,3}(?=\s|$))"
)
"""Line ends with the empty lines behind them, or closing marks with the quotes behind them. It
starts with one set of characters, which the engine finds without trying the rest."""
_BULLET = re.compile(r"[ \t]*(?:[-*•–·+]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])[ \t]+")
_WRAPPED = 45
"""A line shorter than this was ended on purpose; a longer one was wrapped by a mail program."""


def spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence of `text[start:end]`, in characters, in order.

    Sentences end at a full stop, question or exclamation mark, at an empty line, before a list
    item and after a line that was ended on purpose. Lines wrapped by a mail program are joined.
    """
    begin = start
    for found in _BREAK.finditer(text, start, end):
        if text[found.start()] != "\n":
            if _ends_sentence(text, begin, found, end):
                yield from _trimmed(text, begin, found.end())
                begin = found.end()
        elif _line_ends_sentence(text, begin, found, end):
            yield from _trimmed(text, begin, found.start())
            begin = found.end()
    yield from _trimmed(text, begin, end)


def _ends_sentence(text: str, begin: int, found: re.Match[str], end: int) -> bool:
    stop = found[0]
    if stop[0] != ".":
        after = text[found.end() : found.end() + 2].lstrip()
        return not after[:1].islower() or stop[0] == "?"
    following = text[found.end() : min(end, found.end() + 40)].lstrip()
    if following[:1].islower():
        return False
    if len(stop) == 1 and _ABBREVIATION.search(text[max(begin, found.end() - 12) : found.end()]):
        return not following
    # "1. First point" is a list item, not a sentence called "1."
    return bool(text[begin : found.start()].strip(" \t\r\n\"'([*-0123456789"))


def _line_ends_sentence(text: str, begin: int, found: re.Match[str], end: int) -> bool:
    if found[0].count("\n") > 1 or found.end() >= end:
        return True
    if _BULLET.match(text, found.end(), end):
        return True
    line_start = text.rfind("\n", begin, found.start()) + 1 or begin
    length = found.start() - line_start
    first = text[found.end() : found.end() + 4].lstrip()[:1]
    last = text[found.start() - 1 : found.start()]
    if last in ":;":
        return True
    return length < _WRAPPED and (first.isupper() or not first.isalnum())


def _trimmed(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    stripped = text[begin:end].strip()
    begin = text.find(stripped[:1], begin, end) if stripped else end
    end = begin + len(stripped)
    while end - begin > LONGEST:
        cut = text.rfind(" ", begin + LONGEST // 2, begin + LONGEST)
        cut = cut if cut > 0 else begin + LONGEST
        yield begin, cut
        begin = cut
        while begin < end and text[begin].isspace():
            begin += 1
    if end > begin:
        yield begin, end

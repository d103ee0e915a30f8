"""Where sentences start and end in a stretch of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 600
"""Characters of the longest sentence; longer ones are cut at a space."""

_ABBREVIATIONS = frozenset(
    (
        *("Mr", "Mrs", "Ms", "Dr", "Prof", "St", "vs", "e.g", "i.e", "eg", "ie", "cf", "nos", "Nr"),
        *("fig", "approx", "Inc", "Ltd", "Co", "Corp", "Dept", "dept", "Ext", "ext", "Tel", "tel"),
        *("Jr", "Sr", "a.m", "p.m", "U.S", "Mme", "Mlle", "av", "Bd", "bd", "Boul", "boul", "Env"),
        *("env", "p.ex", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct"),
        *("Nov", "Dec", "janv", "févr", "avr", "juil", "déc", *"ABCDEFGHJKLMNOPQRSTUVWXYZ"),
    )
)
_APART = re.compile(r"[\s(\"'«]")
"""What may stand before an abbreviation."""
_NUMBERING = " \t\r\n\"'([*-0123456789"
_BREAK = re.compile(
    r"""
    [.!?…\n]                                    # one set, found without trying the rest
    (?:
        (?<=\n) (?:
            (?:[ \t>]*\r?\n)++                  # empty lines
          | (?<=[:;]\n)
          | (?=[ \t]*(?:[-*•–·+]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])[ \t]+)         # a list item
          | (?=\s{0,3}+(?![a-z\d])(?P<next>\S?))
        )
      | (?<!\n) (?<![.!?…]{2}) [.!?…]*+ ["'”’»)\]*_]{0,3}
        (?: (?<=[a-z]{5}\.) (?<!approx\.) (?=\s+[A-Z]) | (?=\s|\Z) (?P<mark>) )
    )
    """,
    re.VERBOSE,
)
"""Where a sentence may end: at a line's end with the empty lines behind it, or at closing marks
with the quotes behind them. A group is set where that is still to be judged: a full stop after
five small letters and before a capital needs no more."""
_WRAPPED = 45
"""A line shorter than this was ended on purpose; a longer one was wrapped by a mail program."""


def spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence of `text[start:end]`, in characters, in order.

    Sentences end at a full stop, question or exclamation mark, at an empty line, before a list
    item and after a line that was ended on purpose. Lines wrapped by a mail program are joined.
    """
    begin = start
    for found in _BREAK.finditer(text, start, end):
        at, after = found.span()
        kind = found.lastgroup
        if kind == "mark":
            if not _mark_ends(text, begin, at, after, end):
                continue
        elif kind and not _line_ends(text, begin, at, found["next"]):
            continue
        sentence = text[begin : at if text[at] == "\n" else after].strip()
        if sentence:
            begin = text.index(sentence[0], begin)
            yield from _pieces(text, begin, begin + len(sentence))
        begin = after
    sentence = text[begin:end].strip()
    if sentence:
        begin = text.index(sentence[0], begin)
        yield from _pieces(text, begin, begin + len(sentence))


def _mark_ends(text: str, begin: int, at: int, after: int, end: int) -> bool:
    if text[at] != ".":
        return text[at] == "?" or not text[after : after + 2].lstrip()[:1].islower()
    following = text[after : min(end, after + 40)].lstrip()
    if following[:1].islower():
        return False
    if after == at + 1 and _abbreviated(text[max(begin, at - 11) : after]):
        return not following
    # "1. First point" is a list item, not a sentence called "1."
    return bool(text[begin:at].strip(_NUMBERING))


def _abbreviated(text: str) -> bool:
    word = text.split()[-1][:-1]
    return (word if word.isalpha() else _APART.split(word)[-1]) in _ABBREVIATIONS


def _line_ends(text: str, begin: int, at: int, following: str) -> bool:
    if following.isalnum() and not following.isupper():
        return False
    return at - begin < _WRAPPED or "\n" in text[at - _WRAPPED : at]


def _pieces(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The sentence, cut at spaces where it is too long."""
    pieces: list[tuple[int, int]] = []
    while end - begin > LONGEST:
        cut = text.rfind(" ", begin + LONGEST // 2, begin + LONGEST)
        cut = cut if cut > 0 else begin + LONGEST
        pieces.append((begin, cut))
        begin = cut
        while begin < end and text[begin].isspace():
            begin += 1
    if end > begin:
        pieces.append((begin, end))
    return pieces

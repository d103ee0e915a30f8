"""Whom a text or a sentence addresses by name: "Hi Ann," and "Ann, could you …"."""

from __future__ import annotations

import re
from collections.abc import Collection

from syncd.text.words import fold

_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’.-]{1,30}(?![\w'’])"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,2}}(?:\s*(?:,|&|/|\band\b|\bet\b)\s*{_NAME}(?: {_NAME})?){{0,4}}"
_OPENER = re.compile(r"[\s\"'«»“”(*>-]*(?P<word>[\w'’]+)[ \t]*[,!:.…–-]*\s*")
_CALLED = re.compile(rf"@?(?P<names>{_NAMES})\s*(?:[,:–]|\s-|--)\s*(?=\S)")
_CALLED_BARE = re.compile(
    rf"(?P<names>{_NAME})\s+(?=(?:can|could|would|will) you\b|(?:peux|pourrais|peut)-tu\b"
    r"|(?:pouvez|pourriez)-vous\b|please\b)"
)
_CALLED_LAST = re.compile(rf",\s*(?P<names>{_NAME})\s*[?!.]+\s*$")
_GREETED = re.compile(rf"\s*(?P<names>(?:(?:M|Mr|Mrs|Ms|Mme|Dr)\.? )?{_NAMES})")
_OPENERS = 4


def opening(text: str, openers: Collection[str], not_names: Collection[str]) -> tuple[str, int]:
    """The names a sentence addresses, and where its core starts after openers and names.

    `openers` are words that say nothing at a sentence's start ("And", "Also", "Hi"); `not_names`
    are words that are no name though a sentence may start with them.
    """
    first = text.partition(" ")[0].lower()
    if first in not_names and first not in openers:
        names, at = "", 0  # most sentences; saves the expressions
    else:
        names, at = _opened(text, openers, not_names)
    if not names and "," in text[-50:]:
        last = _CALLED_LAST.search(text, max(0, len(text) - 50))
        if last and _are_names(last["names"], openers, not_names):
            names = last["names"]
    return names, at


def _opened(text: str, openers: Collection[str], not_names: Collection[str]) -> tuple[str, int]:
    names = ""
    at = 0
    for _ in range(_OPENERS):
        found = _OPENER.match(text, at)
        word = fold(found["word"]) if found else ""
        if found and word in openers and found.end() < len(text):
            at = found.end()
            continue
        if names or not (text.startswith("@", at) or text[at : at + 1].isupper()):
            break
        if found and word in not_names and text.startswith(" ", found.end("word")):
            break
        called = _CALLED.match(text, at) or _CALLED_BARE.match(text, at)
        if not called or not _are_names(called["names"], openers, not_names):
            break
        names = called["names"]
        at = called.end()
    return names, at


def greeted(line: str, greetings: Collection[str], not_names: Collection[str]) -> str:
    """The name(s) that a greeting line greets, as written; empty when it greets nobody."""
    at = 0
    for _ in range(3):
        word = _OPENER.match(line, at)
        if not word or fold(word["word"]) not in greetings:
            break
        at = word.end()
    else:
        word = None
    if not at:
        return ""
    found = _GREETED.match(line, at)
    return (
        found["names"].rstrip(" ,")
        if found and _are_names(found["names"], greetings, not_names)
        else ""
    )


def _are_names(text: str, *words: Collection[str]) -> bool:
    first = fold(re.split(r"[\s,&/]", text, maxsplit=1)[0]).strip(".'")
    return not any(first in known for known in words)

"""A sentence as the words that lexicon patterns match: folded, split, spelled out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

_TOKEN = re.compile(r"[\w$%]+(?:'\w+)*'?|[?!.,;:()\"]|(?<!\w)[-–—]+(?!\w)")
_ASCII_TOKEN = re.compile(_TOKEN.pattern, re.ASCII)
"""The same for text that is all ASCII, at two thirds of the cost."""
_LINK = re.compile(r"(?:https?://|www\.)\S{1,2000}|\S{1,64}@\S{1,255}", re.IGNORECASE)
_CLOSERS = frozenset('?!.,;:()"-')
_LONGEST_QUOTATION = 60
_BEFORE_SPEECH = frozenset(
    (
        *("said", "says", "say", "saying", "like", "wrote", "writes", "thinks", "goes", ":", ","),
        *("dit", "disait", "disant", "ecrit", "ecrivait", "repond", "genre"),
    )
)


def _folding() -> dict[int, str]:
    """Accents, ligatures and typographic marks to plain letters and marks."""
    table = {ord(c): "'" for c in "’‘`´ʼ"} | {ord(c): '"' for c in "“”„«»"}
    table |= {ord("\u00a0"): " ", ord("\u202f"): " ", ord("…"): ".", ord("œ"): "oe", ord("æ"): "ae"}
    for code in range(0xC0, 0x180):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base.lower()
    return table


_FOLDING = _folding()


def fold(text: str) -> str:
    """`text` in lower case, without accents, with plain quotes and spaces."""
    text = text.lower()
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_FOLDING)


_EMPHASIS = re.compile(r"(?<![\w*])(?:_+|\*+)([^\W_]+)(?:_+|\*+)(?![\w*])")
"""A word marked as people mark it in plain text: _not_, *now*."""


def tokens(text: str) -> list[str]:
    """Words and punctuation marks of `text`, folded. Hyphens inside words separate them.

    A web or mail address is one token, `link`, so that its marks say nothing.
    """
    if "@" in text or "://" in text or "www." in text:
        text = _LINK.sub(" link ", text)
    if "_" in text or "*" in text:
        text = _EMPHASIS.sub(r"\1", text)
    folded = fold(text)
    find = (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall
    found: list[str] = []
    for part in folded.replace(",", " , ").replace(".", " . ").split():
        if part.isalnum() or part in (",", "."):  # most are; the expression costs more
            found.append(part)
        else:
            found += find(part)
    return found


def spell_out(
    words: list[str], spelling: Mapping[str, list[str]], elisions: Collection[str]
) -> list[str]:
    """`words` with short forms spelled out ("i'll": i will) and elisions split ("j'ai": j' ai)."""
    if "'" not in "".join(words) and spelling.keys().isdisjoint(words):
        return words
    out: list[str] = []
    for word in words:
        if word in spelling:
            out += spelling[word]
        elif "'" in word:
            head, _, tail = word.partition("'")
            if head in elisions:
                out.append(head + "'")
                if tail:
                    out += spelling.get(tail, (tail,))
            else:
                out.append(word.strip("'") or "'")
        else:
            out.append(word)
    return out


def without_quotations(words: list[str]) -> list[str]:
    """`words` with each quoted title or phrase inside the sentence replaced by `quoted`.

    A sentence that is quoted as a whole is kept. A quotation that goes on in the next sentence is
    one where a word of speech stands before it: 24" may be a length.
    """
    if '"' not in words:
        return words
    out: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == '"':
            end = at + 1
            limit = min(len(words), at + _LONGEST_QUOTATION)
            while end < limit and words[end] != '"':
                end += 1
            whole = at == 0 and not any(word.isalnum() for word in words[end:])
            if end < limit and not whole:
                out.append("quoted")
                at = end + 1
                continue
            if end == len(words) and at and words[at - 1] in _BEFORE_SPEECH:
                return [*out, "quoted"]
        out.append(words[at])
        at += 1
    return out


def closing_marks(words: list[str]) -> int:
    """How many words are left when the punctuation at the end is taken away."""
    end = len(words)
    while end and (words[end - 1] in _CLOSERS or words[end - 1][0] in "-–—"):
        end -= 1
    return end

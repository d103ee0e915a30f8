"""Splits a sentence into the tokens the date grammar reads, one pass, offsets kept."""

from __future__ import annotations

import re
from typing import NamedTuple

from syncd.text.when.lexicon import BY_LANGUAGE, Entry, Kind, Lexicon

MAX_CHARACTERS = 2_000
"""Of one sentence; nothing behind them is read."""

_FOLDED = str.maketrans(
    "àâäáãåçèéêëìíîïñòóôöõùúûüýÿ’‘ʼ`´–—‒―‐‑−İ",
    "aaaaaaceeeeiiiinooooouuuuyy'''''-------i",
)
_SPLIT = re.compile(r"\d+(?:[.,:/-]\d+)*|[^\W\d_]+|[^\w\s]|_")
_NUMERIC = re.compile(
    r"(?P<iso>(\d{4})-(\d\d?)-(\d\d?)|(\d{4})/(\d\d?)/(\d\d?))"
    r"|(?P<full>(\d\d?)([/.-])(\d\d?)\10(\d{4}))"
    r"|(?P<short>(\d\d?)/(\d\d?)/(\d\d))"
    r"|(?P<slash>(\d\d?)/(\d\d?))"
    r"|(?P<clock>(\d\d?):(\d\d)(:\d\d)?)"
    r"|(?P<range>(\d\d?)-(\d\d?))"
)
_CODE = re.compile(r"([qths])(\d\d?)\b(?![.:/-]\d)", re.ASCII)
_CODES = frozenset("qths")
_CURRENCY = frozenset("$€£¥#%°§")


class Token(NamedTuple):
    """One piece of the sentence: `start` and `end` are offsets in characters."""

    kind: Kind
    n: int
    tag: str
    parts: tuple[int, ...]
    text: str
    """Folded: lower case, no accents, plain apostrophes and hyphens."""
    start: int
    end: int


END = Token(Kind.END, 0, "", (), "", -1, -1)
"""What stands before the first and behind the last token."""


def fold(text: str) -> str:
    """Lower case, accents, apostrophes and dashes made plain; every offset stays the same."""
    folded = text.lower()
    if folded.isascii():
        return folded
    if len(folded) != len(text):
        # a few capitals lower to two characters: take those as they are
        folded = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return folded.translate(_FOLDED)


_TELLING = frozenset(
    {
        Kind.WEEKDAY,
        Kind.MONTH,
        Kind.UNIT,
        Kind.ANCHOR,
        Kind.CLOSE,
        Kind.HOLIDAY,
        Kind.NOON,
        Kind.PERIOD_NAME,
    }
)
"""No date in words does without one of these."""


def _telling_words(lexicon: Lexicon) -> frozenset[str]:
    """A set of words, with accents and without, of which every date in words holds one."""
    found: set[str] = set()
    phrases = [phrase.split() for phrase, entry in lexicon.items() if entry.kind in _TELLING]
    for words in sorted(phrases, key=len):
        if found.isdisjoint(words):
            word = max(words, key=len)
            if len(word) > 1:  # "h" and "j" are units behind figures only
                found |= {word, fold(word)}
    return frozenset(found)


_TELLING_WORDS = {language: _telling_words(lexicon) for language, lexicon in BY_LANGUAGE.items()}
_FIGURE = re.compile(r"\d")
_WORD = re.compile(r"\w+")
_ASCII_WORDS = str.maketrans(
    {chr(c): "0" if chr(c).isdigit() else " " for c in range(128) if not chr(c).isalpha()}
)


def may_hold_date(text: str, language: str) -> bool:
    """A cheap look, before anything is parsed: False where the text cannot name a date."""
    telling = _TELLING_WORDS.get(language, frozenset())
    text = text.lower()
    if text.isascii():  # no regular expression: most sentences end here
        text = text.translate(_ASCII_WORDS)
        return "0" in text or not telling.isdisjoint(text.split())
    return _FIGURE.search(text) is not None or not telling.isdisjoint(_WORD.findall(text))


Phrases = dict[str, list[tuple[list[str], Entry]]]


def _by_first_word(lexicon: Lexicon) -> Phrases:
    phrases: Phrases = {}
    for phrase, entry in lexicon.items():
        words = fold(phrase).split()
        phrases.setdefault(words[0], []).append((words, entry))
    for entries in phrases.values():
        entries.sort(key=lambda item: -len(item[0]))
    return phrases


_PHRASES = {language: _by_first_word(lexicon) for language, lexicon in BY_LANGUAGE.items()}
_NO_PHRASES: Phrases = {}


def tokenize(folded: str, language: str) -> list[Token]:
    """The tokens of a folded sentence, followed by two `END`s."""
    phrases = _PHRASES.get(language, _NO_PHRASES)
    words = _SPLIT.findall(folded)
    tokens: list[Token] = []
    i, end, count = 0, 0, len(words)
    while i < count:
        word = words[i]
        start = folded.index(word, end)
        end = start + len(word)
        i += 1
        if word in _CODES and (code := _code(folded, start)):
            tokens.append(code)
            end = code.end
            i += 1
            continue
        entries = phrases.get(word)
        if entries is not None:
            found = _longest(entries, words, i - 1)
            if found is not None:
                size, (kind, n, tag) = found
                for more in words[i : i + size - 1]:
                    end = folded.index(more, end) + len(more)
                i += size - 1
                text = word if size == 1 else " ".join(words[i - size : i])
                tokens.append(Token(kind, n, tag, (), text, start, end))
                continue
        if word[0].isdigit():
            tokens.append(_number(folded, word, start, end))
        else:
            kind = Kind.OTHER if word[0].isalnum() else Kind.MARK
            tokens.append(Token(kind, 0, "", (), word, start, end))
    tokens += (END, END)
    return tokens


def _longest(
    entries: list[tuple[list[str], Entry]], words: list[str], i: int
) -> tuple[int, Entry] | None:
    second = words[i + 1] if i + 1 < len(words) else ""
    for phrase, entry in entries:
        size = len(phrase)
        if size == 1 or (phrase[1] == second and words[i : i + size] == phrase):
            return size, entry
    return None


def _code(folded: str, start: int) -> Token | None:
    """Q1, T2: a letter and its number, standing alone."""
    match = _CODE.match(folded, start)
    if match is None or (start and folded[start - 1].isalnum()):
        return None
    return Token(Kind.CODE, int(match[2]), match[1], (), match[0], start, match.end())


def _number(folded: str, text: str, start: int, end: int) -> Token:
    """A number, or a date or time written in figures; anything else in figures says nothing."""
    junk = Token(Kind.OTHER, 0, "figure", (), text, start, end)
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    if before in _CURRENCY or after in _CURRENCY or before.isalpha() or before in "_/\\@=+":
        # $12, 5%, v6; but 14h30
        minutes = before == "h" and start > 1 and folded[start - 2].isdigit() and len(text) == 2
        return Token(Kind.NUMBER, int(text), "", (), text, start, end) if minutes else junk
    if text.isascii() and text.isdigit():
        return Token(Kind.NUMBER, int(text), "", (), text, start, end) if len(text) <= 4 else junk
    match = _NUMERIC.fullmatch(text)
    if match is None or not text.isascii():
        return junk
    form = match.lastgroup or ""
    figures = tuple(int(part) for part in re.split(r"[/.:-]", text))
    kinds = {
        "iso": Kind.DATE,
        "full": Kind.DATE,
        "short": Kind.DATE,
        "slash": Kind.SLASH,
        "clock": Kind.CLOCK,
        "range": Kind.RANGE,
    }
    hour = figures[0] if form == "clock" else 0
    return Token(kinds[form], hour, form, figures, text, start, end)

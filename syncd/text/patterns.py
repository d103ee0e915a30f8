"""The pattern notation of the lexicons (see lexicon/README.md) and its regular expressions.

A pattern becomes one expression over a sentence's normal form: its words separated and surrounded
by single spaces. Gaps are bounded and every element takes at least one word, so no expression
backtracks more than a small power of the gap. A pattern also knows words it cannot match without,
by which a sentence is checked before any expression runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from syncd.text.words import fold, tokens

_PIECE = re.compile(r"\s+|\.\.\.|<[a-z_]+>|[()\[\]|]|[^\s()\[\]|<>]+")
_WORD = r"[\w$%][^ ]* "
_GAP = f"(?:{_WORD}){{0,5}}?"
_MARKS = frozenset("?!,;:")
START, END = "^", "¶"
"""The tokens that mark a sentence's first word (after openers and names) and its last."""


class PatternError(ValueError):
    """A pattern that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern means: an expression, and sets of words of which each must be present."""

    source: str
    expression: str
    required: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    expression: str
    required: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a pattern's words stand for in one language."""

    lists: Mapping[str, Sequence[str]]
    spell: Callable[[list[str]], list[str]]
    parts: dict[str, _Part] = field(default_factory=dict, init=False)


def parse(source: str, vocabulary: Vocabulary) -> Pattern:
    """Read one pattern.

    Raises PatternError for unbalanced brackets, unknown lists and patterns without a word.
    """
    part = _whole(source, vocabulary)
    if not part.required:
        raise PatternError(f"{source!r} needs at least one whole word that is not optional")
    return Pattern(source, " " + part.expression, part.required)


def _whole(source: str, vocabulary: Vocabulary) -> _Part:
    pieces = [p for p in _PIECE.findall(source) if not p.isspace()]
    if "".join(pieces) != "".join(source.split()):
        raise PatternError(f"unexpected character in {source!r}")
    part, rest = _alternatives(pieces, 0, vocabulary)
    if rest != len(pieces):
        raise PatternError(f"unbalanced {pieces[rest]!r} in {source!r}")
    return part


def _alternatives(
    pieces: list[str], at: int, vocabulary: Vocabulary
) -> tuple[_Part, int]:
    branches: list[_Part] = []
    while True:
        branch, at = _sequence(pieces, at, vocabulary)
        branches.append(branch)
        if at >= len(pieces) or pieces[at] != "|":
            break
        at += 1
    return _either(branches), at


def _either(branches: list[_Part]) -> _Part:
    if len(branches) == 1:
        return branches[0]
    expression = "(?:" + "|".join(branch.expression for branch in branches) + ")"
    if all(branch.required for branch in branches):
        least = (min(branch.required, key=len) for branch in branches)
        return _Part(expression, (frozenset[str]().union(*least),))
    return _Part(expression)


def _sequence(
    pieces: list[str], at: int, vocabulary: Vocabulary
) -> tuple[_Part, int]:
    expression = ""
    required: list[frozenset[str]] = []
    while at < len(pieces) and pieces[at] not in ("|", ")", "]"):
        piece = pieces[at]
        if piece in ("(", "["):
            inner, at = _alternatives(pieces, at + 1, vocabulary)
            close = ")" if piece == "(" else "]"
            if at >= len(pieces) or pieces[at] != close:
                raise PatternError(f"{piece!r} without {close!r}")
            if piece == "[":
                expression += f"(?:{inner.expression})?"
            else:
                expression += inner.expression
                required += inner.required
        else:
            part = _element(piece, vocabulary)
            expression += part.expression
            required += part.required
        at += 1
    return _Part(expression, tuple(required)), at


def _element(piece: str, vocabulary: Vocabulary) -> _Part:
    if piece == "...":
        return _Part(_GAP)
    if piece == "_":
        return _Part(_WORD)
    if piece in _MARKS:
        return _Part(re.escape(piece) + " ", (frozenset([piece]),))
    if piece in "^$":
        return _Part(re.escape(START if piece == "^" else END) + " ")
    if piece.startswith("<"):
        return _list(piece[1:-1], vocabulary)
    if piece.startswith("*"):
        return _Part(r"[\w$%]+" + re.escape(fold(piece[1:])) + " ")
    if piece.endswith("*"):
        words = vocabulary.spell(tokens(piece[:-1]))
        if len(words) != 1:
            raise PatternError(f"{piece!r} must be one word")
        return _Part(re.escape(words[0]) + "[^ ]* ")
    words = vocabulary.spell(tokens(piece))
    if not words:
        raise PatternError(f"{piece!r} is not a word")
    expression = "".join(re.escape(word) + " " for word in words)
    return _Part(expression, tuple(frozenset([word]) for word in words))


def _list(name: str, vocabulary: Vocabulary) -> _Part:
    if name not in vocabulary.lists:
        raise PatternError(f"no list is called <{name}>")
    if name not in vocabulary.parts:
        vocabulary.parts[name] = _Part("")  # a list that names itself ends here
        branches = [_whole(entry, vocabulary) for entry in vocabulary.lists[name]]
        # Longest first: "get back to" before "get".
        branches.sort(key=lambda branch: len(branch.expression), reverse=True)
        vocabulary.parts[name] = _either(branches)
    return vocabulary.parts[name]

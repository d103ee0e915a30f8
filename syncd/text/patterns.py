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
from sys import intern
from typing import TypeAlias

from syncd.text.words import fold, tokens

_PIECE = re.compile(r"\s+|\.\.\.|<[a-z_]+>|[()\[\]|]|[^\s()\[\]|<>]+")
_WORD = r"[\w$%][^ ]* "
_GAP = f"(?:{_WORD}){{0,5}}?"
_BRACKETS = {"(": ")", "[": "]"}
_ENDS = frozenset("|)]")
_NOT_ELEMENTS = _ENDS | _BRACKETS.keys()
_MARKS = frozenset("!,;:")
START, END = "^", "¶"
"""The tokens that mark a sentence's first word (after openers and names) and its last."""


Option: TypeAlias = tuple[frozenset[str], ...]
_MOST_OPTIONS = 200

_SENTENCES = 20_000
"""Of so many, the n-th of a language's most frequent words is in about one n-th (Zipf's law)."""
_SHORT, _RARE = 60, 4
"""In how many of them any other word is."""
_FIRST = 8
"""Of so many places where a word is, it is the sentence's first in one."""


class PatternError(ValueError):
    """A pattern that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern means: an expression, and the words it cannot match without.

    It can only match where one of its `options` holds: where of each of the option's sets of words
    one is present.
    """

    source: str
    expression: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    expression: str
    options: tuple[Option, ...] = ((),)
    first: frozenset[str] | None = None
    """The words it can start with; None where that can be any."""


@dataclass(slots=True)
class _First:
    """The words a sequence can start with, as its parts come in."""

    words: frozenset[str] | None = frozenset()
    settled: bool = False

    def add(self, part: _Part, *, optional: bool) -> None:
        if self.settled:
            return
        if part.first is None or self.words is None:
            self.words = None
        else:
            self.words |= part.first
        self.settled = self.words is None or not optional

    @property
    def known(self) -> frozenset[str] | None:
        return self.words if self.settled else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a pattern's words stand for in one language.

    `ranks` has the most frequent words by their place, from 1: a pattern is better recognised by
    its others.
    """

    lists: Mapping[str, Sequence[str]]
    spell: Callable[[list[str]], list[str]]
    ranks: Mapping[str, int] = field(default_factory=dict)
    parts: dict[str, _Part] = field(default_factory=dict, init=False)
    """The pieces of patterns that were read: words and lists come again and again."""
    frequencies: dict[frozenset[str], int] = field(default_factory=dict, init=False)

    def frequency(self, group: frozenset[str]) -> int:
        """How often one of `group` turns up in a text, roughly."""
        known = self.frequencies.get(group)
        if known is None:
            known = sum(map(self.often, group))
            self.frequencies[group] = known
        return known

    def often(self, word: str) -> int:
        """The same of one word."""
        if word[0] == START and word != START:
            return self.often(word[1:]) // _FIRST + 1
        if word in self.ranks:
            return _SENTENCES // self.ranks[word]
        return _SHORT if len(word) < 3 else _RARE

    def rarest(self, groups: Sequence[frozenset[str]]) -> frozenset[str]:
        """The group that turns up least often."""
        if len(groups) == 1:
            return groups[0]
        return min(groups, key=self.frequency)


def parse(source: str, vocabulary: Vocabulary) -> Pattern:
    """Read one pattern.

    Raises PatternError for unbalanced brackets, unknown lists and patterns without a word.
    """
    part = _whole(source, vocabulary)
    if not all(part.options):
        raise PatternError(f"{source!r} needs at least one whole word that is not optional")
    return Pattern(source, " " + part.expression, part.options)


def _whole(source: str, vocabulary: Vocabulary) -> _Part:
    pieces = [p for p in _PIECE.findall(source) if not p.isspace()]
    if "".join(pieces) != "".join(source.split()):
        raise PatternError(f"unexpected character in {source!r}")
    part, rest = _alternatives(pieces, 0, vocabulary)
    if rest != len(pieces):
        raise PatternError(f"unbalanced {pieces[rest]!r} in {source!r}")
    return part


def _alternatives(pieces: list[str], at: int, vocabulary: Vocabulary) -> tuple[_Part, int]:
    branches: list[_Part] = []
    while True:
        branch, at = _sequence(pieces, at, vocabulary)
        branches.append(branch)
        if at >= len(pieces) or pieces[at] != "|":
            break
        at += 1
    return _either(branches, vocabulary), at


def _either(branches: list[_Part], vocabulary: Vocabulary) -> _Part:
    if len(branches) == 1:
        return branches[0]
    expression = "(?:" + "|".join(branch.expression for branch in branches) + ")"
    options = tuple(option for branch in branches for option in branch.options)
    if not all(options):
        options = ((),)
    elif len(options) > _MOST_OPTIONS:
        options = _merged(options, vocabulary)
    firsts = [branch.first for branch in branches if branch.first is not None]
    first = frozenset[str]().union(*firsts) if len(firsts) == len(branches) else None
    return _Part(expression, options, first)


def _merged(options: Sequence[Option], vocabulary: Vocabulary) -> tuple[Option, ...]:
    """One option that holds wherever one of `options` does."""
    return ((frozenset[str]().union(*map(vocabulary.rarest, options)),),)


def _sequence(pieces: list[str], at: int, vocabulary: Vocabulary) -> tuple[_Part, int]:
    if at + 1 < len(pieces) and pieces[at + 1] in _ENDS and pieces[at] not in _NOT_ELEMENTS:
        return _known(pieces[at], vocabulary), at + 1  # most are of one word
    expression = ""
    needed: list[tuple[Option, ...]] = []
    first, after_start = _First(), _First(settled=True)
    while at < len(pieces) and pieces[at] not in _ENDS:
        piece = pieces[at]
        optional = piece == "["
        if piece in _BRACKETS:
            part, at = _alternatives(pieces, at + 1, vocabulary)
            if at >= len(pieces) or pieces[at] != _BRACKETS[piece]:
                raise PatternError(f"{piece!r} without {_BRACKETS[piece]!r}")
        else:
            part = _known(piece, vocabulary)
        expression += f"(?:{part.expression})?" if optional else part.expression
        if not optional and part.options != ((),):
            needed.append(part.options)
        first.add(part, optional=optional)
        after_start.add(part, optional=optional)
        if piece == "^":
            after_start = _First()
        at += 1
    if after_start.known:
        needed.append(((frozenset(START + word for word in after_start.known),),))
    return _Part(expression, _together(needed, vocabulary), first.known), at


def _together(needed: Sequence[tuple[Option, ...]], vocabulary: Vocabulary) -> tuple[Option, ...]:
    """The options of parts that must all match: those of the most telling part, and the rest."""
    if not needed:
        return ((),)
    telling = max(needed, key=lambda options: sum(len(option) - 1 for option in options))
    rest: Option = ()
    for options in needed:
        if options is not telling:
            rest += options[0] if len(options) == 1 else _merged(options, vocabulary)[0]
    return tuple(option + rest for option in telling)


def _known(piece: str, vocabulary: Vocabulary) -> _Part:
    part = vocabulary.parts.get(piece) or _element(piece, vocabulary)
    vocabulary.parts[piece] = part
    return part


def _element(piece: str, vocabulary: Vocabulary) -> _Part:
    if piece == "...":
        return _Part(_GAP)
    if piece == "_":
        return _Part(_WORD)
    if piece == "?":
        return _Part(rf"(?:{END} )?\? ", ((frozenset("?"),),), frozenset([END, "?"]))
    if piece in _MARKS:
        return _Part(re.escape(piece) + " ", ((frozenset([piece]),),), frozenset([piece]))
    if piece in "^$":
        return _Part(re.escape(START if piece == "^" else END) + " ")
    if piece.startswith("<"):
        return _list(piece, vocabulary)
    if piece.startswith("*"):
        return _Part(r"[\w$%]+" + re.escape(fold(piece[1:])) + " ")
    if piece.endswith("*"):
        words = vocabulary.spell(tokens(piece[:-1]))
        if len(words) != 1:
            raise PatternError(f"{piece!r} must be one word")
        return _Part(re.escape(words[0]) + "[^ ]* ")
    words = list(map(intern, vocabulary.spell(tokens(piece))))
    if not words:
        raise PatternError(f"{piece!r} is not a word")
    expression = "".join(re.escape(word) + " " for word in words)
    groups = tuple(frozenset([word]) for word in words)
    return _Part(expression, (groups,), groups[0])


def _list(piece: str, vocabulary: Vocabulary) -> _Part:
    name = piece[1:-1]
    if name not in vocabulary.lists:
        raise PatternError(f"no list is called {piece}")
    vocabulary.parts[piece] = _Part("")  # a list that names itself ends here
    branches = [_whole(entry, vocabulary) for entry in vocabulary.lists[name]]
    # Longest first: "get back to" before "get".
    branches.sort(key=lambda branch: len(branch.expression), reverse=True)
    return _either(branches, vocabulary)

"""Finding a lexicon's rules in one sentence, at a bounded cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from syncd.text.lexicon import Index, Lexicon, Rule
from syncd.text.patterns import END, START
from syncd.text.words import closing_marks, without_quotations

Place: TypeAlias = tuple[Rule, int, int]
"""A rule and where it matched in the normal form."""
_HITS: Final = 4
"""Places in one sentence where one pattern is tried: a sentence says a thing once or twice."""


@dataclass(slots=True)
class Effort:
    """What reading one message may still cost, in characters times expressions tried.

    A hostile text made of trigger words would otherwise try every expression everywhere. Whole
    long business mails stay far below; what is left unread says nothing.
    """

    left: int = 600_000

    def spend(self, characters: int) -> bool:
        """Take one expression's try over `characters`; false when the effort is used up."""
        self.left -= characters
        return self.left > 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds in a sentence, and the words that fired it."""

    rule: Rule
    words: str
    weak: bool = False
    span: tuple[int, int] = (0, 0)
    """Where it matched in the normal form."""

    @property
    def fired(self) -> str:
        """`rule: words`, as a Signal tells it."""
        return f"{self.rule.name}: {self.words}"

    def overlaps(self, other: Hit) -> bool:
        """Whether both rest on some of the same words."""
        return _overlap(self.span, other.span)


def hits(
    lexicon: Lexicon, before: list[str], core: list[str], effort: Effort
) -> dict[str, list[Hit]]:
    """The rules that hold in a sentence, per kind of signal, with what overrules them applied.

    `before` are the sentence's openers and names, `core` the rest; both as `words.tokens` gives.
    """
    words = lexicon.spell(without_quotations(core))
    end = closing_marks(words)
    present = {START, START + words[0] if words else START, *words}
    question = "?" in present and "?" in words[end:]
    if before:
        before = lexicon.spell(before)
        present.update(before)
    finders = _may_hold(lexicon.finders, present)
    if question:
        finders += _may_hold(lexicon.questions, present)
    if not finders:  # most sentences end here
        return {}
    text = _normal_form(before, words, end)
    places: dict[str, list[Place]] = {}
    for rule in finders:
        for span in _spans(rule, text, effort):
            places.setdefault(rule.kind, []).append((rule, *span))
    found: dict[str, list[Hit]] = {}
    for kind, held in places.items():
        weakened = False
        guards = lexicon.guards.get(kind)
        for rule in _may_hold(guards, present) if guards else ():
            if held and (question or "question" not in rule.flags):
                spans = _spans(rule, text, effort)
                if spans and "weaken" in rule.flags:
                    weakened = True
                elif spans and "never" in rule.flags:
                    held = []
                elif spans:
                    held = [place for place in held if not _overruled(place, spans)]
        if held:
            found[kind] = [_hit(place, text, weakened) for place in sorted(held, key=_rank)]
    return found


def _normal_form(before: list[str], words: list[str], end: int) -> str:
    """A sentence as patterns see it: single-spaced words, its first and last word marked."""
    text = f" {START} {' '.join(words[:end])} {END} {' '.join(words[end:])} "
    if before:
        text = f" {' '.join(before)}{text}"
    return text.replace("  ", " ")


def _may_hold(index: Index, present: set[str]) -> list[Rule]:
    """The rules that have the words they cannot do without, in the lexicon's order."""
    found: dict[int, Rule] = {}
    filed = index.filed
    for word in present & index.words:
        for second, all_of, one_of, rule in filed[word]:
            if second in present and (not all_of or all_of <= present):
                for group in one_of:
                    if group.isdisjoint(present):
                        break
                else:
                    found[rule.order] = rule
    return [found[order] for order in sorted(found)] if found else []


def _spans(rule: Rule, text: str, effort: Effort) -> list[tuple[int, int]]:
    if not effort.spend(len(text)):
        return []
    expression = rule.expression()
    if not expression.search(text):  # nearly always
        return []
    mark = f" {START}"
    return [
        (found.start() + len(mark) * text.startswith(mark, found.start()), found.end())
        for found in islice(expression.finditer(text), _HITS)
    ]


def _rank(place: Place) -> tuple[bool, int, int, int]:
    """Firm before weak, in the order of the text, the longest first, in the lexicon's order."""
    rule, start, end = place
    return "weak" in rule.flags, start, -end, rule.order


def _hit(place: Place, text: str, weakened: bool) -> Hit:
    rule, start, end = place
    words = " ".join(word for word in text[start:end].split() if word not in (START, END))
    return Hit(rule, words, weakened or "weak" in rule.flags, (start, end))


def _overruled(place: Place, spans: list[tuple[int, int]]) -> bool:
    rule, start, end = place
    return "sure" not in rule.flags and any(_overlap((start, end), span) for span in spans)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    # Matches that only share the space between them do not overlap.
    return one[0] < other[1] - 1 and other[0] < one[1] - 1

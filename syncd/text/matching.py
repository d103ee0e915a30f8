"""Finding a lexicon's rules in one sentence, at a bounded cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from syncd.text.lexicon import Lexicon, Rule
from syncd.text.patterns import END, START
from syncd.text.words import closing_marks, without_quotations

GUARDS: Final = frozenset({"not", "never", "weaken"})
"""Flags of rules that find nothing, but overrule or weaken what others found."""
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

    @property
    def fired(self) -> str:
        """`rule: words`, as a Signal tells it."""
        return f"{self.rule.name}: {self.words}"


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence in normal form: single-spaced words, its first and last word marked."""

    text: str
    present: set[str]
    question: bool


def normal_form(lexicon: Lexicon, before: list[str], core: list[str]) -> Form:
    """The normal form of a sentence whose openers and names (`before`) stand before its `core`."""
    words = lexicon.spell(without_quotations(core))
    end = closing_marks(words)
    present = {*words, START + words[0] if words else START}
    question = "?" in present and "?" in words[end:]
    text = f" {START} {' '.join(words[:end])} {END} {' '.join(words[end:])} "
    if before:
        before = lexicon.spell(before)
        present.update(before)
        text = f" {' '.join(before)}{text}"
    return Form(text.replace("  ", " "), present, question)


def hits(lexicon: Lexicon, form: Form, effort: Effort) -> dict[str, list[Hit]]:
    """The rules that hold in a sentence, per kind of signal, with what overrules them applied."""
    places: dict[str, list[Place]] = {}
    guards: list[Rule] = []
    for rule in _candidates(lexicon, form):
        if "question" in rule.flags and not form.question:
            continue
        if rule.flags & GUARDS:
            guards.append(rule)
        else:
            for span in _spans(rule, form, effort):
                places.setdefault(rule.kind, []).append((rule, *span))
    weakened: set[str] = set()
    for rule in guards:
        held = places.get(rule.kind)
        if not held:
            continue
        spans = _spans(rule, form, effort)
        if spans and "weaken" in rule.flags:
            weakened.add(rule.kind)
        elif spans and "never" in rule.flags:
            held.clear()
        elif spans:
            places[rule.kind] = [place for place in held if not _overruled(place, spans)]
    return {
        kind: [_hit(place, form, kind in weakened) for place in sorted(held, key=_rank)]
        for kind, held in places.items()
        if held
    }


def _candidates(lexicon: Lexicon, form: Form) -> list[Rule]:
    """The rules that have the words they cannot do without, in the lexicon's order."""
    present = form.present
    holds = present.issuperset
    found: dict[int, Rule] = {}
    for word in present & lexicon.filed.keys():
        for all_of, one_of, rule in lexicon.filed[word]:
            if holds(all_of):
                for group in one_of:
                    if group.isdisjoint(present):
                        break
                else:
                    found[rule.order] = rule
    return [found[order] for order in sorted(found)]


def _spans(rule: Rule, form: Form, effort: Effort) -> list[tuple[int, int]]:
    if not effort.spend(len(form.text)):
        return []
    mark = f" {START}"
    return [
        (found.start() + len(mark) * form.text.startswith(mark, found.start()), found.end())
        for found in islice(rule.expression().finditer(form.text), _HITS)
    ]


def _rank(place: Place) -> tuple[bool, int, int]:
    """Firm before weak, then in the order of the text, then the longest."""
    rule, start, end = place
    return "weak" in rule.flags, start, -end


def _hit(place: Place, form: Form, weakened: bool) -> Hit:
    rule, start, end = place
    words = " ".join(word for word in form.text[start:end].split() if word not in (START, END))
    return Hit(rule, words, weakened or "weak" in rule.flags)


def _overruled(place: Place, spans: list[tuple[int, int]]) -> bool:
    rule, start, end = place
    return "sure" not in rule.flags and any(a < end and start < b for a, b in spans)

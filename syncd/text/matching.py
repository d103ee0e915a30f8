"""Finding a lexicon's rules in one sentence, at a bounded cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncd.text.lexicon import Lexicon, Rule
from syncd.text.patterns import END, START
from syncd.text.words import closing_marks, without_quotations

_HITS = 4
"""Places in one sentence where one pattern is tried: a sentence says a thing once or twice."""


@dataclass(slots=True)
class Effort:
    """What reading one message may still cost, in characters times expressions tried.

    A hostile text made of trigger words would otherwise try every expression everywhere. Whole
    long business mails stay far below; what is left unread says nothing.
    """

    left: int = 1_500_000

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
    present: frozenset[str]
    question: bool


def normal_form(lexicon: Lexicon, before: list[str], core: list[str]) -> Form:
    """The normal form of a sentence whose openers and names (`before`) stand before its `core`."""
    words = lexicon.spell(without_quotations(core))
    end = closing_marks(words)
    marks = words[end:]
    words = [*lexicon.spell(before), START, *words[:end], END, *marks]
    return Form(f" {' '.join(words)} ", frozenset(words), "?" in marks)


@dataclass(slots=True)
class _Candidates:
    found: list[Rule] = field(default_factory=list)
    guards: list[Rule] = field(default_factory=list)


def hits(lexicon: Lexicon, form: Form, effort: Effort) -> dict[str, list[Hit]]:
    """The rules that hold in a sentence, per kind of signal, with what overrules them applied."""
    candidates = _candidates(lexicon, form)
    size = len(form.text)
    places: dict[str, list[tuple[Rule, int, int]]] = {}
    for rule in candidates.found:
        if "question" in rule.flags and not form.question:
            continue
        if not effort.spend(size):
            return {}
        for at, found in enumerate(rule.expression().finditer(form.text)):
            places.setdefault(rule.kind, []).append((rule, *found.span()))
            if at + 1 == _HITS:
                break
    if not places:
        return {}
    weakened: set[str] = set()
    for rule in candidates.guards:
        if not places.get(rule.kind):
            continue
        if not effort.spend(size):
            return {}
        spans = [found.span() for _, found in zip(range(_HITS), rule.expression().finditer(form.text), strict=False)]
        if spans and "weaken" in rule.flags:
            weakened.add(rule.kind)
        elif spans and "never" in rule.flags:
            places[rule.kind] = []
        elif spans:
            places[rule.kind] = [p for p in places[rule.kind] if not _overruled(p, spans)]
    return {
        kind: [
            Hit(rule, form.text[start:end].strip(" ^¶"), "weak" in rule.flags or kind in weakened)
            for rule, start, end in sorted(held, key=lambda place: ("weak" in place[0].flags, place[1]))
        ]
        for kind, held in places.items()
        if held
    }


def _candidates(lexicon: Lexicon, form: Form) -> _Candidates:
    candidates = _Candidates()
    present = form.present
    seen: set[int] = set()
    for word in present:
        for rule in lexicon.rules.get(word, ()):
            if id(rule) in seen:
                continue
            seen.add(id(rule))
            for group in rule.pattern.required:
                if group.isdisjoint(present):
                    break
            else:
                guard = rule.flags & {"not", "never", "weaken"}
                (candidates.guards if guard else candidates.found).append(rule)
    return candidates


def _overruled(place: tuple[Rule, int, int], spans: list[tuple[int, int]]) -> bool:
    rule, start, end = place
    return "sure" not in rule.flags and any(a < end and start < b for a, b in spans)

"""One message's text, read: zones, sentences, signals. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from itertools import islice, pairwise
from typing import Final, NamedTuple

from syncd.model import Signal
from syncd.text.addressing import greeted, opening
from syncd.text.language import Scores, majority, of_sentence, scores, total
from syncd.text.lexicon import Lexicon, load
from syncd.text.matching import Effort, Hit, hits
from syncd.text.rhetoric import answered_at_once
from syncd.text.sentences import spans
from syncd.text.signals import Context, signals
from syncd.text.words import tokens
from syncd.text.zone import Zone as Zone  # part of what Reading offers
from syncd.text.zone import ZoneKind as ZoneKind
from syncd.text.zones import zones

LANGUAGES: Final = ("en", "fr")
"""The languages syncd ships a lexicon for."""
MOST_SENTENCES: Final = 200
"""Sentences read in one message."""
MOST_CHARACTERS: Final = 30_000
"""Characters of new text read in one message."""
QUOTE: Final = 300
"""Characters of a signal's quote."""
_HEADING: Final = re.compile(r"#{1,6} ")
"""Markdown: a heading names what follows and asks nobody."""
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\r?\n")


class Sentence(NamedTuple):
    """A sentence of the new text, with what it says."""

    text: str
    start: int
    end: int
    language: str
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that syncd sees in one message."""

    language: str
    zones: tuple[Zone, ...]
    sentences: tuple[Sentence, ...]
    greeting: str = ""

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal, in the order of the text."""
        return tuple(signal for sentence in self.sentences for signal in sentence.signals)


class Reader:
    """Reads texts with a set of lexicons. Build once: the lexicons are loaded at first use.

    `languages` are those of the lexicons to read with; `words` the user's own phrases per kind of
    signal, in the lexicons' notation. A mistake in either raises UserError at first use.
    """

    def __init__(
        self,
        languages: Sequence[str] = LANGUAGES,
        words: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._languages = tuple(languages)
        self._words = words or {}

    def load(self) -> None:
        """Load the lexicons now instead of with the first text.

        :raises UserError: they, or the user's own words, cannot be read
        """
        self._lexicons  # noqa: B018  a cached property: looking is loading

    @cached_property
    def _lexicons(self) -> dict[str, Lexicon]:
        return {language: load(language, self._words) for language in self._languages}

    @cached_property
    def _common(self) -> dict[str, frozenset[str]]:
        return {language: lexicon.common for language, lexicon in self._lexicons.items()}

    @cached_property
    def _openers(self) -> frozenset[str]:
        return frozenset().union(*(lexicon.openers for lexicon in self._lexicons.values()))

    @cached_property
    def _greetings(self) -> frozenset[str]:
        return frozenset().union(*(lexicon.greetings for lexicon in self._lexicons.values()))

    @cached_property
    def _not_names(self) -> frozenset[str]:
        return frozenset().union(*(lexicon.not_names for lexicon in self._lexicons.values()))

    def read(self, text: str, *, at: datetime, attachments: int = 0, subject: str = "") -> Reading:
        """Read the text of one message written at `at` (aware, in the writer's zone).

        `attachments` is how many files came with it: words about an attachment weigh less without
        one. `subject` helps to tell the language of a very short text. At most MOST_SENTENCES
        sentences of the first MOST_CHARACTERS of new text are read, at a bounded effort.
        """
        parts = zones(text)
        drafts = self._drafts(text, parts)
        language = majority(total(draft.score for draft in drafts)) or majority(
            scores(tokens(subject[:200]), self._common)
        )
        greeting = self._greeting(text, parts, drafts)
        effort = Effort()
        sentences = [
            self._sentence(draft, language, at, greeting, attachments > 0, effort)
            for draft in drafts
        ]
        return Reading(
            language=language,
            zones=parts,
            sentences=tuple(_without_rhetoric(text, sentences)),
            greeting=greeting,
        )

    def read_sentence(self, text: str, *, at: datetime | date) -> Sentence:
        """Read one sentence on its own; where `text` is several, the signals of each."""
        moment = at if isinstance(at, datetime) else datetime.combine(at, time(12), UTC)
        drafts = [
            self._draft(text, start, end)
            for start, end in islice(
                spans(text, 0, min(len(text), MOST_CHARACTERS)), MOST_SENTENCES
            )
        ]
        language = majority(total(draft.score for draft in drafts))
        effort = Effort()
        read = [self._sentence(draft, language, moment, "", True, effort) for draft in drafts]
        return Sentence(
            text=_folded(text),
            start=0,
            end=len(text),
            language=language or next((s.language for s in read if s.language), ""),
            signals=tuple(signal for sentence in read for signal in sentence.signals),
        )

    def _drafts(self, text: str, parts: Sequence[Zone]) -> list[_Draft]:
        drafts: list[_Draft] = []
        left = MOST_CHARACTERS
        for zone in parts:
            if zone.kind != "new" or left <= 0:
                continue
            end = min(zone.end, zone.start + left)
            left -= end - zone.start
            places = islice(spans(text, zone.start, end), MOST_SENTENCES - len(drafts))
            drafts += [self._draft(text, start, stop) for start, stop in places]
        return drafts

    def _draft(self, text: str, start: int, end: int) -> _Draft:
        sentence = text[start:end]
        names, core = opening(sentence, self._openers, self._not_names)
        before = tokens(sentence[:core]) if core else []
        words = tokens(sentence[core:])
        score = scores(before + words if before else words, self._common)
        return _Draft(sentence, start, names, before, words, score)

    def _greeting(self, text: str, parts: Sequence[Zone], drafts: Sequence[_Draft]) -> str:
        lines = [text[zone.start : zone.end] for zone in parts if zone.kind == "greeting"]
        for line in [*lines, *(draft.text for draft in drafts[:1])]:
            names = greeted(line[:200], self._greetings, self._not_names)
            if names:
                return names
        return ""

    def _sentence(
        self,
        draft: _Draft,
        message_language: str,
        at: datetime,
        greeting: str,
        attached: bool,
        effort: Effort,
    ) -> Sentence:
        language = of_sentence(draft.score, message_language)
        text, end = _folded(draft.text), draft.start + len(draft.text)
        if text[0] == "#" and _HEADING.match(text):
            return Sentence(text, draft.start, end, language)
        found: dict[str, list[Hit]] = {}
        for candidate in (language,) if language else self._languages:
            lexicon = self._lexicons[candidate]
            found = hits(lexicon, draft.before, draft.words, effort)
            if found:
                language = candidate
                break
        if not found:
            return Sentence(text, draft.start, end, language)
        context = Context(
            sentence=draft.text,
            quote=text[:QUOTE],
            start=draft.start,
            end=end,
            language=language,
            at=at,
            names=draft.names,
            greeting=greeting,
            attached=attached,
        )
        return Sentence(text, draft.start, end, language, signals(found, context))


@dataclass(slots=True)
class _Draft:
    """A sentence before its language is settled."""

    text: str
    start: int
    names: str
    before: list[str]
    words: list[str]
    score: Scores


def _without_rhetoric(text: str, sentences: list[Sentence]) -> list[Sentence]:
    """The sentences, with each question weakened that its writer answers in the next sentence."""
    for place, (one, following) in enumerate(pairwise(sentences)):
        if (
            one.text.endswith("?")
            and any(signal.kind == "ask" for signal in one.signals)
            and not _PARAGRAPH.search(text, one.end, following.start)
            and answered_at_once(one.text, following.text)
        ):
            weakened = (
                replace(signal, strength="weak") if signal.kind == "ask" else signal
                for signal in one.signals
            )
            sentences[place] = one._replace(signals=tuple(weakened))
    return sentences


def _folded(text: str) -> str:
    if text.isprintable() and "  " not in text:  # its only white space are single spaces
        return text.strip()
    return " ".join(text.split())

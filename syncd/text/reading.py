"""One message's text, read: zones, sentences, signals. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from syncd.model import Signal

ZoneKind = Literal["new", "greeting", "quote", "attribution", "forwarded", "signature", "disclaimer"]


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the text, `start` to `end` in characters; zones cover the text without gaps."""

    kind: ZoneKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
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
    """Reads texts with a set of lexicons. Build once: the patterns are compiled here."""

    def read(
        self, text: str, *, at: datetime, attachments: int = 0, subject: str = ""
    ) -> Reading:
        """Read the text of one message written at `at` (aware, in the writer's zone)."""
        raise NotImplementedError

    def read_sentence(self, text: str, *, at: datetime | date) -> Sentence:
        """Read one sentence on its own."""
        raise NotImplementedError

"""The text reader, built when the first text comes in: a pass without new mail does without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncd.text.reading import Reader, Reading


class OnDemandReader:
    """A text.reading.Reader with the user's own words."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._words = tuple((kind, tuple(words[kind])) for kind in sorted(words))

    def read(self, text: str, *, at: datetime, attachments: int = 0, subject: str = "") -> Reading:
        """Read the text of a message written at `at` (aware, in the writer's zone)."""
        return _reader(self._words).read(text, at=at, attachments=attachments, subject=subject)


@lru_cache(maxsize=1)
def _reader(words: tuple[tuple[str, tuple[str, ...]], ...]) -> Reader:
    from syncd.text.reading import Reader

    return Reader(words=dict(words))

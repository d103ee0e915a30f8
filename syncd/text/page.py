"""The lines of one message's text and what each was found to be."""

from __future__ import annotations

from typing import Final

from syncd.text.greeting import greeting_end
from syncd.text.zone import ZoneKind

MAX_CHARACTERS: Final = 100_000
MAX_LINES: Final = 1_500
_SEEN: Final = 2_000
"""Characters of one line that are looked at."""
_MOST_LOOKS: Final = 80
"""How often one text may make us look ahead over many lines; hostile texts ask often."""


class Page:
    """The state that the passes over a text share."""

    def __init__(self, text: str) -> None:
        self.lines = text[:MAX_CHARACTERS].splitlines(keepends=True)[:MAX_LINES]
        """As written, with their ends."""
        self.stripped = list(map(str.strip, self.lines))
        """Without white space at both ends, cut short; empty for a blank line."""
        if len(text) > _SEEN and max(map(len, self.stripped)) > _SEEN:
            self.stripped = [line[:_SEEN] for line in self.stripped]
        self.kinds: list[ZoneKind | None] = [None] * len(self.lines)
        """None: a blank line that no pass labelled; it goes with what precedes it."""
        self.edges: set[int] = set()
        """Lines where a label starts or has ended: the kind changes nowhere else."""
        self.breaks: set[int] = set()
        """Lines that start a zone of their own although the one before is of the same kind."""
        self.greeting: tuple[int, int] | None = None
        """The line that greets, and how many of its stripped characters do."""
        self._greets: tuple[int, int] = (-1, 0)
        self._looks = _MOST_LOOKS

    def __len__(self) -> int:
        return len(self.lines)

    def label(self, start: int, end: int, kind: ZoneKind) -> int:
        """Label the lines `start` … `end` (exclusive), blank ones too; gives `end` back."""
        self.kinds[start:end] = [kind] * (end - start)
        self.edges.update((start, end))
        return end

    def next_text(self, index: int) -> int:
        """The first line from `index` that is not blank; len(self) if none is."""
        while index < len(self.lines) and not self.stripped[index]:
            index += 1
        return index

    def greeting_length(self, index: int) -> int:
        """How many characters of a stripped line greet; both passes ask for the first."""
        if self._greets[0] != index:
            self._greets = (index, greeting_end(self.stripped[index]))
        return self._greets[1]

    def may_look(self) -> bool:
        """Whether one more look over many lines is granted; counts it."""
        self._looks -= 1
        return self._looks >= 0

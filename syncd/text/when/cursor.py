"""The tokens of one sentence, and the small things every construction reads from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from syncd.text.when.lexicon import Kind
from syncd.text.when.refs import Ref
from syncd.text.when.tokens import END, Token

_SUFFIXES = {"st", "nd", "rd", "th", "er", "ere", "re", "e", "eme", "nde"}
PREPOSITIONS = frozenset(
    {
        Kind.IN,
        Kind.WITHIN,
        Kind.BY,
        Kind.BEFORE,
        Kind.UNTIL,
        Kind.AFTER,
        Kind.ON,
        Kind.AT,
        Kind.FROM,
        Kind.FOR,
        Kind.TO,
        Kind.BETWEEN,
    }
)
"""What may stand before a date and make a bare month or "12/03" one."""


class Cursor(ABC):
    """One sentence's tokens, written at `at`, in English or French (other languages: figures)."""

    def __init__(self, tokens: list[Token], language: str, at: datetime) -> None:
        self.tokens = tokens
        self.french = language == "fr"
        self.day_first = language != "en"
        self.at = at
        self.today = at.date()
        self.depth = 0

    @abstractmethod
    def _read(self, i: int) -> Ref | None:
        """The date that begins at token `i`, if one does."""

    def _before(self, i: int) -> Token:
        return self.tokens[i - 1] if i > 0 else END

    def _lead(self, i: int) -> Token:
        while i > 0 and self.tokens[i - 1].kind is Kind.THE:
            i -= 1
        return self._before(i)

    def _cardinal(self, i: int) -> tuple[int, int] | None:
        token = self.tokens[i]
        if token.kind is Kind.NUMBER:
            return token.n, i + 1
        return None

    def _ordinal(self, i: int) -> tuple[int, int] | None:
        token, after = self.tokens[i], self.tokens[i + 1]
        if token.kind is Kind.ORDINAL:
            return token.n, i + 1
        if token.kind is Kind.NUMBER and after.start == token.end and after.text in _SUFFIXES:
            return token.n, i + 2
        return None

    def _month_word(self, i: int) -> int | None:
        token = self.tokens[i]
        if token.kind is Kind.MONTH:
            return token.n
        if token.text == "sept" and self.french and self.tokens[i + 1].kind is not Kind.UNIT:
            return 9
        return None

    def _year(self, j: int) -> tuple[int, int]:
        k = j
        if self.tokens[k].text in (",", ".", "-"):
            k += 1
        token = self.tokens[k]
        if token.kind is Kind.NUMBER and 1900 <= token.n <= 2199 and len(token.text) == 4:
            return token.n, k + 1
        return 0, j + 1 if self.tokens[j].text == "." and self._abbreviated(j) else j

    def _abbreviated(self, dot: int) -> bool:
        """Whether the dot belongs to the word before it and does not end the sentence."""
        return (
            self.tokens[dot - 1].end == self.tokens[dot].start
            and len(self.tokens[dot - 1].text) <= 5
        )

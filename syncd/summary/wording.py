"""From phrases to sentences: values are escaped for the format, then set into the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from syncd.model import Coverage, PersonRef
from syncd.summary.build import Phrase
from syncd.summary.texts import APART, Catalogue

Escape = Callable[[str], str]
_QUOTE_LENGTH = 160
_NAME_LENGTH = 60


class Wording:
    """Says phrases in one language, for one format and one day."""

    def __init__(self, catalogue: Catalogue, today: date, escape: Escape = str) -> None:
        self.catalogue = catalogue
        self._today = today
        self._escape = escape

    def say(self, phrase: Phrase) -> str:
        """The sentence of a phrase, escaped."""
        values: dict[str, Any] = {}
        for name, value in phrase.values.items():
            if isinstance(value, date):
                values[name] = self._escape(self.catalogue.day(value, self._today))
            elif isinstance(value, str):
                text = shorten(value, _QUOTE_LENGTH)
                if name in phrase.quoted:
                    # the sentence goes on behind the quote, so its full stop does not belong there
                    inside = self._escape(text.removesuffix("."))
                    values[name] = self.catalogue.say("quote", text=inside)
                else:
                    values[name] = self._escape(text)
            else:
                values[name] = value
        if values.get("subject") == "":
            values["subject"] = self.catalogue.say("no_subject")
        return self.catalogue.say(phrase.key, **values)

    def notice(self, coverage: Coverage) -> str:
        """What the reader must know of an account."""
        detail = self._escape(coverage.detail)
        if coverage.reason:
            detail = self.catalogue.say(f"coverage.{coverage.reason}", detail=detail)
        account = self._escape(coverage.account)
        text = self.catalogue.say(f"coverage.{coverage.state}", account=account, detail=detail)
        return text.strip()

    def line(self, name: str, phrase: Phrase) -> str:
        """What is said of somebody: the name (already escaped) and the sentence."""
        key = "of.apart" if phrase.key in APART else "of"
        return self.catalogue.say(key, name=name, text=self.say(phrase))

    def names(self, people: Sequence[PersonRef]) -> str:
        """The persons' names, joined as people join them."""
        return self.join([person.name for person in people])

    def join(self, names: Sequence[str]) -> str:
        """Names joined as people join them, escaped; at most four are named."""
        escaped = [self._escape(shorten(name, _NAME_LENGTH)) for name in names[:4]]
        if len(names) > 4:
            escaped[3] = "…"
        if len(escaped) < 2:
            return "".join(escaped)
        first = ", ".join(escaped[:-1])
        return self.catalogue.say("list.and", first=first, last=escaped[-1])


def shorten(text: str, length: int) -> str:
    """The text on one line, cut at a word where it is too long."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut) + "…"

"""When: the dates that a sentence names, and the one by which something is due. Pure.

What each expression means is written down in DATES.md, beside this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from syncd.model import Confidence, Due
from syncd.text.when.mentions import Mentions
from syncd.text.when.refs import Role
from syncd.text.when.tokens import MAX_CHARACTERS, fold, may_hold_date, tokenize

PHRASE = 120
"""Characters kept of the words a date was read from."""
YEARS = range(1970, 9000)
"""A message dated outside them has a false date, from which nothing can be counted."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a sentence: any day from `start` to `end`, both included.

    `first` and `last` are offsets in characters: `sentence[first:last] == phrase`.
    """

    start: date
    end: date
    certainty: Confidence
    phrase: str
    role: Role
    first: int
    last: int


def find_dates(sentence: str, language: str, at: datetime) -> tuple[FoundDate, ...]:
    """The dates from the message's own day on that a sentence names, in its order.

    `at` is the moment of writing, in the writer's zone. `language` is "en" or "fr"; of any other
    only dates in figures are read. Past dates, habits ("every Friday") and lengths of time are
    left out.
    """
    sentence = sentence[:MAX_CHARACTERS]
    if at.year not in YEARS or not may_hold_date(sentence, language):
        return ()
    folded = fold(sentence)
    tokens = tokenize(folded, language)
    found = []
    for span, certainty, role, first, last in Mentions(tokens, language, at).all():
        start, end = tokens[first].start, tokens[last].end
        found.append(
            FoundDate(span.first, span.last, certainty, sentence[start:end], role, start, end)
        )
    return tuple(found)


_RANK: dict[Role, int] = {"deadline": 0, "on": 1, "from": 2, "until": 3, "after": 3, "aside": 4}


def find_due(sentence: str, language: str, at: datetime) -> Due | None:
    """The day or days by which the sentence says something is due, or None.

    Of several dates a deadline ("by Friday") goes before a day, and that before a beginning, an
    end of waiting ("until") and a date that only names another thing ("Friday's report").
    """
    found = find_dates(sentence, language, at)
    if not found:
        return None
    best = min(found, key=lambda one: _RANK[one.role])
    return Due(best.start, best.end, best.certainty, " ".join(best.phrase.split())[:PHRASE])

"""What the grammar hands on: dates as written, and dates as they are mentioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from syncd.model import Confidence
from syncd.text.when.days import Interval

_ORDER: tuple[Confidence, ...] = ("low", "medium", "high")


def weaker(one: Confidence, other: Confidence) -> Confidence:
    """The lower of two certainties."""
    return min(one, other, key=_ORDER.index)


Role = Literal["deadline", "on", "from", "until", "after", "aside"]
"""What the words around a date make of it. `aside`: it names another thing ("Friday's report")."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A date as written, behind which reading goes on at token `end`.

    `span` is set once it is known; until then `day`, `month`, `year`, `weekday` hold what was said.
    """

    end: int
    span: Interval | None = None
    certainty: Confidence = "high"
    unit: str = "day"
    day: int = 0
    month: int = 0
    year: int = 0
    weekday: int = -1
    plain: bool = False
    """A weekday and nothing else: in French "le lundi" is a habit."""
    bare: bool = False
    """A name of a period that needs a preposition to be a date ("March")."""
    through: bool = False
    """The end of a stretch: "to Friday"."""
    lead: bool = False
    """The words that make it a deadline are part of it ("within two days")."""


class Mention(NamedTuple):
    """A date somebody mentions: its days, what it is, and the tokens it was read from."""

    span: Interval
    certainty: Confidence
    role: Role
    first: int
    last: int

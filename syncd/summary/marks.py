"""The user's answers, read back from a Markdown summary. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_LINE = re.compile(
    r"^\s{0,8}[-*+] \[(?P<mark>[ xX\->pPvV])\]"
    r"(?: (?:until|jusqu[’']au) (?P<until>\d{4}-\d\d-\d\d))?"
    r".{0,4000}?`(?P<id>[0-9a-z]{4,26})`\s*$"
)
_LONGEST_LINE = 6_000
_LONGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one checkbox. `mark` is one of space, x, -, >, p, v."""

    mark: str
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.mark}{self.until.isoformat() if self.until else ''}"


def read_marks(text: str) -> dict[str, Answer]:
    """The checkbox of every item line, by the item's id. Other lines are the user's own."""
    marks: dict[str, Answer] = {}
    for line in text[:_LONGEST_FILE].splitlines():
        if len(line) > _LONGEST_LINE:
            continue
        match = _LINE.match(line)
        if match is None:
            continue
        marks[match["id"]] = Answer(match["mark"].lower(), _day(match["until"]))
    return marks


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def answers(read: dict[str, Answer], written: dict[str, str]) -> dict[str, Answer]:
    """The checkboxes that the user changed since syncd wrote or last read `written`: the text of
    each answer, by id."""
    return {item: answer for item, answer in read.items() if str(answer) != written.get(item, " ")}

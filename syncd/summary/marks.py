"""The user's answers, read back from a Markdown summary, and which writing of it they edited. Pure.

Whoever edits a file edits what they read, and may save it after syncd wrote a newer one. So every
writing of a summary carries its own version in its last line, a link reference definition that no
Markdown shows (CommonMark 4.7), and an answer is what differs from *that* version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

_LINE = re.compile(
    r"^\s{0,8}[-*+] \[(?P<mark>[ xX\->pPvV])\]"
    r"(?: (?:until|jusqu[’']au) (?P<until>\d{4}-\d\d-\d\d))?"
    r".{0,4000}?`(?P<id>[0-9a-z]{4,26})`\s*$"
)
_VERSION = re.compile(r"^\[//\]: # \"syncd (?P<version>[0-9a-f]{12})\"\s*$")
_LONGEST_LINE = 6_000
_LONGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one checkbox. `mark` is one of space, x, -, >, p, v."""

    mark: str
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.mark}{self.until.isoformat() if self.until else ''}"

    @classmethod
    def parse(cls, text: str) -> Answer:
        """What `str` made of an answer.

        :raises ValueError: it did not
        """
        return cls(text[:1], date.fromisoformat(text[1:]) if text[1:] else None)


def read_marks(text: str) -> dict[str, Answer]:
    """The checkbox of every item line, by the item's id. Other lines are the user's own."""
    marks: dict[str, Answer] = {}
    for line in _lines(text):
        match = _LINE.match(line)
        if match is not None:
            marks[match["id"]] = Answer(match["mark"].lower(), _day(match["until"]))
    return marks


def version_of(text: str, salt: int = 0) -> str:
    """The version of a summary: equal texts have the same, with the same salt."""
    data = f"{salt}\n{text}".encode("utf-8", "replace")
    return blake2b(data, digest_size=6).hexdigest()


def versioned(text: str, version: str) -> str:
    """The summary with its version as the last line."""
    return f'{text}\n[//]: # "syncd {version}"\n'


def read_version(text: str) -> str:
    """The version that the user edited; empty where the line is gone or was never there."""
    found = ""
    for line in _lines(text):
        match = _VERSION.match(line)
        if match is not None:
            found = match["version"]
    return found


def marked(text: str, item: str, answer: Answer) -> str | None:
    """The summary with this answer in the item's checkbox; None if the item is not in it."""
    lines = text.splitlines(keepends=True)
    for place, line in enumerate(lines):
        match = _LINE.match(line.rstrip("\r\n")) if len(line) <= _LONGEST_LINE else None
        if match is not None and match["id"] == item:
            until = f" until {answer.until}" if answer.until else ""
            end = match.end("until") if match["until"] else match.end("mark") + 1
            lines[place] = f"{line[: match.start('mark')]}{answer.mark}]{until}{line[end:]}"
            return "".join(lines)
    return None


def answers(read: Mapping[str, Answer], written: Mapping[str, str]) -> dict[str, Answer]:
    """The checkboxes that the user changed since syncd wrote or last read `written`: the text of
    each answer, by id."""
    return {item: answer for item, answer in read.items() if str(answer) != written.get(item, " ")}


def _lines(text: str) -> list[str]:
    lines = text[:_LONGEST_FILE].splitlines()
    return [line for line in lines if len(line) <= _LONGEST_LINE]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None

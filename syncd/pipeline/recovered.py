"""Answers out of the summary's files, where the damaged records could not tell them any more.

An item has the same id when it is found again, so its line in a summary says what the user made of
it. It is believed for a while only: the accounts must be read anew first, but an id that comes
much later may belong to something else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from syncd.pipeline.evaluate import load_records
from syncd.store import Store
from syncd.summary.marks import Answer, read_marks

_KEY = "recovered answers"
_BELIEVED_SECONDS = 7 * 86_400
_MOST_FILES = 400
_LONGEST = 4_000_000
_MARKS = {"done": "x", "dismissed": "-", "snoozed": ">"}


class Recovered:
    """The recovered answers that still wait for their items.

    :param store: the records, where they are kept
    :param now: epoch seconds; older ones are believed no more
    """

    def __init__(self, store: Store, now: int) -> None:
        self._store = store
        self._document: dict[str, Any] = dict(store.meta.get_key(_KEY) or {})
        believed = self._document and now - self._document["at"] < _BELIEVED_SECONDS
        stored: dict[str, str] = self._document["answers"] if believed else {}
        self.answers = {item: Answer.parse(text) for item, text in stored.items()}
        self.taken: dict[str, str] = {}
        """Note here, by item, which of them have reached their record."""

    def save(self) -> None:
        """Forget what was taken."""
        if self.taken:
            left = {i: str(a) for i, a in self.answers.items() if i not in self.taken}
            self._store.meta.put(_KEY, {**self._document, "answers": left})


def recover(store: Store, folder: Path, *, now: int) -> None:
    """Once after damaged records were set aside: keep what the summaries in `folder` say of items
    that could not be rescued from them."""
    rebuilt = store.rebuilt
    before = store.meta.get_key(_KEY)
    if rebuilt is None or (before is not None and before["from"] == rebuilt["from"]):
        return
    known = {record.id for record in load_records(store).values()}
    found = {i: str(a) for i, a in _told(folder).items() if i not in known and a.mark != " "}
    store.meta.put(_KEY, {"from": rebuilt["from"], "at": now, "answers": found})


def _told(folder: Path) -> dict[str, Answer]:
    """What the newest file says of each item, but of older files only what holds for ever: an item
    that was done may have come back since."""
    files = [*sorted(folder.glob("[0-9]*-[0-9]*-[0-9]*.md"))[-_MOST_FILES:], folder / "latest.md"]
    older: dict[str, Answer] = {}
    newest = _of_json(folder / "latest.json")
    for path in files:
        marks = read_marks(_text(path))
        older.update(marks)
        newest = marks or newest
    dismissed = {item: answer for item, answer in older.items() if answer.mark == "-"}
    return {**dismissed, **newest}


def _of_json(path: Path) -> dict[str, Answer]:
    """The same from the summary for programs, where there is no Markdown."""
    try:
        items = json.loads(_text(path))["items"]
        return {str(item["id"]): Answer(_MARKS.get(item["state"], " ")) for item in items}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_LONGEST)
    except OSError:
        return ""

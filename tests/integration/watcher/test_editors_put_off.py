"""Editors that are stopped in the middle of a save, while syncd writes the same file."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from syncd.pipeline import answers, replacing
from tests.integration.watcher.desk import Desk
from tests.integration.watcher.editor import FIRST_DAY, WAYS, Steps, Way, typed

Save = Callable[[Path, str], Steps]
CALLS = 6
"""Of the longest way to save."""
EXCHANGE = 2
others: list[Steps] = []
"""Who goes on by one call once the old file is away and the new one is not there yet."""


@pytest.fixture(
    params=["renameat2", "two steps", "two steps, no links", "two steps, no leases"], autouse=True
)
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the file system can do. syncd waits for nobody: the worst it could do."""
    monkeypatch.setattr(answers, "PATIENCE", 0.0)
    real, place = replacing._renameat2(), os.link

    def renameat2(*arguments: Any) -> int:
        if arguments[-1] == EXCHANGE or real is None:
            ctypes.set_errno(errno.EINVAL)
            return -1
        _others_turn()
        return real(*arguments)

    def link(*names: Path) -> None:
        if "no links" in request.param:
            raise PermissionError(errno.EPERM, "no hard links")
        _others_turn()
        place(*names)

    others.clear()
    monkeypatch.setattr(os, "link", link)
    if "no links" in request.param:
        monkeypatch.setattr(replacing, "_renameat2", lambda: renameat2)
    elif "two steps" in request.param:
        monkeypatch.setattr(replacing, "_renameat2", lambda: None)
    if "no leases" in request.param:
        monkeypatch.delattr(fcntl, "F_SETLEASE", raising=False)
    return str(request.param)


def _others_turn() -> None:
    for steps in others:
        list(islice(steps, 1))
    others.clear()


class Typist:
    """Ticks one item after the other and knows what they must come to."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.path = desk.folder / "latest.md"
        self.said: dict[str, date] = {}
        self._days = (FIRST_DAY + timedelta(days=number) for number in count())
        self._items = iter(sorted(desk.records()))

    def types(self) -> str:
        """The text of the file as it is, with another item snoozed."""
        item, day = next(self._items), next(self._days)
        self.said[item] = day
        return typed(self.path.read_text("utf-8"), item, day)

    def lost(self) -> list[str]:
        """The items that the records do not know the answer of."""
        self.desk.take_over()
        records = self.desk.records()
        return [item for item, day in self.said.items() if records[item].snoozed_until != day]


@pytest.fixture
def typist(desk: Desk) -> Typist:
    desk.write()
    return Typist(desk)


def _finish(steps: Steps) -> None:
    for _ in steps:
        pass


def _all_ways(calls: int) -> Iterator[tuple[Way, int]]:
    """Every way to save, with every number of system calls that it may have come to."""
    return ((way, number) for way in WAYS for number in range(calls))


def test_stopped_between_any_two_calls_of_a_save(typist: Typist, file_system: str) -> None:
    """Where the old file is away before the new one comes, a call of the editor falls in between
    as well."""
    for way, calls in _all_ways(CALLS):
        steps = way(typist.path, typist.types(), random.Random(calls))
        list(islice(steps, calls))
        if file_system != "renameat2":
            others.append(steps)
        typist.desk.write()
        typist.desk.take_over()
        assert others == []
        _finish(steps)
        assert typist.lost() == [], f"{way.__name__}, stopped after {calls} calls"


def opened_late(path: Path, text: str) -> Steps:
    """open(O_TRUNC), put off by the system between finding the name and opening the file."""
    found = os.open(path, os.O_PATH)
    yield
    yield from _reopened(found, text)


def created_and_opened_late(path: Path, text: str) -> Steps:
    """vim, backupcopy=no, put off when the new file has its name but is not yet open."""
    backup = path.with_name(f"{path.name}~")
    path.replace(backup)
    found = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
    yield
    yield from _reopened(found, text)
    backup.unlink()


def _reopened(found: int, text: str) -> Steps:
    file = os.open(f"/proc/self/fd/{found}", os.O_WRONLY | os.O_TRUNC)
    os.close(found)
    yield
    os.write(file, text.encode())
    yield
    os.close(file)


@pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="finding is not apart from opening here")
@pytest.mark.parametrize("save", [opened_late, created_and_opened_late])
def test_put_off_inside_the_call_that_opens_the_file(typist: Typist, save: Save) -> None:
    for stops in range(1, 4):
        for _ in range(2):  # saved already, but not yet read
            typist.path.write_text(typist.types(), "utf-8")
        steps = save(typist.path, typist.types())
        for _ in islice(steps, stops):
            typist.desk.write()
        _finish(steps)
        assert typist.lost() == [], f"put off {stops} times"

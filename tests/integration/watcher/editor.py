"""A person who ticks without a pause: `python editor.py FOLDER EDITS SEED ID...`.

Saves as editors do, system call for system call. Each edit types a day of its own into one box and
prints `ID DAY VERSION` once it is saved: the item, the day, and the writing that was edited. No box
is typed in twice before syncd wrote both files anew: the second day would undo the first.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from syncd.summary.marks import read_version

FIRST_DAY = date(2027, 1, 1)
FILES = ("latest.md", "2026-11-23.md")

Steps = Iterator[None]
"""A save that pauses between its system calls."""


def _read(path: Path) -> str:
    """The file as it is; without RENAME_EXCHANGE it is away for an instant while syncd writes."""
    while True:
        with suppress(FileNotFoundError):
            return path.read_text("utf-8")


def _write(path: Path, text: str, chance: random.Random) -> Steps:
    """Truncate and write in two strokes."""
    data = text.encode()
    cut = chance.randrange(len(data))
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        yield
        for part in (data[:cut], data[cut:]):
            os.write(file, part)
            yield
    finally:
        os.close(file)


def in_place(path: Path, text: str, chance: random.Random) -> Steps:
    """VS Code: open(O_TRUNC), write, close."""
    yield from _write(path, text, chance)


def copy_then_in_place(path: Path, text: str, chance: random.Random) -> Steps:
    """vim, backupcopy=yes: a copy first, then in place."""
    backup = path.with_name(f"{path.name}~")
    backup.write_text(_read(path), "utf-8")
    yield
    yield from _write(path, text, chance)
    yield
    backup.unlink()


def move_away_then_new(path: Path, text: str, chance: random.Random) -> Steps:
    """vim, backupcopy=no: the old file becomes the backup, a new one gets its name."""
    backup = path.with_name(f"{path.name}~")
    with suppress(FileNotFoundError):
        path.replace(backup)
    yield
    yield from _write(path, text, chance)
    yield
    backup.unlink(missing_ok=True)


def new_then_rename(path: Path, text: str, chance: random.Random) -> Steps:
    """Kate, gedit, most sync clients: a new file beside it, renamed over it."""
    new = path.with_name(f"{path.name}.new")
    yield from _write(new, text, chance)
    yield
    new.replace(path)


Way = Callable[[Path, str, random.Random], Steps]
WAYS: tuple[Way, ...] = (
    in_place,
    copy_then_in_place,
    move_away_then_new,
    new_then_rename,
)


def save(way: Way, path: Path, text: str) -> None:
    """Save once."""
    for _ in way(path, text, random.Random(0)):
        pass


def typed(text: str, item: str, day: date) -> str:
    """The text with a new day behind the box of one item."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.endswith(f"`{item}`\n"):
            rest = line.partition("**")[2]
            lines[number] = f"- [>] until {day.isoformat()} **{rest}"
            return "".join(lines)
    raise LookupError(item)


def _versions(folder: Path) -> frozenset[str]:
    return frozenset(read_version(_read(folder / name)) for name in FILES)


def main() -> None:
    folder, edits, seed, *items = sys.argv[1:]
    chance = random.Random(seed)
    typed_in: dict[str, frozenset[str]] = {}
    for number in range(int(edits)):
        path = Path(folder) / chance.choice(FILES)
        item, day = items[number % len(items)], FIRST_DAY + timedelta(days=number)
        while typed_in.get(item, frozenset()) & _versions(path.parent):
            time.sleep(0.001)
        before = _read(path)
        text = typed(before, item, day)
        time.sleep(chance.uniform(0, 0.006))
        for _ in chance.choice(WAYS)(path, text, chance):
            if chance.random() < 0.25:
                time.sleep(chance.uniform(0, 0.004))
        typed_in[item] = _versions(path.parent) | {read_version(before)}
        print(item, day.isoformat(), read_version(before), flush=True)
        time.sleep(chance.uniform(0, 0.01))


if __name__ == "__main__":
    main()

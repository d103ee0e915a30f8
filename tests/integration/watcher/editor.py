"""A person who ticks without a pause: `python editor.py FOLDER EDITS SEED ID...`.

Saves as editors do, system call for system call. Each edit types a day of its own into one box and
prints `ID DAY VERSION` once it is saved: the item, the day, and the writing that was edited.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from syncd.summary.marks import read_version

FIRST_DAY = date(2027, 1, 1)


def _read(path: Path) -> str:
    """The file as it is; without RENAME_EXCHANGE it is away for an instant while syncd writes."""
    while True:
        with suppress(FileNotFoundError):
            return path.read_text("utf-8")


def _write(path: Path, text: str, chance: random.Random) -> None:
    """Truncate and write in two strokes, with the file open for a while."""
    cut = chance.randrange(len(text))
    with path.open("w", encoding="utf-8") as file:
        for part in (text[:cut], text[cut:]):
            file.write(part)
            file.flush()
            if chance.random() < 0.5:
                time.sleep(chance.uniform(0, 0.004))


def in_place(path: Path, text: str, chance: random.Random) -> None:
    """VS Code: open(O_TRUNC), write, close."""
    _write(path, text, chance)


def copy_then_in_place(path: Path, text: str, chance: random.Random) -> None:
    """vim, backupcopy=yes: a copy first, then in place."""
    backup = path.with_name(f"{path.name}~")
    backup.write_text(_read(path), "utf-8")
    _write(path, text, chance)
    backup.unlink()


def move_away_then_new(path: Path, text: str, chance: random.Random) -> None:
    """vim, backupcopy=no: the old file becomes the backup, a new one gets its name."""
    backup = path.with_name(f"{path.name}~")
    with suppress(FileNotFoundError):
        path.replace(backup)
    _write(path, text, chance)
    backup.unlink(missing_ok=True)


def new_then_rename(path: Path, text: str, chance: random.Random) -> None:
    """Kate, gedit, most sync clients: a new file beside it, renamed over it."""
    new = path.with_name(f"{path.name}.new")
    _write(new, text, chance)
    new.replace(path)


Way = Callable[[Path, str, random.Random], None]
WAYS: tuple[Way, ...] = (
    in_place,
    copy_then_in_place,
    move_away_then_new,
    new_then_rename,
)


def save(way: Way, path: Path, text: str) -> None:
    """Save once."""
    way(path, text, random.Random(0))


def typed(text: str, item: str, day: date) -> str:
    """The text with a new day behind the box of one item."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.endswith(f"`{item}`\n"):
            rest = line.partition("**")[2]
            lines[number] = f"- [>] until {day.isoformat()} **{rest}"
            return "".join(lines)
    raise LookupError(item)


def main() -> None:
    folder, edits, seed, *items = sys.argv[1:]
    chance = random.Random(seed)
    for number in range(int(edits)):
        path = Path(folder) / chance.choice(["latest.md", "2026-11-23.md"])
        item, day = items[number % len(items)], FIRST_DAY + timedelta(days=number)
        before = _read(path)
        text = typed(before, item, day)
        time.sleep(chance.uniform(0, 0.006))
        chance.choice(WAYS)(path, text, chance)
        print(item, day.isoformat(), read_version(before), flush=True)
        time.sleep(chance.uniform(0, 0.01))


if __name__ == "__main__":
    main()

"""A damaged file of records: noted when it shows, set aside before the next use, never deleted.

SQLite may find damage only when it comes to the page, in the middle of anything. So whoever writes
leaves a note beside the file, and the next one that opens it for writing acts on it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

_BESIDE = ("-wal", "-shm")


def note(path: Path) -> None:
    """Remember that SQLite found `path` damaged. A note that cannot be written is none."""
    with suppress(OSError):
        os.close(os.open(_note(path), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def is_noted(path: Path) -> bool:
    """Whether `path` was found damaged since it was last set aside or found whole."""
    return _note(path).exists()


def withdraw(path: Path) -> None:
    """The file is whole, or is no longer there."""
    _note(path).unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """Rename the file, with what SQLite keeps beside it; its new name ends in the time (UTC) of
    its last change.

    :raises OSError: it cannot be renamed
    """
    changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    stem = f"{path.name}.damaged-{changed:%Y%m%dT%H%M%SZ}"
    names = (path.with_name(f"{stem}-{n}" if n else stem) for n in count())
    aside = next(name for name in names if not name.exists())
    path.rename(aside)
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        with suppress(FileNotFoundError):
            beside.rename(aside.with_name(aside.name + ending))
    withdraw(path)
    return aside


def latest_aside(path: Path) -> Path | None:
    """The file that was set aside last; None if none is there."""
    found = [
        name
        for name in path.parent.glob(f"{path.name}.damaged-*")
        if not name.name.endswith(_BESIDE)
    ]
    return max(found, key=lambda name: (name.stat().st_mtime_ns, name.name), default=None)


def _note(path: Path) -> Path:
    return path.with_name("records.damaged")

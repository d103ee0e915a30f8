"""What SQLite's errors mean to the user, and what the user can do. Pure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from syncd.errors import Problem, StoreError

BUSY_SECONDS = 5.0
"""How long another program may hold the file before that is an error."""

_Hint = Callable[[Path], Problem]


class DamagedStore(StoreError):
    """The file is damaged. Open the store again for writing: it is set aside and made anew."""


_PROBLEMS: dict[int, _Hint] = {
    sqlite3.SQLITE_FULL: lambda path: Problem(
        f"the disk that holds {path} is full; nothing was lost, the last step was not stored",
        hint=f"free some space on it (df {path.parent}); syncd goes on by itself",
    ),
    sqlite3.SQLITE_IOERR: lambda path: Problem(
        f"{path} cannot be read or written; the last step was not stored",
        hint="check that the disk has space and is healthy; the system's log may say more",
    ),
    sqlite3.SQLITE_BUSY: lambda path: Problem(
        f"another program has been writing to {path} for {BUSY_SECONDS:.0f} seconds",
        hint="close it (a sqlite3 shell?) and try again",
    ),
    sqlite3.SQLITE_CORRUPT: lambda path: _damaged(path),
    sqlite3.SQLITE_NOTADB: lambda path: _damaged(path),
    sqlite3.SQLITE_READONLY: lambda path: Problem(
        f"{path} is opened or mounted for reading only",
        hint="make the file and its folder writable for your user",
    ),
    sqlite3.SQLITE_CANTOPEN: lambda path: Problem(
        f"{path} cannot be opened",
        hint="check that it exists and that your user may read and write it and its folder",
    ),
}
_PROBLEMS[sqlite3.SQLITE_PERM] = _PROBLEMS[sqlite3.SQLITE_CANTOPEN]
_PROBLEMS[sqlite3.SQLITE_LOCKED] = _PROBLEMS[sqlite3.SQLITE_BUSY]


def _damaged(path: Path) -> Problem:
    return Problem(
        f"{path} is damaged, or is not a database",
        hint="put a backup in its place; or run `syncd once`, or start the service again: the file "
        "is set aside, the accounts are read anew, and your answers kept as far as it tells them",
    )


def store_error(error: sqlite3.Error, path: Path) -> StoreError | None:
    """What the user can do about an error of SQLite; None where it is a fault of the program."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    problem = _PROBLEMS.get(code)
    if problem is None:
        return None
    kind = DamagedStore if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else StoreError
    return kind(problem(path))


def unwritable(path: Path, error: OSError) -> StoreError:
    """A copy of the records that cannot be written to the file that the user named."""
    return StoreError(
        Problem(
            f"{path} cannot be written: {error.strerror}",
            hint="choose a file in a folder that exists, is yours and has space left",
        )
    )

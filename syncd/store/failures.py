"""What SQLite's errors mean to the user, and what the user can do. Pure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from syncd.errors import Problem, StoreError

BUSY_SECONDS = 5.0
"""How long another program may hold the file before that is an error."""

_Hint = Callable[[Path], Problem]
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
        hint=f"put a backup in its place; or move {path.name} and the files beside it whose names "
        "start with it away: syncd reads the accounts anew and forgets done and snoozed items",
    )


def store_error(error: sqlite3.Error, path: Path) -> StoreError | None:
    """What the user can do about an error of SQLite; None where it is a fault of the program."""
    problem = _PROBLEMS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return StoreError(problem(path)) if problem else None

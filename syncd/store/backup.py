"""A copy of the records while others read and write them."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from syncd.errors import Problem, StoreError
from syncd.store.failures import store_error, unwritable
from syncd.store.records import Store


def backup(store: Store, path: Path) -> None:
    """Write the records as they are at this moment to `path`, one file that needs nothing beside
    it. What was there is replaced at the end, at once; only your user can read it.

    To restore, put it in the place of `records.db` while no syncd runs, and delete
    `records.db-wal` and `records.db-shm`.

    :param store: may be open for reading only, beside a process that writes
    :raises StoreError: the file cannot be written or is not whole; what was there stays
    """
    path = Path(path)
    try:
        # mkstemp gives mode 0600, and SQLite gives what it keeps beside the file the same
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(descriptor)
        temporary = Path(name)
        try:
            _copy(store, temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    temporary.with_name(temporary.name + ending).unlink()
    except OSError as error:
        raise unwritable(path, error) from error


def _copy(store: Store, path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            # in one step: a writer neither waits for it nor makes it begin again
            store.storage.connection.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
            found = [line for (line,) in copy.execute("PRAGMA quick_check(1)")]
    except sqlite3.Error as error:
        named = store_error(error, path)
        if named is None:
            raise
        raise named from error
    if found != ["ok"]:
        raise StoreError(
            Problem(
                f"the records in {store.folder} are damaged; there is no backup of them",
                hint="keep the backups you have, and run `syncd check`",
            )
        )

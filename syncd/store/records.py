"""The records of one syncd: one folder, one file, one writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import cast

from syncd.errors import Problem, StoreError
from syncd.store import layout, migrations
from syncd.store.integrity import problems
from syncd.store.keyed import RecordDB, RecordTable
from syncd.store.lock import Lock
from syncd.store.schema import TableSchema
from syncd.store.sqlite import SQLiteStorage

FILE = "records.db"
LOCK_FILE = "records.lock"


class Store:
    """Everything syncd remembers. Use it in the thread that opened it; other threads and
    processes may open it for reading at the same time.

    Make one with `Store.open`.
    """

    def __init__(self, db: RecordDB, storage: SQLiteStorage, lock: Lock | None) -> None:
        self.db = db
        self.storage = storage
        self._lock = lock
        self.interactions = self._table(layout.INTERACTIONS)
        self.people = self._table(layout.PEOPLE)
        self.findings = self._table(layout.FINDINGS)
        self.cursors = self._table(layout.CURSORS)
        self.retries = self._table(layout.RETRIES)
        self.runs = self._table(layout.RUNS)
        self.meta = self._table(layout.META)

    @property
    def folder(self) -> Path:
        """The state folder, in which the records lie."""
        return self.storage.path.parent

    def _table(self, schema: TableSchema) -> RecordTable:
        return cast(RecordTable, self.db.table(schema.name))

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Store:
        """Open the records in `folder`; make both if they are missing (for your user alone).

        :param read_only: beside another process that writes, or just not to change anything
        :raises StoreError: another process writes to it, it is damaged, it is of a newer version,
            the disk is full, or (read_only) there is nothing yet
        """
        folder = Path(folder)
        path = folder / FILE
        try:
            if read_only:
                if not path.exists():
                    raise migrations.nothing_yet(folder)
                return cls._opened(path, lock=None)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = Lock(folder / LOCK_FILE)
            try:
                _make_private(path)
                return cls._opened(path, lock)
            except BaseException:
                lock.release()
                raise
        except OSError as error:
            raise StoreError(
                Problem(
                    f"the folder {folder} cannot be used: {error.strerror}",
                    hint="make it and its files writable for your user, or use another "
                    "(--state DIR)",
                )
            ) from error

    @classmethod
    def _opened(cls, path: Path, lock: Lock | None) -> Store:
        db = RecordDB(path, schemas=layout.LAYOUT, read_only=lock is None)
        storage = cast(SQLiteStorage, db.storage)
        try:
            if lock is None:
                migrations.check_current(storage)
            else:
                migrations.bring_up_to_date(storage, layout.LAYOUT)
            return cls(db, storage, lock)
        except BaseException:
            storage.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything done inside, through any table, is stored durably as one, or not at all.

        :raises StoreError: it could not be stored; nothing was
        """
        with self.storage.transaction():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside see one state, whatever another process writes meanwhile."""
        with self.storage.snapshot():
            yield

    def check_integrity(self) -> list[str]:
        """What is wrong with the file, one line each; empty if nothing is. Reads all of it."""
        return problems(self.storage, layout.LAYOUT)

    def close(self) -> None:
        """Close the file and let another process write. A second call does nothing."""
        try:
            self.storage.close()
        finally:
            if self._lock:
                self._lock.release()
                self._lock = None

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _make_private(path: Path) -> None:
    """Make the file, or what is there, readable by its owner alone; SQLite gives the files it
    keeps beside it the same mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)

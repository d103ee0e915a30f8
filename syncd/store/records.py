"""The records of one syncd: one folder, one file, one writer."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from syncd import log
from syncd.errors import Problem, StoreError
from syncd.store import damage, layout, migrations
from syncd.store.failures import DamagedStore
from syncd.store.integrity import problems
from syncd.store.keyed import RecordDB, RecordTable
from syncd.store.lock import Lock
from syncd.store.rescue import rescued_findings, rescued_meta
from syncd.store.schema import TableSchema
from syncd.store.sqlite import SQLiteStorage

FILE = "records.db"
LOCK_FILE = "records.lock"
REBUILT = "rebuilt"
"""The key in `meta` of what was rescued from a damaged file."""


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

        A damaged file is set aside and a new one made, with what the user said as far as the old
        one can be read; the accounts give the rest. `rebuilt` tells what happened.

        :param read_only: beside another process that writes, or just not to change anything
        :raises StoreError: another process writes to it, it is of a newer version, the disk is
            full, or (read_only) it is damaged or there is nothing yet
        """
        folder = Path(folder)
        path = folder / FILE
        try:
            if read_only:
                if not path.exists():
                    raise migrations.nothing_yet(folder)
                return cls._opened(path, lock=None, read_only=True)
            _make_private_folder(folder)
            lock = Lock(folder / LOCK_FILE)
            try:
                return cls._opened_or_rebuilt(path, lock)
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
    def lent(cls, folder: Path) -> Store:
        """Open the records for writing in a process that their holder started, and for which it
        waits.

        :raises StoreError: they are damaged
        """
        return cls._opened(Path(folder) / FILE, lock=None, read_only=False)

    @classmethod
    def _opened_or_rebuilt(cls, path: Path, lock: Lock) -> Store:
        _make_private(path)
        try:
            store = cls._opened(path, lock)
            if damage.is_noted(path):
                store._hold_to_note()
        except DamagedStore:
            aside = damage.set_aside(path)
            log.warning("records_set_aside", damaged=str(aside))
            _make_private(path)
            store = cls._opened(path, lock)
        try:
            store._restore()
        except BaseException:
            store.storage.close()
            raise
        return store

    def _hold_to_note(self) -> None:
        """The file was found damaged: is it?

        :raises DamagedStore: yes, and the file is closed
        """
        try:
            found = self.check_integrity()
            if found:
                raise DamagedStore(found[0])
        except BaseException:
            self.storage.close()
            raise
        damage.withdraw(self.storage.path)

    def _restore(self) -> None:
        """Take over from a file that was set aside what the user said, once, also after a kill
        between the two."""
        aside = damage.latest_aside(self.storage.path)
        before = self.rebuilt
        if aside is None or (before is not None and before["from"] == aside.name):
            return
        findings, meta = rescued_findings(aside), rescued_meta(aside)
        with self.transaction():
            # a backup that was put in place meanwhile knows better
            for table, documents in ((self.findings, findings), (self.meta, meta)):
                known = table.get_keys(documents)
                table.put_many((k, document) for k, document in documents.items() if k not in known)
            self.meta.put(REBUILT, {"from": aside.name, "findings": len(findings)})
        log.warning("records_rebuilt", damaged=str(aside), findings_kept=len(findings))

    @property
    def damaged(self) -> bool:
        """SQLite has found the file damaged: close the store and open it again, and it is rebuilt.
        Cheap."""
        return damage.is_noted(self.storage.path)

    @property
    def rebuilt(self) -> Mapping[str, Any] | None:
        """That a damaged file was set aside: `from`, its name; `findings`, how many it still told
        of. None: it never was."""
        return self.meta.get_key(REBUILT)

    @classmethod
    def _opened(cls, path: Path, lock: Lock | None, *, read_only: bool = False) -> Store:
        db = RecordDB(path, schemas=layout.LAYOUT, read_only=read_only)
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


def _make_private_folder(folder: Path) -> None:
    """Make the folder, or close it to others where it is syncd's alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if stat.S_IMODE(status.st_mode) & 0o077 and status.st_uid == os.geteuid():
        names = {entry.name for entry in folder.iterdir()}
        if not names or FILE in names:
            folder.chmod(0o700)


def _make_private(path: Path) -> None:
    """Make the file, or what is there, readable by its owner alone; SQLite gives the files it
    keeps beside it the same mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)

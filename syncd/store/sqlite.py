"""A TinyDB storage on SQLite: the connection, its transactions and its tables.

Any TinyDB table works on it through `read` and `write`; syncd.store.table reads and writes single
rows. One connection belongs to one thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from syncd.errors import Problem, StoreError
from syncd.store import damage, encoding
from syncd.store.failures import BUSY_SECONDS, DamagedStore, store_error
from syncd.store.rows import Rows
from syncd.store.schema import TableSchema, quoted

APPLICATION_ID = 0x73796E63
"""`sync` in ASCII, in the header of every file that is ours."""
_CACHE_KIB = 16 * 1024
_MAX_IDLE_WAL_BYTES = 16 * 2**20
_FOREIGN = "x_"
"""Before the hexadecimal name of a table that no schema declares."""


class SQLiteStorage(Storage):
    """One SQLite file, durable at every commit (WAL, synchronous=FULL).

    :param path: the file; made if it is missing, except for `read_only`
    :param schemas: what the tables declare; others find their documents by doc_id and by scan
    :raises StoreError: the file cannot be opened, or is not ours
    """

    def __init__(
        self, path: Path, *, schemas: Sequence[TableSchema] = (), read_only: bool = False
    ) -> None:
        self.path = Path(path)
        self._schemas = {schema.name: schema for schema in schemas}
        self._read_only = read_only
        self._known: set[str] = set()
        self._depth = 0
        with self._named_errors():
            # read_only must still be able to make the -shm file that WAL needs.
            self.connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={'rw' if read_only else 'rwc'}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                cached_statements=256,
            )
            try:
                self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def _prepare(self) -> None:
        run = self.connection.execute
        empty = run("PRAGMA schema_version").fetchone()[0] == 0
        if not empty and run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreError(
                Problem(
                    f"{self.path} is a database, but not one of syncd's",
                    hint="give syncd a folder of its own (--state DIR)",
                )
            )
        run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if self._read_only:
            run("PRAGMA query_only = ON")
            return
        if empty:
            run(f"PRAGMA application_id = {APPLICATION_ID}")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run(f"PRAGMA journal_size_limit = {_MAX_IDLE_WAL_BYTES}")

    # --- statements and transactions ---------------------------------------------------------

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            named = store_error(error, self.path)
            if named is None:
                raise
            if isinstance(named, DamagedStore) and not self._read_only:
                damage.note(self.path)
            raise named from error

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT, as they are read. Do not write while they are.

        :raises StoreError: the file cannot be read
        """
        with self._named_errors():
            yield from self.connection.execute(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; how many rows it changed.

        :raises StoreError: the file cannot be written
        """
        with self._named_errors():
            return self.connection.execute(sql, parameters).rowcount

    def run_many(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each set of parameters.

        :raises StoreError: the file cannot be written
        """
        if parameters:
            with self._named_errors():
                self.connection.executemany(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, durably, or nothing does. Inside another transaction it is a
        part of that one, which can be undone on its own.

        :raises StoreError: the file cannot be written; nothing was
        """
        depth = self._depth
        if self._read_only:
            raise RuntimeError(f"{self.path} was opened for reading only")
        if depth:
            self._check_alive()
        with self._named_errors():
            self.connection.execute(f"SAVEPOINT part_{depth}" if depth else "BEGIN IMMEDIATE")
        self._depth += 1
        try:
            with self._named_errors():
                yield
                self._check_alive()
                self.connection.execute(f"RELEASE part_{depth}" if depth else "COMMIT")
        except BaseException as error:
            self._undo(depth, error)
            raise
        finally:
            self._depth -= 1

    def _check_alive(self) -> None:
        # A full disk makes SQLite undo by itself; what follows must not be stored alone.
        if not self.connection.in_transaction:
            raise StoreError("the transaction was already undone by an earlier error")

    def _undo(self, depth: int, first: BaseException) -> None:
        self._known.clear()
        if not self.connection.in_transaction:
            return
        try:
            if depth:
                self.connection.execute(f"ROLLBACK TO part_{depth}")
                self.connection.execute(f"RELEASE part_{depth}")
            else:
                self.connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            first.add_note(f"undoing it failed too: {error}")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside see one state of the file, whatever another process writes meanwhile."""
        if self.connection.in_transaction:
            yield
            return
        with self._named_errors():
            self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    # --- tables ------------------------------------------------------------------------------

    def schema(self, name: str) -> TableSchema:
        """What the TinyDB table `name` declares, under the name that SQLite knows it by."""
        declared = self._schemas.get(name)
        return declared or TableSchema(_FOREIGN + name.encode("utf-8", "surrogatepass").hex())

    def has_table(self, name: str) -> bool:
        """Whether the TinyDB table `name` was ever written to."""
        table = self.schema(name).name
        if table not in self._known:
            found = self.query(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)
            )
            if next(found, None):
                self._known.add(table)
        return table in self._known

    def create_table(self, name: str) -> None:
        """Make the TinyDB table `name` unless it is there. Call inside a transaction."""
        if not self.has_table(name):
            for statement in self.schema(name).statements():
                self.run(statement)

    def drop_table(self, name: str) -> None:
        """Remove the TinyDB table `name` and all its documents. Call inside a transaction."""
        if self.has_table(name):
            schema = self.schema(name)
            for item in schema.lists:
                self.run(f"DROP TABLE {quoted(f'{schema.name}_{item.name}')}")
            self.run(f"DROP TABLE {quoted(schema.name)}")
            self._known.discard(schema.name)

    def table_names(self) -> list[str]:
        """The TinyDB names of all tables, in the order in which they were made."""
        names = []
        for (table,) in self.query("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            if table in self._schemas:
                names.append(table)
            elif table.startswith(_FOREIGN):
                raw = bytes.fromhex(table.removeprefix(_FOREIGN))
                names.append(raw.decode("utf-8", "surrogatepass"))
        return names

    def rows(self, name: str) -> Rows:
        """The documents of an existing table, read when asked for."""
        return Rows(self, self.schema(name))

    # --- TinyDB's contract -------------------------------------------------------------------

    def read(self) -> dict[str, Any] | None:
        """All tables by name, each a lazy mapping from doc_id (text) to document."""
        return {name: self.rows(name) for name in self.table_names()} or None

    def write(self, data: Mapping[str, Any]) -> None:
        """Make the tables and documents those of `data`. What `read` gave and nobody replaced
        stays as it is."""
        with self.transaction():
            for name in self.table_names():
                if name not in data:
                    self.drop_table(name)
            for name, documents in data.items():
                if isinstance(documents, Rows) and documents.belongs_to(self, name):
                    continue
                contents = [
                    (int(doc_id), encoding.encode(document))
                    for doc_id, document in documents.items()
                ]
                self.create_table(name)
                table = quoted(self.schema(name).name)
                self.run(f"DELETE FROM {table}")  # noqa: S608 — a quoted identifier
                self.run_many(f"INSERT INTO {table} (doc_id, doc) VALUES (?, ?)", contents)  # noqa: S608

    def close(self) -> None:
        """Close the file; what was committed is in it."""
        with self._named_errors():
            self.connection.close()

"""The documents of one table as mappings: `Rows` to read them, `Overlay` to change them.

Both read a document only when it is asked for, so that a table may be larger than memory.
"""

# Table names in the statements are quoted identifiers of a schema, never data.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from syncd.store import encoding
from syncd.store.schema import TableSchema, quoted

if TYPE_CHECKING:
    from syncd.store.sqlite import SQLiteStorage

Document = Mapping[str, Any]
_CHUNK = 500


class Rows(Mapping[str, Document]):
    """The stored documents by doc_id as text, in the order in which they were inserted."""

    def __init__(self, storage: SQLiteStorage, schema: TableSchema) -> None:
        self._storage = storage
        self.schema = schema
        self._table = quoted(schema.name)

    def belongs_to(self, storage: SQLiteStorage, name: str) -> bool:
        """Whether these are the rows of that table of that storage."""
        return self._storage is storage and self.schema == storage.schema(name)

    def text(self, doc_id: int) -> str | None:
        """The stored JSON of one document; None if there is none."""
        if doc_id not in encoding.INTEGERS:
            return None
        sql = f"SELECT doc FROM {self._table} WHERE doc_id = ?"
        for (text,) in self._storage.query(sql, (doc_id,)):
            return str(text)
        return None

    def texts(self) -> Iterator[tuple[int, str]]:
        """Every doc_id and its JSON. What is written meanwhile does no harm; documents added
        meanwhile are left out."""
        (last,) = next(self._storage.query(f"SELECT max(seq) FROM {self._table}"))
        sql = (
            f"SELECT seq, doc_id, doc FROM {self._table}"
            " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
        )
        done = -(2**63)
        while chunk := list(self._storage.query(sql, (done, last, _CHUNK))):
            for _seq, doc_id, text in chunk:
                yield doc_id, text
            done = chunk[-1][0]

    def doc_ids(self) -> list[int]:
        """Every doc_id."""
        sql = f"SELECT doc_id FROM {self._table} ORDER BY seq"
        return [doc_id for (doc_id,) in self._storage.query(sql)]

    def __getitem__(self, doc_id: str) -> Document:
        text = self.text(int(doc_id)) if doc_id.lstrip("-").isdecimal() else None
        if text is None:
            raise KeyError(doc_id)
        return encoding.decode(text)

    def __iter__(self) -> Iterator[str]:
        return map(str, self.doc_ids())

    def __len__(self) -> int:
        (count,) = next(self._storage.query(f"SELECT count(*) FROM {self._table}"))
        return int(count)

    def items(self) -> ItemsView[str, Document]:
        """The documents with their ids, read in chunks."""
        return _Items(self)


class _Items(ItemsView[str, Document]):
    _mapping: Rows

    def __iter__(self) -> Iterator[tuple[str, Document]]:
        for doc_id, text in self._mapping.texts():
            yield str(doc_id), encoding.decode(text)


class Overlay(MutableMapping[int, Document]):
    """What TinyDB's updaters work on: only touched documents are read, and `flush` writes only
    those that changed. Use it inside a transaction."""

    def __init__(self, storage: SQLiteStorage, rows: Rows) -> None:
        self._storage = storage
        self._rows = rows
        self._cleared = False
        self._before: dict[int, str | None] = {}
        self._touched: dict[int, Document] = {}
        self._removed: dict[int, None] = {}

    def _stored(self, doc_id: int) -> str | None:
        if self._cleared or doc_id in self._removed:
            return None
        if doc_id not in self._before:
            self._before[doc_id] = self._rows.text(doc_id)
        return self._before[doc_id]

    def __contains__(self, doc_id: object) -> bool:
        if doc_id in self._touched:
            return True
        return isinstance(doc_id, int) and self._stored(doc_id) is not None

    def __getitem__(self, doc_id: int) -> Document:
        if doc_id not in self._touched:
            if doc_id not in self:
                raise KeyError(doc_id)
            self._touched[doc_id] = encoding.decode(self._stored(doc_id) or "")
        return self._touched[doc_id]

    def __setitem__(self, doc_id: int, document: Document) -> None:
        self._stored(doc_id)
        self._touched[doc_id] = document

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        if self._stored(doc_id) is not None:
            self._removed[doc_id] = None
        self._touched.pop(doc_id, None)

    def __iter__(self) -> Iterator[int]:
        stored = [] if self._cleared else self._rows.doc_ids()
        kept = dict.fromkeys(doc_id for doc_id in stored if doc_id not in self._removed)
        return iter(list(kept | dict.fromkeys(self._touched)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove every document."""
        self._cleared = True
        self._touched.clear()
        self._removed.clear()

    def flush(self) -> None:
        """Write what changed.

        :raises TypeError, ValueError: a document is not JSON or breaks the schema; nothing is
            written
        """
        schema = self._rows.schema
        new: list[tuple[int, str]] = []
        changed: list[tuple[str, int]] = []
        for doc_id, document in self._touched.items():
            encoding.check(document, schema)
            text, before = encoding.encode(document), self._stored(doc_id)
            if before is None:
                new.append((doc_id, text))
            elif before != text:
                changed.append((text, doc_id))
        table = quoted(schema.name)
        if self._cleared:
            self._storage.run(f"DELETE FROM {table}")
        self._storage.run_many(
            f"DELETE FROM {table} WHERE doc_id = ?", [(doc_id,) for doc_id in self._removed]
        )
        self._storage.run_many(f"UPDATE {table} SET doc = ? WHERE doc_id = ?", changed)
        self._storage.run_many(f"INSERT INTO {table} (doc_id, doc) VALUES (?, ?)", new)

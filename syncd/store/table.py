"""TinyDB's table on SQLite: its own API, and reads from the indexes alone."""

# Table and column names in the statements are quoted identifiers of a schema, never data.
# ruff: noqa: S608

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from syncd.store import encoding, pushdown
from syncd.store.rows import Overlay, Rows
from syncd.store.schema import TableSchema, quoted, side_table
from syncd.store.sqlite import SQLiteStorage

_CHUNK = 500
_ANY = pushdown.Clause("1")
_Item = TypeVar("_Item")


class SQLiteTable(Table):
    """A TinyDB table whose reads and writes touch only the rows they are about.

    Differences to TinyDB: no query cache (it hands out shared documents); NaN, and values that
    break the table's schema, are refused with ValueError. Do not write while the answer of
    `matching`, `select` or `tally` is still being read; iterating over the table allows it.
    """

    _storage: SQLiteStorage

    @property
    def schema(self) -> TableSchema:
        """What this table declares."""
        return self._storage.schema(self._name)

    # --- what TinyDB calls -------------------------------------------------------------------

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        rows = self._rows()
        return {} if rows is None else cast("dict[str, Mapping[str, Any]]", rows)

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        with self._storage.transaction():
            self._storage.create_table(self._name)
            overlay = Overlay(self._storage, self._storage.rows(self._name))
            updater(cast("dict[int, Mapping[str, Any]]", overlay))
            overlay.flush()

    def _get_next_id(self) -> int:
        if self._next_id is None and (rows := self._rows()) is not None:
            sql = f"SELECT coalesce(max(doc_id), 0) + 1 FROM {quoted(rows.schema.name)}"
            (self._next_id,) = next(self._storage.query(sql))
        return int(super()._get_next_id())  # type: ignore[no-untyped-call]  # TinyDB has no type here

    def _rows(self) -> Rows | None:
        return self._storage.rows(self._name) if self._storage.has_table(self._name) else None

    # --- queries -----------------------------------------------------------------------------

    def search(self, cond: QueryLike) -> list[Document]:
        """All documents that match, in the order in which they were inserted."""
        return list(self.matching(cond))

    def get(self, cond: Any = None, doc_id: Any = None, doc_ids: Any = None) -> Any:
        """As in TinyDB: one document by condition or doc_id, or several by `doc_ids`."""
        if doc_id is None and doc_ids is not None:
            texts = self.texts(doc_ids)
            return [self._document(doc_id, encoding.decode(text)) for doc_id, text in texts]
        if doc_id is None and cond is not None:
            return next(self.matching(cond), None)
        return super().get(cond, doc_id, doc_ids)

    def count(self, cond: QueryLike) -> int:
        """How many documents match; the index alone answers where it can."""
        rows = self._rows()
        clause = None if rows is None else pushdown.exact(cond, rows.schema)
        if rows is None or clause is None:
            return super().count(cond)
        sql = f"SELECT count(*) FROM {quoted(rows.schema.name)} WHERE {clause.sql}"
        (count,) = next(self._storage.query(sql, clause.parameters))
        return int(count)

    def update(
        self,
        fields: Any,
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        """As in TinyDB; a condition is resolved inside the transaction."""
        if cond is None or doc_ids is not None:
            return super().update(fields, cond, doc_ids)
        with self._storage.transaction():
            return super().update(fields, doc_ids=self._ids(cond))

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """As in TinyDB, in one transaction."""
        with self._storage.transaction():
            return super().upsert(document, cond)

    def remove(
        self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None
    ) -> list[int]:
        """As in TinyDB; a condition is resolved inside the transaction."""
        if cond is None or doc_ids is not None:
            return super().remove(cond, doc_ids)
        with self._storage.transaction():
            doc_ids = self._ids(cond)
            self.delete_ids(doc_ids)
            return doc_ids

    def _ids(self, cond: QueryLike) -> list[int]:
        """The doc_ids of the documents that match, in the order in which they were inserted."""
        sql = self._select(["doc_id"], cond)
        if sql is None:
            return [document.doc_id for document in self.matching(cond)]
        found = self._storage.query(f"SELECT {sql.sql} ORDER BY +seq", sql.parameters)
        return [doc_id for (doc_id,) in found]

    def delete_ids(self, doc_ids: Iterable[int]) -> int:
        """Delete the documents with these ids, without reading them; how many there were. Call it
        inside a transaction."""
        if self._rows() is None:
            return 0
        table = quoted(self.schema.name)
        return sum(
            self._storage.run(f"DELETE FROM {table} WHERE {clause.sql}", clause.parameters)
            for clause in map(_with_ids, chunks(doc_ids))
        )

    def matching(self, cond: QueryLike) -> Iterator[Document]:
        """What `search` gives, one document at a time: it need not fit into memory."""
        rows = self._rows()
        if rows is None:
            return
        clause = pushdown.superset(cond, rows.schema)
        texts = rows.texts() if clause is None else self._texts(clause)
        for doc_id, text in texts:
            document = encoding.decode(text)
            if cond(document):
                yield self._document(doc_id, document)

    def _texts(self, clause: pushdown.Clause) -> Iterator[tuple[int, str]]:
        # The inner query reads an index alone; sorting rows instead would carry their documents.
        table = quoted(self.schema.name)
        sql = (
            f"SELECT doc_id, doc FROM {table} WHERE seq IN"
            f" (SELECT seq FROM {table} WHERE {clause.sql}) ORDER BY seq"
        )
        yield from cast("Iterator[tuple[int, str]]", self._storage.query(sql, clause.parameters))

    def texts(self, doc_ids: Iterable[object]) -> Iterator[tuple[int, str]]:
        """The ids and the JSON of those documents, in the order in which they were inserted."""
        if self._rows() is not None:
            yield from self._texts(_with_ids(doc_ids))

    def _document(self, doc_id: int, document: Mapping[str, Any]) -> Document:
        return self.document_class(document, self.document_id_class(doc_id))

    # --- reads that leave the documents closed -----------------------------------------------

    def select(
        self,
        fields: Sequence[str],
        cond: QueryLike | None = None,
        *,
        order_by: str | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        """Some fields of the documents that match. Bools come as 0 and 1, missing fields as None;
        `doc_id` may be asked for too.

        It reads indexed columns alone where every field named here is declared and the condition
        translates to SQL; else it opens the documents.

        :param order_by: a field; documents that lack it come first (last if `descending`). Without
            it the order is any.
        """
        sql = self._select(fields, cond, order_by)
        if sql is None:
            found = iter(self) if cond is None else self.matching(cond)
            return _picked(found, fields, order_by, descending, limit)
        order = (
            f" ORDER BY {quoted(order_by)} {'DESC' if descending else 'ASC'}" if order_by else ""
        )
        return self._storage.query(
            f"SELECT {sql.sql}{order} LIMIT ?", (*sql.parameters, -1 if limit is None else limit)
        )

    def distinct(self, field: str, cond: QueryLike | None = None) -> list[Any]:
        """The different values of one field among the documents that match, sorted, None left out.
        The values must be of one type."""
        sql = self._select([field], cond)
        found = (
            self.select([field], cond)
            if sql is None
            else self._storage.query(f"SELECT DISTINCT {sql.sql}", sql.parameters)
        )
        return sorted({value for (value,) in found if value is not None})

    def _select(
        self, fields: Sequence[str], cond: QueryLike | None, order_by: str | None = None
    ) -> pushdown.Clause | None:
        """What follows SELECT; None if it takes the documents themselves."""
        rows = self._rows()
        if rows is None:
            return None
        clause = _ANY if cond is None else pushdown.exact(cond, rows.schema)
        named = {*fields, *([order_by] if order_by else [])}
        if clause is None or not named <= {*rows.schema.scalars, "doc_id"}:
            return None
        columns = ", ".join(map(quoted, fields))
        return pushdown.Clause(
            f"{columns} FROM {quoted(rows.schema.name)} WHERE {clause.sql}", clause.parameters
        )

    def tally(
        self, list_field: str, *, until: int, windows: Sequence[int] = ()
    ) -> Iterator[tuple[str, int, int, int, tuple[int, ...]]]:
        """For each value of a declared list field, by value: (value, how many documents hold it,
        the first and the last stamp among them, how many of them per window).

        :param until: documents stamped later do not count; epoch seconds, included
        :param windows: the first second of each window; all end with `until`
        """
        stamps = {item.name: item.stamp for item in self.schema.lists}
        if list_field not in stamps:
            raise ValueError(f"{self._name} declares no list field {list_field!r}")
        stamp = quoted(stamps[list_field])
        sums = "".join(f", sum({stamp} >= ?)" for _ in windows)
        sql = (
            f"SELECT value, count(*), min({stamp}), max({stamp}){sums}"
            f" FROM {side_table(self.schema.name, list_field)}"
            f" WHERE {stamp} <= ? GROUP BY value"
        )
        for value, total, first, last, *counts in self._storage.query(sql, (*windows, until)):
            yield value, total, first, last, tuple(counts)


def _with_ids(doc_ids: Iterable[object]) -> pushdown.Clause:
    whole = [doc_id for doc_id in doc_ids if isinstance(doc_id, int)]
    return pushdown.Clause("doc_id IN (SELECT value FROM json_each(?))", (json.dumps(whole),))


def chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """The items in lists of a size that one statement handles well."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _picked(
    documents: Iterable[Document],
    fields: Sequence[str],
    order_by: str | None,
    descending: bool,
    limit: int | None,
) -> Iterator[tuple[Any, ...]]:
    """What `select` gives, from open documents."""

    def value(document: Document, field: str) -> Any:
        found = document.doc_id if field == "doc_id" else document.get(field)
        return int(found) if isinstance(found, bool) else found

    def rank(document: Document) -> tuple[int, Any]:
        # SQLite's order: missing, numbers, texts.
        found = value(document, order_by or "")
        return (0, 0) if found is None else (2, found) if isinstance(found, str) else (1, found)

    if order_by:
        documents = sorted(documents, key=rank, reverse=descending)
    for document in islice(documents, limit):
        yield tuple(value(document, field) for field in fields)

"""What a table declares about its documents, and the SQL that follows from it.

A table keeps each document as JSON text in `doc`. Every declared scalar field is a virtual
generated column, every declared list field a side table kept by triggers: the indexes follow the
text whatever writes it, the sqlite3 shell included.
"""

# Names in the statements are quoted identifiers of a schema, never data.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """One index over scalar fields, in this order."""

    fields: tuple[str, ...]
    sparse: bool = False
    """Leave out the documents that lack the first field: smaller, and only found by a condition
    that asks for it."""


@dataclass(frozen=True, slots=True)
class ListField:
    """A field that holds a list of texts, each of which finds the document."""

    name: str
    stamp: str
    """The scalar field (epoch seconds) that every row of the side table carries along."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table's name and what its documents can be found by.

    A declared scalar field holds a text, a whole number of 64 bits or a bool, or is absent; a
    declared list field holds texts, or is absent. Names are identifiers chosen here, never data.
    """

    name: str
    indexes: tuple[Index, ...] = ()
    lists: tuple[ListField, ...] = ()

    @property
    def scalars(self) -> tuple[str, ...]:
        """Every field with a column, each once, in the order of the indexes."""
        stamps = (item.stamp for item in self.lists)
        fields = (field for index in self.indexes for field in index.fields)
        return tuple(dict.fromkeys((*fields, *stamps)))

    @property
    def list_names(self) -> tuple[str, ...]:
        """The names of the list fields."""
        return tuple(item.name for item in self.lists)

    def statements(self) -> Iterator[str]:
        """The SQL that creates the table, its indexes, side tables and triggers."""
        yield from _table(self)
        for index in self.indexes:
            yield _index(self.name, index)
        for item in self.lists:
            yield from _side_table(self.name, item)


def quoted(name: str) -> str:
    """An SQL identifier, whatever the name holds."""
    return '"' + name.replace('"', '""') + '"'


def side_table(table: str, field: str) -> str:
    """The quoted name of the side table of a list field."""
    return quoted(f"{table}_{field}")


def _table(schema: TableSchema) -> Iterator[str]:
    columns = [
        # A sequential key writes far fewer pages than doc_id, which is a hash, would.
        "seq INTEGER PRIMARY KEY",
        "doc_id INTEGER NOT NULL UNIQUE",
        "doc TEXT NOT NULL CHECK (json_type(doc) IS 'object')",
    ]
    columns += [
        f"{quoted(field)} GENERATED ALWAYS AS (json_extract(doc, '$.{field}')) VIRTUAL"
        for field in schema.scalars
    ]
    yield f"CREATE TABLE {quoted(schema.name)} ({', '.join(columns)})"


def _index(table: str, index: Index) -> str:
    name = quoted("_".join((table, "by", *index.fields)))
    columns = ", ".join(map(quoted, index.fields))
    where = f" WHERE {quoted(index.fields[0])} IS NOT NULL" if index.sparse else ""
    return f"CREATE INDEX {name} ON {quoted(table)} ({columns}){where}"


def side_rows(row: str, item: ListField, source: str = "") -> str:
    """A SELECT of the side rows (value, stamp, seq) that belong to `row` of the table: in a trigger
    `old` or `new`, else an alias that `source` gives the table."""
    return (
        "SELECT DISTINCT item.value AS value,"
        f" coalesce(json_extract({row}.doc, '$.{item.stamp}'), 0) AS stamp, {row}.seq AS seq"
        f" FROM {source}json_each({row}.doc, '$.{item.name}') AS item"
        " WHERE item.value IS NOT NULL"
    )


def _side_table(table: str, item: ListField) -> Iterator[str]:
    side = side_table(table, item.name)
    stamp = quoted(item.stamp)
    key = f"value, {stamp}, seq"
    insert = f"INSERT INTO {side} ({key}) {side_rows('new', item)}"
    delete = f"DELETE FROM {side} WHERE ({key}) IN ({side_rows('old', item)})"
    changed = " OR ".join(
        f"json_extract(old.doc, '$.{field}') IS NOT json_extract(new.doc, '$.{field}')"
        for field in (item.name, item.stamp)
    )
    # The key is the whole row: what a tally reads is one run of it, and no second index is needed
    # to take the rows of a document away again.
    yield (
        f"CREATE TABLE {side} (value NOT NULL, {stamp} NOT NULL, seq INTEGER NOT NULL,"
        f" PRIMARY KEY ({key})) WITHOUT ROWID"
    )
    for event, when, actions in (
        ("INSERT", "", (insert,)),
        ("DELETE", "", (delete,)),
        ("UPDATE", f" WHEN {changed} OR old.seq IS NOT new.seq", (delete, insert)),
    ):
        name = quoted(f"{table}_{item.name}_{event.lower()}")
        body = "; ".join(actions)
        yield f"CREATE TRIGGER {name} AFTER {event} ON {quoted(table)}{when} BEGIN {body}; END"

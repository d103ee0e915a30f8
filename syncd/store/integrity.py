"""Whether the file is whole: SQLite's own check, and the side tables against the documents."""

# Table names in the statements are quoted identifiers of a schema, never data.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence

from syncd.store.schema import ListField, TableSchema, quoted, side_rows, side_table
from syncd.store.sqlite import SQLiteStorage

_MOST = 20


def problems(storage: SQLiteStorage, layout: Sequence[TableSchema]) -> list[str]:
    """What is wrong, one line each, at most 20 of SQLite's; empty if nothing is.

    :raises StoreError: the file is too damaged to be checked
    """
    with storage.snapshot():
        found = [str(line) for (line,) in storage.query(f"PRAGMA integrity_check({_MOST})")]
        if found != ["ok"]:
            return found
        lines = []
        for schema in layout:
            for item in schema.lists:
                lines += _side_problems(storage, schema, item)
    return lines


def _side_problems(storage: SQLiteStorage, schema: TableSchema, item: ListField) -> list[str]:
    side = side_table(schema.name, item.name)
    kept = f'SELECT value, "{item.stamp}", seq FROM {side}'
    wanted = side_rows("row", item, source=f"{quoted(schema.name)} AS row, ")
    lines = []
    for what, sql in (
        ("lacks", f"SELECT count(*) FROM ({wanted} EXCEPT {kept})"),
        ("has too many:", f"SELECT count(*) FROM ({kept} EXCEPT {wanted})"),
    ):
        (count,) = next(storage.query(sql))
        if count:
            lines.append(f"{schema.name}_{item.name} {what} {count} rows")
    return lines

"""From a TinyDB query to SQL. Pure.

TinyDB keeps a query's structure in the private attribute `_hash` (tinydb is pinned for it). What
is not understood there is never guessed: the caller scans instead. `not` and `!=` are never
translated: SQL's NULL makes them mean something else.
"""

# Names in the conditions are quoted identifiers of a schema; data is bound.
# ruff: noqa: S608

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from syncd.store.encoding import INTEGERS
from syncd.store.schema import TableSchema, quoted, side_table

_MAX_DEPTH = 100
"""SQLite refuses expressions nested more than 1000 deep."""
_RANGES = {"<", "<=", ">", ">="}


@dataclass(frozen=True, slots=True)
class Clause:
    """An SQL condition over one table and the values it binds."""

    sql: str
    parameters: tuple[Any, ...] = ()


class _NotTranslatable(Exception):
    pass


def superset(query: object, schema: TableSchema) -> Clause | None:
    """A condition that every document matching `query` meets, and perhaps others: the caller
    checks each one with the query itself. None: only a scan can tell."""
    return _translated(query, schema, exact=False)


def exact(query: object, schema: TableSchema) -> Clause | None:
    """A condition that exactly the documents matching `query` meet, as long as they keep to what
    `schema` promises. None: there is no such condition."""
    return _translated(query, schema, exact=True)


def _translated(query: object, schema: TableSchema, *, exact: bool) -> Clause | None:
    try:
        return _clause(getattr(query, "_hash", None), schema, exact, 0)
    except _NotTranslatable:
        return None


def _clause(shape: object, schema: TableSchema, exact: bool, depth: int) -> Clause:
    if not isinstance(shape, tuple) or depth > _MAX_DEPTH:
        raise _NotTranslatable
    match shape:
        case () if exact:
            return Clause("1")
        case ("and", frozenset() as parts):
            return _conjunction(parts, schema, exact, depth)
        case ("or", frozenset() as parts):
            return _joined(" OR ", [_clause(part, schema, exact, depth + 1) for part in parts])
        case ("any", (str() as field,), items) if field in schema.list_names:
            side = side_table(schema.name, field)
            listed = _listed(items, texts_only=True)
            return Clause(
                f"seq IN (SELECT seq FROM {side} WHERE value IN {listed.sql})", listed.parameters
            )
        case (str() as test, (str() as field,), *rest) if field in schema.scalars:
            return _comparison(test, quoted(field), rest, exact)
    raise _NotTranslatable


def _conjunction(parts: frozenset[object], schema: TableSchema, exact: bool, depth: int) -> Clause:
    clauses = []
    for part in parts:
        try:
            clauses.append(_clause(part, schema, exact, depth + 1))
        except _NotTranslatable:
            # A superset may leave a condition out; the query itself is checked afterwards.
            if exact:
                raise
    if not clauses:
        raise _NotTranslatable
    return _joined(" AND ", clauses)


def _joined(operator: str, clauses: list[Clause]) -> Clause:
    return Clause(
        "(" + operator.join(clause.sql for clause in clauses) + ")",
        tuple(value for clause in clauses for value in clause.parameters),
    )


def _comparison(test: str, column: str, rest: list[object], exact: bool) -> Clause:
    match test, rest:
        case "exists", [] if exact:
            return Clause(f"{column} IS NOT NULL")
        case "==", [value]:
            return Clause(f"{column} = ?", (_scalar(value),))
        case "one_of", [items]:
            listed = _listed(items, texts_only=False)
            return Clause(f"{column} IN {listed.sql}", listed.parameters)
        case _, [value] if test in _RANGES:
            # SQLite may round a fraction onto its bound: a superset takes the bound in.
            operator = test if exact or test.endswith("=") else f"{test}="
            return Clause(f"{column} {operator} ?", (_scalar(value, fractions=True),))
    raise _NotTranslatable


def _scalar(value: object, *, fractions: bool = False) -> str | int | float:
    """The value as SQLite compares it the way Python does."""
    match value:
        case str() if _storable(value):
            return value
        case int() if value in INTEGERS:
            return int(value)
        case float() if fractions and math.isfinite(value):
            return value
        case float() if value.is_integer() and int(value) in INTEGERS:
            return int(value)
    raise _NotTranslatable


def _storable(text: str) -> bool:
    """Neither NUL nor a lone surrogate: no stored text holds them, and SQL cannot compare them."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _listed(items: object, *, texts_only: bool) -> Clause:
    """One parameter for a list of any length, so that the statement's text stays the same."""
    if not isinstance(items, tuple | frozenset):
        raise _NotTranslatable
    values = [_scalar(item) for item in items]
    if texts_only and not all(isinstance(value, str) for value in values):
        raise _NotTranslatable
    return Clause("(SELECT value FROM json_each(?))", (json.dumps(values, ensure_ascii=False),))

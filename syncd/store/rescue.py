"""What the user said, out of a damaged file: answers, and where meetings took place.

Everything else comes back from the accounts. Rows are read in small steps, so that a page that
cannot be read costs only the rows on it.
"""

# Table names in the statements are quoted identifiers of the layout, never data.
# ruff: noqa: S608

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from syncd.findings.documents import from_document
from syncd.store import layout
from syncd.store.encoding import check
from syncd.store.keyed import KEY
from syncd.store.schema import TableSchema, quoted

Document = dict[str, Any]

_META = ("places", "summaries", "summary files")
"""Of `meta`: what is the user's, and what they were last shown. The rest says how far the accounts
were read, which must not outlive the records."""
_STEP = 50
_MOST = 20_000
"""Rows looked for where the file cannot say how many there are."""


def rescued_findings(damaged: Path) -> dict[str, Document]:
    """The findings that can still be read, by key."""
    found = _documents(damaged, layout.FINDINGS)
    return {key: document for key, document in found.items() if _is_finding(document)}


def rescued_meta(damaged: Path) -> dict[str, Document]:
    """What `meta` still says of the user's words, by key."""
    found = _documents(damaged, layout.META)
    return {key: document for key, document in found.items() if key in _META}


def _documents(damaged: Path, schema: TableSchema) -> dict[str, Document]:
    found: dict[str, Document] = {}
    # first without the write-ahead log, then with it: later rows win, and either may be broken
    for mode in ("mode=ro&immutable=1", "mode=ro"):
        try:
            with closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?{mode}", uri=True)) as db:
                db.execute("PRAGMA query_only = ON")
                for text in _texts(db, schema):
                    document = _decoded(text, schema)
                    if document is not None:
                        found[document[KEY]] = document
        except (sqlite3.Error, OSError):
            continue
    return found


def _texts(db: sqlite3.Connection, schema: TableSchema) -> Iterator[str]:
    table = quoted(schema.name)
    try:
        (last,) = db.execute(f"SELECT max(seq) FROM {table}").fetchone()
    except sqlite3.DatabaseError:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # else nothing can be found
        last = _MOST
    for start in range(1, min(last or 0, _MOST) + 1, _STEP):
        try:
            yield from _between(db, table, start, start + _STEP)
        except sqlite3.DatabaseError:
            for seq in range(start, start + _STEP):
                try:
                    yield from _between(db, table, seq, seq + 1)
                except sqlite3.DatabaseError:
                    continue


def _between(db: sqlite3.Connection, table: str, start: int, end: int) -> list[str]:
    rows = db.execute(f"SELECT doc FROM {table} WHERE seq >= ? AND seq < ?", (start, end))
    return [row[0] for row in rows.fetchall()]


def _decoded(text: object, schema: TableSchema) -> Document | None:
    try:
        document = json.loads(text) if isinstance(text, str) else None
        if not isinstance(document, dict) or not isinstance(document.get(KEY), str):
            return None
        check(document, schema)
    except (ValueError, RecursionError):
        return None
    return document


def _is_finding(document: Document) -> bool:
    try:
        record = from_document(document)
        return record.identity == str(document[KEY])
    except (KeyError, TypeError, ValueError, AttributeError):
        return False

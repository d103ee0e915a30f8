"""The records as TinyDB's own JSON file, for anything that reads plain TinyDB."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from syncd.store import encoding
from syncd.store.failures import unwritable
from syncd.store.records import Store
from syncd.store.sqlite import SQLiteStorage


def export(store: Store, path: Path) -> None:
    """Write every table to `path`, which `tinydb.TinyDB(path)` opens. What was there is replaced at
    the end, at once; only your user can read it.

    :raises StoreError: the file cannot be written; what was there stays
    """
    path = Path(path)
    try:
        # mkstemp gives mode 0600.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file, store.snapshot():
                file.writelines(_lines(store.storage))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise unwritable(path, error) from error


def _lines(storage: SQLiteStorage) -> Iterator[str]:
    """One line per document: a table may be larger than memory."""
    table_start = "{"
    for name in storage.table_names():
        yield f"{table_start}\n{json.dumps(name)}: {{"
        table_start = ","
        document_start = ""
        for doc_id, text in storage.rows(name).texts():
            yield f'{document_start}\n"{doc_id}": {_ascii(text)}'
            document_start = ","
        yield "}"
    yield "}\n" if table_start == "," else "{}\n"


def _ascii(text: str) -> str:
    # TinyDB opens its file in the encoding of the platform: ASCII is right in all of them.
    return text if text.isascii() else json.dumps(encoding.decode(text), separators=(",", ":"))

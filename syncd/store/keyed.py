"""Documents under keys: what syncd puts into its tables and finds again by a provider's id."""

# Table names in the statements are quoted identifiers of a schema, never data.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from tinydb import TinyDB
from tinydb.table import Document

from syncd.store import encoding
from syncd.store.schema import quoted
from syncd.store.sqlite import SQLiteStorage
from syncd.store.table import SQLiteTable, chunks

KEY = "key"
"""The field in which a document carries the key it was put under."""


def key_id(key: str) -> int:
    """The doc_id of the document put under `key`: 63 bits of BLAKE2b (RFC 7693)."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


class RecordTable(SQLiteTable):
    """A table that also finds its documents by a key: any text, such as `account/provider's id`."""

    def put(self, key: str, document: Mapping[str, Any]) -> bool:
        """Store `document` under `key`, in place of what was there; False if it is the same.

        :raises ValueError: the document breaks the table's schema
        :raises StoreError: it could not be stored; nothing was
        """
        return self.put_many([(key, document)]) == 1

    def put_many(self, items: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
        """Store documents under their keys in one transaction; how many differ from what was there.

        :raises ValueError: a document breaks the table's schema; nothing is stored
        :raises StoreError: they could not be stored; nothing was
        """
        with self._storage.transaction():
            self._storage.create_table(self._name)
            return sum(self._put_chunk(chunk) for chunk in chunks(items))

    def _put_chunk(self, items: list[tuple[str, Mapping[str, Any]]]) -> int:
        schema = self.schema
        texts: dict[int, tuple[str, str]] = {}
        for key, document in items:
            encoding.check(document, schema)
            keyed = {KEY: key, **document}
            keyed[KEY] = key
            texts[key_id(key)] = (key, encoding.encode(keyed))
        stored = dict(self.texts(texts))
        new, changed = [], []
        for doc_id, (key, text) in texts.items():
            before = stored.get(doc_id)
            if before is None:
                new.append((doc_id, text))
            elif before != text:
                _check_same_key(before, key)
                changed.append((text, doc_id))
        table = quoted(schema.name)
        self._storage.run_many(f"UPDATE {table} SET doc = ? WHERE doc_id = ?", changed)
        self._storage.run_many(f"INSERT INTO {table} (doc_id, doc) VALUES (?, ?)", new)
        return len(new) + len(changed)

    def get_key(self, key: str) -> Document | None:
        """The document under `key`, its key in the field `key`; None if there is none."""
        return self.get_keys([key]).get(key)

    def get_keys(self, keys: Iterable[str]) -> dict[str, Document]:
        """The documents under these keys; keys that hold none are left out."""
        wanted = {key_id(key): key for key in keys}
        found = dict(self.texts(wanted))
        return {
            key: Document(encoding.decode(found[doc_id]), doc_id)
            for doc_id, key in wanted.items()
            if doc_id in found
        }

    def delete_keys(self, keys: Iterable[str]) -> int:
        """Delete the documents under these keys in one transaction; how many there were.

        :raises StoreError: nothing was deleted
        """
        with self._storage.transaction():
            return self.delete_ids(map(key_id, keys))


class RecordDB(TinyDB):
    """TinyDB with `RecordTable`s on an `SQLiteStorage`."""

    table_class = RecordTable
    default_storage_class = SQLiteStorage  # type: ignore[assignment]  # typed as TinyDB's own


def _check_same_key(stored: str, key: str) -> None:
    """Two keys with the same 63 bits must not overwrite each other."""
    other = encoding.decode(stored).get(KEY, key)
    if other != key:
        raise ValueError(f"the keys {other!r} and {key!r} have the same doc_id")

"""The store: what syncd remembers, as TinyDB tables in one SQLite file.

`Store.open(folder)` is the way in; `documents` turns interactions into documents and back;
`export` writes everything as a TinyDB JSON file.
"""

from syncd.store.failures import DamagedStore
from syncd.store.keyed import RecordTable, key_id
from syncd.store.lock import InUse
from syncd.store.records import Store

__all__ = ["DamagedStore", "InUse", "RecordTable", "Store", "key_id"]

"""Memory given back to the system after work that needed much of it for a moment."""

from __future__ import annotations

import ctypes
import gc

from syncd.store import Store


def give_back(store: Store) -> None:
    """Let the system have what is free: SQLite and glibc keep it otherwise, and a service idles
    for hours. Without glibc this does less."""
    gc.collect()
    store.storage.run("PRAGMA shrink_memory")
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

"""Memory: kept in one heap, and given back to the system after work that needed much of it for a
moment. Both ask glibc; with another C library they do less."""

from __future__ import annotations

import ctypes
import gc
import linecache

from syncd.store import Store

_ARENA_MAX = -8
"""M_ARENA_MAX, mallopt(3)."""


def one_heap() -> None:
    """Let all threads share one heap: each that pulls an account would leave holes in its own."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)


def give_back(store: Store) -> None:
    """Let the system have what is free: SQLite and glibc keep it otherwise, and a service idles
    for hours."""
    linecache.clearcache()  # where attrs leaves the source of the methods that it makes
    gc.collect()
    store.storage.run("PRAGMA shrink_memory")
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

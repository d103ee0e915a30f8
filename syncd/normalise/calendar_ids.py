"""The ids of calendar items: which file, which event, which occurrence. Pure."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote, unquote

_LONGEST_UID = 200


def source_id(folder: str, uid: str = "", key: str = "") -> str:
    """The id of an occurrence: its file, its UID, and which one (empty for a single event)."""
    event = _event_id(folder, uid)
    return f"{event}#{key}" if uid and key else event


@lru_cache(maxsize=64)
def _event_id(folder: str, uid: str) -> str:
    """What the occurrences of one series have in common, thousands of them in a row."""
    place_of = folder.replace("%", "%25").replace("#", "%23")
    return f"{place_of}#{quote(uid, safe='@:.-_/{}')}" if uid else place_of


def bounded_uid(uid: str) -> str:
    """A UID of at most 200 characters: a longer one is hashed, the same way for every provider, so
    that one meeting in two calendars stays one."""
    if len(uid) <= _LONGEST_UID:
        return uid
    return blake2b(uid.encode("utf-8", "replace"), digest_size=12).hexdigest()


def folder_of(identifier: str) -> str:
    """The file in a source id."""
    return identifier.partition("#")[0].replace("%23", "#").replace("%25", "%")


def parts_of(identifier: str) -> tuple[str, str]:
    """The event and the key in a source id; empty where it has none."""
    _, _, rest = identifier.partition("#")
    event, _, key = rest.partition("#")
    return unquote(event), key

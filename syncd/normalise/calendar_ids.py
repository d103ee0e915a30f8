"""The ids of calendar items: which file, which event, which occurrence. Pure."""

from __future__ import annotations

from urllib.parse import quote


def source_id(folder: str, uid: str = "", key: str = "") -> str:
    """The id of an occurrence: its file, its UID, and which one (empty for a single event)."""
    place_of = folder.replace("%", "%25").replace("#", "%23")
    if not uid:
        return place_of
    return f"{place_of}#{quote(uid, safe='@:.-_/{}')}" + (f"#{key}" if key else "")


def folder_of(identifier: str) -> str:
    """The file in a source id."""
    return identifier.partition("#")[0].replace("%23", "#").replace("%25", "%")

"""Fields of Graph's JSON, of which none can be trusted to be there or of its type. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_MOST_TEXTS: Final = 10


def part(value: object, name: str) -> Mapping[str, Any]:
    """An object inside another, empty where there is none."""
    inner = value.get(name) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def string(value: object, name: str) -> str:
    """A text inside an object, empty where there is none."""
    inner = value.get(name) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, str) else ""


def texts(value: object, name: str) -> list[str]:
    """The first few texts of a list inside an object."""
    inner = value.get(name) if isinstance(value, Mapping) else None
    listed = inner[:_MOST_TEXTS] if isinstance(inner, list) else []
    return [text for text in listed if isinstance(text, str)]

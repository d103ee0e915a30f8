"""One call for many events: after a short silence, or at the latest after a while. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Pause(NamedTuple):
    """How long events of one kind are gathered, in seconds."""

    quiet: float
    """This long after the last event …"""
    longest: float
    """… but not later than this after the first one."""


class Debounce(Generic[Key]):
    """Gathers events by key. Instants are seconds on any clock that never goes back.

    :param pause: how long the events of a key are gathered
    """

    def __init__(self, pause: Callable[[Key], Pause]) -> None:
        self._pause = pause
        self._first: dict[Key, float] = {}
        self._due: dict[Key, float] = {}

    def touch(self, key: Key, now: float) -> None:
        """An event of `key`."""
        pause = self._pause(key)
        first = self._first.setdefault(key, now)
        self._due[key] = min(now + pause.quiet, first + pause.longest)

    def due(self, now: float) -> list[Key]:
        """The keys whose time has come; they are forgotten."""
        keys = [key for key, at in self._due.items() if at <= now]
        for key in keys:
            del self._first[key], self._due[key]
        return keys

    def next(self) -> float | None:
        """When the next key is due; None if there is none."""
        return min(self._due.values(), default=None)

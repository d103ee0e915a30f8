"""Names to classes: connectors, rules and summary formats, ours and third parties' alike.

All come from entry points (https://packaging.python.org/specifications/entry-points/) and are
loaded when first asked for, so that an account of one provider never pays for another's library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from syncd.connectors.base import Connector
from syncd.errors import UserError
from syncd.rules.base import OptionsClass, Rule

if TYPE_CHECKING:
    from syncd.summary.build import Summary

Loaded = TypeVar("Loaded")
Renderer = Callable[["Summary"], str]


class Registry(Mapping[str, Loaded], Generic[Loaded]):
    """The classes of one group by name; a lookup loads the class."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._entries: dict[str, EntryPoint] = {e.name: e for e in entry_points(group=group)}
        self._loaded: dict[str, Loaded] = {}

    def __getitem__(self, name: str) -> Loaded:
        """:raises KeyError: no such name; UserError: it is named but cannot be imported"""
        if name not in self._loaded:
            entry = self._entries[name]
            try:
                self._loaded[name] = cast(Loaded, entry.load())
            except (ImportError, AttributeError) as error:
                raise UserError(
                    f"{self._group} {name!r} cannot be loaded from {entry.value}: {error}"
                ) from error
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


class OptionsOf(Mapping[str, Any]):
    """The options model of each class of a registry, by the same names."""

    def __init__(self, registry: Registry[Any]) -> None:
        self._registry = registry

    def __getitem__(self, name: str) -> OptionsClass:
        options: OptionsClass = self._registry[name].Options
        return options

    def __iter__(self) -> Iterator[str]:
        return iter(self._registry)

    def __len__(self) -> int:
        return len(self._registry)


@lru_cache(maxsize=1)
def connectors() -> Registry[type[Connector]]:
    """The connector classes, by the word after `connector:`."""
    return Registry("syncd.connectors")


@lru_cache(maxsize=1)
def rules() -> Registry[type[Rule]]:
    """The rule classes, by the word after `type:`."""
    return Registry("syncd.rules")


@lru_cache(maxsize=1)
def summaries() -> Registry[Renderer]:
    """The renderers, by the word in `formats:`."""
    return Registry("syncd.summaries")

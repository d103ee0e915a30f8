"""What syncd wrote into each summary file, and what of it has been read back since."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from syncd.store import Store
from syncd.summary.marks import version_of

_KEY = "summary files"
_KEPT_FILES = 14
_KEPT_VERSIONS = 40
"""An editor may hold an older writing of a file than the last, for weeks in a forgotten window."""


class Written:
    """The marks of every kept version of every summary file, as last read; change them and `save`.

    :param store: the records, where they are kept
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        document = store.meta.get_key(_KEY)
        stored: Mapping[str, Any] = document["files"] if document else {}
        self._files: dict[str, dict[str, dict[str, str]]] = {
            name: {version: dict(marks) for version, marks in versions}
            for name, versions in stored.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files that are read back, the newest last."""
        return tuple(self._files)

    def base(self, name: str, version: str) -> dict[str, str] | None:
        """What a version of a file is held against, by item: to be changed in place. Of an unknown
        version, the newest; of an unknown file, None."""
        versions = self._files.get(name)
        if not versions:
            return None
        return versions[version if version in versions else next(reversed(versions))]

    def add(self, name: str, text: str, marks: Mapping[str, str]) -> str:
        """A file is about to be written with these marks; its version.

        A text that comes back after the user had answered in it is another version: what was
        answered in the old one, which an editor may still hold, is not what the new one says.
        """
        versions = self._files.setdefault(name, {})
        candidates = (version_of(text, salt) for salt in count())
        version = next(v for v in candidates if versions.get(v, marks) == marks)
        versions.pop(version, None)
        versions[version] = dict(marks)
        return version

    def save(self) -> None:
        """Store it, without what is too old to be edited."""
        dated = sorted(name for name in self._files if name != "latest.md")
        files = {
            name: list(self._files[name].items())[-_KEPT_VERSIONS:]
            for name in (*dated[-_KEPT_FILES:], "latest.md")
            if name in self._files
        }
        self._store.meta.put(_KEY, {"files": files})

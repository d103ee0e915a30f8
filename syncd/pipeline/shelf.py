"""What was read last of each file that was swapped out, and since when it says so."""

from __future__ import annotations

from collections.abc import Collection

from syncd.store import Store
from syncd.summary.marks import version_of

_KEY = "asides"


class Shelf:
    """The notes on files that were swapped out, by their hidden names; change them and `save`.

    :param store: the records, where they are kept
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        document = store.meta.get_key(_KEY)
        self._notes: dict[str, tuple[str, int]] = {
            name: (version, since)
            for name, (version, since) in (document["notes"] if document else {}).items()
        }

    def knows(self, name: str) -> bool:
        """Whether the file has been read before."""
        return name in self._notes

    def is_news(self, name: str, text: str, now: int) -> bool:
        """Whether the file says something else than when it was read last; this is noted."""
        version = version_of(text)
        if self.knows(name) and self._notes[name][0] == version:
            return False
        self._notes[name] = (version, now)
        return True

    def quiet_seconds(self, name: str, now: int) -> int:
        """For how long the file says the same, whichever way the clock was set."""
        return abs(now - self._notes[name][1])

    def save(self, names: Collection[str]) -> None:
        """Store the notes on these files, and forget the others."""
        notes = {name: note for name, note in self._notes.items() if name in names}
        self._store.meta.put(_KEY, {"notes": notes})

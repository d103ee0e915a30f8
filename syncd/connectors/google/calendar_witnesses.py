"""How syncd notices a server that takes no notice of sync tokens.

Such a server answers every call with everything, and never tells what was deleted. What has not
changed does not come again from Google, except a series when one of its occurrences has changed;
so a few single events are remembered as they last came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

MOST_WITNESSES = 5


class Witnesses:
    """The single events of a calendar that are watched.

    :param before: their fingerprints by id, as remembered
    """

    def __init__(self, before: Mapping[str, str]) -> None:
        self._before = before
        self.now = dict(before)
        """Their fingerprints as of now."""
        self.came_unchanged = False
        """One came again although it has not changed."""

    def saw(self, event_id: str, event: Mapping[str, Any]) -> None:
        """A single event came."""
        print_ = _fingerprint(event)
        if event_id in self.now:
            self.came_unchanged |= self._before.get(event_id) == print_
            self.now[event_id] = print_
        elif len(self.now) < MOST_WITNESSES:
            self.now[event_id] = print_

    def lost(self, event_id: str) -> None:
        """An event was deleted, or became a series."""
        self.now.pop(event_id, None)


def _fingerprint(event: Mapping[str, Any]) -> str:
    text = json.dumps(event, sort_keys=True, default=str)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

"""What is gone from a mailbox for good, and what the deltas have missed.

A message that a folder no longer holds may lie in another, so each is looked for before it is
deleted. What a delta leaves out shows only in a comparison with a plain listing: of a folder whose
delta expired at once, of every other once a week, one in a pull.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.graph import Graph, NotFound
from syncd.connectors.microsoft.mail_folders import Folders
from syncd.connectors.microsoft.mail_items import Items, known_ids
from syncd.connectors.microsoft.mail_rounds import Rounds, objects
from syncd.connectors.microsoft.mail_state import MailState
from syncd.model import Batch
from syncd.normalise.graph_mail import received_at

COMPARED_EVERY = 7 * 86_400
"""Seconds between two comparisons of a folder."""
_LISTED = 1000
"""Messages on one page of a listing."""
_MOST_LISTED = 200_000
_BATCH = 200


class _Listing(NamedTuple):
    """The messages of a folder, by when they were received (epoch seconds)."""

    received: dict[str, int]
    complete: bool


class Gone:
    """Looks for what the rounds of one pull left open."""

    def __init__(
        self, graph: Graph, items: Items, rounds: Rounds, state: MailState, context: PullContext
    ) -> None:
        self._graph = graph
        self._items = items
        self._rounds = rounds
        self._state = state
        self._context = context
        self._suspects: dict[str, str] = {}
        """Messages that may be gone, with the folder that no longer holds them."""
        self.deleted: list[str] = []
        """Messages that are gone, once `batches` has ended."""

    def batches(self) -> Iterator[Batch]:
        """Messages that the rounds have missed, or that turned up in another folder."""
        for folder, keys in self._rounds.removed.items():
            self._suspect(folder, keys & self._known(self._state.folders[folder].path))
        for folder in self._due():
            yield from self._compare(folder)
        followed = {state.path for state in self._state.folders.values()}
        for path in sorted(set(self._context.known.folders()) - followed):
            self._suspect("", self._known(path))
        yield from self._confirm()

    def _due(self) -> list[str]:
        """The folders to compare now."""
        complete = {key: x for key, x in self._state.folders.items() if not x.first}
        latest = int(self._context.now.timestamp()) - COMPARED_EVERY
        longest = min(complete, key=lambda key: complete[key].compared, default="")
        return [
            key
            for key, folder in complete.items()
            if folder.doubtful or (key == longest and folder.compared <= latest)
        ]

    def _compare(self, folder: str) -> Iterator[Batch]:
        state = self._state.folders[folder]
        try:
            listing = self._list(folder)
        except NotFound:
            return  # removed since the folders were listed: the next list says so
        self._rounds.hold(folder)
        state.doubtful, state.compared = False, int(self._context.now.timestamp())
        known = self._known(state.path)
        since = int(self._context.since.timestamp())
        missed = (
            key
            for key, received in listing.received.items()
            if received >= since and key not in known and key not in self._rounds.placed
        )
        while some := list(islice(missed, _BATCH)):
            yield self._rounds.batch(self._items.read(some, folder))
        if listing.complete:
            self._suspect(folder, known - listing.received.keys())

    def _list(self, folder: str) -> _Listing:
        path = f"{self._graph.mailbox}/mailFolders/{quote(folder, safe='')}/messages"
        parameters = {
            "$select": "receivedDateTime,isDraft",
            "$orderby": "receivedDateTime desc",
            "$top": str(_LISTED),
        }
        received: dict[str, int] = {}
        for page in self._graph.pages(path, parameters):
            received |= {
                item["id"]: received_at(item)
                for item in objects(page)
                if item.get("isDraft") is not True
            }
            if len(received) > _MOST_LISTED:
                return _Listing(received, complete=False)
        return _Listing(received, complete=True)

    def _confirm(self) -> Iterator[Batch]:
        waiting = iter(self._suspects)
        while some := list(islice(waiting, _BATCH)):
            found = self._items.locate(some)
            self.deleted += found.absent
            self._settle(found.elsewhere)
            moved = [
                key for key, place in found.places.items() if self._rounds.placed.get(key) != place
            ]
            for key in some:
                if not any(key in x for x in (found.places, found.absent, found.elsewhere)):
                    self._leave(key)
            if moved:
                again = self._items.read(moved)
                self.deleted += again.absent
                yield self._rounds.batch(again)

    def _settle(self, elsewhere: Mapping[str, str]) -> None:
        """What lies in a folder made while this pull goes on belongs to the next one. Any other
        folder that is not listed is hidden: what is there was removed for good."""
        if not elsewhere:
            return
        latest = Folders(self._state.tree)
        latest.refresh(self._graph)
        followed = latest.followed()
        for key, folder in elsewhere.items():
            if folder in followed:
                self._leave(key)
            else:
                self.deleted.append(key)

    def _leave(self, key: str) -> None:
        """Ask again in the next pull for a message of which nothing could be learned."""
        folder = self._suspects[key]
        if folder in self._state.folders:
            self._state.folders[folder].doubtful = True

    def _suspect(self, folder: str, keys: set[str]) -> None:
        self._suspects |= dict.fromkeys(sorted(keys), folder)

    def _known(self, path: str) -> set[str]:
        return known_ids(self._context.known, path)

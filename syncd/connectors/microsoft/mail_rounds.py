"""The delta rounds of all followed folders: what is there now, and what seems to be gone.

https://learn.microsoft.com/graph/delta-query-messages
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import quote

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.graph import (
    AT_ONCE,
    DeltaExpired,
    Forbidden,
    Graph,
    GraphError,
    NotFound,
)
from syncd.connectors.microsoft.mail_folders import Folders
from syncd.connectors.microsoft.mail_items import Found, Items, known_ids, newest_first
from syncd.connectors.microsoft.mail_state import FolderState, MailState
from syncd.errors import SyncdError, Transient
from syncd.model import Batch
from syncd.normalise.graph_mail import FIELDS

_PAGE = ("odata.maxpagesize=100",)
MOST_PAGES = 20_000
"""Of one folder in one pull: two million messages."""
_FILTERED = 5000
"""Where a $filter is given, delta returns no more messages than this."""


@dataclass
class _Page:
    """One page of a folder's delta, or why there is none."""

    folder: str
    items: list[Mapping[str, Any]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    link: str = ""
    last: bool = False
    """Whether the round ends here."""
    error: GraphError | None = None


class Rounds:
    """The rounds of one pull. `state` goes forward with every page."""

    def __init__(
        self,
        graph: Graph,
        folders: Folders,
        items: Items,
        state: MailState,
        context: PullContext,
    ) -> None:
        self._graph = graph
        self._folders = folders
        self._items = items
        self._state = state
        self._context = context
        self.placed: dict[str, str] = {}
        """In which folder this pull has read each message."""
        self.removed: dict[str, set[str]] = {}
        """By folder, the messages that are no longer there."""
        self.errors: list[SyncdError] = []
        """Why single folders could not be read to their end."""
        self.done = 0
        self._total = 0
        self._held: dict[str, FolderState] = {}
        self._restarted: set[str] = set()
        self._pages: Counter[str] = Counter()
        self._resumed: set[str] = set()
        """Folders that an earlier pull left in the middle of a round."""

    def batches(self) -> Iterator[Batch]:
        """Everything that is new or changed, a page of a few folders at a time.

        :raises Transient: not one of several folders could be read: the service is ill; likewise
            Forbidden
        """
        self._follow()
        waiting = deque(self._state.folders)
        while waiting:
            some = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
            first = any(self._state.folders[folder].first for folder in some)
            pages = self._graph.in_parallel([partial(self._page, folder) for folder in some])
            ill = [page.error for page in pages if isinstance(page.error, (Transient, Forbidden))]
            if len(ill) == len(pages) > 1:
                raise ill[0]
            found = self._items.take((page.folder, item) for page in pages for item in page.items)
            self.done += sum(len(page.items) for page in pages)
            self.placed |= found.places
            for key, folder in found.absent.items():
                self._miss(folder, {key})
            waiting.extend(page.folder for page in pages if self._advance(page))
            if first or found.upserts or found.failed:
                yield self.batch(found)

    def batch(self, found: Found) -> Batch:
        """What was found as a batch, newest first, with a cursor that is safe by then."""
        return Batch(
            upserts=newest_first(found),
            failed=tuple(found.failed),
            cursor=self._state.cursor(self._held),
            done=self.done,
            total=max(self._total, self.done) if self._total else None,
        )

    def hold(self, folder: str) -> None:
        """Let no cursor say more of a folder than now, until the pull is at its end: what is gone
        is dealt with only there, and a pull that is killed before must find it again."""
        if folder in self._state.folders:
            self._held.setdefault(folder, copy(self._state.folders[folder]))

    def _follow(self) -> None:
        """Begin with folders that are new or have a new name, forget those that are gone."""
        before = self._state.folders
        self._state.folders = {
            folder: before[folder]
            if folder in before and before[folder].path == path
            else self._from_the_start(path)
            for folder, path in self._folders.followed().items()
        }
        self._resumed = {key for key, state in self._state.folders.items() if state.midway}
        self._total = sum(
            self._folders.items(folder)
            for folder, state in self._state.folders.items()
            if state.first
        )

    def _from_the_start(self, path: str) -> FolderState:
        return FolderState(path, doubtful=bool(known_ids(self._context.known, path)))

    def _page(self, folder: str) -> _Page:
        link = self._state.folders[folder].link
        first = f"{self._graph.mailbox}/mailFolders/{quote(folder, safe='')}/messages/delta"
        page = _Page(folder)
        try:
            body = self._graph.get(link or first, None if link else self._first(folder), _PAGE)
        except GraphError as error:
            page.error = error
            return page
        for item in objects(body):
            if "@removed" in item:
                page.removed.append(item["id"])
            else:
                page.items.append(item)
        page.last = "@odata.deltaLink" in body
        page.link = body.get("@odata.deltaLink") or body.get("@odata.nextLink") or ""
        if not page.link or (page.link == link and not page.last):
            raise Transient("Microsoft Graph gave a page of mail that leads nowhere")
        return page

    def _first(self, folder: str) -> dict[str, str]:
        parameters = {"$select": ",".join(FIELDS), "$orderby": "receivedDateTime desc"}
        if self._folders.items(folder) < _FILTERED:
            since = self._context.since.astimezone(UTC)
            parameters["$filter"] = f"receivedDateTime ge {since:%Y-%m-%dT%H:%M:%SZ}"
        return parameters

    def _advance(self, page: _Page) -> bool:
        """Note where a folder stands after a page; whether its round goes on."""
        state = self._state.folders[page.folder]
        if isinstance(page.error, DeltaExpired) and page.folder not in self._restarted:
            self._restarted.add(page.folder)
            self._state.folders[page.folder] = self._from_the_start(state.path)
            return True
        if isinstance(page.error, NotFound):
            # removed since the folders were listed; if the next list still has it, begin anew
            self._state.folders[page.folder] = self._from_the_start(state.path)
            return False
        if page.error is not None:
            self.errors.append(page.error)
            return False
        self._pages[page.folder] += 1
        if self._pages[page.folder] > MOST_PAGES:
            self.errors.append(Transient("the pages of a mail folder do not come to an end"))
            return False
        if page.removed:
            self._miss(page.folder, set(page.removed))
        state.link, state.midway = page.link, not page.last
        if page.last and state.first:
            state.first = False
            state.compared = int(self._context.now.timestamp())
        if page.last and page.folder in self._resumed:
            # that round tells how things were when it began, in a pull that was killed
            self._resumed.discard(page.folder)
            return True
        return not page.last

    def _miss(self, folder: str, keys: set[str]) -> None:
        """Note what a folder no longer holds, if it is stored at all."""
        stored = known_ids(self._context.known, self._state.folders[folder].path)
        gone = keys & (stored | self.placed.keys())
        if gone:
            self.hold(folder)
            self.removed.setdefault(folder, set()).update(gone)


def objects(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of a page that have an id; whatever else it may hold is passed over."""
    value = body.get("value")
    return [
        item
        for item in (value if isinstance(value, list) else [])
        if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"]
    ]

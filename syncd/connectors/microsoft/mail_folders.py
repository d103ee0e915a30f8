"""The mail folders of an Outlook mailbox, kept up to date by delta.

https://learn.microsoft.com/graph/api/mailfolder-delta: one list for the whole tree. The folders
Outlook makes itself are found by their well-known names, which hold in any language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncd.connectors.microsoft.graph import DeltaExpired, Graph, GraphError, NotFound
from syncd.errors import Transient
from syncd.normalise.safe_text import one_line

_FIRST = ("inbox", "sentitems")
_LEFT_OUT = (
    "drafts",
    "junkemail",
    "deleteditems",
    "outbox",
    "conversationhistory",
    "syncissues",
    "searchfolders",
)
_FIELDS = "displayName,parentFolderId,totalItemCount"
_PAGE = ("odata.maxpagesize=100",)
_MOST_FOLDERS = 10_000
_DEEPEST = 50
_LONGEST_NAME = 120


class Folders:
    """The tree of mail folders; `state` is what a cursor keeps of it.

    :param state: what `state` gave before; empty at first
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._link = str(state.get("link", ""))
        self._known: dict[str, list[Any]] = dict(state.get("known", {}))
        """Name, parent's id and number of items by folder id."""
        self._special: dict[str, str] = dict(state.get("special", {}))
        """Ids by well-known name."""

    @property
    def state(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {"link": self._link, "known": self._known, "special": self._special}

    def refresh(self, graph: Graph) -> None:
        """Bring the tree up to date: one request where nothing has changed.

        :raises Transient: a passing fault; the tree is as before
        """
        before = set(self._known)
        try:
            changes, link = _round(graph, self._link)
            known = dict(self._known) if self._link else {}
        except DeltaExpired:
            (changes, link), known = _round(graph, ""), {}
        for change in changes:
            _apply(change, known)
        if known.keys() - before or not self._special:
            # a folder that Outlook has just made may be one to leave out
            self._special = _well_known(graph)
        self._known, self._link = known, link

    def followed(self) -> dict[str, str]:
        """The paths of the folders to read by id: inbox and sent items first, then by path."""
        paths = {folder: self._path(folder) for folder in self._known if self._is_read(folder)}
        first = [self._special.get(name) for name in _FIRST]
        order = {folder: number for number, folder in enumerate(first)}
        return dict(sorted(paths.items(), key=lambda x: (order.get(x[0], len(first)), x[1], x[0])))

    def knows(self, folder: str) -> bool:
        """Whether the folder was listed, read or not."""
        return folder in self._known

    def is_sent(self, folder: str) -> bool:
        """Whether this is the folder of sent items, or one in it."""
        return self._special.get("sentitems") in self._line(folder)

    def items(self, folder: str) -> int:
        """How many items the folder held when it was last told of."""
        return int(self._known[folder][2]) if folder in self._known else 0

    def _is_read(self, folder: str) -> bool:
        left_out = {self._special[name] for name in _LEFT_OUT if name in self._special}
        return left_out.isdisjoint(self._line(folder))

    def _line(self, folder: str) -> list[str]:
        """The folder and those around it, innermost first."""
        line: list[str] = []
        while folder in self._known and folder not in line and len(line) < _DEEPEST:
            line.append(folder)
            folder = self._known[folder][1]
        return line

    def _path(self, folder: str) -> str:
        return "/".join(self._known[inside][0] for inside in reversed(self._line(folder)))


def _round(graph: Graph, link: str) -> tuple[list[Mapping[str, Any]], str]:
    """The changes since `link` (empty: everything) and the link for the next time."""
    changes: list[Mapping[str, Any]] = []
    first = {} if link else {"$select": _FIELDS}
    for page in graph.pages(link or f"{graph.mailbox}/mailFolders/delta", first, _PAGE):
        value = page.get("value")
        changes += (
            [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        )
        if len(changes) > _MOST_FOLDERS:
            break
        if "@odata.deltaLink" in page:
            return changes, str(page["@odata.deltaLink"])
    raise Transient("Microsoft Graph gave a list of folders that does not end")


def _apply(change: Mapping[str, Any], known: dict[str, list[Any]]) -> None:
    """Merge one change: an update may bring only the properties that changed."""
    folder = change.get("id")
    if not isinstance(folder, str) or not folder:
        return
    kind = str(change.get("@odata.type", ""))
    if "@removed" in change or kind.endswith("mailSearchFolder"):
        known.pop(folder, None)
        return
    name, parent, items = known.get(folder, ["", "", 0])
    if isinstance(change.get("displayName"), str):
        name = one_line(change["displayName"], _LONGEST_NAME)
    if isinstance(change.get("parentFolderId"), str):
        parent = change["parentFolderId"]
    if isinstance(change.get("totalItemCount"), int):
        items = change["totalItemCount"]
    known[folder] = [name or folder[-12:], parent, items]


def _well_known(graph: Graph) -> dict[str, str]:
    """The ids of the well-known folders that this mailbox has."""
    names = (*_FIRST, *_LEFT_OUT)
    answers = graph.batch([f"{graph.mailbox}/mailFolders/{name}?$select=id" for name in names])
    found: dict[str, str] = {}
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, NotFound):
            continue
        if isinstance(answer, GraphError):
            # without it, deleted mail could be taken for mail
            raise answer
        found[name] = str(answer.get("id", ""))
    return found

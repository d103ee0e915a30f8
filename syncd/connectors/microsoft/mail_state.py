"""How far an Outlook mailbox has been read: the mail part of the connector's cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

_VERSION = 1


@dataclass
class FolderState:
    """How far one folder has been read."""

    path: str
    """Under which its messages are stored; where the user renames it, it is read again."""
    link: str = ""
    """The nextLink or deltaLink to go on with; empty: a round from the beginning."""
    midway: bool = False
    """Whether that is a nextLink, in the middle of a round."""
    first: bool = True
    """Whether the first round, which brings everything, is not at its end yet."""
    doubtful: bool = False
    """Whether what is stored may hold messages that are gone: to be compared with a listing."""
    compared: int = 0
    """When it was last compared, or read as a whole (epoch seconds)."""


@dataclass
class MailState:
    """The mail part of the cursor."""

    since: int
    """From when on mail was read (epoch seconds)."""
    own: list[str] = field(default_factory=list)
    """My addresses, as the mailbox knows them."""
    own_asked: int = 0
    """When they were asked for (epoch seconds)."""
    tree: dict[str, Any] = field(default_factory=dict)
    """mail_folders.Folders.state."""
    folders: dict[str, FolderState] = field(default_factory=dict)
    """The folders that are followed, by id."""

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any] | None, since: int) -> MailState:
        """The state that `cursor` holds; a new one where it is of another version."""
        if not cursor or cursor.get("version") != _VERSION:
            return cls(since)
        return cls(
            since=int(cursor["since"]),
            own=list(cursor["own"]),
            own_asked=int(cursor["own_asked"]),
            tree=dict(cursor["tree"]),
            folders={folder: FolderState(**state) for folder, state in cursor["folders"].items()},
        )

    def cursor(self, held: Mapping[str, FolderState] | None = None) -> dict[str, Any]:
        """The state as JSON, with folders as they stand in `held` instead, if they do."""
        folders = {**self.folders, **(held or {})}
        return {
            "version": _VERSION,
            "since": self.since,
            "own": list(self.own),
            "own_asked": self.own_asked,
            "tree": dict(self.tree),
            "folders": {folder: asdict(state) for folder, state in folders.items()},
        }

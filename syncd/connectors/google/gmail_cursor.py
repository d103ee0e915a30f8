"""Where a pull of Gmail stands, as the cursor keeps it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from syncd.errors import CursorExpired
from syncd.model import Cursor

_VERSION: Final = 1


@dataclass(slots=True)
class Settings:
    """What the mailbox's settings said, and when (epoch seconds)."""

    at: int = 0
    own: tuple[str, ...] = ()
    """My addresses that Gmail knows."""
    labels: dict[str, str] = field(default_factory=dict)
    """Names of the user's own labels by id."""


@dataclass(slots=True)
class Position:
    """How far a first look at the whole mailbox has come.

    A message id and not a page token: tokens die. What came in since is in the history.
    """

    last: str = ""
    """The last message of the listing that was read; empty: none yet."""
    old: bool = False
    """Whether the messages from here on are too old for their text to be read."""
    again: bool = False
    """Whether records were there before: then what the mailbox lacks is deleted at the end."""


@dataclass(slots=True)
class State:
    """The whole cursor."""

    user: str
    """Whose mailbox it is, and …"""
    text: bool
    """… whether texts are read: with another choice of the user the records do not fit."""
    history_id: str
    """From where on the history was not looked at yet."""
    settings: Settings = field(default_factory=Settings)
    position: Position | None = None
    """None: the first look is over."""
    unread: list[str] = field(default_factory=list)
    """Messages that the history before `history_id` named and that are to be read, newest first."""
    gone: list[str] = field(default_factory=list)
    """Messages that Gmail named as gone: deleted once everything is read."""
    missing: list[str] = field(default_factory=list)
    """The same for those that a complete listing did not name."""

    def cursor(self) -> Cursor:
        """The state as JSON."""
        settings, position = self.settings, self.position
        return {
            "version": _VERSION,
            "user": self.user,
            "text": self.text,
            "history": self.history_id,
            "settings": {
                "at": settings.at,
                "own": list(settings.own),
                "labels": dict(settings.labels),
            },
            "position": position
            and {
                "last": position.last,
                "old": position.old,
                "again": position.again,
            },
            "unread": list(self.unread),
            "gone": list(self.gone),
            "missing": list(self.missing),
        }

    @classmethod
    def of(cls, cursor: Cursor, *, user: str, text: bool) -> State:
        """The state that a cursor holds.

        :raises CursorExpired: it is of another version, another mailbox or another choice of text
        """
        if cursor.get("version") != _VERSION or (cursor["user"], cursor["text"]) != (user, text):
            raise CursorExpired("the account's options changed")
        settings: dict[str, Any] = cursor["settings"]
        position = cursor["position"]
        return cls(
            user=user,
            text=text,
            history_id=cursor["history"],
            settings=Settings(settings["at"], tuple(settings["own"]), dict(settings["labels"])),
            position=Position(**position) if position else None,
            unread=list(cursor["unread"]),
            gone=list(cursor["gone"]),
            missing=list(cursor["missing"]),
        )

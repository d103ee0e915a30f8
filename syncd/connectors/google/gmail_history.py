"""What Gmail's history records come to. Pure.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from syncd.normalise.gmail import is_left_out, is_volatile, label_ids

_KINDS: Final[tuple[tuple[str, Literal["added", "labelled", "unlabelled", "deleted"]], ...]] = (
    ("messagesAdded", "added"),
    ("labelsAdded", "labelled"),
    ("labelsRemoved", "unlabelled"),
    ("messagesDeleted", "deleted"),
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Message ids by what is to be done about them; the latest change first."""

    arrived: tuple[str, ...] = ()
    """New, or back from the trash: to be read."""
    relabelled: tuple[str, ...] = ()
    """To be read again if they are known: others are too old to be kept."""
    gone: tuple[str, ...] = ()
    """Deleted for good, or moved where syncd does not look (trash, spam)."""
    labels: frozenset[str] = frozenset()
    """The ids of all labels that the messages to be read have, as far as the records say."""


@dataclass(slots=True)
class _State:
    """One message while its records are gone through."""

    labels: set[str]
    arrived: bool = False
    deleted: bool = False
    changed: bool = False

    @property
    def gone(self) -> bool:
        return self.deleted or is_left_out(self.labels)


def changes(records: Iterable[Mapping[str, Any]]) -> Changes:
    """Replay history records, oldest first: the last word on each message counts."""
    states: dict[str, _State] = {}
    for kind, message_id, message, labels in _events(records):
        state = states.pop(message_id, None) or _State(set(label_ids(message)))
        states[message_id] = state  # at the end: the latest change
        if kind == "deleted":
            state.deleted = state.changed = True
            continue
        state.deleted = False
        if kind == "added":
            state.labels |= set(label_ids(message))
            state.arrived = state.changed = True
            continue
        state.changed = state.changed or not is_volatile(labels)
        if kind == "labelled":
            state.labels |= labels
        else:
            state.labels -= labels
            state.arrived = state.arrived or is_left_out(labels)
    latest = [(key, state) for key, state in reversed(states.items()) if state.changed]
    stays = [(key, state.arrived) for key, state in latest if not state.gone]
    return Changes(
        arrived=tuple(key for key, arrived in stays if arrived),
        relabelled=tuple(key for key, arrived in stays if not arrived),
        gone=tuple(key for key, state in latest if state.gone),
        labels=frozenset(label for _, state in latest if not state.gone for label in state.labels),
    )


def _events(
    records: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[str, str, Mapping[str, Any], set[str]]]:
    """(kind, message id, message, changed labels); what is not well-formed is passed over. The
    untyped `messages` of a record repeat the typed lists."""
    for record in records:
        for name, kind in _KINDS:
            listed = record.get(name)
            for entry in listed if isinstance(listed, list) else ():
                message = entry.get("message") if isinstance(entry, Mapping) else None
                if not isinstance(message, Mapping):
                    continue
                message_id = message.get("id")
                if isinstance(message_id, str) and message_id:
                    yield kind, message_id, message, set(label_ids(entry))

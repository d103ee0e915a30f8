"""The two halves of a pull of Gmail: a first look at the whole mailbox, then its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from syncd.connectors.base import PullContext
from syncd.connectors.google.gmail_cursor import Position, Settings, State
from syncd.connectors.google.gmail_history import Changes, changes
from syncd.connectors.google.gmail_mailbox import Mailbox
from syncd.connectors.google.gmail_reading import Found, MessageReader
from syncd.model import Batch, Message
from syncd.normalise.gmail import FOLDER

_DAY: Final = 86400
_DELETIONS: Final = 5000
"""Deletions in one batch."""


class GmailPull:
    """One pull. Every batch of messages carries a cursor that goes on behind it."""

    def __init__(
        self,
        context: PullContext,
        mailbox: Mailbox,
        reader: MessageReader,
        *,
        user: str,
        text: bool,
    ) -> None:
        self._context = context
        self._mailbox = mailbox
        self._reader = reader
        self._user = user
        self._text = text
        self._since = int(context.since.timestamp()) - _DAY

    def settings(self) -> Settings:
        """What the mailbox's settings say now."""
        aliases = self._mailbox.own_addresses() if self._text else ()  # not for the metadata scope
        own = tuple(sorted({self._user, *aliases}))
        return Settings(int(self._context.now.timestamp()), own, self._mailbox.label_names())

    def first_look(self, state: State, position: Position) -> Iterator[Batch]:
        """Read the mailbox from where `position` stands, newest first.

        A resync (`position.again`) reads recent messages again, for their labels may have changed,
        and of older ones only those that are not known.
        """
        if not state.settings.at:
            state.settings = self.settings()
            yield Batch(cursor=state.cursor(), own=state.settings.own)
        # the metadata scope may not search: there the first messages that are too old end the look
        query = f"after:{self._since}" if self._text else ""
        # reading a draft to see that it is one costs four times the listing of all of them
        drafts = set(self._mailbox.ids(label="DRAFT"))
        ids = [source_id for source_id in self._mailbox.ids(query=query) if source_id not in drafts]
        total = len(ids)
        lost = bool(position.last) and position.last not in ids  # deleted since
        start = ids.index(position.last) + 1 if position.last and not lost else 0
        known = self._known() if position.again or lost else frozenset()
        skips = lost and not position.again
        while start < total:
            end, chosen = start, list[str]()
            while end < total and len(chosen) < self._mailbox.batch_size:
                if not (ids[end] in known and (position.old or skips)):
                    chosen.append(ids[end])
                end += 1
            found = self._reader.read(chosen, state.settings, recent=not position.old)
            kept = [message for message in found.messages if message.at >= self._since]
            # most of them: a single odd date must not decide about what follows
            old = sum(map(self._reader.is_old, found.messages))
            position.old = 2 * old >= len(found.messages) if found.messages else position.old
            if found.messages and not kept and not query:
                total = end
            position.last = ids[end - 1]
            self._context.progress(end, total)
            yield Batch(
                upserts=tuple(kept),
                failed=tuple(found.failed),
                cursor=state.cursor(),
                done=end,
                total=total,
            )
            start = end
        if position.again:
            state.missing = self._missing()
        state.position = None
        yield Batch(cursor=state.cursor(), done=total, total=total)

    def catch_up(self, state: State) -> Iterator[Batch]:
        """Take over what the history names since the state's id, as work for `settle`.

        :raises CursorExpired: Gmail no longer knows the id
        """
        records, end = self._mailbox.history(state.history_id)
        found = changes(records)
        self._enqueue(state, found)
        own: tuple[str, ...] = ()
        if state.unread and self._is_outdated(state.settings, found):
            state.settings = self.settings()
            own = state.settings.own
        if end != state.history_id:
            state.history_id = end
            yield Batch(cursor=state.cursor(), own=own)

    def settle(self, state: State) -> Iterator[Batch]:
        """Read what is to be read, newest first, and then delete what is gone."""
        done, total = 0, len(state.unread)
        while state.unread:
            size = self._mailbox.batch_size
            some, rest = state.unread[:size], state.unread[size:]
            read = self._reader.read(some, state.settings, recent=True)
            state.unread = rest
            state.gone = sorted({*state.gone, *self._among_known(read.gone)})
            done += len(some)
            self._context.progress(done, total)
            yield Batch(
                upserts=tuple(self._kept(read)),
                failed=tuple(read.failed),
                cursor=state.cursor(),
                done=done,
                total=total,
            )
        while state.gone or state.missing:
            # the pipeline asks before most of an account goes because it was not listed
            told = bool(state.gone)
            some = state.gone if told else state.missing
            deletions = tuple(some[:_DELETIONS])
            del some[:_DELETIONS]
            yield Batch(
                deletions=deletions, told=told, cursor=state.cursor(), done=done, total=total
            )

    def _enqueue(self, state: State, found: Changes) -> None:
        """Put changes in front of what an interrupted pull has left to do."""
        new = [*found.arrived, *self._among_known(found.relabelled)]
        settled = {*new, *found.gone}
        state.unread = [*new, *(x for x in state.unread if x not in settled)]
        gone = {*state.gone, *self._among_known(found.gone)}
        state.gone = sorted(gone.difference(new))
        state.missing = sorted(set(state.missing).difference(new, gone))

    def _kept(self, read: Found) -> Sequence[Message]:
        """Of what was read, what is recent enough to be kept, or is kept already."""
        old = {m.source_id for m in read.messages if m.at < self._since}
        drop = old.difference(self._among_known(old))
        return [message for message in read.messages if message.source_id not in drop]

    def _missing(self) -> list[str]:
        """What is known and no longer among what is read: inferred from complete listings only."""
        present = set(self._mailbox.ids(spam_and_trash=True))
        for label in ("TRASH", "SPAM", "DRAFT"):
            present.difference_update(self._mailbox.ids(label=label, spam_and_trash=True))
        return sorted(self._known() - present)

    def _is_outdated(self, settings: Settings, found: Changes) -> bool:
        age = abs(int(self._context.now.timestamp()) - settings.at)
        # Gmail's own labels are written in capitals
        named = {label for label in found.labels if label != label.upper()}
        return age >= _DAY or not named <= settings.labels.keys()

    def _known(self) -> frozenset[str]:
        return frozenset(self._context.known.source_ids(FOLDER))

    def _among_known(self, ids: Sequence[str] | set[str]) -> list[str]:
        """Those of `ids` that the store holds; it is asked only if there are any."""
        if not ids:
            return []
        known = self._known()
        return [source_id for source_id in ids if source_id in known]

"""The mail of an Outlook mailbox: one delta per folder, and nothing lost between folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC
from itertools import islice

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.graph import Forbidden, Graph, GraphError
from syncd.connectors.microsoft.mail_folders import Folders
from syncd.connectors.microsoft.mail_gone import Gone
from syncd.connectors.microsoft.mail_items import PREFIX, Items, newest_first
from syncd.connectors.microsoft.mail_rounds import Rounds
from syncd.connectors.microsoft.mail_state import MailState
from syncd.errors import CursorExpired, Problem, Transient, UserError
from syncd.model import Batch, Cursor, Failure
from syncd.normalise.graph_mail import Reading, own_addresses

_WEEK = 7 * 86_400
"""How often my addresses are asked for."""
_LONGER = 31 * 86_400
"""How much further back `history` must reach for everything to be read again: a day in the past
that was given with `--now` is no reason."""
_FETCHED = 100
"""Messages of one batch of `fetch`."""


class Mail:
    """The mail of one mailbox.

    :param read_text: whether the account may read more than header fields
    """

    def __init__(self, account: str, graph: Graph, *, read_text: bool) -> None:
        self._account = account
        self._graph = graph
        self._read_text = read_text
        self.own: frozenset[str] = frozenset()
        """My addresses, as the mailbox knows them; known once `pull` has begun."""

    @staticmethod
    def owns(source_id: str) -> bool:
        """Whether a source id is that of a message."""
        return source_id.startswith(PREFIX)

    def check(self) -> None:
        """:raises UserError: the mailbox cannot be read"""
        self._graph.get(f"{self._graph.mailbox}/mailFolders/inbox", {"$select": "id"})

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield what changed since `cursor`; see the contract. A folder whose delta has expired is
        read again alone, so CursorExpired never comes out."""
        return self._explained(self._pull(cursor, context))

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these messages again. One that lies by now where nothing is read is a deletion."""
        return self._explained(self._fetch(source_ids, context))

    def _pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        now, since = int(context.now.timestamp()), int(context.since.timestamp())
        state = MailState.from_cursor(cursor, since)
        is_due = now - state.own_asked >= _WEEK
        if is_due:
            state.own, state.own_asked = self._ask_own(), now
        self.own = frozenset(state.own)
        if is_due:
            yield Batch(own=tuple(state.own))
        folders = Folders(state.tree)
        folders.refresh(self._graph)
        state.tree = folders.state
        if since < state.since - _LONGER:
            state.since, state.folders = since, {}
        items = Items(self._graph, folders, self._reading(context), since)
        rounds = Rounds(self._graph, folders, items, state, context)
        yield from rounds.batches()
        gone = Gone(self._graph, items, rounds, state, context)
        yield from gone.batches()
        done = rounds.done
        if gone.deleted or state.cursor() != cursor:
            deletions = tuple(PREFIX + key for key in gone.deleted)
            yield Batch(deletions=deletions, cursor=state.cursor(), done=done, total=done)
        if rounds.errors:
            raise rounds.errors[0]

    def _fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        folders = Folders()
        folders.refresh(self._graph)
        items = Items(self._graph, folders, self._reading(context))
        waiting = iter(source_ids)
        while some := [key.removeprefix(PREFIX) for key in islice(waiting, _FETCHED)]:
            found = items.read(some)
            failed = _in_their_folders(found.failed, context)
            yield Batch(upserts=newest_first(found), failed=failed)
            gone = (*found.absent, *found.elsewhere)
            if gone:
                yield Batch(deletions=tuple(PREFIX + key for key in gone))

    def _explained(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """`batches`, with the errors that say something else than what they mean."""
        try:
            yield from batches
        except CursorExpired as error:
            # said of something that cannot expire: a passing fault
            raise Transient(str(error)) from None
        except Forbidden as error:
            if error.code != "ErrorQuotaExceeded":
                raise
            # https://learn.microsoft.com/graph/api/mailfolder-delta: what has changed is kept in
            # the mailbox itself, for which there is no room
            what = "the mailbox is full, so Outlook cannot say what has changed"
            hint = "make room in Outlook; the next pass goes on by itself"
            raise UserError(Problem(what, self._account, hint)) from None

    def _reading(self, context: PullContext) -> Reading:
        return Reading(
            account=self._account,
            me=context.me | self.own,
            now=int((context.clock or context.now).timestamp()),
            zone=context.now.tzinfo or UTC,
            words=context.reader if self._read_text else None,
            words_since=int(context.words_since.timestamp()),
            excerpt=context.excerpt,
        )

    def _ask_own(self) -> list[str]:
        """My addresses. A personal account has no proxy addresses, and a tenant may show an app
        none at all: then the configured ones do."""
        own: list[str] = []
        for fields in ("mail,userPrincipalName", "otherMails,proxyAddresses"):
            try:
                own += own_addresses(self._graph.get(self._graph.mailbox, {"$select": fields}))
            except GraphError as error:
                if error.status not in (400, 403, 404):
                    raise
        return list(dict.fromkeys(own))


def _in_their_folders(failed: Iterable[Failure], context: PullContext) -> tuple[Failure, ...]:
    """The failures with the folders under which their messages are known."""
    failures = {failure.source_id: failure for failure in failed}
    if failures:
        for path in context.known.folders():
            for source_id in failures.keys() & set(context.known.source_ids(path)):
                failures[source_id] = replace(failures[source_id], folder=path)
    return tuple(failures.values())

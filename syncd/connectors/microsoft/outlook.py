"""Mail and calendars of one mailbox of Microsoft 365 or Outlook.com, with one sign-in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, ClassVar

from syncd.connectors.base import Clock, PullContext, RealClock, SignInRequest
from syncd.connectors.microsoft.calendar import Calendars
from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.mail import Mail
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.sign_in import sign_in
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, RateLimited, Stopping, SyncdError
from syncd.model import Batch, Cursor


class Outlook:
    """One account: its mail first, then its calendars.

    The cursor is `{"mail": …, "calendar": …}`, each part's own.
    """

    name: ClassVar[str] = "outlook"
    Options: ClassVar[type[OutlookOptions]] = OutlookOptions
    every: ClassVar[str] = "5 minutes"

    def __init__(self, account: str, options: OutlookOptions, tokens: Tokens) -> None:
        self._account = account
        self._options = options
        self._tokens = tokens
        self._own: frozenset[str] = frozenset()
        """My addresses, as the mailbox told them in this object's pull."""

    def check(self) -> None:
        """:raises UserError: the mailbox cannot be read; AuthRequired: nobody is signed in"""
        with closing(self._graph(RealClock())) as graph:
            self._mail(graph).check()

    def sign_in(self, request: SignInRequest) -> str:
        """Let the user sign in; see connectors.base.SignsIn."""
        return sign_in(self._account, self._options, self._tokens, request)

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield what changed; see the contract. Deletions of the mail wait for the calendars, and
        what stops one of the two does not keep the other from being read."""
        state: dict[str, Any] = {"mail": None, "calendar": None, **(cursor or {})}
        late: list[tuple[str, Batch]] = []
        errors: list[SyncdError] = []
        before = reached = 0
        with closing(self._graph(context.pace)) as graph:
            mail = self._mail(graph)
            for part, reader in (("mail", mail), ("calendar", self._calendars(graph))):
                self._own = mail.own
                waits = False
                try:
                    for batch in reader.pull(state[part], self._seen_by_a_part(context)):
                        batch = _counted_from(before, batch)
                        reached = max(reached, batch.done)
                        waits = waits or bool(batch.deletions)
                        if waits:
                            late.append((part, batch))
                        else:
                            yield _with_whole_cursor(part, batch, state)
                except Stopping:
                    raise
                except SyncdError as error:
                    errors.append(error)
                    if isinstance(error, (AuthRequired, RateLimited)):
                        break  # of the mailbox as a whole
                before = reached
            for part, batch in late:
                yield _with_whole_cursor(part, batch, state)
        if errors:
            raise errors[0]
        context.progress(reached, reached)

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these messages and events again."""
        wanted = list(source_ids)
        with closing(self._graph(context.pace)) as graph:
            for part in (self._mail(graph), self._calendars(graph)):
                own = [source_id for source_id in wanted if part.owns(source_id)]
                if own:
                    yield from part.fetch(own, self._seen_by_a_part(context))

    def _graph(self, pace: Clock) -> Graph:
        return Graph(self._account, self._options, self._tokens, pace)

    def _mail(self, graph: Graph) -> Mail:
        return Mail(self._account, graph, read_text=self._options.text)

    def _calendars(self, graph: Graph) -> Calendars:
        return Calendars(self._account, self._options, graph)

    def _seen_by_a_part(self, context: PullContext) -> PullContext:
        """`context` with what the mailbox told of me; progress is told with the batches."""
        return replace(context, me=context.me | self._own, progress=_untold)


def _with_whole_cursor(part: str, batch: Batch, state: dict[str, Any]) -> Batch:
    if batch.cursor is None:
        return batch
    state[part] = batch.cursor
    return replace(batch, cursor=dict(state))


def _counted_from(before: int, batch: Batch) -> Batch:
    total = None if batch.total is None else before + batch.total
    return replace(batch, done=before + batch.done, total=total)


def _untold(_done: int, _total: int | None) -> None:
    """The parts know their own share only."""

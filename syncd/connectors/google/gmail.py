"""Gmail: the mail of one Google account, read-only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from syncd import log
from syncd.connectors.base import Clock, PullContext, RealClock
from syncd.connectors.google.gmail_cursor import Position, Settings, State
from syncd.connectors.google.gmail_mailbox import Mailbox
from syncd.connectors.google.gmail_pull import GmailPull
from syncd.connectors.google.gmail_quota import QUOTAS
from syncd.connectors.google.gmail_reading import MessageReader
from syncd.connectors.google.options import GoogleOptions
from syncd.connectors.google.scopes import READ_HEADERS, READ_MAIL
from syncd.errors import CursorExpired, Problem, UserError
from syncd.model import Batch, Cursor
from syncd.normalise.addresses import canonical
from syncd.normalise.gmail import FOLDER

if TYPE_CHECKING:
    from syncd.connectors.base import SignInRequest
    from syncd.connectors.tokens import Tokens


class GmailOptions(GoogleOptions):
    """A Gmail account."""

    text: bool = Field(
        default=True,
        description="false: ask Google for headers alone, so that no text can ever be read",
    )
    quota: Literal["new", "old"] = Field(
        default="new",
        description="Google's quota: old for projects that used the API before May 2026",
    )


class Gmail:
    """Gmail through Google's API: a first look newest first, then the mailbox's history.

    A record's folder is always the same, for Gmail keeps a message once; its labels say the rest.
    """

    name: ClassVar[str] = "gmail"
    Options: ClassVar[type[GmailOptions]] = GmailOptions
    every: ClassVar[str] = "5 minutes"

    def __init__(self, account: str, options: GmailOptions, tokens: Tokens) -> None:
        self._account = account
        self._options = options
        self._tokens = tokens
        self._settings: Settings | None = None

    def check(self) -> None:
        """:raises UserError: it cannot be read, or it is somebody else's mailbox"""
        with self._mailbox(RealClock()) as mailbox:
            self._check_whose(mailbox.profile().address)

    def sign_in(self, request: SignInRequest) -> str:
        """See connectors.base.SignsIn."""
        from syncd.connectors.google.sign_in import sign_in

        return sign_in(self._account, self._options, self._tokens, self._scopes, request)

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield what changed, newest first, deletions last; see the contract.

        The cursor holds the history id, and in a first look its position; it comes with every
        batch of messages, so that a kill costs one batch.
        """
        user, text = self._options.user, self._options.text
        with self._mailbox(context.pace) as mailbox:
            reader = MessageReader(self._account, user, text, mailbox, context)
            step = GmailPull(context, mailbox, reader, user=user, text=text)
            if cursor is not None:
                state = State.of(cursor, user=user, text=text)
            else:
                profile = (
                    mailbox.profile()
                )  # before the listing: the history tells what comes later
                self._check_whose(profile.address)
                again = bool(context.known.source_ids(FOLDER))
                state = State(user, text, profile.history_id, position=Position(again=again))
            if state.position is not None:
                yield from step.first_look(state, state.position)
            try:
                yield from step.catch_up(state)
            except CursorExpired:
                if cursor is not None:
                    raise
                # it came in this very pull: a server without history is looked at as a whole
                log.debug("no_history", account=self._account)
            yield from step.settle(state)
            self._settings = state.settings

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these messages again, with their text where that is of use."""
        options = self._options
        waiting = list(source_ids)
        with self._mailbox(context.pace) as mailbox:
            reader = MessageReader(self._account, options.user, options.text, mailbox, context)
            if self._settings is None:
                pull = GmailPull(context, mailbox, reader, user=options.user, text=options.text)
                self._settings = pull.settings()
            while waiting:
                size = mailbox.batch_size
                some, waiting = waiting[:size], waiting[size:]
                found = reader.read(some, self._settings, recent=True)
                yield Batch(
                    upserts=tuple(found.messages),
                    deletions=tuple(found.gone),
                    told=True,
                    failed=tuple(found.failed),
                )

    @property
    def _scopes(self) -> tuple[str, ...]:
        return (READ_MAIL,) if self._options.text else (READ_HEADERS,)

    @contextmanager
    def _mailbox(self, pace: Clock) -> Iterator[Mailbox]:
        from syncd.connectors.google.api import GoogleApi
        from syncd.connectors.google.credentials import credentials

        quota = QUOTAS[self._options.quota]
        api = GoogleApi(
            "gmail",
            account=self._account,
            options=self._options,
            credentials=lambda: credentials(
                self._account, self._options, self._tokens, self._scopes
            ),
            pace=pace,
            per_minute=quota.per_minute,
        )
        try:
            yield Mailbox(api, quota)
        finally:
            api.close()

    def _check_whose(self, address: str) -> None:
        user = self._options.user
        if address and canonical(address) != canonical(user):
            raise UserError(
                Problem(
                    f"the sign-in is for {address}, not for {user}",
                    self._account,
                    f"sign in as {user}, or write user: {address}",
                )
            )

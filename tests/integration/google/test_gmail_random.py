"""Whatever a user does, and wherever syncd is killed: the records are those of a fresh look."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncd.errors import CursorExpired, Transient
from tests.fakes.google.server import error
from tests.integration.google.gmail_account import (
    NOW,
    DyingClock,
    GmailAccount,
    Killed,
    gmail_account,
)

LABELS = ("INBOX", "UNREAD", "STARRED", "TRASH", "SPAM", "DRAFT", "SENT", "CATEGORY_UPDATES")


class Mailbox(RuleBasedStateMachine):
    """A user, a server that forgets and fails, and a syncd that is killed now and then."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.account: GmailAccount = self._stack.enter_context(gmail_account(folder))
        self.account.context = {"reader": None}
        self.account.mailbox.page = 3
        self.count = 0
        self.settled = False

    def teardown(self) -> None:
        self._stack.close()

    @rule(labels=st.sets(st.sampled_from(LABELS), max_size=2), many=st.sampled_from((1, 2, 30)))
    def deliver(self, labels: set[str], many: int) -> None:
        for _ in range(many):
            self.count += 1
            self.account.mailbox.deliver(
                f"Item {self.count}", NOW - timedelta(minutes=self.count), labels=labels
            )
        self.settled = False

    @rule(data=st.data(), label=st.sampled_from(LABELS), add=st.booleans())
    def label(self, data: st.DataObject, label: str, add: bool) -> None:
        if self.account.mailbox.messages:
            chosen = data.draw(st.sampled_from(sorted(self.account.mailbox.messages)))
            changed = {"add": [label]} if add else {"remove": [label]}
            self.account.mailbox.label(chosen, **changed)
            self.settled = False

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if self.account.mailbox.messages:
            chosen = data.draw(st.sampled_from(sorted(self.account.mailbox.messages)))
            self.account.mailbox.delete(chosen)
            self.settled = False

    @rule()
    def forget_history(self) -> None:
        self.account.mailbox.forget_history()

    @rule(looks=st.integers(0, 12))
    def pull_and_be_killed(self, looks: int) -> None:
        with suppress(Killed, CursorExpired):
            list(self.account.batches(DyingClock(self.account.clock, looks)))

    @rule(fails=st.integers(0, 8))
    def pull_from_a_server_that_goes_down(self, fails: int) -> None:
        down = len(self.account.server.http.log) + fails
        self.account.server.http.fault = lambda number, _request: (
            error(503, "Down", "backendError") if number >= down else None
        )
        try:
            self.account.pull()
        except Transient:
            pass
        finally:
            self.account.server.http.fault = lambda _number, _request: None

    @rule()
    def pull(self) -> None:
        self.account.pull()
        self.settled = True

    @invariant()
    def the_records_are_those_of_a_fresh_look(self) -> None:
        if self.settled:
            assert self.account.records.items == self.account.fresh()
            assert not self.account.records.failures
            self.settled = False


TestMailbox = Mailbox.TestCase
TestMailbox.settings = settings(
    max_examples=25,
    stateful_step_count=15,
)

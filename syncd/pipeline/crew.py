"""The pulls under way: a thread for each account, few at a time, and one owner of the store."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from syncd import log
from syncd.config import Account
from syncd.errors import Stopping, StoreError, SyncdError
from syncd.pipeline.desk import Desk, Errand
from syncd.pipeline.intake import Intake, own_addresses
from syncd.pipeline.pull import AccountPull, Pulled, Terms
from syncd.store import Store

AT_ONCE = 4
"""Accounts pulled at the same time: they wait for the network, and share one writer."""
_LEAVING = 2.0
"""Seconds that threads get to leave by themselves when they are called off."""


@dataclass(frozen=True, slots=True)
class _Member:
    """An account being pulled."""

    pull: AccountPull
    thread: threading.Thread


class Crew:
    """Pulls accounts in threads. Every method belongs to the thread that owns the store, and it
    must serve the desk; `pulled` is called there with what each pull came to."""

    def __init__(self, store: Store, desk: Desk, pulled: Callable[[Pulled], None]) -> None:
        self._store = store
        self._desk = desk
        self._pulled = pulled
        self._members: dict[str, _Member] = {}
        self._leaving: list[threading.Thread] = []

    @property
    def at_work(self) -> Collection[str]:
        """The accounts being pulled."""
        return self._members.keys()

    @property
    def has_room(self) -> bool:
        """Whether another pull may start."""
        return len(self._members) < AT_ONCE

    @property
    def longest_silence(self) -> float:
        """Seconds since the quietest pull last gave a sign of life; 0 with none under way."""
        return max((m.pull.errand.silent for m in self._members.values()), default=0.0)

    def start(self, account: Account, terms: Terms) -> None:
        """Pull an account that is not being pulled."""
        names = (one.name for one in terms.configuration.accounts)
        own = own_addresses(self._store, names)
        pull = AccountPull(Errand(self._desk), self._store, account, terms, own)
        thread = threading.Thread(
            target=self._work, args=(pull,), name=f"pull {account.name}", daemon=True
        )
        self._members[account.name] = _Member(pull, thread)
        thread.start()

    def _work(self, pull: AccountPull) -> None:
        try:
            with log.bound(run=pull.terms.run):
                error = pull.run()
        except Stopping:
            return
        self._desk.post(partial(self._settle, pull, error))

    def _settle(self, pull: AccountPull, error: SyncdError | None) -> None:
        if pull.errand.called_off:
            return
        del self._members[pull.account.name]
        with log.bound(run=pull.terms.run):
            try:
                pulled = pull.settle(error)
            except StoreError as full:
                pulled = pull.unsettled(full)
            self._pulled(pulled)

    def call_off(self, accounts: Collection[str]) -> None:
        """Let these pulls stop where they are; from now on they change nothing."""
        for name in [name for name in self._members if name in accounts]:
            member = self._members.pop(name)
            self._leaving = [thread for thread in self._leaving if thread.is_alive()]
            member.pull.errand.call_off()
            self._leaving.append(member.thread)

    def dismiss(self) -> bool:
        """Call all pulls off and give their threads a moment to leave; the desk must be closed.

        :return: whether all have left; one that waits for the network cannot be hurried
        """
        self.call_off(tuple(self._members))
        until = time.monotonic() + _LEAVING
        for thread in self._leaving:
            thread.join(max(0.0, until - time.monotonic()))
        self._leaving = [thread for thread in self._leaving if thread.is_alive()]
        return not self._leaving


def pull_all(store: Store, accounts: Sequence[Account], terms: Terms) -> tuple[Pulled, ...]:
    """Pull every account, in the thread that owns the store. Those that were read before another
    told an address of mine are pulled once more.

    :raises StoreError: the records cannot be written; accounts' errors become their coverage
    """
    results: dict[str, Pulled] = {}

    def keep(pulled: Pulled) -> None:
        before = results.get(pulled.account)
        results[pulled.account] = pulled.after(before) if before else pulled

    def overtaken() -> list[Account]:
        own = own_addresses(store, (account.name for account in terms.configuration.accounts))
        read = [account for account in accounts if results[account.name].error is None]
        return [one for one in read if Intake(store, one.name).read_as() != own]

    desk = Desk()
    crew = Crew(store, desk, keep)
    waiting, again = deque(accounts), False
    try:
        while waiting or crew.at_work:
            while waiting and crew.has_room:
                crew.start(waiting.popleft(), terms)
            desk.serve(None)
            for pulled in results.values():
                if isinstance(pulled.error, StoreError):
                    raise pulled.error
            if not (waiting or crew.at_work or again):
                waiting, again = deque(overtaken()), True
    finally:
        desk.close()
        crew.dismiss()
    return tuple(results[account.name] for account in accounts)

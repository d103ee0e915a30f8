"""The rounds over the accounts: each on its own schedule, with its own backoff and breaker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from syncd import log
from syncd.config import Account, Configuration
from syncd.connectors.base import SignsIn, TextReader
from syncd.connectors.tokens import Tokens
from syncd.daemon import schedule
from syncd.daemon.schedule import Moment, Turn
from syncd.errors import AuthRequired, RateLimited
from syncd.options import Duration
from syncd.pipeline import journal
from syncd.pipeline.crew import Crew
from syncd.pipeline.desk import Desk
from syncd.pipeline.passes import terms_of
from syncd.pipeline.pull import TOKENS, Pulled
from syncd.registry import connectors
from syncd.store import Store


class Rounds:
    """Which account is pulled when. Belongs to the thread that owns the store.

    :param look: tells the present moment
    :param pulled: told what each pull came to
    :param chance: where jitter comes from
    :param reader: makes what reads texts with the user's own words
    """

    def __init__(
        self,
        store: Store,
        desk: Desk,
        *,
        look: Callable[[], Moment],
        pulled: Callable[[Pulled], None],
        chance: Random,
        reader: Callable[[Mapping[str, Sequence[str]]], TextReader],
    ) -> None:
        self._store = store
        self._crew = Crew(store, desk, self._settle)
        self._told = pulled
        self._chance = chance
        self._reader = reader
        self._turns: dict[str, Turn] = {}
        self._accounts: dict[str, Account] = {}
        self._tokens: dict[str, object] = {}
        """The state of each account's token file when its last pull began."""
        self._again: set[str] = set()
        """Accounts that changed while they were being pulled."""
        self._look = look

    def reconfigure(self, configuration: Configuration, now: Moment, *, anew: bool) -> None:
        """Go by this configuration: accounts that are new or changed are pulled at once, those
        that are gone no more, the others go on as they were.

        :param anew: all records are read again, whatever account they are of
        """
        accounts = {account.name: account for account in configuration.accounts}
        changed = {
            name
            for name in {*accounts, *self._accounts}
            if anew or accounts.get(name) != self._accounts.get(name)
        }
        self._crew.call_off(changed)
        self._accounts = accounts
        self._again -= changed
        for name in changed:
            self._turns.pop(name, None)
            self._tokens.pop(name, None)
            if name in accounts:
                self._turns[name] = schedule.first_turn(
                    pause_of(accounts[name]), now, left_alone=self._left_alone(name, now)
                )

    @property
    def at_work(self) -> Collection[str]:
        """The accounts being pulled."""
        return self._crew.at_work

    @property
    def again(self) -> Collection[str]:
        """The accounts being pulled that will be pulled once more: what they read is too old."""
        return self._again

    @property
    def longest_silence(self) -> float:
        """Seconds since the quietest pull last gave a sign of life; 0 with none under way."""
        return self._crew.longest_silence

    @property
    def willing(self) -> set[str]:
        """The accounts that can be pulled without the user doing something first."""
        return {name for name, turn in self._turns.items() if not turn.waits_for}

    def start_due(self, configuration: Configuration, now: Moment) -> None:
        """Start what is due, as far as there is room."""
        self._let_in_who_signed_in(now)
        for name in schedule.due(self._turns, now):
            if not self._crew.has_room:
                return
            if name not in self._crew.at_work:
                self._tokens[name] = _stamp(self._token(name))
                at = datetime.fromtimestamp(now.wall, UTC)
                terms = terms_of(configuration, now=at, reader=self._reader)
                self._crew.start(self._accounts[name], terms)

    def hasten(self, names: Collection[str], now: Moment) -> None:
        """Pull these accounts as soon as that is allowed; one that is being pulled, once more."""
        for name in names:
            if name in self._crew.at_work:
                self._again.add(name)
            elif name in self._turns:
                self._turns[name] = schedule.hastened(self._turns[name], now)

    def allow_all(self, now: Moment) -> None:
        """Pull every account, also those that waited for the user: they ask for it."""
        for name, turn in self._turns.items():
            self._turns[name] = schedule.allowed(turn, now)
        self.hasten(self._crew.at_work, now)

    def allow_waiting(self, now: Moment) -> None:
        """Pull the accounts that waited for the user: something was done."""
        for name, turn in self._turns.items():
            if turn.waits_for:
                self._turns[name] = schedule.allowed(turn, now)

    def seconds_to_wake(self, next_summary: float, now: Moment) -> float:
        """For how long nothing is due; `next_summary` in epoch seconds."""
        if not self._crew.has_room:
            return schedule.seconds_to_wake({}, next_summary, now, at_work=())
        return schedule.seconds_to_wake(self._turns, next_summary, now, at_work=self._crew.at_work)

    def dismiss(self) -> bool:
        """Stop every pull where it is; False if a thread could not leave in time."""
        return self._crew.dismiss()

    def _left_alone(self, name: str, now: Moment) -> float:
        """Seconds for which the provider still asked to be left alone, before a restart too."""
        last = journal.attempt(self._store, name)
        if last is None:
            return 0.0
        return min(last.tried_at + last.retry_after - now.wall, last.retry_after)

    def _let_in_who_signed_in(self, now: Moment) -> None:
        for name, turn in self._turns.items():
            if turn.waits_for and _stamp(self._token(name)) != self._tokens.get(name):
                self._turns[name] = schedule.allowed(turn, now)

    def _settle(self, pulled: Pulled) -> None:
        name = pulled.account
        turn, error, now = self._turns[name], pulled.error, self._look()
        if error is None:
            turn = schedule.succeeded(turn, now, self._chance.random())
        elif isinstance(error, AuthRequired) and signs_in(self._accounts[name]):
            turn = schedule.must_sign_in(turn)
            log.warning("sign_in_needed", account=name, command=f"syncd auth {name}")
        else:
            retry_after = error.retry_after if isinstance(error, RateLimited) else 0.0
            turn = schedule.failed(turn, now, self._chance.random(), retry_after=retry_after)
        self._turns[name] = schedule.hastened(turn, now) if name in self._again else turn
        self._told(pulled)
        self._again.discard(name)

    def _token(self, name: str) -> Path:
        return Tokens(self._store.folder / TOKENS, name).path


def signs_in(account: Account) -> bool:
    """Whether the account lives by a token that `syncd auth` renews; others are tried again."""
    own_command = getattr(account.options, "token_command", None)
    return issubclass(connectors()[account.connector], SignsIn) and not own_command


def pause_of(account: Account) -> float:
    """Seconds between two pulls of the account that go well."""
    every = account.every or Duration.parse(connectors()[account.connector].every)
    return every.delta.total_seconds()


def _stamp(path: Path) -> object:
    """What changes with a file's content; None where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

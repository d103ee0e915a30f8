"""The service: one thread that owns the records, looks at the clock, and does what is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Protocol

from syncd import log
from syncd.config import Configuration
from syncd.daemon import memory, schedule
from syncd.daemon.backoff import pause_after
from syncd.daemon.clock import ServiceClock
from syncd.daemon.give_back import give_back
from syncd.daemon.notify import Notifier
from syncd.daemon.rounds import Rounds
from syncd.daemon.schedule import Moment
from syncd.errors import StoreError, Transient, UserError
from syncd.pipeline.desk import Desk
from syncd.pipeline.passes import forget_what_no_longer_holds, take_answers
from syncd.pipeline.pull import Pulled
from syncd.pipeline.reader import OnDemandReader
from syncd.pipeline.reading_apart import ReadingProcess
from syncd.pipeline.retention import forget_old_mail
from syncd.pipeline.summarising import Order, written_here
from syncd.store import Store

STUCK_SECONDS = 900.0
"""The time limits of connectors are far shorter."""
PATIENCE = 120.0
"""Seconds for which a summary waits for the accounts to be read first."""
_MUCH = 100
"""Records that a pull changed, from which on memory is given back after it."""
_READER_KEPT = 90.0
"""Seconds at least between two starts of the process that reads texts: one takes 0.3 of a core."""
_OLD_MAIL = 200
"""Messages from before `history` that are forgotten in one turn."""
_SUMMARY_AGAIN = 1800.0
"""The longest pause (s) between two tries to write a summary."""


class Watches(Protocol):
    """What tells the service that files changed (daemon.watcher)."""

    def start(self, configuration: Configuration, config_folder: Path) -> None:
        """Watch the configuration, the summaries and the sources."""
        ...

    def restart(self, configuration: Configuration) -> None:
        """Watch what this configuration names instead."""
        ...

    def stop(self) -> None:
        """Watch nothing any more."""
        ...


@dataclass
class _Gathering:
    """A summary that waits for the accounts to be read once more."""

    day: date | None
    """The set day it is for; None: the user asked for one."""
    began: float
    """Uptime."""
    missing: set[str]
    """Accounts that have not been read since."""


class Service:
    """Reads each account on its schedule and writes the summary at its time, until stopped.

    `request_…` may be called from any thread and from signal handlers; everything else belongs to
    the thread that made the service and owns the store.

    :param store: open for writing; `run` closes it
    :param configuration: what `load` gave when the service was started
    :param load: reads the configuration again
    :param chance: where jitter comes from
    :param stuck_after: seconds without a sign of life after which a pull will never end
    :param write: writes a summary; see pipeline.summarising
    :param texts: reads texts apart; None: they are read in this process
    """

    def __init__(
        self,
        store: Store,
        configuration: Configuration,
        *,
        load: Callable[[], Configuration],
        clock: ServiceClock,
        notifier: Notifier,
        chance: Random | None = None,
        stuck_after: float = STUCK_SECONDS,
        write: Callable[[Store, Order, Callable[[], bool]], str] = written_here,
        texts: ReadingProcess | None = None,
    ) -> None:
        self._store = store
        self._configuration = configuration
        self._load = load
        self._clock = clock
        self._notifier = notifier
        self._stuck_after = stuck_after
        self._write = write
        self._texts = texts
        self._watcher: Watches | None = None
        self._desk = Desk()
        self._rounds = Rounds(
            store,
            self._desk,
            look=self._look,
            pulled=self._pulled,
            chance=chance or Random(),  # noqa: S311 - jitter, not secrecy
            reader=texts.reader if texts is not None else OnDemandReader,
        )
        self._moment = Moment(clock.wall(), 0.0, clock.steady())
        self._problems: tuple[str, ...] = ()
        self._gathering: _Gathering | None = None
        self._served: dict[date, float] = {}
        """When the summaries of set days were written; nobody else writes while we run."""
        self._summary_failures = 0
        self._summary_not_before = 0.0
        self._old_mail = True
        """Whether there may be mail from before the user's `history`."""
        self._stuck = False
        self._has_grown = False
        """Whether there is memory to give back once no account is being read."""
        self._asked_to_stop = False
        self._stopping = False
        self.must_reopen = False
        """`run` ended because the records are damaged: opened again, they are made anew."""

    # --- from other threads and signals -----------------------------------------------------------

    def request_stop(self) -> None:
        """End after the transaction under way."""
        self._asked_to_stop = True
        self._desk.post(self._stop)

    def request_reload(self) -> None:
        """Read the configuration again."""
        self._desk.post(self._reload)

    def request_sync(self) -> None:
        """Read every account now, then write today's summary anew."""
        self._desk.post(self._sync)

    def request_answers(self) -> None:
        """Take over what the user ticked in the summary's files."""
        self._desk.post(self._take_answers)

    def request_pull(self, account: str) -> None:
        """An account's source changed: read it now."""
        self._desk.post(lambda: self._rounds.hasten([account], self._look()))

    @property
    def configuration(self) -> Configuration:
        """What the service goes by."""
        return self._configuration

    # --- the loop ---------------------------------------------------------------------------------

    def run(self, watcher: Watches | None = None, config_folder: Path | None = None) -> bool:
        """Serve until `request_stop`, or until the records turn out to be damaged.

        :param watcher: told where to look, its calls bound to the requests above
        :return: whether every thread has ended; one may still wait for the network
        :raises StoreError: the records cannot be written at all
        """
        self._begin()
        if watcher is not None and config_folder is not None:
            self._watcher = watcher
            watcher.start(self._configuration, config_folder)
        self._notifier.ready(self._status())
        self._warm_up()
        try:
            while not self._stopping and not self._store.damaged:
                self._turn()
        finally:
            self.must_reopen = not self._stopping
            all_left = self._end()
        return all_left

    def _begin(self) -> None:
        now = self._look()
        memory.note_start(self._store, now.wall)
        forget_what_no_longer_holds(self._store, self._configuration)
        self._rounds.reconfigure(self._configuration, now, anew=False)
        self._remember_served()
        log.info("started", accounts=len(self._configuration.accounts))

    def _warm_up(self) -> None:
        """Load the lexicons, so that the first new mail need not wait."""
        if self._configuration.text and self._texts is not None:
            with suppress(UserError, Transient):  # a pull meets it again, and tells
                self._texts.load(self._configuration.words)

    def _turn(self) -> None:
        """Do what is due, then rest until something is."""
        now = self._look()
        self._rounds.start_due(self._configuration, now)
        self._summarise_when_due(now)
        self._forget_old_mail(now)
        if not self._rounds.at_work:
            self._give_back()
        self._show_life()
        self._clock.rest(self._desk, self._rest(now), busy=bool(self._rounds.at_work))

    def _give_back(self) -> None:
        """Let go of what only work needs."""
        kept = 0.0 if self._has_grown else _READER_KEPT
        if (self._texts is None or self._texts.rest(kept=kept)) and self._has_grown:
            self._has_grown = False
            give_back(self._store)

    def _forget_old_mail(self, now: Moment) -> None:
        """A little in each turn, after each day's summary, until there is no more."""
        if not self._old_mail:
            return
        at = datetime.fromtimestamp(now.wall, UTC)
        self._old_mail = False
        try:
            forgotten = forget_old_mail(self._store, self._configuration, now=at, most=_OLD_MAIL)
            self._old_mail = forgotten == _OLD_MAIL
            self._has_grown |= 0 < forgotten < _OLD_MAIL
        except StoreError as error:
            log.warning("old_mail_stays", error=error.in_one_line)

    def _show_life(self) -> None:
        """Tell the watchdog that we are alive, unless a pull hangs: then systemd starts us anew."""
        stuck = self._rounds.longest_silence > self._stuck_after
        if stuck and not self._stuck:
            log.warning("pull_stuck", seconds=round(self._rounds.longest_silence))
        self._stuck = stuck
        if not stuck:
            self._notifier.alive()

    def _rest(self, now: Moment) -> float:
        """For how many seconds nothing is to be done."""
        if self._old_mail:
            return 0.0
        wakes = [self._clock.longest_rest, self._rounds.seconds_to_wake(self._next_summary(), now)]
        if self._notifier.watchdog_seconds is not None:
            wakes.append(self._notifier.watchdog_seconds / 3)
        if self._gathering is not None:
            wakes.append(self._gathering.began + PATIENCE - now.uptime)
        elif self._summary_not_before > now.uptime:
            wakes.append(self._summary_not_before - now.uptime)
        return max(0.0, min(wakes))

    def _end(self) -> bool:
        self._notifier.stopping()
        self._desk.close()
        all_left = self._rounds.dismiss()
        if self._texts is not None:
            self._texts.end()
        self._remember(lambda: memory.note_stop(self._store, self._clock.wall()))
        self._store.close()
        if self._watcher is not None:
            self._watcher.stop()
        log.info("stopped")
        return all_left

    def _look(self) -> Moment:
        self._moment = schedule.looked(self._moment, self._clock.wall(), self._clock.steady())
        return self._moment

    def _stop(self) -> None:
        self._stopping = True

    # --- accounts ---------------------------------------------------------------------------------

    def _pulled(self, pulled: Pulled) -> None:
        log.info(
            "pulled",
            account=pulled.account,
            state=pulled.coverage.state,
            upserts=pulled.upserts,
            deletions=pulled.deletions,
            failed=pulled.failed,
            seconds=round(pulled.seconds, 3),
        )
        self._has_grown |= pulled.upserts + pulled.deletions >= _MUCH
        # a passing fault may be gone in a moment; what only the user can mend is waited for in vain
        settled = (
            not isinstance(pulled.error, Transient) and pulled.account not in self._rounds.again
        )
        if self._gathering is not None and settled:
            self._gathering.missing.discard(pulled.account)
        if pulled.first and self._gathering is None:
            # what was said without this account is worth saying anew
            self._gathering = _Gathering(None, self._moment.uptime, set(self._rounds.at_work))

    def _sync(self) -> None:
        now = self._look()
        self._rounds.allow_all(now)
        self._gathering = _Gathering(None, now.uptime, self._rounds.willing)

    def _take_answers(self) -> None:
        now = datetime.fromtimestamp(self._look().wall, UTC)
        try:
            changed = take_answers(self._store, self._configuration, now=now)
        except UserError as error:
            log.warning("answers_not_taken", error=error.in_one_line)
            return
        if changed:
            log.info("answers", changed=changed)

    # --- the summary ------------------------------------------------------------------------------

    def _remember_served(self) -> None:
        plan, zone = self._configuration.summary, self._configuration.timezone
        self._served = memory.served(self._store, plan, zone)

    def _next_summary(self) -> float:
        plan, zone = self._configuration.summary, self._configuration.timezone
        return schedule.next_due_at(plan, zone, self._moment.wall, self._served)

    def _summarise_when_due(self, now: Moment) -> None:
        if self._gathering is None:
            plan, zone = self._configuration.summary, self._configuration.timezone
            day = schedule.due_day(plan, zone, now.wall, self._served)
            if day is None or now.uptime < self._summary_not_before:
                return
            self._gathering = _Gathering(day, now.uptime, self._rounds.willing)
            self._rounds.hasten(self._gathering.missing, now)
            self._rounds.start_due(self._configuration, now)
        gathering = self._gathering
        if gathering.missing and now.uptime - gathering.began < PATIENCE:
            return
        self._gathering = None
        self._summarise(gathering.day, now)

    def _summarise(self, day: date | None, now: Moment) -> None:
        """Write the summary of the moment; a failure is told and tried again, never fatal."""
        at = datetime.fromtimestamp(now.wall, UTC)
        with log.bound(run=token_hex(4)):
            problem = self._published(day, at)
            if self._asked_to_stop and problem:
                return
            self._summary_failures = self._summary_failures + 1 if problem else 0
            if problem:
                pause = pause_after(self._summary_failures, _SUMMARY_AGAIN, 1.0)
                self._summary_not_before = now.uptime + pause
                log.warning("summary_failed", error=problem)
            else:
                log.info("summary_written", day=day.isoformat() if day else None)
        self._remember(lambda: memory.note_summary(self._store, problem))
        self._notifier.status(self._status())
        self._has_grown = True

    def _published(self, day: date | None, at: datetime) -> str:
        """Write the summary as of `at`; what went wrong, empty if nothing did."""
        began = self._clock.steady()

        def go_on() -> bool:
            self._notifier.alive()
            return not self._asked_to_stop and self._clock.steady() - began < self._stuck_after

        order = Order(self._configuration, at, self._problems)
        try:
            problem = self._write(self._store, order, go_on)
            if not problem and day is not None:
                self._served[day] = at.timestamp()
                self._old_mail = True
                memory.serve(self._store, day, at.timestamp())
        except UserError as error:
            return error.in_one_line
        return problem

    # --- configuration ----------------------------------------------------------------------------

    def _reload(self) -> None:
        """Go by the configuration as it is now; an invalid one changes nothing and is told."""
        self._notifier.reloading()
        try:
            configuration = self._load()
        except UserError as error:
            self._problems = error.lines
            log.warning("configuration_invalid", problems=list(self._problems))
        else:
            self._problems = ()
            self._apply(configuration)
            log.info("configuration_loaded", accounts=len(configuration.accounts))
        self._remember(lambda: memory.note_configuration(self._store, self._problems))
        self._notifier.ready(self._status())

    def _apply(self, configuration: Configuration) -> None:
        now, before = self._look(), self._configuration
        self._configuration = configuration
        self._rounds.reconfigure(configuration, now, anew=_basis(configuration) != _basis(before))
        self._rounds.allow_waiting(now)
        self._remember(lambda: forget_what_no_longer_holds(self._store, configuration))
        if self._gathering is not None:
            self._gathering.missing &= self._rounds.willing
        if self._watcher is not None:
            self._watcher.restart(configuration)

    # --- what is told -----------------------------------------------------------------------------

    def _remember(self, note: Callable[[], None]) -> None:
        """Note something in the records; a full disk is no reason to stop."""
        try:
            note()
        except StoreError as error:
            log.warning("not_stored", error=error.in_one_line)

    def _status(self) -> str:
        count = len(self._configuration.accounts)
        at = datetime.fromtimestamp(self._next_summary(), self._configuration.timezone)
        text = f"{count} account{'s' if count != 1 else ''}; next summary {at:%a %d %b %H:%M}"
        if self._problems:
            text += "; the configuration has problems, the last good one is in use"
        return text


def _basis(configuration: Configuration) -> Sequence[object]:
    """What every pull goes by: when it changes, pulls under way are out of date."""
    return (
        configuration.me,
        configuration.text,
        configuration.excerpt,
        configuration.words,
        configuration.history,
        configuration.timezone,
    )

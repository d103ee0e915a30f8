"""When each account and each summary is due. Pure: clocks and chance are parameters.

Accounts go by *uptime*, a clock that only moves forward and also counts the time asleep. Summaries
go by the wall clock in the user's zone: one for every set day, at its time; late if that time was
slept through; never twice, whatever the clock does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from syncd.config import SummaryPlan
from syncd.daemon.backoff import is_open, pause_after

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_JITTER = 0.1
"""Pauses are longer by up to this share, so that accounts and machines fall out of step."""
_LATE_CLOCK = timedelta(hours=12)
"""A summary from further ahead than this was written while the clock was wrong."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One look at the clocks."""

    wall: float
    """Seconds since the Unix epoch; jumps when the clock is set."""
    uptime: float
    """Seconds that only move forward, sleep included; see `looked`."""
    steady: float
    """The system's monotonic clock, which may stand still while the machine sleeps."""


def looked(before: Moment, wall: float, steady: float) -> Moment:
    """The moment after `before`.

    Where the wall clock ran ahead of the monotonic one the machine slept (or was set: then
    accounts are looked at too early once, which does no harm). A clock set back changes nothing.
    """
    passed = max(0.0, steady - before.steady, wall - before.wall)
    return Moment(wall, before.uptime + passed, steady)


# --- accounts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """When an account is pulled next."""

    every: float
    """The pause between two pulls that go well, in seconds."""
    at: float
    """Due from then on (uptime)."""
    failures: int = 0
    """In a row."""
    not_before: float = 0.0
    """The provider asked to be left alone until then (uptime)."""
    waits_for: Literal["", "sign_in"] = ""
    """What the user must do first."""

    @property
    def broken(self) -> bool:
        """The circuit breaker is open: after many failures in a row, tries are few."""
        return is_open(self.failures)


def first_turn(every: float, now: Moment, *, left_alone: float = 0.0) -> Turn:
    """An account that is pulled at once.

    :param left_alone: seconds for which its provider still asked to be left alone
    """
    at = now.uptime + max(0.0, left_alone)
    return Turn(every, at, not_before=at)


def succeeded(turn: Turn, now: Moment, chance: float) -> Turn:
    """After a pull that went well.

    :param chance: from 0 to 1, at random
    """
    return Turn(turn.every, now.uptime + turn.every * (1 + _JITTER * chance))


def failed(turn: Turn, now: Moment, chance: float, *, retry_after: float = 0.0) -> Turn:
    """After a pull that failed.

    :param retry_after: seconds for which the provider asked to be left alone
    """
    failures = turn.failures + 1
    pause = pause_after(failures, turn.every, chance)
    left_alone = now.uptime + max(0.0, retry_after)
    return Turn(turn.every, max(now.uptime + pause, left_alone), failures, left_alone)


def must_sign_in(turn: Turn) -> Turn:
    """After a pull for which the sign-in is missing or dead."""
    return replace(turn, failures=turn.failures + 1, waits_for="sign_in")


def hastened(turn: Turn, now: Moment) -> Turn:
    """Due now, unless the provider asked to be left alone or the user must act first."""
    return turn if turn.waits_for else replace(turn, at=max(now.uptime, turn.not_before))


def allowed(turn: Turn, now: Moment) -> Turn:
    """Due now, whatever it waited for: the user asked for it, or signed in."""
    return hastened(replace(turn, waits_for="", failures=0), now)


def due(turns: Mapping[str, Turn], now: Moment) -> list[str]:
    """The accounts to be pulled, the longest due first."""
    ready = [n for n, turn in turns.items() if not turn.waits_for and turn.at <= now.uptime]
    return sorted(ready, key=lambda name: turns[name].at)


# --- the summary ----------------------------------------------------------------------------------


def due_at(plan: SummaryPlan, zone: ZoneInfo, day: date) -> float:
    """When the summary of a day is due (epoch seconds).

    A time that the clocks skip in spring counts as if they had not been changed; of one that
    comes twice in autumn, the first counts.
    """
    return datetime.combine(day, plan.at, zone).timestamp()


def due_day(
    plan: SummaryPlan, zone: ZoneInfo, wall: float, served: Mapping[date, float]
) -> date | None:
    """The set day whose summary is to be written now; None: it has been, or its time is not yet.

    Of several days that were slept through only the last one counts.

    :param served: when the summaries of days were written (epoch seconds)
    """
    today = datetime.fromtimestamp(wall, zone).date()
    for back in range(-1, 8):
        day = today - timedelta(days=back)
        if _is_set(plan, day) and due_at(plan, zone, day) <= wall:
            return day if day > _last_served(wall, served) else None
    return None


def next_due_at(
    plan: SummaryPlan, zone: ZoneInfo, wall: float, served: Mapping[date, float]
) -> float:
    """When the next summary is due that is not due yet (epoch seconds)."""
    today = datetime.fromtimestamp(wall, zone).date()
    last = _last_served(wall, served)
    days = (today + timedelta(days=ahead) for ahead in range(-1, 16))
    moments = (due_at(plan, zone, day) for day in days if day > last and _is_set(plan, day))
    return min((moment for moment in moments if moment > wall), default=wall + 86_400)


def believed(served: Mapping[date, float], wall: float, *, kept: int) -> dict[date, float]:
    """What is worth remembering of the summaries written: the latest `kept`, without those of a
    clock that ran far ahead."""
    latest = wall + _LATE_CLOCK.total_seconds()
    days = sorted(day for day, at in served.items() if at <= latest)
    return {day: served[day] for day in days[-kept:]}


def _is_set(plan: SummaryPlan, day: date) -> bool:
    return _DAYS[day.weekday()] in plan.days


def _last_served(wall: float, served: Mapping[date, float]) -> date:
    """The last day whose summary was written; the days before it need none any more."""
    latest = wall + _LATE_CLOCK.total_seconds()
    return max((day for day, at in served.items() if at <= latest), default=date.min)


# --- both -----------------------------------------------------------------------------------------


def seconds_to_wake(
    turns: Mapping[str, Turn], next_summary: float, now: Moment, *, at_work: Collection[str]
) -> float:
    """For how many seconds nothing is due.

    :param next_summary: epoch seconds
    :param at_work: accounts being pulled, which wake the service when they end
    """
    waits = [
        turn.at - now.uptime
        for name, turn in turns.items()
        if not turn.waits_for and name not in at_work
    ]
    return max(0.0, min([next_summary - now.wall, *waits]))

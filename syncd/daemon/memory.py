"""What the service keeps in the records: which summaries it wrote, and how it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from syncd.config import SummaryPlan
from syncd.daemon.schedule import believed, due_at
from syncd.store import Store

_KEPT = 30


@dataclass(frozen=True, slots=True)
class Condition:
    """The service as `syncd status` tells it, whether or not it still runs."""

    pid: int
    started_at: int
    """Epoch seconds."""
    stopped_at: int | None = None
    """When it ended in order; None while it runs, or after it was killed."""
    configuration: tuple[str, ...] = ()
    """The problems of the present files, while an older configuration is in use."""
    summary: str = ""
    """Why the last summary could not be written."""


def day_of(at: float, zone: ZoneInfo) -> date:
    """The day of a moment (epoch seconds) in the user's zone."""
    return datetime.fromtimestamp(at, zone).date()


def served(store: Store, plan: SummaryPlan, zone: ZoneInfo) -> dict[date, float]:
    """When the summaries of set days were written (epoch seconds): by the service, or by hand
    after the day's time."""
    own = _days(store.meta.get_key("served"))
    by_hand = _days(store.meta.get_key("summaries"))
    return {
        **{day: at for day, at in by_hand.items() if at >= due_at(plan, zone, day)},
        **own,
    }


def serve(store: Store, day: date, at: float) -> None:
    """Remember that the summary of a set day was written."""
    days = believed({**_days(store.meta.get_key("served")), day: at}, at, kept=_KEPT)
    kept = {day.isoformat(): int(at) for day, at in days.items()}
    store.meta.put("served", {"days": kept})


def _days(document: Mapping[str, Any] | None) -> dict[date, float]:
    days: Mapping[str, float] = document["days"] if document else {}
    return {date.fromisoformat(day): at for day, at in days.items()}


def condition(store: Store) -> Condition | None:
    """How the service that ran last is or was; None: none ever ran."""
    document = store.runs.get_key("service")
    if document is None:
        return None
    return Condition(
        document["pid"],
        document["started_at"],
        document["stopped_at"],
        tuple(document["configuration"]),
        document["summary"],
    )


def note_start(store: Store, at: float) -> None:
    """Remember that this process is the service."""
    _note(store, Condition(os.getpid(), int(at)))


def note_stop(store: Store, at: float) -> None:
    """Remember that the service ended in order."""
    _change(store, stopped_at=int(at))


def note_configuration(store: Store, problems: Sequence[str]) -> None:
    """Remember what is wrong with the present files; nothing: the service goes by them."""
    _change(store, configuration=tuple(problems))


def note_summary(store: Store, problem: str) -> None:
    """Remember why the summary could not be written; empty: it was."""
    _change(store, summary=problem)


def _change(store: Store, **changes: Any) -> None:
    before = condition(store)
    if before is not None:
        _note(store, Condition(**{**asdict(before), **changes}))


def _note(store: Store, now: Condition) -> None:
    store.runs.put("service", asdict(now))

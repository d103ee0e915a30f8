"""What becomes of a finding: new, open, snoozed, done, dismissed, resolved, reopened. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from syncd.model import Finding

State = Literal["new", "open", "snoozed", "done", "dismissed", "resolved", "reopened"]
LIVE: frozenset[State] = frozenset({"new", "open", "reopened"})
"""The states that a summary lists."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SHORTEST_ID = 4
_HISTORY = 50
_REMEMBERED_SECONDS = 365 * 86_400
SNOOZE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Event:
    """One change of state: when (epoch seconds), to what, and why."""

    at: int
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """A finding with its life."""

    id: str
    """Short, stable, unique: what the user types."""
    finding: Finding
    state: State
    first_seen: int
    changed: int
    """When the state last changed (epoch seconds)."""
    snoozed_until: date | None = None
    introduced: date | None = None
    """The day of the summary that first listed it in its present life; None: none has yet."""
    place: str = ""
    """The user's word on a meeting's place: in_person or virtual."""
    history: tuple[Event, ...] = field(default=())

    @property
    def identity(self) -> str:
        """What makes it the same finding tomorrow, see `identity`."""
        return identity(self.finding)

    def moved(self, state: State, now: int, why: str) -> Record:
        """The record after a change of state, with its history."""
        return replace(
            self,
            state=state,
            changed=now,
            history=(*self.history, Event(now, state, why))[-_HISTORY:],
        )


def identity(finding: Finding) -> str:
    """Type, direction and key: not the rule's name, so that renaming a rule loses no tick, and
    two rules that find the same thing make one item."""
    return f"{finding.type}|{finding.direction}|{finding.key}"


def short_id(of: str, taken: Collection[str]) -> str:
    """The shortest free identifier for a finding's identity: four characters or a few more,
    without letters that read alike."""
    number = int.from_bytes(hashlib.blake2b(of.encode(), digest_size=16).digest(), "big")
    digits = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        digits += _ALPHABET[digit]
    length = _SHORTEST_ID
    while digits[:length] in taken and length < len(digits):
        length += 1
    return digits[:length]


def settle(
    records: Mapping[str, Record],
    found: Iterable[Finding],
    *,
    now: int,
    today: date,
    held: Collection[str] = (),
) -> list[Record]:
    """Move every record on after an evaluation.

    :param records: all that are stored, by identity
    :param found: what the rules found, the first of each identity counts
    :param held: accounts whose records are incomplete: what rests on them is left as it is
    :return: the records that are new or changed
    """
    moved: dict[str, Record] = {}
    taken = {record.id for record in records.values()}
    seen: set[str] = set()
    for finding in found:
        key = identity(finding)
        if key in seen:
            continue
        seen.add(key)
        old = records.get(key)
        if finding.account and finding.account in held:
            continue
        if old is None:
            new_id = short_id(key, taken)
            taken.add(new_id)
            event = Event(now, "new", "found")
            moved[key] = Record(new_id, finding, "new", now, now, history=(event,))
            continue
        news = finding.anchor > old.finding.anchor
        fresh = _on(replace(old, finding=finding), now, today, news=news)
        if fresh != old:
            moved[key] = fresh
    for key, record in records.items():
        if key in seen or record.finding.account in held:
            continue
        if record.state in LIVE or record.state == "snoozed":
            moved[key] = record.moved("resolved", now, "no longer so")
    return list(moved.values())


def outlived(
    records: Mapping[str, Record],
    found: Iterable[Finding],
    *,
    now: int,
    held: Collection[str] = (),
) -> list[str]:
    """The identities of what was settled over a year ago and is no longer found: nothing would be
    different without it. What the user dismissed is remembered for good: it might come back.

    :param held: accounts whose records are incomplete, so that not being found says nothing
    """
    present = {identity(finding) for finding in found}
    return [
        key
        for key, record in records.items()
        if record.state in ("done", "resolved")
        and record.changed < now - _REMEMBERED_SECONDS
        and key not in present
        and record.finding.account not in held
    ]


def _on(record: Record, now: int, today: date, *, news: bool) -> Record:
    """The record of a finding that is still found; `news`: it rests on something later than when
    the user answered it, whenever the answer was read from the file."""
    finding = record.finding
    if record.state in ("new", "reopened") and not is_new(record, today):
        return record.moved("open", now, "listed before")
    if record.state == "resolved":
        return replace(record.moved("reopened", now, "found again"), introduced=None)
    if record.state == "snoozed":
        if news:
            return replace(record.moved("reopened", now, "something new came in"), introduced=None)
        if record.snoozed_until is None or today >= record.snoozed_until:
            return replace(record.moved("open", now, "the snooze is over"), introduced=None)
    if record.state == "done":
        if news:
            return replace(record.moved("reopened", now, "something new came in"), introduced=None)
        if finding.renew_after is not None and now >= record.changed + finding.renew_after:
            return replace(record.moved("reopened", now, "due once more"), introduced=None)
    return record


def done(record: Record, now: int) -> Record:
    """The user has dealt with it."""
    return record if record.state == "done" else record.moved("done", now, "ticked by the user")


def dismiss(record: Record, now: int) -> Record:
    """The user never wants to see it again."""
    if record.state == "dismissed":
        return record
    return record.moved("dismissed", now, "dismissed by the user")


def snooze(record: Record, now: int, until: date) -> Record:
    """The user wants to see it again on a later day."""
    if record.state == "snoozed" and record.snoozed_until == until:
        return record
    moved = record.moved("snoozed", now, f"snoozed by the user until {until.isoformat()}")
    return replace(moved, snoozed_until=until)


def reopen(record: Record, now: int) -> Record:
    """The user took a tick back."""
    return record if record.state in LIVE else record.moved("open", now, "tick taken back")


def placed(record: Record, now: int, verdict: Literal["in_person", "virtual"]) -> Record:
    """The user said where a meeting took place."""
    if record.place == verdict:
        return record
    why = f"the user says: {verdict.replace('_', ' ')}"
    return replace(record.moved("done", now, why), place=verdict)


def listed(record: Record, day: date) -> Record:
    """The record after a summary of `day` listed it."""
    return record if record.introduced is not None else replace(record, introduced=day)


def is_new(record: Record, day: date) -> bool:
    """Whether it was not yet in any summary before that of `day`."""
    return record.introduced is None or record.introduced >= day

"""What the rules that hold in a sentence mean: signals with parties, dates and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from syncd.model import Due, Party, Signal, SignalKind
from syncd.text.dates import find_due
from syncd.text.lexicon import KINDS
from syncd.text.matching import Hit
from syncd.text.words import fold

_DATED: Final = frozenset({"ask", "promise", "renegotiation", "meeting_proposal"})
_NEEDS_ANSWER: Final = frozenset({"ask", "meeting_proposal"})
_OUTRANKED: Final = {"closing": _NEEDS_ANSWER}
"""Kinds that say nothing beside another: "Thanks, could you …" closes nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """A sentence and what is known of its message."""

    sentence: str
    quote: str
    start: int
    end: int
    language: str
    at: datetime
    names: str
    """The names the sentence addresses."""
    greeting: str
    """The names the message greets."""
    attached: bool


def signals(found: Mapping[str, Sequence[Hit]], context: Context) -> tuple[Signal, ...]:
    """One signal per kind that holds, in the order of the kinds."""
    due = (
        find_due(context.sentence, context.language, context.at) if _DATED & found.keys() else None
    )
    made: list[Signal] = []
    for kind in KINDS:
        if kind not in found or found.keys() & _OUTRANKED.get(kind, frozenset()):
            continue
        hit = next(
            (
                hit
                for hit in found[kind]
                if (due or "dated" not in hit.rule.flags)
                and not (kind == "ask" and _is_kind(hit, found))
            ),
            None,
        )
        if hit:
            made.append(_signal(cast(SignalKind, kind), hit, due, context))
    return tuple(made)


def _is_kind(ask: Hit, found: Mapping[str, Sequence[Hit]]) -> bool:
    """Whether an ask is interest in the reader's life: "How is your daughter?" requests nothing.

    "I hope you feel better; could you send me the file?" does, in other words.
    """
    return any(ask.overlaps(care) for care in found.get("care", ()))


def _signal(kind: SignalKind, hit: Hit, due: Due | None, context: Context) -> Signal:
    weak = hit.weak or ("attachment" in hit.rule.flags and not context.attached)
    debtor, creditor = _parties(kind, context)
    return Signal(
        kind=kind,
        quote=context.quote,
        fired=hit.fired,
        strength="weak" if weak else "firm",
        due=due if kind in _DATED else None,
        debtor=debtor,
        creditor=creditor,
        to=context.names,
        topic=hit.rule.name if kind == "personal_news" else "",
        start=context.start,
        end=context.end,
    )


def _parties(kind: SignalKind, context: Context) -> tuple[Party, Party]:
    if kind == "promise":
        return "writer", "reader"
    if kind in _NEEDS_ANSWER:
        return ("other" if _names_another(context) else "reader"), "writer"
    return "", ""


def _names_another(context: Context) -> bool:
    """Whether the sentence names somebody whom the message does not greet."""
    if not context.names or not context.greeting:
        return False
    greeted = set(fold(context.greeting).replace(",", " ").split())
    return greeted.isdisjoint(fold(context.names).replace(",", " ").split())

"""Whom I only ever ask for things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from syncd.model import Finding, Message, Snapshot
from syncd.options import Duration, DurationOption
from syncd.rules.base import RuleOptions
from syncd.rules.evidence import of_message

_GIVES = frozenset({"care", "thanks", "fulfilment"})


class OneSided:
    """`type: one_sided`."""

    type: ClassVar[str] = "one_sided"

    class Options(RuleOptions):
        """Relationships in which I only ask."""

        min_messages: int = Field(
            default=6, ge=3, le=100, description="Say nothing with fewer mails of mine than this"
        )
        within: DurationOption = Field(
            default=Duration.parse("120 days"), description="How far back my mails are looked at"
        )

    def horizon(self, options: Options) -> int:
        """Words are read over the whole window."""
        return options.within.delta.days + 1

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per person to whom each of my last mails asks, and none gives or cares."""
        if not snapshot.words:
            return
        oldest = snapshot.now - int(options.within.delta.total_seconds())
        mine: dict[str, list[Message]] = {}
        for thread in snapshot.threads:
            for message in thread.messages:
                if (
                    message.direction != "outbound"
                    or not message.human
                    or not message.words_read
                    or message.at < oldest
                    or not options.admits(message)
                ):
                    continue
                people = {
                    snapshot.people[address.email].key
                    for address in message.to
                    if address.email in snapshot.people
                }
                if len(people) == 1:
                    mine.setdefault(people.pop(), []).append(message)
        for person in snapshot.persons():
            messages = sorted(mine.get(person.key, ()), key=lambda message: message.at)
            messages = messages[-2 * options.min_messages :]
            if len(messages) < options.min_messages or not options.who.fits(person):
                continue
            if not all(_only_asks(message) for message in messages):
                continue
            yield Finding(
                rule=options.name,
                type=self.type,
                key=person.key,
                people=(person.ref,),
                section="touch",
                say="one_sided",
                facts={"count": len(messages)},
                severity="low",
                since=messages[0].at,
                evidence=tuple(
                    of_message(message, next(s for s in message.signals if s.kind == "ask"))
                    for message in messages[-5:]
                ),
                account=messages[-1].account,
                renew_after=options.within.delta.days * 86_400,
                closes="care",
            )


def _only_asks(message: Message) -> bool:
    kinds = {signal.kind for signal in message.signals}
    return "ask" in kinds and not kinds & _GIVES

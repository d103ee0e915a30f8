"""Their good and bad news that I left without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from syncd.model import Finding, Message, Person, Signal, Snapshot
from syncd.options import Duration, DurationOption
from syncd.rules.base import RuleOptions
from syncd.rules.evidence import last_met, of_message

EXPIRES: Mapping[str, int] = MappingProxyType(
    {
        "birth": 45,
        "illness": 30,
        "move": 45,
        "new_job": 45,
        "promotion": 30,
        "holiday": 21,
        "bereavement": 60,
        "wedding": 45,
        "other": 30,
    }
)
"""Days for which a word about each kind of news is still welcome."""


class PersonalNews:
    """`type: personal_news`."""

    type: ClassVar[str] = "personal_news"

    class Options(RuleOptions):
        """News that deserve a word."""

        after: DurationOption = Field(
            default=Duration.parse("1 business day"), description="Say it after this long"
        )
        topics: list[str] = Field(
            default=[name for name in EXPIRES if name != "holiday"],
            description=f"Kinds of news: {', '.join(EXPIRES)}",
        )

    def horizon(self, options: Options) -> int:
        """Words are read until the longest-lived news expire."""
        return max((EXPIRES.get(topic, 30) for topic in options.topics), default=0) + 1

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """The latest open news of each person and topic."""
        if not snapshot.words:
            return
        latest: dict[tuple[str, str], tuple[Message, Signal, Person, str]] = {}
        cared = _my_words(snapshot)
        met = last_met(snapshot)
        for thread in snapshot.threads:
            for message in thread.messages:
                if message.direction != "inbound" or not message.human:
                    continue
                person = snapshot.people.get(message.sender.email)
                if person is None or not person.correspondent or not options.who.fits(person):
                    continue
                if not options.admits(message):
                    continue
                for signal in message.signals:
                    if signal.kind != "personal_news" or signal.topic not in options.topics:
                        continue
                    if signal.debtor == "other":
                        continue
                    latest[person.key, signal.topic] = (message, signal, person, thread.key)
        for (key, topic), (message, signal, person, thread_key) in latest.items():
            age = (snapshot.now - message.at) // 86_400
            if age > EXPIRES.get(topic, 30):
                continue
            if snapshot.now < snapshot.workdays.add(message.at, options.after):
                continue
            if max(cared.get(key, 0), met.get(key, 0)) > message.at:
                continue
            yield Finding(
                rule=options.name,
                type=self.type,
                key=f"{message.message_id}|{topic}",
                people=(person.ref,),
                section="news",
                say=f"news.{topic}",
                facts={"quote": signal.quote, "no_word": True},
                severity=options.severity,
                since=message.at,
                direction="inbound",
                evidence=(of_message(message, signal),),
                thread=thread_key,
                account=message.account,
                anchor=message.at,
                closes="news",
            )


def _my_words(snapshot: Snapshot) -> dict[str, int]:
    """When I last wrote a caring word to each person: care, or thanks in an answer."""
    last: dict[str, int] = {}
    for thread in snapshot.threads:
        for message in thread.messages:
            if message.direction != "outbound" or not message.human:
                continue
            if not any(signal.kind == "care" for signal in message.signals):
                continue
            for address in message.to:
                person = snapshot.people.get(address.email)
                if person is not None:
                    last[person.key] = max(message.at, last.get(person.key, 0))
    return last

"""What was promised, by me and to me: due soon, due, late, moved, unverified; kept with evidence.

A promise is never taken as kept in silence: it closes on evidence (an attachment with words that
hand something over, "as promised"), on a held meeting where a meeting was promised, or on the
user's tick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from syncd.model import Due, Finding, Message, Person, Signal, Snapshot, Thread
from syncd.options import Duration, DurationOption
from syncd.rules.addressing import names_somebody, parent, words_of
from syncd.rules.base import RuleOptions
from syncd.rules.evidence import of_message

_FEW_READERS = 3
"""Without a day, "I will …" is a promise to somebody; before more readers than this it is mostly
talk about the matter (in two public mailboxes six of seven were)."""


class Promises:
    """`type: promises`."""

    type: ClassVar[str] = "promises"

    class Options(RuleOptions):
        """Promises and their days."""

        whose: Literal["mine", "theirs"] = Field(
            default="mine", description="mine: what I promised; theirs: what was promised to me"
        )
        warn_before: DurationOption = Field(
            default=Duration.parse("1 business day"),
            description="Say it this long before the day, while there is time to warn the other",
        )
        within: DurationOption = Field(
            default=Duration.parse("60 days"), description="Older promises are let go"
        )
        unverified_after: DurationOption = Field(
            default=Duration.parse("10 days"),
            description="A firm promise without a day is asked about after this long",
        )
        undated: bool = Field(default=True, description="false: only promises that name a day")

    def horizon(self, options: Options) -> int:
        """Words are read as far back as a promise can stay open."""
        return options.within.delta.days + 1

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per promise that is near, at or past its day and not known to be kept."""
        if not snapshot.words:
            return
        for thread in snapshot.threads:
            yield from _open_promises(thread, snapshot, options)


@dataclass(frozen=True, slots=True)
class _Promise:
    message: Message
    signal: Signal
    person: Person
    due: Due | None
    renegotiated: bool = False


def _open_promises(
    thread: Thread, snapshot: Snapshot, options: Promises.Options
) -> Iterator[Finding]:
    mine = options.whose == "mine"
    oldest = snapshot.now - int(options.within.delta.total_seconds())
    direction = "outbound" if mine else "inbound"
    by_id = {message.message_id: message for message in thread.messages}
    for place, message in enumerate(thread.messages):
        if message.at < oldest or not message.human or message.direction != direction:
            continue
        if not options.admits(message):
            continue
        signals = [
            signal
            for signal in message.signals
            if signal.kind == "promise" and signal.strength == "firm" and signal.debtor == "writer"
        ]
        if not signals or _hands_over(message):
            continue
        person = _other_party(message, by_id, snapshot)
        if person is None or not options.who.fits(person):
            continue
        later = thread.messages[place + 1 :]
        for signal in signals[:3]:
            promise = _moved(_Promise(message, signal, person, signal.due), later)
            if not _kept(promise, later):
                finding = _finding(promise, thread, snapshot, options)
                if finding is not None:
                    yield finding


def _other_party(
    message: Message, by_id: Mapping[str, Message], snapshot: Snapshot
) -> Person | None:
    """To whom I promised, or who promised me."""
    people = snapshot.people
    if message.direction == "inbound":
        to = {address.email for address in message.to}
        return people.get(message.sender.email) if to & snapshot.me else None
    to_people = list(
        {
            people[address.email].key: people[address.email]
            for address in message.to
            if address.email not in snapshot.me and address.email in people
        }.values()
    )
    if message.greeting and names_somebody(message.greeting):
        for person in to_people:
            if words_of(message.greeting) & words_of(person.name):
                return person
    answered = parent(message, by_id)
    if answered is not None and answered.direction == "inbound":
        author = people.get(answered.sender.email)
        if author is not None and author in to_people:
            return author
    return to_people[0] if 0 < len(to_people) <= 3 else None


def _hands_over(message: Message) -> bool:
    return any(signal.kind == "fulfilment" for signal in message.signals) and (
        message.attachments > 0
    )


def _kept(promise: _Promise, later: Sequence[Message]) -> bool:
    """Evidence in the thread: the debtor hands something over, or the creditor says thanks and
    closes."""
    for message in later:
        if not message.human:
            continue
        kinds = {signal.kind for signal in message.signals}
        by_debtor = message.direction == promise.message.direction and (
            message.direction == "outbound" or message.sender.email in promise.person.addresses
        )
        if by_debtor and "fulfilment" in kinds:
            return True
        if by_debtor and message.attachments and not kinds & {"renegotiation"}:
            return True
        from_creditor = (
            message.direction == "outbound"
            if promise.message.direction == "inbound"
            else message.sender.email in promise.person.addresses
        )
        if (
            from_creditor
            and "thanks" in kinds
            and not kinds & {"ask", "promise"}
            and (promise.due is None or message.at > promise.message.at + 86_400)
        ):
            return True
    return False


def _moved(promise: _Promise, later: Sequence[Message]) -> _Promise:
    """The promise with the day that the debtor named last ("Monday instead")."""
    for message in later:
        if message.direction != promise.message.direction or not message.human:
            continue
        if message.direction == "inbound" and message.sender.email not in promise.person.addresses:
            continue
        for signal in message.signals:
            if signal.kind == "renegotiation":
                promise = _Promise(
                    promise.message, promise.signal, promise.person, signal.due or promise.due, True
                )
    return promise


def _finding(
    promise: _Promise, thread: Thread, snapshot: Snapshot, options: Promises.Options
) -> Finding | None:
    mine = options.whose == "mine"
    today, workdays = snapshot.today, snapshot.workdays
    message, signal, due = promise.message, promise.signal, promise.due
    if due is None:
        asked_after = workdays.add(message.at, options.unverified_after)
        if not options.undated or not mine or snapshot.now < asked_after:
            return None
        if len(message.to) + len(message.cc) > _FEW_READERS:
            return None
        say = "promise.mine.unverified"
    elif not _near(today, due.end, options, snapshot):
        return None
    else:
        say = _say(mine, today, due.end)
    late = due is not None and today > due.end
    return Finding(
        rule=options.name,
        type=Promises.type,
        key=f"{message.message_id}|{signal.start}",
        people=(promise.person.ref,),
        section="today" if mine and due is not None else "owe" if mine else "owed",
        say=say,
        facts={"quote": signal.quote, "renegotiated": promise.renegotiated},
        severity="low" if due is None else "high" if mine and late else options.severity,
        since=message.at,
        due=due.end if due is not None else None,
        direction="outbound" if mine else "inbound",
        evidence=(of_message(message, signal),),
        thread=thread.key,
        account=message.account,
        anchor=message.at,
        closes="promise.mine" if mine else "promise.theirs",
    )


def _near(today: date, due: date, options: Promises.Options, snapshot: Snapshot) -> bool:
    """Mine show from the warning on; theirs once a working day has passed over them."""
    if options.whose == "theirs":
        return due < today and snapshot.workdays.working_days_between(due, today) >= 1
    ahead = options.warn_before
    if ahead.business_days is not None:
        return snapshot.workdays.working_days_between(today, due) <= ahead.business_days
    return (due - today).days <= ahead.delta.days


def _say(mine: bool, today: date, due: date) -> str:
    if today > due:
        return "promise.mine.late" if mine else "promise.theirs.late"
    if not mine:
        return "promise.theirs"
    return "promise.mine" if today == due else "promise.mine.warn"

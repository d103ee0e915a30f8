"""Questions that nobody answered: theirs to me (inbound) and mine to them (outbound)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from syncd.model import Finding, Message, Person, Signal, Snapshot, Thread
from syncd.options import Duration, DurationOption
from syncd.people.facts import DAY
from syncd.rules.addressing import names_me, names_somebody, parent, speaks_to_me, words_of
from syncd.rules.base import RuleOptions
from syncd.rules.evidence import last_met, of_message

_HABIT_FACTOR = 2
"""Silence becomes noticeable after twice a contact's usual delay …"""
_LONGEST_HABIT = 21 * DAY
"""… but three weeks of silence are noticeable with anybody."""


class Unanswered:
    """`type: unanswered`."""

    type: ClassVar[str] = "unanswered"

    class Options(RuleOptions):
        """Questions without an answer."""

        direction: Literal["inbound", "outbound"] = Field(
            default="inbound", description="inbound: I owe a reply; outbound: they owe me one"
        )
        after: DurationOption = Field(
            default=Duration.parse("1 business day"),
            description="How long silence is fine; your holidays and days off do not count",
        )
        within: DurationOption = Field(
            default=Duration.parse("30 days"), description="Older questions are let go"
        )
        closed_by: list[Literal["new_thread", "meeting"]] = Field(
            default=["new_thread", "meeting"],
            description="What else counts as an answer besides a reply in the thread",
        )

    def horizon(self, options: Options) -> int:
        """Words are read as far back as a question can stay open."""
        return options.within.delta.days + 1

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per thread and person."""
        search = _Search(snapshot, options)
        for thread in snapshot.threads:
            yield from search.open_questions(thread)


@dataclass(frozen=True, slots=True)
class _Question:
    message: Message
    signal: Signal | None
    people: tuple[Person, ...]
    sure: bool


class _Search:
    """One evaluation of the rule: the snapshot, the options, and what both directions share."""

    def __init__(self, snapshot: Snapshot, options: Unanswered.Options) -> None:
        self.snapshot = snapshot
        self.options = options
        self.oldest = snapshot.now - int(options.within.delta.total_seconds())
        self.inbound = options.direction == "inbound"
        self._fresh = _fresh_mail(snapshot, outbound=self.inbound)
        self._met = last_met(snapshot) if "meeting" in options.closed_by else {}

    def open_questions(self, thread: Thread) -> Iterator[Finding]:
        by_id = {message.message_id: message for message in thread.messages}
        open_by_person: dict[str, list[_Question]] = {}
        for place, message in enumerate(thread.messages):
            if not self._looks_at(message):
                continue
            question = (
                self._asked_of_me(message, by_id)
                if self.inbound
                else self._asked_by_me(message, by_id)
            )
            if question is None:
                continue
            later = thread.messages[place + 1 :]
            answered = (
                self._answered_by_me(question, later, by_id)
                if self.inbound
                else self._answered_by_them(question, later)
            )
            if not answered and not self._answered_elsewhere(question):
                open_by_person.setdefault(question.people[0].key, []).append(question)
        for questions in open_by_person.values():
            finding = self._finding(thread, questions)
            if finding is not None:
                yield finding

    def _looks_at(self, message: Message) -> bool:
        return (
            message.at >= self.oldest
            and message.human
            and message.direction == self.options.direction
            and self.options.admits(message)
        )

    # --- what is a question ---------------------------------------------------------------

    def _asked_of_me(self, message: Message, by_id: dict[str, Message]) -> _Question | None:
        person = self.snapshot.people.get(message.sender.email)
        if person is None or not self.options.who.fits(person):
            return None
        if not self.snapshot.words or message.account in self.snapshot.wordless:
            return self._last_word_without_words(message, person)
        best: _Question | None = None
        for signal in message.signals:
            if not _asks(signal):
                continue
            address = speaks_to_me(message, signal, self.snapshot.me, self.snapshot.my_names, by_id)
            if address == "no":
                continue
            question = _Question(message, signal, (person,), address == "me")
            if best is None or _weight(question) > _weight(best):
                best = question
        return best

    def _last_word_without_words(self, message: Message, person: Person) -> _Question | None:
        to = {address.email for address in message.to}
        if to <= self.snapshot.me and to and person.correspondent:
            return _Question(message, None, (person,), False)
        return None

    def _asked_by_me(self, message: Message, by_id: dict[str, Message]) -> _Question | None:
        people = self._asked_people(message, by_id)
        if not people or not self.options.who.fits(people[0]):
            return None
        if not self.snapshot.words:
            return None
        best: _Question | None = None
        for signal in message.signals:
            if not _asks(signal):
                continue
            if signal.debtor == "other" and not signal.to:
                continue
            asked = people
            if signal.to:
                named = tuple(p for p in people if words_of(signal.to) & words_of(p.name))
                if not named and names_somebody(signal.to):
                    continue
                asked = named or people
            question = _Question(message, signal, asked, True)
            if best is None or _weight(question) > _weight(best):
                best = question
        return best

    def _asked_people(self, message: Message, by_id: dict[str, Message]) -> tuple[Person, ...]:
        """Whom my message speaks to: the greeted, else whom it answers, else a short To line."""
        to = [
            self.snapshot.people[address.email]
            for address in message.to
            if address.email not in self.snapshot.me and address.email in self.snapshot.people
        ]
        people = tuple({person.key: person for person in to}.values())
        if message.greeting and names_somebody(message.greeting):
            greeted = tuple(p for p in people if words_of(message.greeting) & words_of(p.name))
            if greeted:
                return greeted
        answered = parent(message, by_id)
        if answered is not None and answered.direction == "inbound":
            author = self.snapshot.people.get(answered.sender.email)
            if author is not None and author in people:
                return (author,)
        return people if len(people) <= 3 else ()

    # --- what answers it ------------------------------------------------------------------

    def _answered_by_me(
        self, question: _Question, later: Sequence[Message], by_id: dict[str, Message]
    ) -> bool:
        asked, asker = question.message, question.people[0]
        for message in later:
            if not message.human:
                continue
            if message.direction == "outbound":
                to = {address.email for address in message.to}
                if asked.message_id in message.refs or to & set(asker.addresses):
                    return True
                if parent(message, by_id) is None and asker.key in self._keys(message):
                    return True
            elif message.sender.email in asker.addresses:
                if _only_closes(message):
                    return True
            elif message.refs and message.refs[-1] == asked.message_id:
                named = question.signal is not None and names_me(
                    question.signal.to, self.snapshot.my_names
                )
                if not named and message.direction == "inbound":
                    return True
        return False

    def _answered_by_them(self, question: _Question, later: Sequence[Message]) -> bool:
        asked = question.message
        askees = {address for person in question.people for address in person.addresses}
        for message in later:
            if message.automatic:
                continue
            if message.direction == "inbound":
                if asked.message_id in message.refs or message.sender.email in askees:
                    return True
            elif _only_closes(message) and self._keys(message) & {
                person.key for person in question.people
            }:
                return True
        return False

    def _answered_elsewhere(self, question: _Question) -> bool:
        at = question.message.at
        keys = [person.key for person in question.people]
        if "new_thread" in self.options.closed_by and any(
            self._fresh.get(key, 0) > at for key in keys
        ):
            return True
        return any(self._met.get(key, 0) > at for key in keys)

    def _keys(self, message: Message) -> set[str]:
        return {
            self.snapshot.people[address.email].key
            for address in (*message.to, *message.cc)
            if address.email in self.snapshot.people
        }

    # --- what is said of it ---------------------------------------------------------------

    def _finding(self, thread: Thread, questions: list[_Question]) -> Finding | None:
        first = questions[0]
        best = max(questions, key=lambda question: (_weight(question), -question.message.at))
        person = first.people[0]
        since, workdays = first.message.at, self.snapshot.workdays
        due = best.signal.due.end if best.signal is not None and best.signal.due else None
        pressing = due is not None and workdays.working_days_between(self.snapshot.today, due) <= 1
        waited = workdays.add(since, self.options.after)
        if not self.inbound and person.facts.their_delay is not None:
            patience = min(_HABIT_FACTOR * person.facts.their_delay, _LONGEST_HABIT)
            waited = max(waited, since + patience)
        if self.snapshot.now < waited and not pressing:
            return None
        nudges = 0 if self.inbound else self._nudges(thread, first)
        severity = self.options.severity
        if not best.sure or (self.inbound and not person.correspondent):
            severity = "low"
        return Finding(
            rule=self.options.name,
            type=Unanswered.type,
            key=f"{thread.key}|{self._answered_last(thread, first)}|{person.key}",
            people=tuple(p.ref for p in first.people),
            section="owe" if self.inbound else "owed",
            say=self._say(best, person),
            facts={
                "quote": best.signal.quote if best.signal else "",
                "subject": first.message.subject,
                "nudges": nudges,
                "questions": len(questions),
                "usual_delay": person.facts.their_delay if not self.inbound else None,
            },
            severity=severity,
            since=since,
            due=due,
            direction=self.options.direction,
            evidence=tuple(
                of_message(question.message, question.signal) for question in questions[:5]
            ),
            thread=thread.key,
            account=first.message.account,
            anchor=questions[-1].message.at,
            closes="reply" if self.inbound else "answer",
        )

    def _say(self, question: _Question, person: Person) -> str:
        if question.signal is None:
            return "unanswered.inbound.last_word"
        if self.inbound:
            return "unanswered.inbound" if person.correspondent else "unanswered.inbound.stranger"
        return "unanswered.outbound"

    def _answered_last(self, thread: Thread, question: _Question) -> str:
        """The last message by which whoever is asked turned to whoever asks before that: what is
        asked after it is one open matter, even when its first question grows too old."""
        addresses = {address for person in question.people for address in person.addresses}
        last = ""
        for message in thread.messages:
            if message.at >= question.message.at or not message.human:
                continue
            if self.inbound:
                to = {address.email for address in message.to}
                answered = message.direction == "outbound" and bool(to & addresses)
            else:
                answered = message.direction == "inbound" and message.sender.email in addresses
            if answered:
                last = message.message_id
        return last

    def _nudges(self, thread: Thread, question: _Question) -> int:
        """My later mails to the same people about it, which neither answer nor restart the clock
        (the thread holds no answer, or there would be no finding)."""
        keys = {person.key for person in question.people}
        return sum(
            1
            for message in thread.messages
            if message.at > question.message.at
            and message.direction == "outbound"
            and message.human
            and self._keys(message) & keys
        )


def _asks(signal: Signal) -> bool:
    """Advice, directions and questions that may be rhetorical are weak: nobody owes them."""
    return signal.kind in ("ask", "meeting_proposal") and signal.strength == "firm"


def _weight(question: _Question) -> tuple[bool, bool]:
    signal = question.signal
    return (question.sure, signal is not None and signal.due is not None)


def _only_closes(message: Message) -> bool:
    kinds = {signal.kind for signal in message.signals}
    return "closing" in kinds and not kinds & {"ask", "promise", "meeting_proposal"}


def _fresh_mail(snapshot: Snapshot, *, outbound: bool) -> dict[str, int]:
    """The last time a conversation was begun with each person, by me (`outbound`) or by them."""
    last: dict[str, int] = {}
    for thread in snapshot.threads:
        first = thread.messages[0]
        if first.refs or not first.human:
            continue
        if outbound and first.direction == "outbound":
            addresses = [address.email for address in first.to]
        elif not outbound and first.direction == "inbound" and _to_me(first, snapshot.me):
            addresses = [first.sender.email]
        else:
            continue
        for address in addresses:
            person = snapshot.people.get(address)
            if person is not None:
                last[person.key] = max(first.at, last.get(person.key, 0))
    return last


def _to_me(message: Message, me: frozenset[str]) -> bool:
    return any(address.email in me for address in message.to)

"""The facts about each person, from counted contacts, measured answers and held meetings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from syncd.model import Attendee, Facts, Meeting, Person
from syncd.people.identities import Identity

DAY = 86_400
WINDOWS = (30, 90, 365)
"""The windows of the counts, in days before the moment of evaluation."""

FACE_TIME_GROUP = 8
"""A meeting of more people than this, me included, is an event and not a contact with each."""

_ANSWERS_FOR_A_HABIT = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one kind of contact happened with one address, up to the moment of evaluation."""

    contact: str
    """`code:address`, see model.Message.contacts."""
    first: int
    last: int
    total: int
    windows: tuple[int, ...]
    """Counts within each of WINDOWS."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One measured answer: mine to them (`mine`) or theirs to me, after `delay` seconds."""

    address: str
    mine: bool
    delay: int


def others_at(meeting: Meeting, me: frozenset[str]) -> tuple[Attendee, ...]:
    """The human guests and the organiser, without me, rooms and those who declined; each once."""
    guests = {
        attendee.address.email: attendee
        for attendee in meeting.attendees
        if attendee.role != "resource" and attendee.address.email not in me
    }
    organizer = meeting.organizer
    if organizer is not None and organizer.email not in me and organizer.email not in guests:
        guests[organizer.email] = Attendee(organizer, "accepted")
    return tuple(guest for guest in guests.values() if guest.response != "declined")


def is_contact(meeting: Meeting, people: int) -> bool:
    """Whether a meeting with `people` other persons is contact with each of them, if it is held."""
    return (
        meeting.purpose == "meeting"
        and meeting.status != "cancelled"
        and meeting.my_response != "declined"
        and not meeting.all_day
        and not meeting.attendees_omitted
        and 0 < people < FACE_TIME_GROUP
    )


@dataclass
class _Sums:
    first: list[int] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * (len(WINDOWS) + 1))
    )
    held: list[tuple[int, str]] = field(default_factory=list)
    planned: list[tuple[int, str]] = field(default_factory=list)
    their_delays: list[int] = field(default_factory=list)
    my_delays: list[int] = field(default_factory=list)

    def add(self, code: str, tally: Tally) -> None:
        """Count one kind of contact with one address."""
        self.first.append(tally.first)
        self.last[code] = max(tally.last, self.last.get(code, tally.last))
        counts = self.counts[code]
        counts[0] += tally.total
        for place, count in enumerate(tally.windows, start=1):
            counts[place] += count


def gather(
    identities: Mapping[str, Identity],
    tallies: Iterable[Tally],
    answers: Iterable[Answer],
    meetings: Iterable[Meeting],
    me: frozenset[str],
    now: int,
    *,
    lists: frozenset[str] = frozenset(),
) -> dict[str, Person]:
    """Every person by each of their addresses, with the facts as of `now`.

    :param tallies: counted contacts up to `now`
    :param answers: measured answers of the last year
    :param meetings: past and planned ones, each once
    :param lists: addresses of mailing lists, which are nobody
    """
    nobody = me | lists
    sums: dict[str, _Sums] = defaultdict(_Sums)
    unknown: dict[str, Identity] = {}

    def key_of(address: str) -> str:
        identity = identities.get(address)
        if identity is None:
            identity = unknown.setdefault(address, Identity(address, address, (address,)))
        return identity.key

    doubtful: list[tuple[str, Tally]] = []
    for tally in tallies:
        code, _, address = tally.contact.partition(":")
        if address in nobody:
            continue
        if code == "h":
            doubtful.append((key_of(address), tally))
        else:
            sums[key_of(address)].add(code, tally)
    for answer in answers:
        if answer.address in nobody:
            continue
        person = sums[key_of(answer.address)]
        (person.my_delays if answer.mine else person.their_delays).append(answer.delay)
    names: dict[str, str] = {}
    for meeting in meetings:
        guests = others_at(meeting, me)
        if not is_contact(meeting, len(guests)):
            continue
        for guest in guests:
            if guest.address.email in lists:
                continue
            names.setdefault(guest.address.email, guest.address.name)
            person = sums[key_of(guest.address.email)]
            if meeting.end <= now:
                person.held.append((meeting.at, meeting.place.verdict))
            elif meeting.at > now:
                person.planned.append((meeting.at, meeting.place.verdict))
    profiled = {identity.key for identity in identities.values() if identity.profile}
    for key, tally in doubtful:
        known = sums.get(key)
        if key in profiled or (known is not None and ("t" in known.last or known.held)):
            sums[key].add("f", tally)

    people: dict[str, Person] = {}
    for identity in {**unknown, **identities}.values():
        if identity.key in people and people[identity.key].profile is identity.profile:
            continue
        name = identity.name
        if name == identity.key:
            name = names.get(identity.key) or name
        facts = _facts(sums[identity.key], now) if identity.key in sums else Facts()
        person_ = Person(identity.key, name, identity.addresses, identity.profile, facts)
        for address in (*identity.addresses, identity.key):
            people[address] = person_
    return people


def _facts(sums: _Sums, now: int) -> Facts:
    held = sorted(sums.held)
    last_held = {verdict: at for at, verdict in held}
    last_in_person = last_held.get("in_person")
    planned = sorted(sums.planned)
    wrote, asked = sums.last.get("f"), sums.last.get("t")
    contacts = [at for at in (wrote, sums.last.get("r"), *(at for at, _ in held)) if at]

    def count(code: str, window: int) -> int:
        return sums.counts[code][window] if code in sums.counts else 0

    def met(verdict: str, days: int) -> int:
        return sum(1 for at, place in held if place == verdict and at > now - days * DAY)

    return Facts(
        last_inbound=wrote,
        last_outbound=asked,
        first_contact=min([*sums.first, *(at for at, _ in held)], default=None),
        last_contact=max(contacts, default=None),
        last_in_person=last_in_person,
        last_virtual=last_held.get("virtual"),
        last_unplaced=last_held.get("unknown"),
        next_meeting=next((at for at, _ in planned), None),
        next_in_person=next((at for at, verdict in planned if verdict == "in_person"), None),
        virtual_in_a_row=sum(
            1 for at, place in held if place == "virtual" and at > (last_in_person or 0)
        ),
        their_delay=_habit(sums.their_delays),
        my_delay=_habit(sums.my_delays),
        inbound=count("f", 0),
        outbound=count("t", 0),
        inbound_30d=count("f", 1),
        outbound_30d=count("t", 1),
        inbound_90d=count("f", 2),
        outbound_90d=count("t", 2),
        inbound_365d=count("f", 3),
        outbound_365d=count("t", 3),
        met_in_person_90d=met("in_person", 90),
        met_in_person_365d=met("in_person", 365),
        met_virtual_90d=met("virtual", 90),
        met_virtual_365d=met("virtual", 365),
    )


def _habit(delays: list[int]) -> int | None:
    return int(median(delays)) if len(delays) >= _ANSWERS_FOR_A_HABIT else None

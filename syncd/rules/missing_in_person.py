"""Whom I have not met face to face for too long, and meetings whose place I should name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from pydantic import Field

from syncd.model import Evidence, Finding, Meeting, Person, Snapshot
from syncd.options import Duration, DurationOption
from syncd.people.facts import DAY, is_contact, others_at
from syncd.rules.base import RuleOptions
from syncd.rules.cadence import days_since, interval_days, open_goal
from syncd.rules.evidence import of_meeting


class MissingInPerson:
    """`type: missing_in_person`."""

    type: ClassVar[str] = "missing_in_person"

    class Options(RuleOptions):
        """People to meet in one room again."""

        every: DurationOption | None = Field(
            default=None,
            description="How long without meeting is fine; if left out, `meet_in_person` of "
            "people.yaml applies",
        )
        unless_planned_within: DurationOption = Field(
            default=Duration.parse("30 days"),
            description="Silent while a meeting is planned within this time",
        )

    def horizon(self, options: Options) -> int:
        """Needs no words."""
        return 0

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per person, and one per meeting of unknown place that would change it."""
        unplaced = _last_unplaced(snapshot)
        for person in snapshot.persons():
            days = interval_days(
                options.every, person.profile.meet_in_person if person.profile else None
            )
            if days is None or not options.who.fits(person):
                continue
            facts = person.facts
            since = facts.last_in_person or facts.first_contact
            if since is None or days_since(snapshot.now, since) <= days:
                continue
            planned = facts.next_in_person or (
                facts.next_meeting if facts.next_meeting and not facts.next_in_person else None
            )
            soon = snapshot.now + int(options.unless_planned_within.delta.total_seconds())
            if planned is not None and planned <= soon:
                continue
            meeting = unplaced.get(person.key)
            if meeting is not None and days_since(snapshot.now, meeting.at) <= days:
                yield from self._ask_place(meeting, person, options)
                continue
            yield Finding(
                rule=options.name,
                type=self.type,
                key=person.key,
                people=(person.ref,),
                section="meet",
                say="meet.overdue" if facts.last_in_person else "meet.never",
                facts={
                    "days": days_since(snapshot.now, since),
                    "interval": days,
                    "virtual": facts.virtual_in_a_row,
                    "goal": open_goal(person),
                },
                severity=options.severity,
                since=facts.last_in_person,
                evidence=_evidence(snapshot, person),
                anchor=facts.last_in_person or 0,
                renew_after=days * DAY,
                closes="meet",
            )

    def _ask_place(self, meeting: Meeting, person: Person, options: Options) -> Iterator[Finding]:
        yield Finding(
            rule=options.name,
            type=self.type,
            key=f"place|{meeting.uid}|{meeting.at}",
            people=(person.ref,),
            section="meet",
            say="meet.place",
            facts={"title": meeting.title, "uid": meeting.uid, "at": meeting.at},
            severity="low",
            since=meeting.at,
            evidence=(of_meeting(meeting),),
            account=meeting.account,
            closes="place",
        )


def _shared_meetings(snapshot: Snapshot, person: Person) -> list[Meeting]:
    addresses = set(person.addresses)
    return [
        meeting
        for meeting in snapshot.meetings
        if meeting.end <= snapshot.now
        and (guests := others_at(meeting, snapshot.me))
        and is_contact(meeting, len(guests))
        and addresses & {guest.address.email for guest in guests}
    ]


def _last_unplaced(snapshot: Snapshot) -> dict[str, Meeting]:
    """Each person's last held meeting of unknown place, if it came after the last in person."""
    last: dict[str, Meeting] = {}
    for meeting in snapshot.meetings:
        guests = others_at(meeting, snapshot.me)
        if (
            meeting.end > snapshot.now
            or meeting.place.verdict != "unknown"
            or not is_contact(meeting, len(guests))
        ):
            continue
        for guest in guests:
            person = snapshot.people.get(guest.address.email)
            if person is not None and meeting.at > (person.facts.last_in_person or 0):
                last[person.key] = meeting
    return last


def _evidence(snapshot: Snapshot, person: Person) -> tuple[Evidence, ...]:
    return tuple(of_meeting(meeting) for meeting in _shared_meetings(snapshot, person)[-5:])

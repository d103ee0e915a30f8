"""Whom I have had no real contact with for longer than I meant to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from syncd.model import Evidence, Finding, Snapshot
from syncd.options import DurationOption
from syncd.people.facts import DAY
from syncd.rules.base import RuleOptions
from syncd.rules.cadence import days_since, interval_days, open_goal


class KeepInTouch:
    """`type: keep_in_touch`."""

    type: ClassVar[str] = "keep_in_touch"

    class Options(RuleOptions):
        """People to write to or call again."""

        every: DurationOption | None = Field(
            default=None,
            description="How long without contact is fine; if left out, `keep_in_touch` of "
            "people.yaml applies",
        )
        warn_before: DurationOption | None = Field(
            default=None, description="Say it this long before, too (low severity)"
        )

    def horizon(self, options: Options) -> int:
        """Needs no words."""
        return 0

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per person whose last real contact is too long ago; never contacted is not
        overdue, and a planned meeting keeps quiet."""
        warning = options.warn_before.delta.days if options.warn_before else 0
        for person in snapshot.persons():
            days = interval_days(
                options.every, person.profile.keep_in_touch if person.profile else None
            )
            facts = person.facts
            if days is None or facts.last_contact is None or not options.who.fits(person):
                continue
            silent = days_since(snapshot.now, facts.last_contact)
            if silent <= days - warning or facts.next_meeting is not None:
                continue
            unanswered = facts.last_outbound or 0
            yield Finding(
                rule=options.name,
                type=self.type,
                key=person.key,
                people=(person.ref,),
                section="touch",
                say="touch.overdue" if silent > days else "touch.soon",
                facts={
                    "days": silent,
                    "interval": days,
                    "goal": open_goal(person),
                    "wrote": unanswered if unanswered > facts.last_contact else None,
                },
                severity=options.severity if silent > days else "low",
                since=facts.last_contact,
                due=snapshot.day(facts.last_contact + days * DAY),
                evidence=(Evidence(at=facts.last_contact),),
                anchor=facts.last_contact,
                renew_after=days * DAY,
                closes="contact",
            )

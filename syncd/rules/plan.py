"""Steps and goals of the written plans that are due, late, or left to drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar

from pydantic import Field

from syncd.model import Evidence, Finding, Goal, Person, Snapshot
from syncd.options import Duration, DurationOption
from syncd.rules.base import RuleOptions
from syncd.rules.cadence import days_since


class Plan:
    """`type: plan`."""

    type: ClassVar[str] = "plan"

    class Options(RuleOptions):
        """Plans of people.yaml."""

        warn_before: DurationOption = Field(
            default=Duration.parse("14 days"), description="Say it this long before the day"
        )
        drift_after: DurationOption = Field(
            default=Duration.parse("60 days"),
            description="An open goal drifts after this long without contact or planned meeting",
        )

    def horizon(self, options: Options) -> int:
        """Needs no words."""
        return 0

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per step or goal that is near or past its day, and per drifting goal."""
        for person in snapshot.persons():
            if person.profile is None or not options.who.fits(person):
                continue
            for goal in person.profile.plan:
                if not goal.done:
                    yield from self._of_goal(snapshot, options, person, goal)

    def _of_goal(
        self, snapshot: Snapshot, options: Options, person: Person, goal: Goal
    ) -> Iterator[Finding]:
        said = False
        for step in goal.steps:
            if not step.done and step.by is not None and self._near(snapshot, options, step.by):
                said = True
                yield self._finding(
                    snapshot,
                    options,
                    person,
                    goal,
                    f"step|{step.do}",
                    "plan.step",
                    step.do,
                    step.by,
                )
        if goal.by is not None and self._near(snapshot, options, goal.by):
            said = True
            yield self._finding(
                snapshot, options, person, goal, "goal", "plan.goal", goal.goal, goal.by
            )
        facts = person.facts
        drifting = (
            facts.last_contact is not None
            and facts.next_meeting is None
            and days_since(snapshot.now, facts.last_contact) > options.drift_after.delta.days
            and (goal.by is None or goal.by > snapshot.today)
        )
        overdue_anyway = person.profile is not None and person.profile.keep_in_touch is not None
        if drifting and not said and not overdue_anyway:
            yield self._finding(
                snapshot, options, person, goal, "drift", "plan.drift", goal.goal, goal.by
            )

    def _near(self, snapshot: Snapshot, options: Options, by: date) -> bool:
        return (by - snapshot.today).days <= options.warn_before.delta.days

    def _finding(
        self,
        snapshot: Snapshot,
        options: Options,
        person: Person,
        goal: Goal,
        part: str,
        say: str,
        what: str,
        by: date | None,
    ) -> Finding:
        today = snapshot.today
        drift = say == "plan.drift"
        late = by is not None and by < today
        return Finding(
            rule=options.name,
            type=self.type,
            key=f"{person.key}|{goal.goal}|{part}",
            people=(person.ref,),
            section="today" if by is not None and by <= today and not drift else "touch",
            say=f"{say}.late" if late and not drift else say,
            facts={
                "what": what,
                "goal": goal.goal,
                "days": days_since(snapshot.now, person.facts.last_contact)
                if person.facts.last_contact
                else None,
            },
            severity=options.severity,
            due=by,
            since=person.facts.last_contact if drift else None,
            evidence=(Evidence(what, source="people.yaml"),),
            renew_after=options.drift_after.delta.days * 86_400 if drift else None,
            closes="contact" if drift else "plan",
        )

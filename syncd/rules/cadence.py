"""What the rules about rhythm share: the interval that applies to a person."""

from __future__ import annotations

from syncd.model import Person
from syncd.options import Duration
from syncd.people.facts import DAY


def interval_days(every: Duration | None, of_profile: int | None) -> int | None:
    """The rule's `every`, else what people.yaml says of the person; None: no rhythm is set."""
    return every.delta.days if every is not None else of_profile


def days_since(now: int, instant: int) -> int:
    """Whole days between two instants."""
    return (now - instant) // DAY


def open_goal(person: Person) -> str:
    """The first open goal of the written plan for this person, or nothing."""
    if person.profile is None:
        return ""
    return next((goal.goal for goal in person.profile.plan if not goal.done), "")

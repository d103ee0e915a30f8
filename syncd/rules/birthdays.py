"""Birthdays of the people in people.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from pydantic import Field

from syncd.model import Evidence, Finding, Snapshot
from syncd.options import Duration, DurationOption
from syncd.rules.base import RuleOptions


class Birthdays:
    """`type: birthdays`."""

    type: ClassVar[str] = "birthdays"

    class Options(RuleOptions):
        """Birthdays."""

        warn_before: DurationOption = Field(
            default=Duration.parse("3 days"), description="Say it this long before the day"
        )

    def horizon(self, options: Options) -> int:
        """Needs no words."""
        return 0

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per birthday that is near; it ends with the day."""
        today = snapshot.today
        for person in snapshot.persons():
            if person.profile is None or not person.profile.birthday:
                continue
            if not options.who.fits(person):
                continue
            day = next_birthday(person.profile.birthday, today)
            if (day - today).days > options.warn_before.delta.days:
                continue
            yield Finding(
                rule=options.name,
                type=self.type,
                key=f"{person.key}|{day.isoformat()}",
                people=(person.ref,),
                section="news",
                say="birthday.today" if day == today else "birthday.soon",
                facts={"day": day.isoformat()},
                severity=options.severity,
                due=day,
                evidence=(Evidence(person.profile.birthday, source="people.yaml"),),
                closes="birthday",
            )


def next_birthday(birthday: str, today: date) -> date:
    """The next birthday from `today` on; 29 February falls on 28 in common years.

    :param birthday: MM-DD or YYYY-MM-DD
    """
    month, day = (int(part) for part in birthday.split("-")[-2:])
    for year in (today.year, today.year + 1):
        try:
            falls = date(year, month, day)
        except ValueError:
            falls = date(year, 2, 28)
        if falls >= today:
            return falls
    raise ValueError(f"no such day: {birthday!r}")

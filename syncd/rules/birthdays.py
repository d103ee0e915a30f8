"""Birthdays of the people in people.yaml, and of people I know in the calendars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import ClassVar

from pydantic import Field

from syncd.model import Evidence, Finding, Person, Snapshot
from syncd.options import Duration, DurationOption
from syncd.people.identities import name_parts
from syncd.rules.base import RuleOptions

_AROUND_A_NAME = frozenset(
    {"birthday", "bday", "anniversaire", "geburtstag", "happy", "joyeux", "bon", "alles", "gute"}
    | {"of", "the", "for", "is", "turns", "years", "old", "st", "nd", "rd", "th"}
    | {"de", "du", "des", "la", "le", "pour", "ans", "von", "jahre", "zum"}
)
"""What the title of a birthday may hold besides the name."""


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
        """One finding per birthday that is near; it ends with the day. people.yaml counts before
        the calendars."""
        told: set[str] = set()
        for person, day, evidence, account in (*_written(snapshot), *_in_calendars(snapshot)):
            near = 0 <= (day - snapshot.today).days <= options.warn_before.delta.days
            if not near or person.key in told or not options.who.fits(person):
                continue
            told.add(person.key)
            yield Finding(
                rule=options.name,
                type=self.type,
                key=f"{person.key}|{day.isoformat()}",
                people=(person.ref,),
                section="news",
                say="birthday.today" if day == snapshot.today else "birthday.soon",
                facts={"day": day.isoformat()},
                severity=options.severity,
                due=day,
                evidence=(evidence,),
                account=account,
                closes="birthday",
            )


_Birthday = tuple[Person, date, Evidence, str]
"""Whose, when, what says so, and the account that it rests on."""


def _written(snapshot: Snapshot) -> Iterator[_Birthday]:
    for person in snapshot.persons():
        if person.profile is not None and person.profile.birthday:
            birthday = person.profile.birthday
            evidence = Evidence(birthday, source="people.yaml")
            yield person, next_birthday(birthday, snapshot.today), evidence, ""


def _in_calendars(snapshot: Snapshot) -> Iterator[_Birthday]:
    by_name: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for person in snapshot.persons():
        if person.correspondent:
            by_name[_name_words(person.name)].append(person)
    for entry in snapshot.birthdays:
        found = named_in(entry.title, by_name, snapshot.people)
        if found is None or (found.profile is not None and found.profile.birthday):
            continue
        source = f"{entry.account}/{entry.source_id}"
        evidence = Evidence(entry.title, entry.link, entry.at, source)
        yield found, snapshot.day(entry.at), evidence, entry.account


def named_in(
    title: str, by_name: Mapping[tuple[str, ...], list[Person]], people: Mapping[str, Person]
) -> Person | None:
    """Whose birthday a calendar's entry announces, where it says nothing but that: the full name
    (first name and surname) of exactly one person I know, or their address. "Ann Lee's daughter's
    birthday" is nobody's.

    :param by_name: the persons I know by the words of their names
    :param people: persons by their addresses
    """
    for word in title.casefold().split():
        address = word.replace("’", "'").partition("'")[0].strip('<>()[],;:"')
        person = people.get(address) if "@" in address else None
        if person is not None:
            return person if person.correspondent else None
    words = _name_words(title)
    candidates = by_name.get(words, []) if len(words) >= 2 else []
    return candidates[0] if len(candidates) == 1 else None


def _name_words(text: str) -> tuple[str, ...]:
    """The words that tell people apart, in no order: "Lee, Ann", "Anne Le Goff"."""
    return tuple(word for word in name_parts(text) if word not in _AROUND_A_NAME)


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

"""The three files as pydantic models. What connectors and rules add is checked by their own.

A section with nothing under it (`people:` and only comments below) is allowed and empty.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field

from syncd.config.fields import (
    Birthday,
    Day,
    History,
    Holidays,
    Interval,
    Label,
    Language,
    Line,
    Name,
    Pause,
    Phrase,
    TimeOfDay,
    Weekday,
    Zone,
)
from syncd.model import SignalKind
from syncd.options import Duration, EmailOption, PathOption, StrictModel


class MeEntry(StrictModel):
    """Who the user is: mail from these addresses is theirs, and these names call them."""

    names: list[Name] = Field(default=[], max_length=20, description="How people write your name")
    addresses: list[EmailOption] = Field(
        min_length=1, max_length=100, description="Every address you write from or are written to"
    )


class AccountEntry(StrictModel):
    """What every account has; the connector's own options stand beside it."""

    model_config = ConfigDict(extra="allow")

    name: Label = Field(description="Your name for the account")
    connector: str = Field(description="Where its mail or calendar comes from")
    every: Pause | None = Field(
        default=None, description="The pause between two looks; each connector has its own default"
    )


class SummaryEntry(StrictModel):
    """When and where the summary is written."""

    at: TimeOfDay = Field(default=time(7, 30), description="Time of day in your time zone")
    days: list[Weekday] = Field(
        default=["mon", "tue", "wed", "thu", "fri"],
        min_length=1,
        max_length=7,
        description="The days on which a summary is written",
    )
    folder: PathOption = Field(
        default=Path("~/syncd"), validate_default=True, description="Where summaries are written"
    )
    formats: list[str] = Field(
        default=["markdown"], min_length=1, max_length=20, description="What is written"
    )


class SyncdFile(StrictModel):
    """syncd.yaml"""

    timezone: Zone | None = Field(default=None, description="Left out: the computer's time zone")
    language: Language = Field(default="en", description="The language of the summary")
    holidays: Holidays | None = Field(
        default=None,
        description="Country, or country-region, whose public holidays pause the clocks",
    )
    me: MeEntry = Field(description="Who you are")
    accounts: list[AccountEntry] = Field(
        min_length=1, max_length=100, description="Where your mail and calendars come from"
    )
    history: History = Field(
        default=Duration.parse("2 years"), description="How far back a first look goes"
    )
    summary: SummaryEntry = Field(default_factory=SummaryEntry, description="When and where")
    words: dict[SignalKind, list[Phrase]] = Field(
        default={}, description="Your own phrases, added to those that syncd knows"
    )
    text: bool = Field(
        default=True, description="false: no text is read, only who wrote to whom and when"
    )
    excerpt: int = Field(
        default=200, ge=0, le=2000, description="Characters of text kept with a message; 0: none"
    )


class RulesFile(StrictModel):
    """rules.yaml. The entries are checked by the options of their rule type."""

    rules: list[dict[str, Any]] | None = Field(
        max_length=200, description="The rules, each with a type"
    )


class TagEntry(StrictModel):
    """A group of people and how often they should hear from you."""

    keep_in_touch: Interval | None = Field(default=None, description="Longest time without contact")
    meet_in_person: Interval | None = Field(
        default=None, description="Longest time without meeting face to face"
    )


class StepEntry(StrictModel):
    """One step towards a goal."""

    do: Line = Field(description="What to do")
    by: Day | None = Field(default=None, description="The last good day")
    done: bool = False


class GoalEntry(StrictModel):
    """One goal of the plan for a person."""

    goal: Line = Field(description="What you want to reach together")
    by: Day | None = Field(default=None, description="The last good day")
    steps: list[StepEntry] = Field(default=[], max_length=100)
    done: bool = False


class NoteEntry(StrictModel):
    """Something to remember about a person."""

    on: Day = Field(description="When you learned it")
    text: Line


class PersonEntry(StrictModel):
    """One person."""

    name: Name
    addresses: list[EmailOption] = Field(
        default=[], max_length=50, description="Every address they use"
    )
    tags: list[str] = Field(default=[], max_length=20, description="Groups from `tags:` above")
    language: Language | None = Field(default=None, description="The language you write in")
    birthday: Birthday | None = Field(default=None, description="month-day or year-month-day")
    keep_in_touch: Interval | None = Field(default=None, description="Instead of the tags' own")
    meet_in_person: Interval | None = Field(default=None, description="Instead of the tags' own")
    plan: list[GoalEntry] = Field(default=[], max_length=50)
    notes: list[NoteEntry] = Field(default=[], max_length=500)


class PeopleFile(StrictModel):
    """people.yaml"""

    tags: dict[Name, TagEntry | None] | None = Field(default=None, description="Groups of people")
    people: list[PersonEntry] | None = Field(
        default=None, max_length=5000, description="The people who matter"
    )

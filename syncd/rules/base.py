"""The contract of a rule: a pure function from a snapshot and its options to findings.

A rule is found by name through the entry point group `syncd.rules`, the built-in ones as well as
third parties'. Who, match and ignore are applied by `applies`, alike for every rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Protocol, TypeAlias, runtime_checkable

from pydantic import AfterValidator, Field

from syncd.model import Finding, Message, Person, Snapshot
from syncd.options import SeverityOption, StrictModel


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A user's regular expression, compiled once."""
    return re.compile(pattern)


def _regular_expression(pattern: str) -> str:
    try:
        compiled(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, Field(max_length=500), AfterValidator(_regular_expression)]


class Who(StrictModel):
    """Whom a rule is about. Every key given must fit; within one key any value fits."""

    tags: list[str] = Field(default=[], description="Tags from people.yaml")
    people: list[str] = Field(default=[], description="Names or addresses")
    domains: list[str] = Field(default=[], description="The part of an address after the @")
    known: bool | None = Field(
        default=None,
        description="true: only people you have written to, met or named; false: only strangers",
    )

    def fits(self, person: Person) -> bool:
        """Whether the rule is about this person."""
        profile = person.profile
        if self.tags and (profile is None or not set(self.tags) & set(profile.tags)):
            return False
        if self.people:
            wanted = {entry.casefold() for entry in self.people}
            if person.name.casefold() not in wanted and not wanted & set(person.addresses):
                return False
        if self.domains:
            own = {address.rpartition("@")[2] for address in person.addresses}
            if not {domain.lower().lstrip("@") for domain in self.domains} & own:
                return False
        return self.known is None or self.known == person.correspondent


class Match(StrictModel):
    """Which messages a rule looks at, by regular expressions (Python's `re`, found anywhere)."""

    subject: Pattern | None = Field(default=None, description="Found in the subject")
    sender: Pattern | None = Field(
        default=None, description="Found in the sender's address or name"
    )
    folder: Pattern | None = Field(default=None, description="Found in the folder's name")
    account: Pattern | None = Field(default=None, description="Found in the account's name")
    label: Pattern | None = Field(default=None, description="Found in one of the labels")

    def fits(self, message: Message) -> bool:
        """Whether every pattern given is found."""
        texts: tuple[tuple[str | None, tuple[str, ...]], ...] = (
            (self.subject, (message.subject,)),
            (self.sender, (message.sender.email, message.sender.name)),
            (self.folder, (message.folder,)),
            (self.account, (message.account,)),
            (self.label, message.labels),
        )
        return all(
            any(compiled(pattern).search(text) for text in candidates)
            for pattern, candidates in texts
            if pattern is not None
        )


class RuleOptions(StrictModel):
    """What every entry of rules.yaml may say."""

    name: str = Field(min_length=1, max_length=60, description="Your name for the rule")
    enabled: bool = Field(default=True, description="false switches the rule off")
    severity: SeverityOption = Field(default="normal", description="high items come first")
    who: Who = Field(default=Who(), description="Whom the rule is about; everybody if left out")
    match: Match | None = Field(default=None, description="Only messages that fit all of this")
    ignore: Match | None = Field(default=None, description="Never messages that fit all of this")
    limit: int = Field(default=20, ge=1, le=200, description="At most this many findings")

    def admits(self, message: Message) -> bool:
        """Whether `match` and `ignore` let the rule look at this message."""
        if self.match is not None and not self.match.fits(message):
            return False
        return self.ignore is None or not self.ignore.fits(message)


OptionsClass: TypeAlias = type[RuleOptions]  # `type` names something else inside a rule


@runtime_checkable
class Rule(Protocol):
    """One type of rule. Stateless; built once per configuration."""

    type: ClassVar[str]
    """The word the user writes after `type:`."""
    Options: ClassVar[OptionsClass]

    def find(self, snapshot: Snapshot, options: Any) -> Iterable[Finding]:
        """Yield what the rule finds at `snapshot.now`, in any order, each key once."""
        ...

    def horizon(self, options: Any) -> int:
        """How many days back the rule can still use a message's words."""
        ...

"""The configuration as the rest of syncd sees it: validated, frozen, every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from syncd.model import Profile
from syncd.options import Duration


@dataclass(frozen=True, slots=True)
class Me:
    """Who the user is."""

    names: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    """Lower case."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of syncd.yaml."""

    name: str
    connector: str
    """The registered name of the connector."""
    options: BaseModel
    """An instance of the connector's own `Options`."""
    every: Duration | None = None
    """The pause between two pulls; None: the connector's own default."""


class RuleEntry(NamedTuple):
    """One rule that is switched on."""

    type: str
    options: BaseModel
    """An instance of the rule type's own `Options`; its `name` is unique."""


@dataclass(frozen=True, slots=True)
class SummaryPlan:
    """When and where the summary is written."""

    at: time = time(7, 30)
    """Local time in the configuration's zone."""
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    folder: Path = Path("~/syncd")
    """Absolute, `~` expanded, when it comes from `load`."""
    formats: tuple[str, ...] = ("markdown",)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the three files say."""

    timezone: ZoneInfo
    me: Me
    accounts: tuple[Account, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    people: tuple[Profile, ...] = ()
    language: str = "en"
    holidays: str | None = None
    """`CA` or `CA-QC`."""
    history: Duration = field(default_factory=lambda: Duration.parse("2 years"))
    summary: SummaryPlan = SummaryPlan()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The user's own phrases by the kind of signal they stand for."""
    text: bool = True
    """Whether mail text is read at all."""
    excerpt: int = 200
    """Characters of text kept with a message."""

"""What Gmail's methods cost and how much a minute allows, in Google's quota units.

https://developers.google.com/workspace/gmail/api/reference/quota
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Quota:
    """One table of costs. Units; `per_minute` is for each user of a project."""

    per_minute: int
    get: int
    """messages.get, in whatever format."""
    list: int = 5
    """messages.list, a page."""
    history: int = 2
    """history.list, a page."""
    small: int = 1
    """getProfile, labels.list, settings.sendAs.list."""


QUOTAS: Final[dict[Literal["new", "old"], Quota]] = {
    "new": Quota(per_minute=6_000, get=20),
    "old": Quota(per_minute=15_000, get=5),
}
"""`new`: projects that first used the API after 2026-05-01; `old`: the others."""

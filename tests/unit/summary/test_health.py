"""The line on syncd's own health: once a week, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syncd.model import Snapshot
from syncd.summary import html, markdown
from syncd.summary.build import Health, Summary, build
from syncd.workdays import Workdays

ZONE = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)
WEEK = Health(pulls=2016, failures=3, seconds=8 * 3600 + 5 * 60 + 10)


def summary(
    health: Health | None,
    *,
    now: datetime = MONDAY,
    since: datetime | None = MONDAY - timedelta(days=3),
    language: str = "en",
) -> Summary:
    snapshot = Snapshot(
        now=int(now.timestamp()),
        zone=ZONE,
        me=frozenset(),
        my_names=(),
        people={},
        threads=(),
        meetings=(),
        workdays=Workdays(ZONE, None, ()),
    )
    moment = int(since.timestamp()) if since else 0
    return build([], snapshot, health=health, since=moment, language=language)


@pytest.mark.parametrize(
    ("language", "health", "line"),
    [
        ("en", WEEK, "syncd read your accounts 2016 times in the last 7 days, 8 h 5 min in all; "
                     "it failed 3 times."),
        ("en", Health(100, 1, 59.2), "syncd read your accounts 100 times in the last 7 days, "
                                     "59 s in all; it failed once."),
        ("en", Health(100, 0, 0.2), "syncd read your accounts 100 times in the last 7 days, "
                                    "1 s in all, without a failure."),
        ("fr", WEEK, "syncd a lu vos comptes 2016 fois ces 7 derniers jours, 8 h 5 min en tout, "
                     "avec 3 échecs."),
        ("fr", Health(100, 1, 150), "syncd a lu vos comptes 100 fois ces 7 derniers jours, "
                                    "2 min en tout, avec un échec."),
        ("fr", Health(100, 0, 150), "syncd a lu vos comptes 100 fois ces 7 derniers jours, "
                                    "2 min en tout, sans échec."),
    ],
)  # fmt: skip
def test_what_it_says(language: str, health: Health, line: str) -> None:
    made = summary(health, language=language)
    assert line in markdown.render(made)
    assert line in html.render(made)


def test_only_the_first_summary_of_a_week_says_it() -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert summary(WEEK, now=tuesday, since=MONDAY).health is None
    assert summary(WEEK, now=tuesday, since=MONDAY - timedelta(days=3)).health is not None
    assert summary(WEEK, now=MONDAY + timedelta(days=7), since=MONDAY).health is not None
    sunday, monday = MONDAY - timedelta(days=1), MONDAY
    assert summary(WEEK, now=monday, since=sunday).health is not None


def test_it_is_silent_before_there_is_a_week_to_tell_of() -> None:
    assert summary(None).health is None
    assert summary(WEEK, since=None).health is None


def test_the_week_is_that_of_the_users_zone() -> None:
    """23:30 UTC on Sunday is Monday in Paris."""
    early = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert summary(WEEK, now=MONDAY, since=early).health is None

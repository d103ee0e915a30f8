"""Calendars of five libraries' tests, broken ones among them, and real invitations.

recurring-ical-events is the measure for recurrences: syncd must give the same starts, save where
it says that it could not follow a file.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from datetime import time as midnight
from functools import partial
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events

from syncd.model import Meeting
from syncd.normalise.calendar import meetings
from tests.processor_time import takes_at_most

CALENDARS = Path(__file__).parents[4] / "shared" / "corpora" / "calendars"
WINDOW = (datetime(2024, 11, 23, tzinfo=UTC), datetime(2027, 12, 28, tzinfo=UTC))
ALL_TIME = (datetime(2005, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
LONGEST = 0.05
"""Seconds one file may take; the processor's time, since machines are shared."""
SLOW = {
    # 212 KB, 677 events in as many exceptions: 65 ms to cut and read, 20 ms to lay out
    "recurring_ical_events__test__calendars__issue_173_only_modifications_error.ics": 0.2,
    # thousands of occurrences within the window, at about 12 µs each
    "recurring_ical_events__test__calendars__issue_48_dst.ics": 0.15,
}

DIFFERENT = {
    # a start without a zone beside an end with one
    "tests__ics__event_dt_mixed_awareness.ics",
    # two events under one UID: RFC 5545 makes them one, and of equals the later counts
    "docs__tutorials__example.ics",
    # UNTIL as a day, for a series with times: we include that day
    "recurring_ical_events__test__calendars__issue_75_range_parameter.ics",
}

pytestmark = pytest.mark.skipif(not CALENDARS.exists(), reason="no calendar corpus on this machine")


def files(pattern: str) -> list[Path]:
    return sorted(CALENDARS.glob(pattern))


def read(path: Path, window: tuple[datetime, datetime]) -> tuple[list[Meeting], int]:
    found, failed = meetings(
        path.read_bytes(), account="a", folder=path.name, me=frozenset(), window=window
    )
    return found, len(failed)


def test_every_file_loads_or_is_set_aside_in_time() -> None:
    paths = files("**/*.ics")
    assert len(paths) > 400
    loaded = 0
    for path in paths:
        limit = SLOW.get(path.name, LONGEST)
        found, _ = takes_at_most(limit, partial(read, path, WINDOW))
        loaded += bool(found)
    assert loaded > 50


def expected(path: Path) -> set[int] | None:
    """The starts that the library finds; None where it cannot read the file."""
    found = set()
    try:
        for calendar in icalendar.Calendar.from_ical(path.read_bytes(), multiple=True):
            for event in recurring_ical_events.of(calendar).between(*ALL_TIME):
                start = event["DTSTART"].dt
                if not isinstance(start, datetime):
                    start = datetime.combine(start, midnight(), UTC)
                found.add(int((start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()))
    except Exception:
        return None  # whatever it stumbles over, it is no measure here
    return found


def test_the_same_occurrences_as_the_library() -> None:
    compared, different = 0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in files("**/*.ics"):
            theirs = expected(path)
            if theirs is None or path.name in DIFFERENT:
                continue
            found, notes = read(path, ALL_TIME)
            if notes:
                continue  # syncd says itself what it did otherwise: no zone, no end, too many
            compared += 1
            if {meeting.at for meeting in found} != theirs:
                different.append(path.name)
    assert not different
    assert compared > 330


class TestInvitations:
    """17 real ones: links in the location, Teams by name, and one room with a link beside it."""

    @staticmethod
    def held(paths: Iterable[Path]) -> list[Meeting]:
        window = (datetime(2018, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC))
        return [meeting for path in paths for meeting in read(path, window)[0][:1]]

    def test_all_are_read(self) -> None:
        paths = files("invites/*.ics")
        assert len(self.held(paths)) == len(paths) == 17

    def test_each_gets_the_right_place(self) -> None:
        for meeting in self.held(files("invites/*.ics")):
            if meeting.location.startswith("https://") or "Teams" in meeting.location:
                assert (meeting.place.verdict, meeting.place.confidence) == ("virtual", "high")
            else:
                # an office room, booked, with a link in the description
                assert (meeting.place.verdict, meeting.place.confidence) == ("in_person", "medium")
                assert "hybrid" in meeting.place.evidence

    def test_cancelled_ones_are_cancelled(self) -> None:
        for path in files("invites/*.ics"):
            cancelled = b"METHOD:CANCEL" in path.read_bytes()
            statuses = {meeting.status == "cancelled" for meeting in self.held([path])}
            assert statuses == {cancelled}

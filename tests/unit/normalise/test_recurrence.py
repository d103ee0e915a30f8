"""Recurrence rules inside a window: the same dates as dateutil gives, with bounded work."""

# ruff: noqa: DTZ001 - rules are followed on the clock on the wall

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.normalise.recurrence import MAX_OCCURRENCES, RuleError, expand
from tests.processor_time import takes_at_most

AFTER, BEFORE = datetime(2025, 11, 23), datetime(2027, 12, 28)


def dates(rule: str, first: datetime, **more: object) -> list[str]:
    found = expand(rule, first, after=AFTER, before=BEFORE, **more)  # type: ignore[arg-type]
    return [start.strftime("%Y-%m-%d %H:%M") for start in found.starts]


def test_last_friday_of_the_month() -> None:
    assert dates("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", datetime(2026, 11, 2, 9)) == [
        "2026-11-27 09:00",
        "2026-12-25 09:00",
        "2027-01-29 09:00",
    ]


def test_until_in_utc_is_read_on_the_series_own_clock() -> None:
    montreal = timezone(timedelta(hours=-5))
    rule = "FREQ=DAILY;UNTIL=20261125T013000Z"
    assert dates(rule, datetime(2026, 11, 23, 20), zone=montreal) == [
        "2026-11-23 20:00",
        "2026-11-24 20:00",
    ]


def test_until_as_a_day_includes_that_day() -> None:
    assert len(dates("FREQ=DAILY;UNTIL=20261125", datetime(2026, 11, 23, 20))) == 3


def test_leap_days() -> None:
    found = expand(
        "FREQ=YEARLY",
        datetime(2024, 2, 29),
        after=datetime(2024, 1, 1),
        before=datetime(2033, 1, 1),
    )
    assert [start.year for start in found.starts] == [2024, 2028, 2032]


def test_spaces_and_trailing_semicolons_are_forgiven() -> None:
    assert len(dates("FREQ=WEEKLY; BYDAY=MO, TU;COUNT=4;", datetime(2026, 11, 23))) == 4


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=NEVER",
        "FREQ=DAILY;BYMONTH=x",
        "FREQ=YEARLY;BYDAY=99MO",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + "0,1,2,3,4,5",
        "FREQ=MONTHLY;RSCALE=CHINESE",
        "FREQ=DAILY;INTERVAL=" + "9" * 40,
        "FREQ=DAILY;" + "X" * 2000,
    ],
)
def test_what_cannot_be_followed_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        expand(rule, datetime(2026, 11, 2, 9), after=AFTER, before=BEFORE)


@pytest.mark.parametrize("freq", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_the_search_for_what_never_comes_ends(freq: str) -> None:
    rule = f"FREQ={freq};BYMONTH=2;BYMONTHDAY=30"
    begin = datetime(1601, 1, 1)
    found = takes_at_most(0.05, lambda: expand(rule, begin, after=AFTER, before=BEFORE))
    assert not found.starts


def test_months_without_the_day_are_passed_over_and_do_not_count() -> None:
    first = datetime(2026, 1, 31, 9)
    found = expand("FREQ=MONTHLY;COUNT=4", first, after=first, before=datetime(2027, 1, 1))
    assert [start.month for start in found.starts] == [1, 3, 5, 7]


def test_the_latest_of_very_many_are_kept() -> None:
    found = expand(
        "FREQ=DAILY;BYHOUR=8,12,16,20", datetime(2020, 1, 1, 8), after=AFTER, before=BEFORE
    )
    assert found.cut
    assert len(found.starts) == MAX_OCCURRENCES
    assert found.starts[-1] == datetime(2027, 12, 27, 20)


parts = st.fixed_dictionaries(
    {},
    optional={
        "INTERVAL": st.integers(1, 5),
        "BYMONTH": st.integers(1, 12),
        "BYMONTHDAY": st.integers(-31, 31).filter(bool),
        "BYDAY": st.sampled_from(["MO", "TU,TH", "MO,TU,WE,TH,FR", "SU"]),
        "WKST": st.sampled_from(["MO", "SU"]),
    },
)


@settings(max_examples=150)
@given(
    freq=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    parts=parts,
    count=st.none() | st.integers(1, 60),
    first=st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)
def test_agrees_with_dateutil(
    freq: str, parts: dict[str, object], count: int | None, first: datetime
) -> None:
    rule = f"FREQ={freq}" + "".join(f";{name}={value}" for name, value in parts.items())
    # UNTIL spares dateutil the years after the window, where it finds anything at all.
    ended = f"{rule};COUNT={count}" if count else f"{rule};UNTIL={BEFORE:%Y%m%dT%H%M%S}"
    found = expand(rule + (f";COUNT={count}" if count else ""), first, after=AFTER, before=BEFORE)
    expected = rrulestr(ended, dtstart=first).between(AFTER, BEFORE, inc=True)
    assert list(found.starts) == [start for start in expected if start < BEFORE]

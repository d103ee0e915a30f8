"""Business days in real zones with real holidays."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.options import Duration
from syncd.workdays import Workdays, check_holidays
from tests.processor_time import takes_at_most

TORONTO = ZoneInfo("America/Toronto")
PARIS = ZoneInfo("Europe/Paris")
UTC_ZONE = ZoneInfo("UTC")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "America/Toronto",
        "Europe/Paris",
        "Australia/Lord_Howe",  # half an hour of daylight saving
        "Asia/Kathmandu",  # a quarter of an hour in its offset
        "Pacific/Apia",  # left out a whole Friday in 2011
        "Africa/Cairo",  # begins summer time on a Friday, at midnight
    )
]


def at(zone, *moment):
    return int(datetime(*moment, tzinfo=zone).timestamp())


def business_days(count):
    return Duration.parse(f"{count} business days")


def test_weekends_and_the_country_s_holidays_are_no_workdays():
    quebec = Workdays(TORONTO, "CA-QC")
    assert quebec.is_workday(date(2026, 11, 23))
    assert not quebec.is_workday(date(2026, 11, 22))
    assert not quebec.is_workday(date(2026, 6, 24))  # Saint-Jean-Baptiste: Québec only
    assert Workdays(TORONTO, "CA-ON").is_workday(date(2026, 6, 24))
    assert Workdays(TORONTO).is_workday(date(2026, 12, 25))
    assert not Workdays(PARIS, "FR").is_workday(date(2026, 7, 14))


def test_working_days_between_leaves_out_the_first_day():
    calendar = Workdays(TORONTO, "CA-QC")
    thursday, monday = date(2026, 11, 19), date(2026, 11, 23)
    assert calendar.working_days_between(thursday, monday) == 2
    assert calendar.working_days_between(monday, thursday) == -2
    assert calendar.working_days_between(monday, monday) == 0
    # 24, 28, 29, 30, 31 December 2026 and 4 January 2027
    assert calendar.working_days_between(date(2026, 12, 23), date(2027, 1, 4)) == 6


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ((2026, 11, 20, 15, 0), 1, (2026, 11, 23, 15, 0)),  # Friday to Monday
        ((2026, 11, 21, 15, 0), 1, (2026, 11, 23, 15, 0)),  # Saturday to Monday
        ((2026, 11, 23, 9, 0), 4, (2026, 11, 27, 9, 0)),
        ((2026, 12, 24, 9, 0), 1, (2026, 12, 28, 9, 0)),  # over Christmas
        ((2026, 10, 30, 9, 0), 1, (2026, 11, 2, 9, 0)),  # over the end of summer time
        ((2026, 12, 31, 23, 59), 1, (2027, 1, 4, 23, 59)),  # over New Year
        ((2026, 11, 23, 9, 0), 0, (2026, 11, 23, 9, 0)),
    ],
)
def test_business_days_keep_the_time_of_day(start, count, end):
    calendar = Workdays(TORONTO, "CA-QC")
    assert calendar.add(at(TORONTO, *start), business_days(count)) == at(TORONTO, *end)


def test_other_units_are_elapsed_time():
    calendar = Workdays(TORONTO, "CA-QC")
    friday = at(TORONTO, 2026, 10, 30, 9)
    assert calendar.add(friday, Duration.parse("2 days")) == friday + 2 * 86_400
    assert calendar.add(friday, Duration.parse("6 hours")) == friday + 6 * 3600


def test_a_time_of_day_that_the_clocks_skip_still_has_an_answer():
    calendar = Workdays(ZoneInfo("Africa/Cairo"))
    # 2026-04-24 00:30 does not exist there: the clocks go from 24:00 on Thursday to 01:00.
    start = at(calendar.zone, 2026, 4, 23, 0, 30)
    end = calendar.add(start, business_days(1))
    assert datetime.fromtimestamp(end, calendar.zone).date() == date(2026, 4, 24)


def test_days_between_runs_on_working_days_only():
    calendar = Workdays(TORONTO, "CA-QC")
    friday, monday = at(TORONTO, 2026, 11, 20, 15), at(TORONTO, 2026, 11, 23, 15)
    assert calendar.days_between(friday, monday) == pytest.approx(1)
    assert calendar.days_between(monday, friday) == pytest.approx(-1)
    assert calendar.days_between(friday, at(TORONTO, 2026, 11, 20, 21)) == pytest.approx(0.25)
    saturday, sunday = at(TORONTO, 2026, 11, 21, 3), at(TORONTO, 2026, 11, 22, 22)
    assert calendar.days_between(saturday, sunday) == 0
    assert calendar.seconds_between(saturday, at(TORONTO, 2026, 11, 23, 6)) == pytest.approx(21_600)


def test_days_out_of_office_do_not_count():
    week_off = (at(TORONTO, 2026, 11, 23), at(TORONTO, 2026, 11, 28))
    calendar = Workdays(TORONTO, None, [week_off])
    assert not calendar.is_workday(date(2026, 11, 25))
    friday = at(TORONTO, 2026, 11, 20, 15)
    assert calendar.add(friday, business_days(1)) == at(TORONTO, 2026, 11, 30, 15)
    assert calendar.days_between(friday, at(TORONTO, 2026, 11, 30, 15)) == pytest.approx(1)


def test_a_day_is_off_when_most_of_its_office_hours_are():
    monday, tuesday, wednesday = (date(2026, 11, day) for day in (23, 24, 25))
    calendar = Workdays(
        TORONTO,
        None,
        [
            (at(TORONTO, 2026, 11, 23, 13), at(TORONTO, 2026, 11, 23, 17)),  # half the day
            (at(TORONTO, 2026, 11, 24, 8), at(TORONTO, 2026, 11, 24, 12)),  # two parts that
            (at(TORONTO, 2026, 11, 24, 11), at(TORONTO, 2026, 11, 24, 14)),  # overlap: 9 to 14
            (at(TORONTO, 2026, 11, 24, 18), at(TORONTO, 2026, 11, 25, 9)),  # a night
        ],
    )
    assert calendar.is_workday(monday)
    assert not calendar.is_workday(tuesday)
    assert calendar.is_workday(wednesday)


def test_a_broken_calendar_does_not_stop_the_clocks():
    year = 366 * 86_400
    always = [(-(10**12), 10**12), (5, 5), (9, 3)]
    assert Workdays(UTC_ZONE, None, always).is_workday(date(2026, 11, 23))
    # Out of office without a gap for twenty years, in believable pieces.
    pieces = [
        (at(UTC_ZONE, 2026, 1, 1) + n * year, at(UTC_ZONE, 2026, 1, 1) + (n + 1) * year)
        for n in range(20)
    ]
    start = at(UTC_ZONE, 2026, 11, 23)
    assert Workdays(UTC_ZONE, None, pieces).add(start, business_days(3)) == start + 3 * 86_400


@pytest.mark.parametrize("moment", [-(10**17), -(10**11), 0, 10**11, 10**17])
def test_impossible_instants_have_an_answer(moment):
    calendar = Workdays(TORONTO, "CA-QC")
    assert isinstance(calendar.days_between(moment, 1_795_000_000), float)
    assert isinstance(calendar.add(moment, business_days(5)), int)


@pytest.mark.parametrize(
    ("code", "normal"),
    [("ca-qc", "CA-QC"), ("FR", "FR"), ("FR-Alsace", "FR-Alsace"), (" us ", "US"), ("UK", "UK")],
)
def test_holiday_codes(code, normal):
    assert check_holidays(code) == normal
    assert Workdays(TORONTO, normal).is_workday(date(2026, 11, 23))


@pytest.mark.parametrize("code", ["", "QC", "CA-XX", "Canada", "-", "CA-QC-X", "🇨🇦"])
def test_unknown_holiday_codes_are_refused_with_advice(code):
    with pytest.raises(ValueError, match="; "):
        check_holidays(code)


instants = st.integers(at(UTC_ZONE, 2009, 1, 1), at(UTC_ZONE, 2031, 1, 1))
absences = st.lists(
    st.tuples(instants, st.integers(0, 40 * 86_400)).map(lambda pair: (pair[0], sum(pair))),
    max_size=5,
)
calendars = st.builds(
    Workdays, st.sampled_from(ZONES), st.sampled_from([None, "CA-QC", "FR", "US"]), absences
)


@given(calendars, instants, instants, instants)
def test_time_passes_forwards_and_adds_up(calendar, first, second, third):
    a, b, c = sorted((first, second, third))
    whole = calendar.days_between(a, c)
    assert 0 <= whole <= (c - a) / 86_400 * 1.05 + 1
    assert calendar.days_between(a, b) + calendar.days_between(b, c) == pytest.approx(whole)
    assert calendar.days_between(c, a) == -whole


@given(calendars, instants, st.integers(0, 600))
def test_working_days_are_counted_one_by_one(calendar, start, length):
    first = datetime.fromtimestamp(start, UTC).date()
    days = [first + timedelta(days=n) for n in range(1, length + 1)]
    counted = calendar.working_days_between(first, first + timedelta(days=length))
    assert counted == sum(map(calendar.is_workday, days))


@given(calendars, instants, st.integers(1, 60))
def test_added_business_days_end_on_a_workday_and_none_is_left_out(calendar, start, count):
    end = calendar.add(start, business_days(count))
    begin_day, end_day = (datetime.fromtimestamp(t, calendar.zone).date() for t in (start, end))
    assert calendar.is_workday(end_day)
    assert calendar.working_days_between(begin_day, end_day) == count
    if calendar.is_workday(begin_day):
        assert calendar.days_between(start, end) == pytest.approx(count, abs=0.1)


def test_it_is_fast():
    """A summary asks for tens of thousands of these."""
    calendar = Workdays(TORONTO, "CA-QC", [(at(TORONTO, 2026, 7, 1), at(TORONTO, 2026, 7, 20))])
    start = at(TORONTO, 2026, 1, 5, 9)
    spans = [(start + n * 977, start + n * 977 + n * 1577) for n in range(20_000)]
    takes_at_most(len(spans) / 100_000, lambda: [calendar.days_between(*span) for span in spans])


_LOADED = """
import sys
from zoneinfo import ZoneInfo
from syncd.workdays import Workdays
Workdays(ZoneInfo("UTC"), {code!r})
print(*sorted(m.rpartition(".")[2] for m in sys.modules if m.startswith("holidays.countries.")))
"""


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("CA-QC", "canada"),
        ("FR", "france"),
        ("AX", "aland_islands finland"),  # its holidays are those of Finland, and a few more
    ],
)
def test_no_other_country_is_loaded(code: str, loaded: str):
    done = subprocess.run(
        [sys.executable, "-c", _LOADED.format(code=code)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.stdout.split() == loaded.split()


def test_every_country_can_be_loaded_alone():
    from holidays.registry import COUNTRIES

    for _, code, *_ in COUNTRIES.values():
        assert Workdays(ZoneInfo("UTC"), code)

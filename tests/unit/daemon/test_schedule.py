"""When accounts and summaries are due, over all zones and all that clocks do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.config import SummaryPlan
from syncd.daemon.backoff import FIRST, OPEN, pause_after
from syncd.daemon.schedule import (
    Moment,
    Turn,
    allowed,
    believed,
    due,
    due_at,
    due_day,
    failed,
    first_turn,
    hastened,
    looked,
    must_sign_in,
    next_due_at,
    seconds_to_wake,
    succeeded,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = SummaryPlan(at=time(7, 30), days=DAYS)
TORONTO = ZoneInfo("America/Toronto")
PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = 3600.0, 86400.0

# Not the zones that skip or repeat whole days (Samoa in 2011): there a set day has no morning.
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
PLANS = st.builds(
    SummaryPlan,
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    days=st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: tuple(sorted(days))),
)


def at(zone: ZoneInfo, *parts: int) -> float:
    return datetime(*parts, tzinfo=zone).timestamp()  # type: ignore[arg-type, misc]


class Writer:
    """Looks at the clock, and writes what is due."""

    def __init__(self, plan: SummaryPlan, zone: ZoneInfo) -> None:
        self.plan, self.zone = plan, zone
        self.served: dict[date, float] = {}
        self.written: list[date] = []

    def look(self, wall: float) -> date | None:
        day = due_day(self.plan, self.zone, wall, self.served)
        if day is not None:
            self.served = believed({**self.served, day: wall}, wall, kept=30)
            self.written.append(day)
        return day

    def next(self, wall: float) -> float:
        return next_due_at(self.plan, self.zone, wall, self.served)


def set_days(plan: SummaryPlan, zone: ZoneInfo, begin: float, end: float) -> list[date]:
    """The set days whose time lies after `begin`, up to `end`."""
    first = datetime.fromtimestamp(begin, zone).date() - timedelta(days=1)
    days = (first + timedelta(days=n) for n in range(int((end - begin) / DAY) + 3))
    return [
        day
        for day in days
        if DAYS[day.weekday()] in plan.days and begin < due_at(plan, zone, day) <= end
    ]


class TestSummary:
    def test_it_is_due_at_its_time_in_the_users_zone(self) -> None:
        assert due_at(EVERY_DAY, TORONTO, date(2026, 11, 23)) == at(UTC_ZONE, 2026, 11, 23, 12, 30)
        assert due_at(EVERY_DAY, PARIS, date(2026, 7, 1)) == at(UTC_ZONE, 2026, 7, 1, 5, 30)

    def test_a_time_that_spring_skips_comes_and_one_that_autumn_repeats_comes_once(self) -> None:
        spring, autumn = date(2027, 3, 14), date(2026, 11, 1)
        skipped = replace(EVERY_DAY, at=time(2, 30))
        assert due_at(skipped, TORONTO, spring) == at(TORONTO, 2027, 3, 14, 3, 30)
        plan = replace(EVERY_DAY, at=time(1, 30))
        assert due_at(plan, TORONTO, autumn) == at(UTC_ZONE, 2026, 11, 1, 5, 30)
        writer = Writer(plan, TORONTO)
        writer.look(at(TORONTO, 2026, 10, 31, 12))
        first = at(UTC_ZONE, 2026, 11, 1, 5, 30)
        for minute in range(-30, 180):
            writer.look(first + 60 * minute)
        assert writer.written == [date(2026, 10, 31), autumn]

    def test_only_set_days_count(self) -> None:
        plan = SummaryPlan()  # Monday to Friday
        writer = Writer(plan, TORONTO)
        friday = at(TORONTO, 2026, 11, 20, 7, 30)
        assert writer.look(friday) == date(2026, 11, 20)
        assert writer.look(friday + DAY) is None
        assert writer.next(friday) == friday + 3 * DAY

    def test_slept_through_it_comes_late_and_once_for_all_missed_days(self) -> None:
        writer = Writer(EVERY_DAY, PARIS)
        writer.look(at(PARIS, 2026, 11, 16, 7, 30))
        assert writer.look(at(PARIS, 2026, 11, 20, 10, 12)) == date(2026, 11, 20)
        assert writer.look(at(PARIS, 2026, 11, 20, 10, 13)) is None

    def test_fridays_missed_summary_comes_on_saturday(self) -> None:
        writer = Writer(SummaryPlan(), PARIS)
        writer.look(at(PARIS, 2026, 11, 19, 7, 30))
        saturday = at(PARIS, 2026, 11, 21, 9)
        assert writer.look(saturday) == date(2026, 11, 20)
        assert writer.look(saturday + 60) is None
        assert writer.next(saturday) == at(PARIS, 2026, 11, 23, 7, 30)

    def test_a_clock_set_back_writes_nothing_again(self) -> None:
        writer = Writer(EVERY_DAY, TORONTO)
        moment = at(TORONTO, 2026, 11, 23, 7, 30)
        writer.look(moment)
        for back in range(0, 12 * 60, 7):
            writer.look(moment - 60 * back)
        assert writer.look(moment) is None

    def test_a_clock_that_was_years_ahead_leaves_no_gap(self) -> None:
        writer = Writer(EVERY_DAY, TORONTO)
        writer.look(at(TORONTO, 2026, 11, 23, 7, 30))
        writer.look(at(TORONTO, 2031, 5, 5, 12))
        tomorrow = at(TORONTO, 2026, 11, 24, 7, 30)
        assert writer.look(tomorrow - 60) is None
        assert writer.look(tomorrow) == date(2026, 11, 24)

    def test_written_by_hand_after_its_time_it_is_not_due_again(self) -> None:
        monday = date(2026, 11, 23)
        served = {monday: at(TORONTO, 2026, 11, 23, 7, 45)}
        assert due_day(EVERY_DAY, TORONTO, at(TORONTO, 2026, 11, 23, 9), served) is None

    @settings(max_examples=150)
    @given(
        plan=PLANS,
        zone=ZONES,
        begin=st.integers(1_700_000_000, 2_000_000_000),
        steps=st.lists(
            st.tuples(
                st.sampled_from(["rest", "sleep", "back", "restart"]), st.floats(0.0, 20 * HOUR)
            ),
            max_size=60,
        ),
    )
    def test_exactly_one_for_every_set_day(
        self, plan: SummaryPlan, zone: ZoneInfo, begin: int, steps: list[tuple[str, float]]
    ) -> None:
        """Rests as the service does; sleeps and jumps are shorter than a day, so that no set day
        is skipped as a whole."""
        writer = Writer(plan, zone)
        wall = furthest = float(begin)
        writer.look(wall)
        first = list(writer.written)
        for what, seconds in steps:
            if what == "rest":
                end = wall + seconds
                while wall < end:
                    wall = min(end, max(wall + 0.01, min(writer.next(wall), wall + DAY)))
                    writer.look(wall)
            elif what == "sleep":
                wall += seconds
                writer.look(wall)
            elif what == "back":
                wall = max(wall - seconds, furthest - 11 * HOUR)
                writer.look(wall)
            else:
                writer.served = dict(writer.served)
                writer.look(wall)
            furthest = max(furthest, wall)
        expected = [day for day in set_days(plan, zone, begin, furthest) if day not in first]
        found = Counter(writer.written[len(first) :])
        assert all(count == 1 for count in found.values()), found
        # what is due within one sleep counts as one; a sleep here is shorter than a day
        assert set(found) <= set(expected)
        assert len(set(expected) - set(found)) <= sum(
            1 for what, seconds in steps if what == "sleep" and seconds > 0
        )

    @settings(max_examples=200)
    @given(plan=PLANS, zone=ZONES, begin=st.integers(1_700_000_000, 2_000_000_000))
    def test_the_service_wakes_for_each_and_for_nothing_else(
        self, plan: SummaryPlan, zone: ZoneInfo, begin: int
    ) -> None:
        writer = Writer(plan, zone)
        wall = float(begin)
        writer.look(wall)
        for _ in range(12):
            following = writer.next(wall)
            assert following > wall
            assert writer.look(following - 1) is None
            day = writer.look(following)
            assert day is not None
            assert due_at(plan, zone, day) == following
            wall = following


UTC_ZONE = ZoneInfo("UTC")
NOW = Moment(wall=1.7e9, uptime=1000.0, steady=50.0)


class TestAccounts:
    def test_uptime_counts_sleep_and_never_goes_back(self) -> None:
        slept = looked(NOW, NOW.wall + 8 * HOUR, NOW.steady + 1)
        assert slept.uptime == NOW.uptime + 8 * HOUR
        set_back = looked(slept, slept.wall - 3 * DAY, slept.steady + 60)
        assert set_back.uptime == slept.uptime + 60
        assert looked(set_back, set_back.wall, set_back.steady).uptime == set_back.uptime

    @given(st.lists(st.tuples(st.floats(-1e7, 1e7), st.floats(0, 1e5)), max_size=30))
    def test_uptime_only_moves_forward(self, steps: list[tuple[float, float]]) -> None:
        now = NOW
        for jump, passed in steps:
            following = looked(now, now.wall + jump, now.steady + passed)
            assert following.uptime >= now.uptime + passed * 0.999
            now = following

    def test_after_a_night_asleep_every_account_is_due(self) -> None:
        turns = {"work": succeeded(first_turn(300, NOW), NOW, 1.0)}
        assert due(turns, NOW) == []
        assert due(turns, looked(NOW, NOW.wall + 9 * HOUR, NOW.steady + 2)) == ["work"]

    @given(st.floats(60, 31 * DAY), st.floats(0, 1))
    def test_success_waits_for_the_pause_and_a_little_by_chance(
        self, every: float, chance: float
    ) -> None:
        turn = succeeded(first_turn(every, NOW), NOW, chance)
        assert every * 0.999 <= turn.at - NOW.uptime <= 1.1 * every * 1.001
        assert turn.failures == 0

    @given(st.integers(1, 60), st.floats(60, 31 * DAY), st.floats(0, 1))
    def test_failures_wait_longer_and_longer_within_bounds(
        self, failures: int, every: float, chance: float
    ) -> None:
        pause = pause_after(failures, every, chance)
        longest = pause_after(failures, every, 1.0)
        assert longest / 2 <= pause <= longest
        assert longest <= max(every, 7200.0)
        if failures != OPEN - 1:
            assert pause_after(failures + 1, every, 1.0) >= longest

    def test_the_first_try_again_comes_soon_and_many_failures_open_the_breaker(self) -> None:
        turn = first_turn(600, NOW)
        pauses = []
        for _ in range(8):
            assert turn.broken == (turn.failures >= OPEN)
            turn = failed(turn, NOW, 1.0)
            pauses.append(turn.at - NOW.uptime)
        assert pauses == [FIRST, 60, 120, 240, 900, 1800, 3600, 7200]
        assert not succeeded(turn, NOW, 0.0).broken

    def test_what_the_provider_asks_for_is_kept_whoever_hurries(self) -> None:
        turn = failed(first_turn(300, NOW), NOW, 0.5, retry_after=5000)
        assert turn.at == NOW.uptime + 5000
        assert hastened(turn, NOW).at == NOW.uptime + 5000
        assert allowed(turn, NOW).at == NOW.uptime + 5000
        assert first_turn(300, NOW, left_alone=70).at == NOW.uptime + 70

    def test_a_dead_sign_in_waits_for_the_user_and_for_nothing_else(self) -> None:
        turn = must_sign_in(first_turn(300, NOW))
        later = looked(NOW, NOW.wall + 40 * DAY, NOW.steady)
        assert due({"work": turn}, later) == []
        assert due({"work": hastened(turn, later)}, later) == []
        assert due({"work": allowed(turn, later)}, later) == ["work"]

    def test_the_longest_due_comes_first(self) -> None:
        turns = {"b": Turn(60, 20.0), "a": Turn(60, 10.0), "c": Turn(60, 2000.0)}
        assert due(turns, NOW) == ["a", "b"]

    def test_the_next_thing_due_wakes(self) -> None:
        turns = {
            "soon": Turn(60, NOW.uptime + 40),
            "at work": Turn(60, NOW.uptime - 5),
            "signed out": must_sign_in(Turn(60, NOW.uptime)),
        }
        wake = seconds_to_wake(turns, NOW.wall + 1000, NOW, at_work={"at work"})
        assert wake == pytest.approx(40)
        assert seconds_to_wake(turns, NOW.wall + 3, NOW, at_work={"at work"}) == pytest.approx(3)
        assert seconds_to_wake(turns, NOW.wall + 3, NOW, at_work=()) == 0

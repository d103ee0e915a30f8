"""The token bucket: no window of a minute sees more than the quota, and little of it is wasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.connectors.google.pacing import Pace
from tests.fakes.clock import SimulatedClock

LIMIT = 6000


@given(st.lists(st.tuples(st.integers(1, 480), st.floats(0, 90)), min_size=1, max_size=120))
def test_no_minute_sees_more_than_the_quota(steps: list[tuple[int, float]]) -> None:
    clock = SimulatedClock()
    pace = Pace(clock, LIMIT)
    spent: list[tuple[float, int]] = []
    for units, idle in steps:
        pace.take(units)
        spent.append((clock.monotonic(), units))
        clock.wait(idle)
    for start, _ in spent:
        assert sum(units for at, units in spent if start <= at < start + 60) <= LIMIT + 1e-6


def test_nine_tenths_of_the_quota_are_used() -> None:
    clock = SimulatedClock()
    pace = Pace(clock, LIMIT)
    for _ in range(1000):
        pace.take(480)
    assert 1000 * 480 / clock.monotonic() >= 0.9 * LIMIT / 60


def test_what_is_larger_than_the_bucket_is_paid_for_afterwards() -> None:
    clock = SimulatedClock()
    pace = Pace(clock, LIMIT)
    pace.take(2 * LIMIT)
    assert clock.monotonic() == 0
    pace.take(1)
    assert clock.monotonic() >= 120


def test_it_slows_down_when_told_and_recovers() -> None:
    clock = SimulatedClock()
    pace = Pace(clock, LIMIT)
    assert pace.share == 1
    pace.slow_down()
    assert pace.share == 0.5
    pace.take(92)
    assert clock.monotonic() == pytest.approx(2, rel=0.01)
    for _ in range(20):
        pace.slow_down()
    assert pace.share >= 0.1
    clock.wait(600)
    assert pace.share == 1

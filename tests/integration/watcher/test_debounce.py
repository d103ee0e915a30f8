"""Events are gathered, but none waits for longer than promised."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.watcher_debounce import Debounce, Pause

PAUSE = Pause(quiet=0.3, longest=1.0)
_EVENTS = st.lists(
    st.tuples(st.floats(0, 0.5, allow_nan=False), st.sampled_from("ab")), min_size=1, max_size=60
)


@given(_EVENTS)
def test_every_event_is_told_within_the_longest_pause_and_rarely(
    events: list[tuple[float, str]],
) -> None:
    gathered: Debounce[str] = Debounce(lambda key: PAUSE)
    now, waiting, told = 0.0, dict[str, float](), list[tuple[float, str]]()

    def pass_until(end: float) -> None:
        nonlocal now
        while (due := gathered.next()) is not None and due <= end:
            now = max(now, due)
            for key in gathered.due(now):
                assert now - waiting.pop(key) <= PAUSE.longest + 1e-9
                told.append((now, key))
        now = end

    for gap, key in events:
        pass_until(now + gap)
        gathered.touch(key, now)
        waiting.setdefault(key, now)
    pass_until(now + PAUSE.longest)
    assert waiting == {}
    assert gathered.next() is None
    for key in "ab":
        times = [at for at, said in told if said == key]
        assert all(b - a >= PAUSE.quiet - 1e-9 for a, b in pairwise(times))

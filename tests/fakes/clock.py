"""Time that passes only when somebody waits for it."""

from __future__ import annotations

import threading


class SimulatedClock:
    """A `Clock` for connectors and fakes alike: an hour's pauses cost a test nothing.

    It starts at 0; `waits` holds every pause in seconds, in order.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._lock = threading.Lock()
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self._now

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        with self._lock:
            self.waits.append(seconds)
            self._now += seconds

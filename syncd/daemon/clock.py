"""The clocks as the service sees them; tests put simulated time in their place."""

from __future__ import annotations

import time
from typing import Protocol

from syncd.pipeline.desk import Desk


class ServiceClock(Protocol):
    """Tells the time, and lets it pass."""

    longest_rest: float
    """Seconds after which the time is to be looked at again, whatever is due when."""

    def wall(self) -> float:
        """Seconds since the Unix epoch."""
        ...

    def steady(self) -> float:
        """Seconds from an arbitrary start; never goes back, may stand still in sleep."""
        ...

    def rest(self, desk: Desk, seconds: float, *, busy: bool) -> None:
        """Let at most `seconds` pass, serving the desk; back after the first piece of work.

        :param busy: pulls are under way, so that there will be work
        """
        ...


class SystemClock:
    """The computer's own clocks."""

    longest_rest = 30.0  # waiting stands still while the machine sleeps

    def wall(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()

    def steady(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()

    def rest(self, desk: Desk, seconds: float, *, busy: bool) -> None:  # noqa: ARG002 - see above
        """Serve the desk for at most `seconds`, or until one piece of work is done."""
        desk.serve(seconds)

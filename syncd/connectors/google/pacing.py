"""Keeping just below a quota: a token bucket in the provider's own units, on a given clock."""

from __future__ import annotations

from typing import Final

from syncd.connectors.base import Clock

_BURST: Final = 0.08
"""The share of a minute's quota that may be spent at once. What is left is spread over the minute,
so that no window of 60 seconds, wherever it begins, sees more than the quota."""
_LEAST_SHARE: Final = 0.1
_RECOVERY: Final = 600.0
"""Seconds in which the pace climbs from nothing back to the whole quota."""


class Pace:
    """A token bucket of quota units that slows down when the provider says so.

    :param clock: every pause goes through it
    :param per_minute: units that may be spent in any 60 seconds
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self.burst: Final = per_minute * _BURST
        self._rate = per_minute * (1 - _BURST) / 60
        self._share = 1.0
        self._units = self.burst
        self._at = clock.monotonic()

    @property
    def share(self) -> float:
        """The part of the quota that is used: 1 unless the provider has complained lately."""
        self._refill()
        return self._share

    def take(self, units: float) -> None:
        """Spend `units`, once they are there. More than `burst` at once is paid for afterwards.

        :raises Stopping: syncd is being stopped while this waits
        """
        needed = min(units, self.burst)
        self._refill()
        while self._units < needed:
            # a hair longer, or rounding may ask for another wait of no time at all
            self._clock.wait((needed - self._units) / (self._rate * self._share) + 1e-6)
            self._refill()
        self._units -= units

    def slow_down(self) -> None:
        """The provider said that this is too fast: half the pace, from an empty bucket."""
        self._refill()
        self._units = min(self._units, 0.0)
        self._share = max(_LEAST_SHARE, self._share / 2)

    def _refill(self) -> None:
        now = self._clock.monotonic()
        passed = max(0.0, now - self._at)
        self._at = now
        self._units = min(self.burst, self._units + passed * self._rate * self._share)
        self._share = min(1.0, self._share + passed / _RECOVERY)

"""How long to wait after failures. Pure.

First soon again, then less and less; from `OPEN` failures in a row on, the account's circuit
breaker is open: a single try at long intervals, until one succeeds and closes it.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = 30.0
"""Seconds before the second try, at most."""
OPEN: Final = 5
"""Failures in a row that open the breaker."""
_OPEN_FIRST: Final = 900.0
_OPEN_MOST: Final = 7200.0


def is_open(failures: int) -> bool:
    """Whether so many failures in a row have opened the breaker."""
    return failures >= OPEN


def pause_after(failures: int, every: float, chance: float) -> float:
    """Seconds until the next try.

    While the breaker is closed it is at most `every`; half of each pause is left to chance, so
    that what failed together does not try again together.

    :param failures: in a row, at least 1
    :param every: the account's usual pause, in seconds
    :param chance: from 0 to 1, at random
    """
    if is_open(failures):
        exponent = min(failures - OPEN, 10)
        longest = max(every, min(_OPEN_MOST, _OPEN_FIRST * 2.0**exponent))
    else:
        longest = min(every, FIRST * 2.0 ** (failures - 1))
    return longest * (0.5 + 0.5 * chance)

"""Limits on what work may cost, that hold on a machine which others use too.

A limit is in processor time of one idle core of the machine it was set on. There, the yardstick
takes `YARDSTICK`. Where it takes longer at that moment, since the machine is slower or a neighbour
has its caches, the limit grows by the same factor; it never shrinks.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

YARDSTICK = 0.0028
"""Seconds the yardstick takes on the idle machine (n=200, the best)."""
TRIES = 8

T = TypeVar("T")

_TEXT = " ".join(f"word{n % 700} {n}, the other: part-{n % 13}." for n in range(1_200))
_WORDS = re.compile(r"\w+|[^\w\s]")


def _yardstick() -> None:
    """Expressions, strings, dictionaries and sorting: what the work under test is made of."""
    counts = Counter(word.casefold() for word in _WORDS.findall(_TEXT))
    " ".join(sorted(counts, key=lambda word: (-counts[word], word))).split()


def _spent(work: Callable[[], T]) -> tuple[float, T]:
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def takes_at_most(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns, after it cost at most `seconds` in one of a few tries; fails otherwise.

    There are several tries since the first may load modules and compile expressions; so `work` must
    do the same each time.
    """
    best = float("inf")
    for _ in range(TRIES):
        spent, result = _spent(work)
        if spent > seconds:
            spent /= max(1.0, _spent(_yardstick)[0] / YARDSTICK)
        best = min(best, spent)
        if best <= seconds:
            return result
    raise AssertionError(f"cost {best * 1000:.1f} ms, more than {seconds * 1000:.1f} ms")

"""Signals as calls: each sets something in motion and returns at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType


@contextmanager
def handled(actions: Mapping[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """While inside, each signal calls its action, in the main thread between two steps of whatever
    that is doing; the former handlers come back afterwards."""

    def act(number: int, _frame: FrameType | None) -> None:
        actions[signal.Signals(number)]()

    former = {number: signal.signal(number, act) for number in actions}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)

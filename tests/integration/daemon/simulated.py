"""Time that the test makes: it passes while the service rests, and survives its process."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from syncd.pipeline.desk import Desk


class SharedNumber:
    """A number that a process and its forked children share."""

    def __init__(self, value: float) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.set(value)

    def get(self) -> float:
        value: float = struct.unpack("d", self._memory[:8])[0]
        return value

    def set(self, value: float) -> None:
        self._memory[:8] = struct.pack("d", value)


@dataclass
class SimulatedClock:
    """Passes at once where the service would rest with nothing under way.

    `events` happen at their moments (epoch seconds), in order; one that came while nobody served
    happens when the next one does.
    """

    now: SharedNumber
    happened: SharedNumber
    """How many of the events have."""
    events: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    slept: float = 0.0
    """Seconds by which the wall clock went on and the steady one did not."""
    longest_rest: float = 3600.0

    def wall(self) -> float:
        return self.now.get()

    def steady(self) -> float:
        return self.now.get() - self.slept

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: only the wall clock goes on."""
        self.slept += seconds
        self.now.set(self.now.get() + seconds)

    def rest(self, desk: Desk, seconds: float, *, busy: bool) -> None:
        if desk.serve(0.0):
            return
        if busy:
            desk.serve(5.0)
            return
        done = int(self.happened.get())
        until = self.now.get() + max(seconds, 0.01)  # less is lost in a float of this size
        if done < len(self.events) and self.events[done][0] <= until:
            moment, act = self.events[done]
            self.now.set(max(self.now.get(), moment))
            act()
            # afterwards: a kill between must not lose an event; happening twice does no harm
            self.happened.set(done + 1)
        else:
            self.now.set(until)

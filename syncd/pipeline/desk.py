"""Work for the thread that owns the store, handed over by the threads that read accounts.

One thread serves the desk; the others ask it and wait, or post and go on. Who asks holds an
`Errand`, which the owner can call off: from then on it gets `Stopping` instead of an answer, so
that a thread stuck in a slow read can change nothing when it comes back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from syncd.errors import Stopping

T = TypeVar("T")


class Desk:
    """Where work waits for the owner."""

    def __init__(self) -> None:
        # SimpleQueue, for a signal handler may post while the owner is inside `get`
        self._orders: SimpleQueue[_Order[Any] | _Post] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False

    def ask(self, work: Callable[[], T]) -> T:
        """What `work` gives when the owner has done it; its errors come back too.

        :raises Stopping: nobody serves the desk any more
        """
        order = _Order(work)
        with self._closing:
            if self._closed:
                raise Stopping
            self._orders.put(order)
        return order.outcome()

    def post(self, work: Callable[[], None]) -> None:
        """Have `work` done without waiting for it; also from a signal handler."""
        self._orders.put(_Post(work))

    def serve(self, timeout: float | None) -> bool:
        """Do the next piece of work; the owner alone calls this.

        An error of posted work is the owner's; one of asked work goes to whoever asked.

        :param timeout: seconds to wait for one; None: until there is one
        :return: False if there was none in time
        """
        try:
            order = self._orders.get(timeout=timeout)
        except Empty:
            return False
        order.do()
        return True

    def close(self) -> None:
        """Refuse whatever is asked from now on, and what still waits."""
        with self._closing:
            self._closed = True
        while True:
            try:
                self._orders.get_nowait().refuse()
            except Empty:
                return


class Errand:
    """What one thread may ask at the desk, until it is called off. Also its clock
    (connectors.base.Clock): a pause ends at once when it is called off."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._off = threading.Event()
        self._alive_until = time.monotonic()

    @property
    def silent(self) -> float:
        """For how many seconds the thread has given no sign of life; a pause it announced is no
        silence."""
        return max(0.0, time.monotonic() - self._alive_until)

    @property
    def called_off(self) -> bool:
        """Whether the thread is to stop."""
        return self._off.is_set()

    def call_off(self) -> None:
        """Let the thread stop at its next question or pause; it changes nothing any more."""
        self._off.set()

    def ask(self, work: Callable[[], T]) -> T:
        """The same as `Desk.ask`.

        :raises Stopping: called off, before it was the owner's turn
        """
        self.sign_of_life()
        try:
            return self._desk.ask(lambda: self._unless_called_off(work))
        finally:
            self.sign_of_life()

    def _unless_called_off(self, work: Callable[[], T]) -> T:
        if self._off.is_set():
            raise Stopping
        return work()

    def post(self, work: Callable[[], None]) -> None:
        """The same as `Desk.post`."""
        self._desk.post(work)

    def sign_of_life(self) -> None:
        """The thread is at work."""
        self._alive_until = time.monotonic()

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass.

        :raises Stopping: called off
        """
        self._alive_until = time.monotonic() + seconds
        if self._off.wait(max(0.0, seconds)):
            raise Stopping


class _Post:
    """One piece of work for whose end nobody waits."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.do = work

    def refuse(self) -> None:
        """It is not done."""


class _Order(Generic[T]):
    """One piece of work and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = threading.Event()
        self._value: T
        self._error: Exception | None = None

    def do(self) -> None:
        try:
            self._value = self._work()
        except Exception as error:
            self._error = error
        except BaseException:
            # the owner itself is interrupted; whoever asked must not wait for ever
            self._error = Stopping()
            raise
        finally:
            self._done.set()

    def refuse(self) -> None:
        self._error = Stopping()
        self._done.set()

    def outcome(self) -> T:
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._value

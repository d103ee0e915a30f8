"""Work that threads hand to the owner of the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from syncd.errors import Stopping, Transient
from syncd.pipeline.desk import Desk, Errand


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Run in a thread; what it gave, or the error it ended with."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(work())
        except Exception as error:
            came.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, came


def test_the_owner_does_the_work_and_the_asker_gets_it() -> None:
    desk = Desk()
    thread, came = in_thread(lambda: desk.ask(threading.get_ident))
    assert desk.serve(5)
    thread.join(5)
    assert came == [threading.get_ident()]


def test_an_error_goes_to_who_asked_and_not_to_the_owner() -> None:
    desk = Desk()

    def fail() -> None:
        raise Transient("no")

    thread, came = in_thread(lambda: desk.ask(fail))
    assert desk.serve(5)
    thread.join(5)
    assert isinstance(came[0], Transient)


def test_an_error_of_posted_work_is_the_owners() -> None:
    desk = Desk()

    def fail() -> None:
        raise Transient("no")

    desk.post(fail)
    with pytest.raises(Transient):
        desk.serve(5)


def test_nothing_to_do_is_said_after_the_timeout() -> None:
    begun = time.monotonic()
    assert not Desk().serve(0.05)
    assert time.monotonic() - begun >= 0.04


def test_a_closed_desk_lets_nobody_wait() -> None:
    desk = Desk()
    waiting, came = in_thread(lambda: desk.ask(lambda: 1))
    time.sleep(0.05)
    desk.close()
    waiting.join(5)
    with pytest.raises(Stopping):
        desk.ask(lambda: 1)
    assert isinstance(came[0], Stopping)


def test_an_owner_that_is_interrupted_lets_nobody_wait() -> None:
    desk = Desk()

    def interrupt() -> None:
        raise KeyboardInterrupt

    thread, came = in_thread(lambda: desk.ask(interrupt))
    with pytest.raises(KeyboardInterrupt):
        desk.serve(5)
    thread.join(5)
    assert isinstance(came[0], Stopping)


def test_what_was_called_off_changes_nothing_even_if_it_asked_before() -> None:
    desk, done = Desk(), []
    errand = Errand(desk)
    thread, came = in_thread(lambda: errand.ask(lambda: done.append(1)))
    time.sleep(0.05)
    errand.call_off()
    assert desk.serve(5)
    thread.join(5)
    assert (done, isinstance(came[0], Stopping)) == ([], True)


def test_a_pause_ends_when_it_is_called_off() -> None:
    errand = Errand(Desk())
    begun = time.monotonic()
    thread, came = in_thread(lambda: errand.wait(600))
    time.sleep(0.05)
    errand.call_off()
    thread.join(5)
    assert isinstance(came[0], Stopping)
    assert time.monotonic() - begun < 5


def test_a_pause_is_no_silence_and_a_slow_read_is() -> None:
    errand = Errand(Desk())
    thread, _ = in_thread(lambda: errand.wait(600))
    time.sleep(0.1)
    assert errand.silent == 0
    errand.call_off()
    thread.join(5)
    quiet = Errand(Desk())
    time.sleep(0.1)
    assert quiet.silent >= 0.09
    quiet.sign_of_life()
    assert quiet.silent < 0.09


def test_many_askers_are_served_one_at_a_time() -> None:
    desk, inside, most = Desk(), [0], [0]

    def work() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.0001)
        inside[0] -= 1

    askers = [in_thread(lambda: [desk.ask(work) for _ in range(50)])[0] for _ in range(6)]
    for _ in range(300):
        assert desk.serve(5)
    for asker in askers:
        asker.join(5)
    assert most == [1]

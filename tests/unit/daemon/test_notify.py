"""What systemd hears, on a real socket."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from syncd.daemon.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> socket.socket:
    if request.param == "abstract" and not Path("/proc/net/unix").exists():
        pytest.skip("abstract sockets are Linux's own")
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.settimeout(5)
    name = f"\0syncd-{os.getpid()}-{id(channel)}"
    channel.bind(str(tmp_path / "notify") if request.param == "path" else name)
    request.addfinalizer(channel.close)
    return channel


def notifier(manager: socket.socket, **more: str) -> Notifier:
    name = manager.getsockname()
    text = f"@{name[1:].decode()}" if isinstance(name, bytes) else name
    return Notifier({"NOTIFY_SOCKET": text, **more})


def heard(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().splitlines()


def test_ready_with_a_status_of_one_line(manager: socket.socket) -> None:
    notifier(manager).ready("2 accounts;\nnext summary 07:30")
    assert heard(manager) == ["READY=1", "STATUS=2 accounts; next summary 07:30"]


def test_reloading_carries_the_monotonic_clock(manager: socket.socket) -> None:
    before = time.monotonic_ns() // 1000
    notifier(manager).reloading()
    first, second = heard(manager)
    assert first == "RELOADING=1"
    name, _, stamp = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(stamp) <= time.monotonic_ns() // 1000


def test_signs_of_life_as_often_as_asked_and_hardly_more(manager: socket.socket) -> None:
    told = notifier(manager, WATCHDOG_USEC="400000")
    assert told.watchdog_seconds == 0.4
    for _ in range(100):
        told.alive()
    time.sleep(0.11)
    told.alive()
    told.stopping()
    messages = [heard(manager) for _ in range(3)]
    assert messages == [["WATCHDOG=1"], ["WATCHDOG=1"], ["STOPPING=1"]]


@pytest.mark.parametrize(
    "environment",
    [
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "²"},
        {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
        {},
    ],
)
def test_no_watchdog_unless_it_is_meant_for_us(
    manager: socket.socket, environment: dict[str, str]
) -> None:
    told = notifier(manager, **environment)
    told.alive()
    told.stopping()
    assert told.watchdog_seconds is None
    assert heard(manager) == ["STOPPING=1"]


@pytest.mark.parametrize("name", ["", "relative/path", "/nowhere/at/all"])
def test_without_a_manager_nothing_happens(name: str) -> None:
    told = Notifier({"NOTIFY_SOCKET": name})
    told.ready("fine")
    told.status("fine")
    told.alive()


def test_a_manager_that_does_not_read_holds_nothing_up(manager: socket.socket) -> None:
    told = notifier(manager)
    begun = time.monotonic()
    for _ in range(2000):
        told.status("still here")
    assert time.monotonic() - begun < 5

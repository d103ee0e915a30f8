"""The process in which the service writes a summary: it never outlives its use."""

from __future__ import annotations

import os
import signal
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import CHECKOUT
from tests.e2e.test_service import Desk, Running, desk, eventually, start

__all__ = ["desk", "start"]  # fixtures

WRITER = """
import os, pathlib, time
def render(summary):
    pathlib.Path({told!r}).write_text(str(os.getpid()))
    {then}
    return "slow"
"""


@pytest.fixture
def slow(desk: Desk, start: Callable[..., Running], tmp_path: Path) -> Callable[[str], Running]:
    """Starts a service with a format that notes its process and then does `then`."""

    def begin(then: str) -> Running:
        site = tmp_path / "site"
        information = site / "slow-1.0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text("[syncd.summaries]\nslow = slow:render\n")
        source = WRITER.format(told=str(tmp_path / "writer"), then=then)
        (site / "slow.py").write_text(textwrap.dedent(source))
        configuration = desk.accounts()
        text = configuration.read_text("utf-8").replace("sun]}", "sun], formats: [slow]}")
        configuration.write_text(text, "utf-8")
        service = start(PYTHONPATH=os.pathsep.join([str(site), str(CHECKOUT)]))
        eventually((tmp_path / "writer").exists)
        return service

    return begin


def writer(folder: Path) -> int:
    """The process that writes; it is none of the service's own threads."""
    eventually(lambda: (folder / "writer").read_text() != "")
    return int((folder / "writer").read_text())


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_ends_with_the_service(slow: Callable[[str], Running], tmp_path: Path) -> None:
    service = slow("time.sleep(600)")
    assert writer(tmp_path) != service.process.pid
    code, seconds = service.stop()
    assert (code, seconds < 5) == (0, True)
    assert is_gone(writer(tmp_path))
    assert not service.events("summary_failed")


def test_it_ends_when_the_service_is_killed(slow: Callable[[str], Running], tmp_path: Path) -> None:
    service = slow("time.sleep(600)")
    service.stop(signal.SIGKILL)
    eventually(lambda: is_gone(writer(tmp_path)))


def test_where_it_dies_the_summary_is_tried_again(slow: Callable[[str], Running]) -> None:
    service = slow("os.kill(os.getpid(), 9)")
    failed = service.wait_for("summary_failed")
    assert failed["error"] == "the process that writes it ended early (signal 9)"
    assert service.stop()[0] == 0

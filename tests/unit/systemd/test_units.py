"""The units of systemd/: valid, as closed as they say, and open enough for what syncd does."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.demo import write_demo

CHECKOUT = Path(__file__).parents[3]
FOLDER = CHECKOUT / "systemd"
UNITS = ("syncd.service", "syncd@.service", "user/syncd.service")
_LOWEST_EXPOSURE = {"syncd.service": 1.3, "syncd@.service": 2.5}

analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, from systemd"
)


@pytest.fixture
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a unit whose program is one that is there."""
    text = (FOLDER / request.param).read_text("utf-8")
    text = re.sub(
        r"^ExecStart=\S+/syncd ", f"ExecStart={sys.executable} ", text, flags=re.MULTILINE
    )
    assert sys.executable in text
    copy = tmp_path / Path(request.param).name.replace("@.", "@camille.")
    copy.write_text(text, "utf-8")
    return copy


def _analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *words],
        capture_output=True, text=True, check=False,
        env={**os.environ, "LANG": "C.UTF-8", "SYSTEMD_COLORS": "0", "XDG_RUNTIME_DIR": "/run"},
    )  # fmt: skip


@analyze
@pytest.mark.parametrize("unit", UNITS, indirect=True)
def test_systemd_finds_nothing_to_complain_of(unit: Path, request: pytest.FixtureRequest) -> None:
    user = ["--user"] if "user/" in request.node.callspec.params["unit"] else []
    verified = _analyze(*user, "verify", unit)
    assert (verified.returncode, verified.stderr) == (0, "")


@analyze
@pytest.mark.parametrize("unit", _LOWEST_EXPOSURE, indirect=True)
def test_a_service_of_the_system_is_closed(unit: Path, request: pytest.FixtureRequest) -> None:
    judged = _analyze("security", "--offline=true", "--no-pager", unit)
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", judged.stdout)
    assert found is not None, judged.stderr
    assert float(found[1]) <= _LOWEST_EXPOSURE[request.node.callspec.params["unit"]]


@pytest.mark.parametrize("name", UNITS)
def test_what_the_user_must_mend_is_not_tried_again(name: str) -> None:
    settings = _settings(FOLDER / name)
    assert settings["Type"] == ["notify"]
    assert settings["RestartPreventExitStatus"] == ["1 2"]
    assert int(settings["WatchdogSec"][0].removesuffix("min")) >= 1


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the system calls of a service, from its start over a pass that reads everything,
    a summary in every format and a reload to its end."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    desk, said = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("said") / "log"
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "HOME": str(desk)}
    write_demo(desk, datetime.now(UTC))
    configuration = desk / "syncd.yaml"
    text = configuration.read_text("utf-8")
    configuration.write_text(text.replace("[markdown, json]", "[markdown, json, html]"), "utf-8")
    counts = desk / "calls"
    with said.open("w") as file:
        service = subprocess.Popen(
            ["strace", "-fqq", "-c", "-o", counts, sys.executable, "-m", "syncd", "run",
             "--config", desk, "--state", desk / "state"],
            stderr=file, env=environment,
        )  # fmt: skip
    try:
        _await(service, said, "summary_written")
        pid = int((desk / "state" / "records.lock").read_text())
        os.kill(pid, signal.SIGHUP)
        _await(service, said, "configuration_loaded")
        os.kill(pid, signal.SIGTERM)
        assert service.wait(60) == 0
    finally:
        service.kill()
        service.wait()
    assert (desk / "summaries" / "latest.html").exists()
    return {line.split()[-1] for line in counts.read_text().splitlines()[2:-2]}


def _await(service: subprocess.Popen[bytes], said: Path, event: str) -> None:
    until = time.monotonic() + 120
    while f'"{event}"' not in said.read_text("utf-8"):
        if service.poll() is not None and "ptrace" in said.read_text("utf-8").lower():
            pytest.skip("this system lets no process trace another")
        assert service.poll() is None, said.read_text("utf-8")
        assert time.monotonic() < until, said.read_text("utf-8")
        time.sleep(0.05)


@analyze
@pytest.mark.parametrize("name", UNITS)
def test_every_system_call_of_the_service_is_allowed(name: str, calls: set[str]) -> None:
    assert {"openat", "mmap", "inotify_add_watch", "execve", "setpgid"} <= calls
    needed = set(calls)
    if os.geteuid() == 0:
        needed -= {"fchown"}  # SQLite gives root's files to the folder's owner
    assert needed - _allowed(FOLDER / name) == set()


_MDWE = """
import ctypes, runpy, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
sys.argv = ["syncd", "demo"]
runpy.run_module("syncd", run_name="__main__")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's prctl")
def test_a_pass_needs_no_memory_that_is_both_written_and_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MDWE],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "HOME": str(tmp_path)},
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("needs PR_SET_MDWE, Linux 6.3")
    assert done.returncode == 0, done.stderr


def _settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def _allowed(unit: Path) -> set[str]:
    """The system calls that are left after the unit's SystemCallFilter lines."""
    allowed: set[str] = set()
    for line in _settings(unit)["SystemCallFilter"]:
        for group in line.removeprefix("~").split():
            if line.startswith("~"):
                allowed -= _calls(group)
            else:
                allowed |= _calls(group)
    return allowed


def _calls(group: str) -> set[str]:
    listed = _analyze("syscall-filter", "--no-pager", group).stdout.splitlines()[1:]
    names = {line.strip() for line in listed} - {""}
    return {n for n in names if n[0] not in "@#"}.union(*(_calls(n) for n in names if n[0] == "@"))

"""`syncd init --service`: a unit that systemd reads as it was meant, whatever the paths."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from syncd.cli.service_unit import quoted
from tests.e2e.conftest import CommandLine
from tests.e2e.conftest import syncd as syncd_fixture

syncd = syncd_fixture


def _exec_start(path: Path) -> str:
    (line,) = (x for x in path.read_text("utf-8").splitlines() if x.startswith("ExecStart="))
    return line.removeprefix("ExecStart=")


def test_init_installs_it_and_says_what_to_do(syncd: CommandLine) -> None:
    (syncd.home / "mail" / "cur").mkdir(parents=True)
    answer = syncd("init", "--me", "a@b.example", "--maildir", "mail", "--service",
                   "--config", "my config", "--state", "my state")  # fmt: skip
    assert (answer.code, answer.err) == (0, "")
    path = syncd.home / ".config/systemd/user/syncd.service"
    assert f'run --config "{syncd.home}/my config" --state "{syncd.home}/my state"' in _exec_start(
        path
    )
    assert "systemctl --user daemon-reload && systemctl --user enable --now syncd" in answer.out
    again = syncd("init", "--service", "--config", "my config", "--state", "my state")
    assert f"kept  {path}" in again.out
    path.write_text("[Service]\nExecStart=/usr/bin/old\n")
    assert "wrote" in syncd("init", "--service", "--config", "my config").out
    assert "my config" in _exec_start(path)


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, from systemd"
)
@pytest.mark.parametrize("name", ["a b", "100%", "é", "{a};b", "%h"])
def test_systemd_finds_the_program_whatever_its_name(name: str, tmp_path: Path) -> None:
    program = tmp_path / name / "syncd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    line = f"ExecStart={quoted(str(program))} run --config {quoted(str(program.parent))}\n"
    path = tmp_path / "syncd.service"
    path.write_text(f"[Service]\n{line}", "utf-8")
    verified = _verify(path)
    assert (verified.returncode, verified.stderr) == (0, "")
    program.unlink()
    assert "is not executable" in _verify(path).stderr


def test_a_dollar_is_no_variable() -> None:
    assert quoted("/home/$USER") == '"/home/$$USER"'


def _verify(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--user", "verify", path],
        capture_output=True, text=True, check=False,
        env={**os.environ, "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": "/run"},
    )  # fmt: skip

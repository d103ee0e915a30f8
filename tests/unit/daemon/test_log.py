"""How the service logs: in a process of its own, for standard error is the process's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
PROGRAM = """
from syncd import log
log.configure("info")
log.debug("too much", account="work")
with log.bound(run="a1b2", account="work"):
    log.info("pulled", upserts=3)
    with log.bound(account="private"):
        log.warning("pull_failed", error="Transient")
log.info("stopped")
"""


def run(path: Path, **environment: str) -> list[str]:
    with path.open("wb") as file:
        status = os.fstat(file.fileno())
        stream = environment.pop("JOURNAL_STREAM", "")
        named = stream.format(device=status.st_dev, inode=status.st_ino)
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            check=True,
            stderr=file,
            cwd=CHECKOUT,
            env={**os.environ, "JOURNAL_STREAM": named, **environment},
        )
    return path.read_text("utf-8").splitlines()


def test_a_pipe_gets_json_with_what_is_bound(tmp_path: Path) -> None:
    events = [json.loads(line) for line in run(tmp_path / "log")]
    for event in events:
        del event["timestamp"]
    assert events == [
        {"event": "pulled", "level": "info", "run": "a1b2", "account": "work", "upserts": 3},
        {"event": "pull_failed", "level": "warning", "run": "a1b2", "account": "private",
         "error": "Transient"},
        {"event": "stopped", "level": "info"},
    ]  # fmt: skip


def test_the_journal_gets_priorities(tmp_path: Path) -> None:
    lines = run(tmp_path / "log", JOURNAL_STREAM="{device}:{inode}")
    assert [line[:4] for line in lines] == ["<6>{", "<4>{", "<6>{"]
    assert json.loads(lines[1][3:])["account"] == "private"


def test_a_journal_of_somebody_else_is_none(tmp_path: Path) -> None:
    """The variable is inherited by children whose standard error goes elsewhere."""
    assert all(line.startswith("{") for line in run(tmp_path / "log", JOURNAL_STREAM="8:123456"))

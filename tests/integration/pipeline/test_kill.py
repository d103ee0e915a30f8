"""kill -9 at any moment of the real command: what is there in the end equals an undisturbed run.

SYNCD_KILLS sets how often each pass is killed (6 by default: a sample on every run of the suite;
200 before a release).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from syncd.cli import cli
from syncd.store import Store
from syncd.store.export import export
from tests.builders.mailboxes import fill
from tests.builders.offices import MONDAY, Office, day

KILLS = int(os.environ.get("SYNCD_KILLS", "6"))
_VOLATILE = ("cursors", "runs")
"""What depends on the clock of the machine: folders' time stamps, durations."""
_RANDOM = ("asides",)
"""What is kept under random names."""


def _start(arguments: Sequence[str]) -> int:
    """Run a command of syncd in a process of its own, its imports already done.

    :return: the process id
    """
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        cli.main(list(arguments), standalone_mode=False)
    except BaseException:
        os._exit(1)
    os._exit(0)


def _run(arguments: Sequence[str]) -> float:
    """Run a command to its end; how long it took, in seconds."""
    started = time.monotonic()
    _, status = os.waitpid(_start(arguments), 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return time.monotonic() - started


def _killed(arguments: Sequence[str], after: float) -> bool:
    """Kill a command after that many seconds; whether it was still running."""
    process = _start(arguments)
    time.sleep(after)
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def _once(office: Office) -> list[str]:
    office.configuration()
    moment = MONDAY.isoformat()
    return ["once", "--config", str(office.config), "--state", str(office.state), "--now", moment]


def _records(office: Office) -> dict[str, list[str]]:
    """Every record as `syncd export` writes it, but for what depends on the machine's clock."""
    path = office.root / "export.json"
    with Store.open(office.state, read_only=True) as store:
        assert store.check_integrity() == []
        export(store, path)
    tables: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return {
        name: sorted(
            json.dumps(document, sort_keys=True)
            for document in table.values()
            if document.get("key") not in _RANDOM
        )
        for name, table in tables.items()
        if name not in _VOLATILE
    }


def _office(root: Path, conversations: int) -> Office:
    office = Office(root)
    root.mkdir()
    fill(office, conversations)
    return office


def _change(office: Office) -> None:
    """What a day may bring: new mail, an answer, a moved and a deleted message, a tick."""
    path = office.summaries / "latest.md"
    lines = path.read_text("utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("- [ ]"))
    lines[first] = lines[first].replace("- [ ]", "- [x]", 1)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    office.receive("Ann Lee <ann.lee@client.example>", "Could you call me?\n", day(11, 20, 9))
    inbox = sorted((office.mail / "INBOX" / "cur").iterdir())
    inbox[-3].unlink()
    archive = office.mail / "Archive" / "cur"
    archive.mkdir(parents=True)
    inbox[-5].rename(archive / inbox[-5].name)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the command runs in a forked process")
def test_kills_of_a_first_sync_and_of_a_steady_pass_leave_no_trace(tmp_path: Path) -> None:
    _office(tmp_path / "warm", 2).once()  # what the processes inherit: modules and lexicons
    calm, rough = (_office(tmp_path / name, 500) for name in ("calm", "rough"))
    chance = random.Random(os.environ.get("SYNCD_KILL_SEED", "syncd"))
    hit = 0

    length = _run(_once(calm))
    first = _records(calm)
    assert len(first["interactions"]) == 1250
    for _ in range(KILLS):
        hit += _killed(_once(rough), chance.uniform(0, length))
    _run(_once(rough))
    assert _records(rough) == first

    for office in (calm, rough):
        _change(office)
    length = _run(_once(calm))
    second = _records(calm)
    assert second["findings"] != first["findings"]
    for _ in range(KILLS):
        hit += _killed(_once(rough), chance.uniform(0, length))
    _run(_once(rough))
    assert _records(rough) == second
    for name in ("latest.md", "latest.json"):
        texts = [(office.summaries / name).read_text("utf-8") for office in (calm, rough)]
        assert texts[0] == texts[1]
    assert hit > KILLS / 2, "too few kills found the command at work"

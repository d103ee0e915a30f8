"""Ticks typed while syncd writes the same files: another process, real saves, random moments."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date

import pytest

from syncd.pipeline import replacing
from tests.integration.watcher import editor
from tests.integration.watcher.desk import ITEMS, Desk

HOUR = 3600
EDITS = int(os.environ.get("SYNCD_EDITS", "500"))


def _edited_while_written(desk: Desk) -> list[tuple[str, str]]:
    """Start the editor, write until it ends, take over what is left.

    :return: item and day of every edit
    """
    desk.write()
    arguments = [str(desk.folder), str(EDITS), "syncd", *sorted(desk.records())]
    with tempfile.TemporaryFile("w+") as output:
        with subprocess.Popen(
            [sys.executable, editor.__file__, *arguments],
            stdout=output,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            while process.poll() is None:
                desk.write()
                if desk.rounds % 10 == 0:  # a slow disk: time for more edits than there are items
                    time.sleep(ITEMS * 0.02)
        assert process.returncode == 0
        desk.take_over()
        output.seek(0)
        lines = output.readlines()
    edits = [line.split() for line in lines]
    assert len(edits) == EDITS
    versions = {version for _item, _day, version in edits}
    assert len(versions) > EDITS / 25, "the edits and the writings did not meet"
    return [(item, day) for item, day, _version in edits]


def _lost(desk: Desk, edits: list[tuple[str, str]]) -> list[tuple[str, str]]:
    records = desk.records()
    read = {item: {e.why.rpartition(" ")[2] for e in r.history} for item, r in records.items()}
    return [(item, day) for item, day in edits if day not in read[item]]


@pytest.mark.parametrize("exchange", ["renameat2", "two steps"])
def test_no_edit_is_lost(desk: Desk, exchange: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if exchange == "two steps":  # what a file system without RENAME_EXCHANGE gets
        monkeypatch.setattr(replacing, "_renameat2", lambda: None)
    edits = _edited_while_written(desk)
    assert _lost(desk, edits) == []
    last = dict(edits)
    for item, record in desk.records().items():
        assert (record.state, record.snoozed_until) == ("snoozed", date.fromisoformat(last[item]))
    desk.take_over(later=HOUR)
    assert replacing.asides(desk.folder) == []


@pytest.mark.skipif(shutil.which("vim") is None, reason="no vim on this machine")
@pytest.mark.parametrize("backupcopy", ["no", "yes", "auto"])
def test_vim_itself_loses_nothing(desk: Desk, backupcopy: str) -> None:
    desk.write()
    items = sorted(desk.records())[:6]
    for item in items:
        ticks = rf"g/`{item}`$/s/^\(\s*\)- \[.\]\( until \S*\)\?/\1- [x]/"
        saved = False
        while not saved:  # vim says so when a file changes under its hands, and one saves again
            with subprocess.Popen(
                ["vim", "-Nu", "NONE", "-i", "NONE", "-es", "-c", f"set backupcopy={backupcopy}",
                 "-c", ticks, "-c", "w!", "-c", "q!", "latest.md"],
                cwd=desk.folder, stdin=subprocess.DEVNULL,
                env={**os.environ, "HOME": str(desk.folder.parent), "TERM": "dumb"},
            ) as vim:  # fmt: skip
                while vim.poll() is None:
                    desk.write()
            saved = vim.returncode == 0
    desk.take_over()
    records = desk.records()
    assert [records[item].state for item in items] == ["done"] * len(items)

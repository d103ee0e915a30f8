"""More than one process, pipes that close, and who may read what is written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from syncd.store import Store
from tests.e2e.conftest import ME, NOW, CommandLine, ids
from tests.e2e.desk import question


def test_one_writes_and_others_read(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    (item,) = ids(syncd.once().out)
    there = ("--state", "state")
    with Store.open(syncd.home / "state"):
        for words in (("once", *there), ("summary", *there)):
            answer = syncd(*words)
            assert answer.code == 1
            assert f"in use by syncd process {os.getpid()}" in answer.err
            assert f"kill -USR1 {os.getpid()}" in answer.err
            assert answer.out == ""
        answer = syncd("done", item, *there)  # in the summary's file, as the user would
        assert (answer.code, "as soon as the running syncd has read it" in answer.out) == (0, True)
        for words in (
            ("status", *there),
            ("people", *there),
            ("explain", item, *there),
            ("export", "all.json", *there),
        ):
            answer = syncd(*words)
            assert (answer.code, answer.out != "" or "wrote" in answer.err) == (0, True)


def test_everything_is_for_the_user_alone(syncd: CommandLine) -> None:
    umask = 0o000
    question(syncd.home / "mail")
    before = set(syncd.home.rglob("*"))
    init = syncd("init", "--me", ME, "--maildir", "mail", umask=umask)
    assert init.code == 0
    assert syncd("once", "--maildir", "mail", "--me", ME, umask=umask).code == 0
    config = syncd.home / ".config/syncd/syncd.yaml"
    config.write_text(config.read_text("utf-8").replace("~/syncd", "~/new/summaries"), "utf-8")
    assert syncd("once", "--now", NOW, umask=umask).code == 0
    assert syncd("export", "all.json", umask=umask).code == 0
    made = set(syncd.home.rglob("*")) - before
    assert {"records.db", "once.json", "latest.md", "rules.yaml", "all.json"} <= {
        path.name for path in made
    }
    assert _open_to_others(made) == []


def _open_to_others(paths: set[Path]) -> list[str]:
    return [str(path) for path in paths if stat.S_IMODE(path.lstat().st_mode) & 0o077]


@pytest.mark.parametrize("words", ["schema summary", "people --json --state state"])
def test_a_reader_that_goes_away_is_no_crash(syncd: CommandLine, words: str) -> None:
    question(syncd.home / "mail")
    syncd.once()
    ended, into = os.pipe()
    os.close(ended)
    done = subprocess.run(
        [sys.executable, "-m", "syncd", *words.split()],
        stdout=into, stderr=subprocess.PIPE, env=syncd.environ(), cwd=syncd.home, check=False,
    )  # fmt: skip
    os.close(into)
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_behind_standard_output_is_told(syncd: CommandLine) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "syncd", "schema", "people"],
            stdout=full, stderr=subprocess.PIPE, env=syncd.environ(), cwd=syncd.home, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["No space left on device"]


def test_an_account_that_fails_is_told_in_the_summary_and_the_exit_code(
    syncd: CommandLine,
) -> None:
    question(syncd.home / "mail")
    config = syncd.configure()
    own = ("--config", config, "--state", "own", "--now", NOW)
    assert syncd("once", *own).code == 0
    (syncd.home / "mail").rename(syncd.home / "unmounted")
    answer = syncd("once", *own)
    assert answer.code == 1
    assert "is not a folder" in answer.out
    assert ids(answer.out) != []
    assert syncd("status", *own[:4]).code == 1

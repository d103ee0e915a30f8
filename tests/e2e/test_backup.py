"""`syncd backup` beside a writer, and putting a backup back; `syncd check` on damaged records."""

from __future__ import annotations

import shlex
import stat
import subprocess
import sys
import threading
from pathlib import Path

from syncd.store import Store
from tests.e2e.conftest import CommandLine, ids
from tests.e2e.desk import question
from tests.integration.store import writer

THERE = ("--state", "state")


def test_a_backup_is_private_and_comes_back_as_it_says(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    (item,) = ids(syncd.once().out)
    made = syncd("backup", "copy.db", *THERE, umask=0)
    assert made.code == 0
    copy = syncd.home / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(p.name for p in syncd.home.glob("*copy*")) == ["copy.db"]
    before = syncd("people", "--json", *THERE).out

    assert syncd("done", item, *THERE).code == 0
    (syncd.home / "state" / "records.db-wal").write_bytes(b"left by a kill")
    restore = made.err.splitlines()[-1].partition("then: ")[2]
    subprocess.run(["sh", "-c", restore], check=True)
    assert shlex.split(restore)[:2] == ["cp", str(copy)]
    assert syncd("people", "--json", *THERE).out == before
    with Store.open(syncd.home / "state") as store:
        assert store.rebuilt is None
        assert store.check_integrity() == []
        assert [d["state"] for d in store.findings.all()] == ["new"]


def test_a_backup_beside_a_writer_holds_whole_batches(syncd: CommandLine) -> None:
    folder = syncd.home / "state"
    with subprocess.Popen(
        [sys.executable, writer.__file__, folder], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        drain = threading.Thread(target=process.stdout.read)
        drain.start()
        seen = []
        for number in range(2):
            assert syncd("backup", f"copy{number}.db", *THERE).code == 0
            seen.append(_batches(syncd.home, number))
        process.kill()
        drain.join()
    assert seen == sorted(set(seen)), "each holds more than the one before"


def _batches(home: Path, number: int) -> int:
    """Restore a copy; how many whole batches it holds."""
    folder = home / f"restored{number}"
    folder.mkdir()
    (home / f"copy{number}.db").rename(folder / "records.db")
    with Store.open(folder) as store:
        assert store.check_integrity() == []
        cursor = store.cursors.get_key("work")
        assert cursor is not None
        last = int(cursor["batch"])
        assert len(store.interactions) == writer.BATCH * last - (last - 1)
        return last


def test_a_backup_that_cannot_be_written_leaves_what_was_there(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    syncd.once()
    for name, words in (
        ("nowhere/copy.db", "nowhere/copy.db cannot be written"),
        ("state/copy.db", "this is the folder of the records themselves"),
    ):
        answer = syncd("backup", name, *THERE)
        assert (answer.code, words in answer.err) == (1, True)
    assert syncd("backup", "copy.db", "--state", "none").code == 1
    assert not (syncd.home / "copy.db").exists()


def test_check_finds_damage_and_the_next_use_mends_it(syncd: CommandLine) -> None:
    mail = syncd.home / "mail"
    question(mail)
    config = ("--config", syncd.configure(), *THERE)
    (item,) = ids(syncd("once", *config, "--now", "2026-11-23T08:00:00-05:00").out)
    assert syncd("check", *config).code == 0
    path = syncd.home / "state" / "records.db"
    data = bytearray(path.read_bytes())
    for page in range(12, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    path.write_bytes(data)
    damaged = syncd("check", *config)
    assert damaged.code == 1
    assert "damaged" in damaged.err
    assert "→" in damaged.err
    mended = syncd("once", *config, "--now", "2026-11-23T09:00:00-05:00")
    assert (mended.code, list(ids(mended.out))) == (0, [item])
    assert "records_rebuilt" in mended.err
    assert syncd("check", *config).code == 0
    (aside,) = path.parent.glob("records.db.damaged-*Z")
    assert aside.read_bytes() == data
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600

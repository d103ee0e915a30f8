"""Killed, cut off, full, damaged: the store opens, and nothing that was acknowledged is lost.

SYNCD_KILLS sets how many times the writer is killed (12, for the daily run).
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tinydb import where

from syncd.errors import StoreError
from syncd.store import DamagedStore, Store

WRITER = Path(__file__).with_name("writer.py")
BATCH = 25
KILLS = int(os.environ.get("SYNCD_KILLS", "12"))
FLIPS = max(20, KILLS)


def killed_writer(folder: Path, seconds: float, *, working: bool = True) -> int:
    """Start a writer and kill it with SIGKILL; the last batch that it acknowledged, 0 if none.

    :param seconds: how long it lives
    :param working: count them from its first batch on, not from its start
    """
    writer = subprocess.Popen([sys.executable, WRITER, folder], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    printed = writer.stdout.readline() if working else ""
    time.sleep(seconds)
    writer.kill()
    printed += writer.stdout.read()
    writer.stdout.close()
    writer.wait()
    whole_lines = printed.split("\n")[:-1]
    return int(whole_lines[-1]) if whole_lines else 0


def committed(store: Store) -> int:
    """The last whole batch, having checked that every batch up to it is there and none else is."""
    assert store.check_integrity() == []
    cursor = store.cursors.get_key("work")
    last = int(cursor["batch"]) if cursor else 0
    expected = {f"{last}.{place}" for place in range(BATCH)} if last else set()
    for number in range(1, last):
        expected |= {f"{number}.{place}" for place in range(2, BATCH)}
        expected.add(f"changed by {number + 1}")
    assert {source_id for (source_id,) in store.interactions.select(["source_id"])} == expected
    tallied = [total for _, total, *_ in store.interactions.tally("contacts", until=2**40)]
    assert tallied == ([len(expected) - (last - 1)] if last else [])
    return last


def test_killed_at_any_moment_it_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random()
    for _ in range(KILLS):
        acknowledged = killed_writer(tmp_path, chance.random() * 0.06)
        with Store.open(tmp_path) as store:
            assert committed(store) >= acknowledged > 0


def test_killed_while_it_makes_the_file_it_starts_again(tmp_path: Path) -> None:
    chance = random.Random()
    started = time.perf_counter()
    killed_writer(tmp_path / "timed", 0)
    until_first = time.perf_counter() - started
    for number in range(KILLS // 2):
        folder = tmp_path / str(number)
        acknowledged = killed_writer(
            folder, until_first * (0.6 + 0.5 * chance.random()), working=False
        )
        with Store.open(folder) as store:
            assert committed(store) >= acknowledged


def test_a_log_cut_off_or_changed_at_its_end_loses_only_its_end(tmp_path: Path) -> None:
    """What a power cut can do to the tail of the write-ahead log."""
    chance = random.Random()
    killed_writer(tmp_path / "killed", 0.05)
    log = (tmp_path / "killed" / "records.db-wal").read_bytes()
    found = set()
    for number in range(FLIPS):
        folder = tmp_path / f"cut{number}"
        shutil.copytree(tmp_path / "killed", folder)
        (folder / "records.db-shm").unlink()
        place = chance.randrange(len(log))
        changed = bytes([log[place] ^ 1 << chance.randrange(8)]) + log[place + 1 :]
        (folder / "records.db-wal").write_bytes(log[:place] + (changed if number % 2 else b""))
        with Store.open(folder) as store:
            found.add(committed(store))
        shutil.rmtree(folder)
    assert len(found) > 1


# --- a full disk ---------------------------------------------------------------------------------

BIG = {"kind": "message", "excerpt": "The same line of an invented letter. " * 2000}


def fill(store: Store) -> int:
    """Store letters until there is no space; how many were acknowledged."""
    for number in range(10_000):
        try:
            store.interactions.put(f"letter {number}", BIG | {"source_id": str(number)})
        except StoreError as error:
            assert "the last step was not stored" in str(error)
            return number
    raise AssertionError("the disk was never full")


def check_usable(store: Store, letters: int) -> None:
    """Everything acknowledged is there, and there is space again."""
    assert len(store.interactions) == letters
    assert store.check_integrity() == []
    assert store.interactions.put("another letter", BIG)
    assert len(store.interactions) == letters + 1


def test_a_full_database_file_keeps_everything_and_goes_on(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        (pages,) = next(store.storage.query("PRAGMA page_count"))
        list(store.storage.query(f"PRAGMA max_page_count = {pages + 100}"))
        letters = fill(store)
        with pytest.raises(StoreError, match="is full"), store.transaction():
            store.cursors.put("work", {"page": 2})
            store.interactions.put("one more", BIG)
        assert store.cursors.get_key("work") is None

        list(store.storage.query(f"PRAGMA max_page_count = {2**30}"))
        check_usable(store, letters)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """This process cannot make a file grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_may_not_grow_keeps_everything_and_goes_on(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        with largest_file(2**20):
            letters = fill(store)
        check_usable(store, letters)
    with Store.open(tmp_path) as store:
        assert len(store.interactions) == letters + 1


ON_A_SMALL_DISK = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_crash import check_usable, fill
from syncd.store import Store

folder, ballast = Path({folder!r}), Path({folder!r}, "ballast")
ballast.write_bytes(bytes(2**20))
with Store.open(folder / "state") as store:
    letters = fill(store)
    assert letters > 10, letters
    ballast.unlink()
    check_usable(store, letters)
with Store.open(folder / "state") as store:
    assert len(store.interactions) == letters + 1
print("usable after", letters)
"""


def test_a_full_disk_keeps_everything_and_goes_on(tmp_path: Path) -> None:
    """On a disk of 4 MiB that only the child process sees."""
    script = ON_A_SMALL_DISK.format(tests=str(WRITER.parent), folder=str(tmp_path))
    mount = f'mount -t tmpfs -o size=4m tmpfs "{tmp_path}" && exec "$0" -c "$1"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"]).returncode:
        pytest.skip("this system lets no process mount a disk of its own")
    child = subprocess.run([*command, sys.executable, script], capture_output=True, text=True)
    assert child.stdout.startswith("usable after"), child.stderr


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("contents", [b"not a database" * 400, b"{}", b"SQLite format 3\0" * 300])
def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / "records.db").write_bytes(contents)
    with pytest.raises(DamagedStore, match=r"records\.db is damaged.*\n.*backup"):
        Store.open(tmp_path, read_only=True)

    with Store.open(tmp_path) as store:
        assert store.rebuilt is not None
        aside = tmp_path / store.rebuilt["from"]
        assert store.check_integrity() == []
    assert aside.read_bytes() == contents


def test_damage_inside_the_file_is_named_and_set_aside_by_the_next_use(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.interactions.put_many((f"m{n}", BIG | {"at": n}) for n in range(20))
    path = tmp_path / "records.db"
    whole = path.read_bytes()
    path.write_bytes(whole[: 60 * 4096] + random.Random(1).randbytes(len(whole) - 60 * 4096))

    with Store.open(tmp_path) as store:
        with pytest.raises(DamagedStore, match="is damaged"):
            store.interactions.search(where("at") >= 0)
        assert store.damaged
        assert store.check_integrity() != []
    with Store.open(tmp_path) as store:
        assert store.rebuilt is not None
        assert not store.damaged
        assert store.check_integrity() == []
        assert len(store.interactions) == 0
    with Store.open(tmp_path) as store:
        store.interactions.put("m", {"at": 1})
    assert len(list(tmp_path.glob("records.db.damaged-*Z"))) == 1, "set aside once, not again"


def test_a_file_cut_short_is_set_aside(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.interactions.put_many((f"m{n}", BIG | {"at": n}) for n in range(20))
    path = tmp_path / "records.db"
    path.write_bytes(path.read_bytes()[: 20 * 4096])

    with Store.open(tmp_path) as store:
        assert store.rebuilt is not None
        assert len(store.interactions) == 0

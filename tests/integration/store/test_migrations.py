"""Files of other versions."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from tinydb import where

from syncd.errors import StoreError
from syncd.store import Store, migrations
from syncd.store.keyed import RecordDB
from syncd.store.layout import LAYOUT
from syncd.store.schema import Index, TableSchema
from syncd.store.sqlite import SQLiteStorage

RUNS, RUNS_2 = TableSchema("runs", (Index(("at",)),)), TableSchema("runs", (Index(("at", "end")),))
NOTES = TableSchema("notes", (Index(("on",)),))


def second(storage: SQLiteStorage) -> None:
    """An invented version 2: another index, another table, another field."""
    storage.run(
        'ALTER TABLE runs ADD COLUMN "end" GENERATED ALWAYS AS'
        " (json_extract(doc, '$.end')) VIRTUAL"
    )
    storage.run("DROP INDEX runs_by_at")
    storage.run('CREATE INDEX "runs_by_at_end" ON "runs" ("at", "end")')
    storage.run("UPDATE runs SET doc = json_set(doc, '$.end', at + 60)")
    storage.create_table("notes")


def third(storage: SQLiteStorage) -> None:
    """An invented version 3."""
    storage.run("UPDATE runs SET doc = json_set(doc, '$.mood', 'sunny')")


def broken(storage: SQLiteStorage) -> None:
    """A step that is killed half-way."""
    storage.run("UPDATE runs SET doc = json_set(doc, '$.mood', 'cloudy')")
    raise KeyboardInterrupt


def first_version(path: Path) -> None:
    """A file of version 1 with a run in it."""
    with RecordDB(path, schemas=(RUNS,)) as db:
        migrations.bring_up_to_date(db.storage, (RUNS,), ())
        db.table("runs").insert({"at": 100})


def test_an_older_file_is_upgraded_step_by_step(tmp_path: Path) -> None:
    first_version(tmp_path / "old.db")
    layout, steps = (RUNS_2, NOTES), (second, third)

    with RecordDB(tmp_path / "old.db", schemas=layout) as db:
        migrations.bring_up_to_date(db.storage, layout, steps)
        runs = db.table("runs")
        assert runs.search(where("end") == 160) == [{"at": 100, "end": 160, "mood": "sunny"}]
        upgraded = set(db.storage.query("SELECT type, name FROM sqlite_schema"))
        assert migrations.version(db.storage) == 3

    with RecordDB(tmp_path / "new.db", schemas=layout) as db:
        migrations.bring_up_to_date(db.storage, layout, steps)
        assert set(db.storage.query("SELECT type, name FROM sqlite_schema")) == upgraded
        assert migrations.version(db.storage) == 3


def test_a_step_that_is_killed_is_undone_and_taken_again(tmp_path: Path) -> None:
    first_version(tmp_path / "old.db")
    storage = SQLiteStorage(tmp_path / "old.db", schemas=(RUNS_2, NOTES))
    with pytest.raises(KeyboardInterrupt):
        migrations.bring_up_to_date(storage, (), (second, broken))
    assert migrations.version(storage) == 2
    storage.close()

    with RecordDB(tmp_path / "old.db", schemas=(RUNS_2, NOTES)) as db:
        migrations.bring_up_to_date(db.storage, (), (second, third))
        assert db.table("runs").all() == [{"at": 100, "end": 160, "mood": "sunny"}]


def test_a_reader_does_not_upgrade(tmp_path: Path) -> None:
    first_version(tmp_path / "old.db")
    storage = SQLiteStorage(tmp_path / "old.db", schemas=(RUNS,), read_only=True)

    with pytest.raises(StoreError, match=r"older syncd.*\n.*syncd once"):
        migrations.check_current(storage, (second,))
    storage.close()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_file_is_refused(tmp_path: Path, read_only: bool) -> None:
    with Store.open(tmp_path) as store:
        store.storage.run("PRAGMA user_version = 99")

    with pytest.raises(StoreError, match=r"newer syncd \(version 99"):
        Store.open(tmp_path, read_only=read_only)


def fingerprint(layout: tuple[TableSchema, ...]) -> str:
    """What a new file is made of, in 16 characters."""
    statements = "\n".join(line for schema in layout for line in schema.statements())
    return hashlib.sha256(statements.encode()).hexdigest()[:16]


def test_a_change_of_the_layout_needs_an_upgrade() -> None:
    """If this fails, users' files are not what the code expects: add a step to UPGRADES, then the
    new version with its fingerprint here."""
    released = {1: "497011056f1905f5"}

    assert fingerprint(LAYOUT) == released[len(migrations.UPGRADES) + 1]
    assert fingerprint((*LAYOUT[1:], replace(LAYOUT[0], lists=()))) not in released.values()

"""The export is TinyDB's own file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tinydb import TinyDB, where

from syncd.errors import StoreError
from syncd.store import Store
from syncd.store.export import export


def test_plain_tinydb_reads_the_export(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state") as store:
        for number in range(1200):
            store.interactions.put(f"m{number}", {"kind": "message", "subject": f"été {number} 😀"})
        store.cursors.put("work", {"page": 'a "quoted" \\ page'})
        export(store, tmp_path / "export.json")

        with TinyDB(tmp_path / "export.json") as plain:
            assert plain.tables() == store.db.tables()
            for name in plain.tables():
                theirs, ours = plain.table(name).all(), store.db.table(name).all()
                assert theirs == ours
                assert [item.doc_id for item in theirs] == [item.doc_id for item in ours]
            assert plain.table("interactions").count(where("subject").search("été 7.* 😀")) == 111


def test_an_empty_store_is_a_valid_export(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state") as store:
        export(store, tmp_path / "export.json")
        assert all(not TinyDB(tmp_path / "export.json").table(name) for name in store.db.tables())
        store.db.drop_tables()
        export(store, tmp_path / "export.json")
    assert TinyDB(tmp_path / "export.json").tables() == set()


def test_the_export_takes_the_old_ones_place_at_once_and_is_private(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("the old one")
    with Store.open(tmp_path / "state") as store:
        export(store, tmp_path / "export.json")

    assert stat.S_IMODE((tmp_path / "export.json").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"export.json", "state"}


def test_an_export_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("the old one")
    with Store.open(tmp_path / "state") as store:
        store.interactions.put("m1", {"kind": "message"})
        store.close()
        with pytest.raises(Exception, match="closed database"):
            export(store, tmp_path / "export.json")
    assert (tmp_path / "export.json").read_text() == "the old one"
    assert {path.name for path in tmp_path.iterdir()} == {"export.json", "state"}


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path / "state") as store,
        pytest.raises(StoreError, match=r"nowhere/export\.json cannot be written: No such file"),
    ):
        export(store, tmp_path / "nowhere" / "export.json")

"""Runs TinyDB's own tests on syncd's storage: the fixtures, the classes, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from syncd.store.keyed import RecordDB
from syncd.store.sqlite import SQLiteStorage

CACHE = "asks for the query cache, which is off: it hands out shared documents"
JSON = "tests the JSON file itself"
MEMORY = "tests TinyDB's memory storage itself"
CORE = "brings a storage of its own and counts how TinyDB's table class reads it"
CLASS_NAME = "checks the names of TinyDB's classes"
LEFT_OUT = {
    "test_tables.py": {
        "test_query_cache": CACHE,
        "test_query_cache_size": CACHE,
        "test_lru_cache": CACHE,
        "test_table_repr": CLASS_NAME,
    },
    "test_tinydb.py": {
        "test_search": CACHE,
        "test_search_path": CACHE,
        "test_query_cache": CACHE,
    },
    "test_storages.py": {
        "test_json": JSON,
        "test_json_kwargs": JSON,
        "test_json_read": JSON,
        "test_json_invalid_directory": JSON,
        "test_json_invalid_mode_warning": JSON,
        "test_create_dirs": JSON,
        "test_encoding": JSON,
        "test_yaml": "tests a YAML file, with a package that syncd does not install",
        "test_in_memory": MEMORY,
        "test_read_once": CORE,
    },
}
"""Every upstream test that is not run, by file. Whole files that are not here: test_middlewares.py
(tests the caching middleware, which syncd does not use), test_queries.py and test_utils.py (open no
database)."""


class FileStorage(SQLiteStorage):
    """In the place of JSONStorage, whose options say how to write JSON."""

    def __init__(self, path: str | Path, **json_options: Any) -> None:
        super().__init__(Path(path))


class ScratchStorage(SQLiteStorage):
    """In the place of MemoryStorage: a new file, gone when the test is."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        super().__init__(Path(self._folder.name) / "scratch.db")


class TinyDB(RecordDB):
    """In the place of TinyDB, whose name its `repr` must give."""

    default_storage_class = FileStorage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what LEFT_OUT names; a name that upstream no longer has is an error."""
    here = Path(__file__).parent
    for item in items:
        left_out = LEFT_OUT.get(item.path.name, {}) if item.path.parent == here else {}
        if reason := left_out.get(getattr(item, "originalname", item.name)):
            item.add_marker(pytest.mark.skip(reason=reason))
    for name, left_out in LEFT_OUT.items():
        source = (here / name).read_text()
        for test in left_out:
            if f"def {test}(" not in source:
                raise pytest.UsageError(f"{name} has no {test}: take it out of LEFT_OUT")


@pytest.fixture(autouse=True)
def ours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put our classes in the place of TinyDB's in the test's module."""
    for name, ours in (
        ("TinyDB", TinyDB),
        ("JSONStorage", FileStorage),
        ("MemoryStorage", ScratchStorage),
    ):
        monkeypatch.setattr(request.module, name, ours, raising=False)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[TinyDB]:
    """Upstream's fixture: three documents."""
    with TinyDB(tmp_path / "test.db") as db:
        db.drop_tables()
        db.insert_multiple({"int": 1, "char": char} for char in "abc")
        yield db

"""The scripted connectors, installed beside syncd's own as a third party's package would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.registry import connectors, summaries
from tests.integration.daemon import deaf, scripted


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`scripted` and `deaf` are registered, and the format `counted`."""
    scripted.install(tmp_path / "site")
    deaf.install(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv(scripted.RENDERS, str(tmp_path / "renders"))
    connectors.cache_clear()
    summaries.cache_clear()
    yield
    connectors.cache_clear()
    summaries.cache_clear()

"""Microsoft on loopback: its sign-in and its Graph, and Microsoft's own models to judge them by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.microsoft.desk import Desk
from tests.fakes.microsoft.login import FakeLogin
from tests.fakes.microsoft.published import Published
from tests.fakes.microsoft.server import FakeGraph


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The user's desk, nobody signed in yet."""
    with FakeGraph() as graph, FakeLogin(graph) as login:
        yield Desk(tmp_path, graph, login)


@pytest.fixture(scope="session")
def _models() -> Published:
    return Published()


@pytest.fixture(autouse=True)
def published(_models: Published, monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    """In every test here, the fake answers as Microsoft publishes it."""
    _models.reset()
    monkeypatch.setattr(FakeGraph, "witness", _models.look)
    yield _models
    assert not _models.problems

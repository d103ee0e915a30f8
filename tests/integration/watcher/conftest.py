"""A user's office for each test, empty at first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.offices import Office
from tests.integration.watcher.desk import Desk, desk_of


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def desk(office: Office) -> Desk:
    return desk_of(office)

"""A user's office for each test, empty at first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.offices import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)

"""The computer's own zone under what $TZ may say."""

from __future__ import annotations

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syncd.config import local_zone
from syncd.errors import ConfigError

PARIS = Path("/usr/share/zoneinfo/Europe/Paris")
needs_zone_files = pytest.mark.skipif(not PARIS.exists(), reason="this system has no zone files")


@pytest.mark.parametrize(
    ("tz", "name"),
    [
        ("Europe/Paris", "Europe/Paris"),
        (":America/Toronto", "America/Toronto"),
        ("Nowhere/At_All", "UTC"),
        ("../../etc/passwd", "UTC"),
    ],
)
def test_the_variable_names_the_zone(monkeypatch, tz, name):
    monkeypatch.setenv("TZ", tz)
    assert local_zone() == ZoneInfo(name)


@needs_zone_files
def test_the_variable_may_lead_to_a_zone_file(monkeypatch):
    monkeypatch.setenv("TZ", f":{PARIS}")
    assert local_zone().key == "Europe/Paris"


@needs_zone_files
def test_a_zone_without_a_name_asks_for_one(monkeypatch, tmp_path):
    shutil.copyfile(PARIS, tmp_path / "localtime")
    monkeypatch.setenv("TZ", str(tmp_path / "localtime"))
    with pytest.raises(ConfigError, match="write `timezone:`"):
        local_zone()

"""The options of every built-in connector and rule, by the entry points of pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from pydantic import BaseModel

from syncd.config import Configuration, load
from syncd.errors import ConfigError

OptionsByName = Mapping[str, type[BaseModel]]
Load = Callable[..., Configuration]
Faults = Callable[..., list[str]]

ROOT = Path(__file__).parents[3]

SYNCD = """\
me:
  names: [Camille Roy]
  addresses: [camille@cabinet.example]
accounts:
  - name: archive
    connector: maildir
    path: ~/Mail
"""


def _options(group: str) -> OptionsByName:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = (EntryPoint(*entry, group) for entry in project["entry-points"][group].items())
    return {point.name: point.load().Options for point in points}


@pytest.fixture(scope="session")
def connectors() -> OptionsByName:
    return _options("syncd.connectors")


@pytest.fixture(scope="session")
def rules() -> OptionsByName:
    return _options("syncd.rules")


@pytest.fixture
def loaded(tmp_path: Path, connectors: OptionsByName, rules: OptionsByName) -> Load:
    """Writes the given files into a folder and loads it; syncd.yaml is a small good one if it is
    not given. Names are given without `.yaml`; bytes are written as they are."""

    def write_and_load(**files: str | bytes) -> Configuration:
        for name, text in {"syncd": SYNCD, **files}.items():
            raw = text if isinstance(text, bytes) else text.encode()
            (tmp_path / f"{name}.yaml").write_bytes(raw)
        return load(tmp_path, connectors=connectors, rules=rules)

    return write_and_load


@pytest.fixture
def faults(loaded: Load) -> Faults:
    """Every problem of the given files, as the user reads it."""

    def problems(**files: str | bytes) -> list[str]:
        with pytest.raises(ConfigError) as raised:
            loaded(**files)
        return [str(problem) for problem in raised.value.problems]

    return problems

"""What a fresh machine installs: pinned, hashed, complete, and with the samples inside."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from syncd.config import FILES

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, str]:
    """The version of every package of a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", text))


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("constraints.txt", PROJECT["project"]["dependencies"]),
        ("constraints.txt", PROJECT["build-system"]["requires"]),
        ("constraints-dev.txt", PROJECT["project"]["dependencies"]),
        ("constraints-dev.txt", PROJECT["project"]["optional-dependencies"]["dev"]),
    ],
)
def test_the_lock_files_pin_what_pyproject_asks_for(lock, wanted):
    """`make lock` brings them up to date."""
    pinned = pins(lock)
    for requirement in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, requirement.name
        assert requirement.specifier.contains(version), requirement


def test_tests_run_with_the_versions_that_users_get():
    assert pins("constraints.txt").items() <= pins("constraints-dev.txt").items()


@pytest.mark.parametrize("lock", ["constraints.txt", "constraints-dev.txt"])
def test_the_lock_files_name_no_index_and_no_machine(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|(?m:^-)|/\w", text)
    # Every pin has at least one hash right below it.
    assert not re.search(r"(?m)^\S+==.*\n(?!    --hash=)", text)


def test_the_wheel_carries_the_samples_and_schemas_once(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("syncd-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    schemas = [f"{file.removesuffix('.yaml')}.schema.json" for file in FILES]
    samples = {f"syncd/config/samples/{name}" for name in [*FILES, *schemas]}
    assert {name for name in names if name.startswith("syncd/config/samples/")} == samples
    assert not (ROOT / "syncd" / "config" / "samples").exists()

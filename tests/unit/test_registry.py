"""Every registered name is described in README.md, and every command too."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncd import registry
from syncd.cli import cli
from syncd.errors import UserError

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*registry.connectors(), *registry.rules()])
def test_every_connector_and_rule_has_its_row(name: str) -> None:
    assert f"| `{name}` |" in README


@pytest.mark.parametrize("name", registry.connectors())
def test_a_connector_s_options_are_named_in_its_row(name: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    for option in registry.connectors()[name].Options.model_fields:
        assert f"`{option}`" in row


@pytest.mark.parametrize("name", registry.rules())
def test_a_rule_s_own_options_are_named_in_its_row(name: str) -> None:
    from syncd.rules.base import RuleOptions

    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    for option in registry.rules()[name].Options.model_fields.keys() - RuleOptions.model_fields:
        assert f"`{option}`" in row


@pytest.mark.parametrize("name", cli.list_commands(None))  # type: ignore[arg-type] # unused there
def test_every_command_is_described(name: str) -> None:
    assert f"`{name}" in README


def test_what_cannot_be_loaded_is_said() -> None:
    broken: registry.Registry[object] = registry.Registry("syncd.rules")
    from importlib.metadata import EntryPoint

    broken._entries["broken"] = EntryPoint("broken", "no.such.module:Rule", "syncd.rules")
    with pytest.raises(UserError, match=r"'broken' cannot be loaded from no\.such\.module:Rule"):
        broken["broken"]

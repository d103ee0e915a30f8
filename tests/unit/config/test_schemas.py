"""The JSON Schemas beside the samples are those of the models."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import Field

from syncd.config import sample
from syncd.config.schemas import schemas
from syncd.options import Duration, DurationOption, StrictModel


@pytest.mark.parametrize("name", ["syncd", "rules", "people"])
def test_the_files_are_current(connectors, rules, name):
    """`make schemas` writes them anew."""
    file = f"{name}.schema.json"
    assert json.loads(sample(file)) == schemas(connectors, rules)[file]
    assert sample(f"{name}.yaml").startswith(f"# yaml-language-server: $schema={file}\n")


def test_the_files_hold_nothing_of_the_machine_they_were_made_on(connectors, rules, monkeypatch):
    before = schemas(connectors, rules)
    monkeypatch.setenv("HOME", "/home/camille")
    assert schemas(connectors, rules) == before
    assert "/home/" not in json.dumps(before) and "/root" not in json.dumps(before)


def then(schema: dict[str, Any], section: str, word: str) -> dict[str, Any]:
    """What an entry must be like once its chooser says `word`."""
    listed = schema["properties"][section]
    listed = next(part for part in (listed, *listed.get("anyOf", ())) if "items" in part)
    (found,) = (
        branch["then"]
        for branch in listed["items"]["allOf"]
        if word in [part["const"] for part in branch["if"]["properties"].values()]
    )
    return dict(found)


def test_an_entry_s_keys_follow_its_connector_or_type(connectors, rules):
    written = schemas(connectors, rules)
    maildir = then(written["syncd.schema.json"], "accounts", "maildir")
    assert set(maildir["properties"]) >= {"name", "connector", "every", "path"}
    assert maildir["additionalProperties"] is False
    promises = then(written["rules.schema.json"], "rules", "promises")
    assert promises["properties"]["whose"]["enum"] == ["mine", "theirs"]
    assert "direction" not in promises["properties"]


def test_defaults_are_shown_as_the_user_would_write_them(connectors, rules):
    properties = schemas(connectors, rules)["syncd.schema.json"]["properties"]
    assert properties["history"]["default"] == "2 years"
    summary = schemas(connectors, rules)["syncd.schema.json"]["$defs"]["SummaryEntry"]
    assert summary["properties"]["at"]["default"] == "07:30"


def test_every_reference_leads_somewhere(connectors, rules):
    for schema in schemas(connectors, rules).values():
        for reference in _references(schema):
            assert reference.removeprefix("#/$defs/") in schema["$defs"]


def test_two_connectors_whose_parts_share_a_name_keep_their_own():
    class One(StrictModel):
        class Part(StrictModel):
            size: int

        part: Part

    class Two(StrictModel):
        class Part(StrictModel):
            pause: DurationOption = Field(default=Duration.parse("5 minutes"))

        part: Part = Part()

    schema = schemas({"one": One, "two": Two}, {})["syncd.schema.json"]
    parts = [
        schema["$defs"][then(schema, "accounts", word)["properties"]["part"]["$ref"].split("/")[-1]]
        for word in ("one", "two")
    ]
    assert [list(part["properties"]) for part in parts] == [["size"], ["pause"]]


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        return own + [found for value in schema.values() for found in _references(value)]
    if isinstance(schema, list):
        return [found for value in schema for found in _references(value)]
    return []

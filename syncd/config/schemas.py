"""JSON Schemas of the three files, for editors (completion, and red lines while typing)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from syncd.config.models import AccountEntry, PeopleFile, RulesFile, SyncdFile
from syncd.options import Duration

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/"
_ACCOUNT = ("name", "every")
"""What every account has, whatever its connector."""


def schemas(
    connectors: Mapping[str, type[BaseModel]], rules: Mapping[str, type[BaseModel]]
) -> dict[str, dict[str, Any]]:
    """The schemas by their file names: `syncd.schema.json`, `rules.schema.json`,
    `people.schema.json`. An account's options follow its connector, a rule's its type."""
    account = AccountEntry.model_json_schema(schema_generator=_Generator)["properties"]
    syncd = _with_entries(
        SyncdFile, "accounts", "connector", connectors, {key: account[key] for key in _ACCOUNT}
    )
    return {
        "syncd.schema.json": syncd,
        "rules.schema.json": _with_entries(RulesFile, "rules", "type", rules, {}),
        "people.schema.json": {
            "$schema": _DRAFT,
            **PeopleFile.model_json_schema(schema_generator=_Generator),
        },
    }


class _Generator(GenerateJsonSchema):
    """Defaults as the user would write them, and no titles made up from the names."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Duration):
            return str(dft)
        if isinstance(dft, time):
            return dft.isoformat("minutes")
        if isinstance(dft, BaseModel):
            return dft.model_dump(mode="json", exclude_defaults=True)
        return super().encode_default(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  pydantic names it
        return False


def _with_entries(
    file: type[BaseModel],
    section: str,
    chooser: str,
    models: Mapping[str, type[BaseModel]],
    shared: Mapping[str, Any],
) -> dict[str, Any]:
    """The schema of a file whose section lists entries with options of their own.

    One if/then per word under `chooser` instead of a union: an editor then complains about the
    wrong key alone, and not that none of ten alternatives fits.
    """
    words = sorted(models)
    references, common = models_json_schema(
        [(file, "validation"), *((models[word], "validation") for word in words)],
        schema_generator=_Generator,
    )
    definitions = common["$defs"]

    def own(model: type[BaseModel]) -> dict[str, Any]:
        name = references[model, "validation"]["$ref"].removeprefix(_REF)
        return dict(definitions[name])

    branches = []
    for word in words:
        schema = own(models[word])
        schema["properties"] = {
            chooser: {"const": word},
            **shared,
            **schema.get("properties", {}),
        }
        condition = {"properties": {chooser: {"const": word}}, "required": [chooser]}
        branches.append({"if": condition, "then": schema})
    root = own(file)
    entries = {
        "type": "object",
        "required": ["name", chooser],
        "properties": {chooser: {"enum": words}},
        "allOf": branches,
    }
    listed = root["properties"][section]
    for member in (listed, *listed.get("anyOf", ())):
        if member.get("type") == "array":
            member["items"] = entries
    written = json.dumps([root, definitions])
    root["$defs"] = {
        name: schema for name, schema in definitions.items() if f'"{_REF}{name}"' in written
    }
    return {"$schema": _DRAFT, **root}

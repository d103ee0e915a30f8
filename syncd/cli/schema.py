"""`syncd schema`: the JSON Schemas, for editors and programs."""

from __future__ import annotations

import json

import click

from syncd.registry import OptionsOf, connectors, rules


@click.command()
@click.argument("which", type=click.Choice(["syncd", "rules", "people", "summary"]))
def schema(which: str) -> None:
    """Print the JSON Schema of syncd.yaml, rules.yaml, people.yaml or summary.json."""
    if which == "summary":
        from syncd.summary.json import schema as summary_schema

        document = summary_schema()
    else:
        from syncd.config.schemas import schemas

        document = schemas(OptionsOf(connectors()), OptionsOf(rules()))[f"{which}.schema.json"]
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))

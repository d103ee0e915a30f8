"""How commands show a summary: Markdown or JSON on standard output, the rest on standard error."""

from __future__ import annotations

import click

from syncd.cli.terminal import plain, plain_line
from syncd.config import Configuration
from syncd.pipeline.passes import PassResult
from syncd.pipeline.publish import publish
from syncd.store import Store
from syncd.summary import json, markdown


def write_summary(
    store: Store,
    configuration: Configuration,
    result: PassResult,
    *,
    as_json: bool,
    everything: bool,
) -> None:
    """Write the day's files and print the summary."""
    published = publish(
        result.records,
        result.snapshot,
        configuration,
        store,
        coverage=result.coverage,
        everything=everything,
    )
    render = json.render if as_json else markdown.render
    click.echo(plain(render(published.summary)), nl=False)
    for file in published.files:
        if not file.stem.startswith("latest"):
            click.echo(f"wrote {plain_line(str(file))}", err=True)

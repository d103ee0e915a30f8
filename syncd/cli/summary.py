"""`syncd summary`: the summary again, from the records as they are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from syncd.cli.common import folders, moment, now_option, settings_for, state_folder
from syncd.cli.output import write_summary


@click.command()
@folders
@now_option
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of Markdown.")
@click.option("--all", "everything", is_flag=True, help="Show every item, uncapped.")
def summary(
    config: Path | None,
    state: Path | None,
    now: datetime | None,
    as_json: bool,
    everything: bool,
) -> None:
    """Write and print the summary without reading the accounts again; ticks are kept."""
    from syncd.pipeline.passes import look
    from syncd.store import Store

    settings = settings_for(config, state, now)
    with Store.open(state_folder(state)) as store:
        result = look(store, settings, now=moment(now))
        write_summary(store, settings, result, as_json=as_json, everything=everything)

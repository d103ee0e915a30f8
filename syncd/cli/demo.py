"""`syncd demo`: a sample mailbox and calendar through the real connectors, to a summary."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import click

from syncd.cli.common import configuration, moment, now_option, program
from syncd.cli.output import write_summary


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write the sample; a new temporary folder if left out.",
)
@now_option
def demo(folder: Path | None, now: datetime | None) -> None:
    """See a summary without an account: an invented recruiter's mail and calendar, read by the
    real connectors. Nothing of yours is touched."""
    from syncd.demo import write_demo
    from syncd.pipeline.passes import run_pass
    from syncd.store import Store

    at = moment(now)
    place = folder or Path(tempfile.mkdtemp(prefix="syncd-demo-"))
    write_demo(place, at)
    settings = configuration(place)
    with Store.open(place / "state") as store:
        write_summary(
            store,
            settings,
            run_pass(store, settings, now=at),
            as_json=False,
            everything=False,
        )
    options = f"--config {place} --state {place / 'state'}"
    click.echo(
        f"\nThe mailbox, the calendar and the configuration are in {place}.\n"
        f"Tick a line in the summary file, then: {program()} once {options}\n"
        f"On your own mail: {program()} once --maildir ~/Mail --me you@example.org",
        err=True,
    )

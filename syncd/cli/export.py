"""`syncd export`: the records as a vanilla TinyDB file."""

from __future__ import annotations

from pathlib import Path

import click

from syncd.cli.common import UserPath, folders, refuse_among_records, state_folder
from syncd.cli.terminal import plain_line


@click.command()
@click.argument("file", type=UserPath(dir_okay=False))
@folders
def export(file: Path, config: Path | None, state: Path | None) -> None:
    """Write every record to FILE, to be opened with plain TinyDB: TinyDB("FILE")."""
    from syncd.store import Store
    from syncd.store.export import export as write

    folder = state_folder(state)
    refuse_among_records(file, folder)
    with Store.open(folder, read_only=True) as store:
        write(store, file)
    click.echo(plain_line(f"wrote {file}"), err=True)

"""`syncd export`: the records as a vanilla TinyDB file."""

from __future__ import annotations

from pathlib import Path

import click

from syncd.cli.common import folders, state_folder
from syncd.cli.terminal import plain


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@folders
def export(file: Path, config: Path | None, state: Path | None) -> None:
    """Write every record to FILE, to be opened with plain TinyDB: TinyDB("FILE")."""
    from syncd.store import Store
    from syncd.store.export import export as write

    with Store.open(state_folder(state), read_only=True) as store:
        write(store, file)
    click.echo(plain(f"wrote {file}"), err=True)

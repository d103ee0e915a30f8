"""`syncd backup`: a copy of the records, also while the service runs."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from syncd.cli.common import UserPath, folders, refuse_among_records, state_folder
from syncd.cli.terminal import plain_line


@click.command()
@click.argument("file", type=UserPath(dir_okay=False))
@folders
def backup(file: Path, config: Path | None, state: Path | None) -> None:
    """Copy the records to FILE, also while syncd runs. Tokens of sign-ins are not in it."""
    from syncd.store import Store
    from syncd.store.backup import backup as write
    from syncd.store.records import FILE

    folder = state_folder(state)
    refuse_among_records(file, folder)
    with Store.open(folder, read_only=True) as store:
        write(store, file)
    records = folder.absolute() / FILE
    copy, place = shlex.quote(str(file.absolute())), shlex.quote(str(records))
    beside = " ".join(shlex.quote(f"{records}{ending}") for ending in ("-wal", "-shm"))
    click.echo(plain_line(f"wrote {file}"), err=True)
    click.echo(
        plain_line(f"to restore it, stop syncd, then: cp {copy} {place} && rm -f {beside}"),
        err=True,
    )

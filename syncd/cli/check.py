"""`syncd check`: configuration, accounts, folders and records, every problem at once."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from syncd.cli.common import folders, settings_for, state_folder
from syncd.cli.terminal import plain_line
from syncd.config import Configuration
from syncd.errors import Problem, SyncdError, UserError


@click.command()
@folders
def check(config: Path | None, state: Path | None) -> None:
    """Check the configuration, the accounts, the folders, and every page of the records.

    Exit code 1 and every problem.
    """
    settings = settings_for(config, state)
    problems = [
        *_words(settings),
        *_accounts(settings, state_folder(state)),
        *_folders(settings, state_folder(state)),
        *_records(state_folder(state)),
    ]
    if problems:
        raise UserError(*problems)
    names = ", ".join(account.name for account in settings.accounts) or "none"
    click.echo(
        plain_line(
            f"everything is fine: accounts {names}; {len(settings.rules)} rules; "
            f"{len(settings.people)} people; summary in {settings.summary.folder}"
        )
    )


def _words(settings: Configuration) -> list[Problem]:
    """The user's own phrases are compiled when the first text is read."""
    from syncd.text.reading import Reader

    try:
        Reader(words=settings.words).read_sentence("Hello.", at=datetime.now(UTC))
    except UserError as error:
        return list(error.problems)
    return []


def _accounts(settings: Configuration, state: Path) -> list[Problem]:
    from syncd.pipeline.pull import connector_of

    problems: list[Problem] = []
    for account in settings.accounts:
        try:
            connector_of(account, state).check()
        except UserError as error:
            problems.extend(error.problems)
        except SyncdError as error:
            problems.append(Problem(str(error), account.name))
    return problems


def _folders(settings: Configuration, state: Path) -> list[Problem]:
    problems: list[Problem] = []
    for what, folder in (("summary.folder", settings.summary.folder), ("--state", state)):
        standing = next(p for p in (folder, *folder.absolute().parents) if p.exists())
        if not standing.is_dir() or not os.access(standing, os.W_OK):
            problems.append(
                Problem(
                    f"{standing} is not a folder you may write to",
                    what,
                    "choose another folder or make it writable",
                )
            )
    return problems


def _records(state: Path) -> list[Problem]:
    """Whether the records are whole and private. Damage is noted; the next use sets them aside."""
    from syncd.store import DamagedStore, Store, damage
    from syncd.store.records import FILE

    path = state / FILE
    if not path.exists():
        return []
    try:
        with Store.open(state, read_only=True) as store:
            found = store.check_integrity()
    except DamagedStore as error:
        damage.note(path)
        return list(error.problems)
    except UserError as error:
        return list(error.problems)
    if found:
        damage.note(path)
        return [
            Problem(
                f"the records are damaged: {found[0]}",
                str(path),
                "put a backup in their place; or run `syncd once`, or start the service again: "
                "they are set aside, the accounts are read anew, and your answers are kept",
            )
        ]
    open_to_others = state.stat().st_mode & 0o077
    if open_to_others:
        return [Problem("others can look into the records' folder", str(state), "chmod 700")]
    return []

"""`syncd once`: one pass and the summary."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.common import (
    EmailAddress,
    UserPath,
    folders,
    moment,
    now_option,
    program,
    settings_for,
    state_folder,
)
from syncd.cli.exits import MUST_ACT, TEMPORARY
from syncd.cli.named_files import NamedFiles, refuse_foreign
from syncd.cli.output import write_summary
from syncd.cli.progress import account_progress
from syncd.cli.terminal import plain_line
from syncd.config import Configuration
from syncd.errors import Problem, Transient, UserError

if TYPE_CHECKING:
    from syncd.pipeline.passes import PassResult


@click.command()
@folders
@click.option(
    "--maildir",
    multiple=True,
    type=UserPath(),
    metavar="DIR",
    help="Read this Maildir (or folder of Maildirs); needs no configuration.",
)
@click.option(
    "--mbox",
    multiple=True,
    type=UserPath(),
    metavar="FILE",
    help="Read this mbox file or folder of them, Google Takeout's included.",
)
@click.option(
    "--ics",
    multiple=True,
    type=UserPath(),
    metavar="FILE",
    help="Read this iCalendar file or folder of them.",
)
@click.option(
    "--me",
    multiple=True,
    type=EmailAddress(),
    metavar="ADDRESS",
    help="An address of yours; goes with --maildir, --mbox and --ics.",
)
@now_option
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of Markdown.")
@click.option("--all", "everything", is_flag=True, help="Show every item, uncapped.")
@click.option(
    "--accept-deletions",
    multiple=True,
    metavar="ACCOUNT",
    help="Delete records even if most of the account is gone at the source.",
)
@click.pass_context
def once(
    ctx: click.Context,
    config: Path | None,
    state: Path | None,
    maildir: tuple[Path, ...],
    mbox: tuple[Path, ...],
    ics: tuple[Path, ...],
    me: tuple[str, ...],
    now: datetime | None,
    as_json: bool,
    everything: bool,
    accept_deletions: tuple[str, ...],
) -> None:
    """One pass over every account, and the summary. Exit code 1 when an account needs you.

    With --maildir, --mbox or --ics it needs no configuration:

        syncd once --maildir ~/Mail --me you@example.org
    """
    from syncd.pipeline.passes import run_pass
    from syncd.store import Store

    named = _named({"maildir": maildir, "mbox": mbox, "ics": ics}, me)
    at = moment(now)
    if named is not None:
        if config is not None:
            raise click.UsageError("give either --config or files to read, not both")
        if state is not None:
            refuse_foreign(state)
        folder = state or named.own_folder(state_folder(None))
        settings = named.configuration(folder, at)
        _check(settings, folder)
    else:
        settings, folder = settings_for(config, state, now), state_folder(state)
    _check_names(accept_deletions, settings)
    with Store.open(folder) as store, account_progress() as progress:
        if named is not None:
            named.remember(folder)
        result = run_pass(
            store,
            settings,
            now=at,
            clock=max(at, datetime.now(UTC)),
            accept_deletions=accept_deletions,
            progress=progress,
        )
        write_summary(store, settings, result, as_json=as_json, everything=everything)
    for coverage in result.coverage:
        if coverage.detail:
            click.echo(plain_line(f"{coverage.account}: {coverage.detail}"), err=True)
    if named is not None:
        click.echo(
            f"to go on: {program()} explain ID (or done, snooze, people, status, summary) "
            f"--state {plain_line(shlex.quote(str(folder)))}",
            err=True,
        )
    ctx.exit(_exit_code(result))


def _named(sources: dict[str, tuple[Path, ...]], me: Sequence[str]) -> NamedFiles | None:
    """The files named on the command line, each once; None if none is."""
    if not any(sources.values()):
        if me:
            raise click.UsageError("--me goes with --maildir, --mbox or --ics")
        return None
    if not me:
        raise click.UsageError("say which address is yours: --me you@example.org")
    absolute = {
        kind: tuple(dict.fromkeys(path.absolute() for path in paths))
        for kind, paths in sources.items()
        if paths
    }
    return NamedFiles(absolute, frozenset(me))


def _check(settings: Configuration, state: Path) -> None:
    """:raises UserError: what was named on the command line cannot be read"""
    from syncd.pipeline.pull import connector_of

    problems: list[Problem] = []
    for account in settings.accounts:
        try:
            connector_of(account, state).check()
        except UserError as error:
            problems.extend(error.problems)
    if problems:
        raise UserError(*problems)


def _check_names(accounts: Sequence[str], settings: Configuration) -> None:
    known = [account.name for account in settings.accounts]
    for name in accounts:
        if name not in known:
            raise click.UsageError(
                f"--accept-deletions: there is no account {name!r}; there are: {', '.join(known)}"
            )


def _exit_code(result: PassResult) -> int:
    """1 if an account needs the user, else 75 if one had a passing fault, else 0."""
    errors = {one.account: one.error for one in result.pulled}
    passing = [
        isinstance(errors.get(one.account), Transient)
        for one in result.coverage
        if one.state != "complete"
    ]
    if not passing:
        return 0
    return TEMPORARY if all(passing) else MUST_ACT

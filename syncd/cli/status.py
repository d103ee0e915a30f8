"""`syncd status`: how syncd is doing, from the records, whether or not it runs."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncd.cli.common import folders, settings_for, state_folder
from syncd.cli.exits import MUST_ACT
from syncd.cli.terminal import plain, plain_line
from syncd.errors import ConfigError

if TYPE_CHECKING:
    from syncd.daemon.report import AccountReport, Report

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))


@click.command()
@folders
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for monitoring.")
@click.pass_context
def status(ctx: click.Context, config: Path | None, state: Path | None, as_json: bool) -> None:
    """Each account: when it was read and will be, how far, and what went wrong. Exit code 1 when
    you must act."""
    from syncd.daemon.report import report
    from syncd.store import Store

    settings, problems = None, tuple[str, ...]()
    try:
        settings = settings_for(config, state)
    except ConfigError as error:
        problems = tuple(str(problem) for problem in error.problems)
    now = time.time()
    with Store.open(state_folder(state), read_only=True) as store, store.snapshot():
        found = report(store, settings, problems, now=now)
    if as_json:
        click.echo(json.dumps(_document(found), ensure_ascii=False, indent=2))
    else:
        _show(found, now)
    if found.needs_user:
        ctx.exit(MUST_ACT)


def _document(found: Report) -> dict[str, Any]:
    """The report for programs; moments in ISO 8601, null where there is none."""
    return {
        "needs_you": found.needs_user,
        "state_folder": str(found.folder),
        "service": {"running": found.pid is not None, "pid": found.pid, "since": _iso(found.since)},
        "accounts": [_account_document(account) for account in found.accounts],
        "summary": {
            "last": _iso(found.last_summary),
            "next": _iso(found.next_summary),
            "problem": found.summary_problem or None,
        },
        "configuration": {"problems": list(found.configuration), "older_in_use": found.outdated},
        "last_7_days": {
            "pulls": found.health.pulls,
            "failures": found.health.failures,
            "seconds": round(found.health.seconds, 1),
        }
        if found.health
        else None,
    }


def _account_document(account: AccountReport) -> dict[str, Any]:
    attempt, progress = account.attempt, account.progress
    return {
        "account": account.account,
        "state": account.coverage.state,
        "detail": account.coverage.detail,
        "needs_you": account.needs_user,
        "records": account.records,
        "set_aside": account.set_aside,
        "last_try": _iso(attempt.tried_at if attempt else None),
        "last_success": _iso(attempt.succeeded_at if attempt else None),
        "seconds": attempt.seconds if attempt else None,
        "failures_in_a_row": attempt.failures if attempt else 0,
        "next": _iso(account.next_at),
        "first_sync": {
            "done": progress.done,
            "total": progress.total,
            "at": _iso(progress.at),
            "seconds_left": progress.seconds_left,
        }
        if progress
        else None,
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).astimezone().isoformat()


def _show(found: Report, now: float) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    for problem in found.configuration:
        click.echo(plain(problem), err=True)
    if found.outdated:
        click.echo("the service goes by the configuration from before", err=True)
    if found.summary_problem:
        click.echo(f"the summary was not written: {plain_line(found.summary_problem)}", err=True)
    click.echo(f"records: {plain_line(str(found.folder))}")
    if found.pid is None:
        click.echo("service: not running")
    else:
        since = _ago(found.since, now) if found.since else ""
        click.echo(f"service: running (process {found.pid}, started {since})")
    if found.last_summary:
        click.echo(f"last summary: {_ago(found.last_summary, now)}")
    if found.next_summary:
        at = datetime.fromtimestamp(found.next_summary, found.zone)
        click.echo(f"next summary: {at:%a %d %b %H:%M}")
    table = Table("account", "state", "last read", "next", "records", "set aside", "what", box=None)
    for account in found.accounts:
        attempt = account.attempt
        table.add_row(
            Text(plain_line(account.account)),
            account.coverage.state,
            _ago(attempt.succeeded_at, now) if attempt and attempt.succeeded_at else "never",
            _ahead(account.next_at, now) if account.next_at else "",
            str(account.records),
            str(account.set_aside),
            Text(plain_line(_what(account))),
        )
    width = None if os.isatty(1) else 160
    Console(width=width, highlight=False).print(table)


def _what(account: AccountReport) -> str:
    progress = account.progress
    parts = [account.coverage.detail] if account.coverage.detail else []
    if progress is not None:
        of = f" of {progress.total}" if progress.total is not None else ""
        left = progress.seconds_left
        time_left = f", about {_length(left)} left" if left is not None else ""
        parts.append(f"first sync: {progress.done}{of}{time_left}")
    return "; ".join(parts)


def _ago(at: int, now: float) -> str:
    return "just now" if now - at < 60 else f"{_length(now - at)} ago"


def _ahead(at: int, now: float) -> str:
    return "now" if at - now < 60 else f"in {_length(at - now)}"


def _length(seconds: float) -> str:
    """A length of time in its largest unit."""
    for name, size in _UNITS:
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {name}{'s' if count != 1 else ''}"
    return "less than a minute"

"""`syncd status`: how the accounts are doing, from the records, whether or not syncd runs."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from syncd.cli.common import folders, settings_for, state_folder
from syncd.cli.terminal import plain, plain_line
from syncd.errors import ConfigError


@click.command()
@folders
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for monitoring.")
@click.pass_context
def status(ctx: click.Context, config: Path | None, state: Path | None, as_json: bool) -> None:
    """Each account: last pass, coverage, items set aside. Exit code 1 when you must act."""
    report, problem = _report(config, state)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _show(report)
    if problem:
        ctx.exit(1)


def _report(config: Path | None, state: Path | None) -> tuple[dict[str, Any], bool]:
    from syncd.pipeline.intake import Intake
    from syncd.pipeline.passes import last_coverage
    from syncd.store import Store

    folder = state_folder(state)
    with Store.open(folder, read_only=True) as store:
        problems: list[str] = []
        try:
            names = [account.name for account in settings_for(config, state).accounts]
        except ConfigError as error:
            problems = [str(problem) for problem in error.problems]
            names = store.interactions.distinct("account")
        last = store.runs.get_key("latest")
        accounts = [
            {
                "account": coverage.account,
                "state": coverage.state,
                "detail": coverage.detail,
                "records": store.interactions.count(_of(coverage.account)),
                "set_aside": Intake(store, coverage.account).waiting(),
            }
            for coverage in last_coverage(store, names)
        ]
        report = {
            "state_folder": str(folder),
            "last_pass": _iso(last["at"]) if last else None,
            "seconds": last["seconds"] if last else None,
            "accounts": accounts,
            "configuration": problems,
        }
    acts = bool(problems) or any(a["state"] != "complete" for a in accounts)
    return report, acts


def _of(account: str) -> Any:
    from tinydb import where

    return where("account") == account


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().isoformat()


def _show(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    for problem in report["configuration"]:
        click.echo(plain(problem), err=True)
    click.echo(f"records: {plain_line(report['state_folder'])}")
    click.echo(f"last pass: {report['last_pass'] or 'never'}")
    table = Table("account", "state", "records", "set aside", "what", box=None)
    for account in report["accounts"]:
        table.add_row(
            Text(plain_line(account["account"])),
            account["state"],
            str(account["records"]),
            str(account["set_aside"]),
            Text(plain_line(account["detail"])),
        )
    width = None if os.isatty(1) else 120
    Console(width=width, highlight=False).print(table)

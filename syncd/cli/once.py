"""`syncd once`: one pass and the summary."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from syncd.cli.common import configuration, folders, moment, now_option, state_folder
from syncd.cli.output import write_summary
from syncd.cli.progress import account_progress
from syncd.config import Account, Configuration, Me, SummaryPlan, default_rules, local_zone
from syncd.options import Duration
from syncd.registry import OptionsOf, connectors, rules


@click.command()
@folders
@click.option(
    "--maildir",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Read this Maildir (or folder of Maildirs); needs no configuration.",
)
@click.option(
    "--mbox",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read this mbox file or folder of them, Google Takeout's included.",
)
@click.option(
    "--ics",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read this iCalendar file or folder of them.",
)
@click.option(
    "--me",
    multiple=True,
    metavar="ADDRESS",
    help="An address of yours; needed with --maildir and --mbox.",
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
def once(
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
    """One pass over every account, and the summary.

    With --maildir, --mbox or --ics it needs no configuration:

        syncd once --maildir ~/Mail --me you@example.org
    """
    from syncd.pipeline import run_pass
    from syncd.store import Store

    sources = {"maildir": maildir, "mbox": mbox, "ics": ics}
    at = moment(now)
    if any(sources.values()):
        if config is not None:
            raise click.UsageError("give either --config or files to read, not both")
        if not me:
            raise click.UsageError("say which address is yours: --me you@example.org")
        folder = state or _state_of(sources, me)
        settings = _without_configuration(sources, me, folder, at)
    else:
        if me:
            raise click.UsageError("--me goes with --maildir, --mbox or --ics")
        settings, folder = configuration(config), state_folder(state)
    with Store.open(folder) as store, account_progress() as progress:
        result = run_pass(
            store, settings, now=at, accept_deletions=accept_deletions, progress=progress
        )
        write_summary(store, settings, result, as_json=as_json, everything=everything)


def _state_of(sources: dict[str, tuple[Path, ...]], me: tuple[str, ...]) -> Path:
    """One state folder per set of files, so that looking at one mailbox never mixes with another
    and ticks are kept from run to run."""
    key = repr(
        (
            sorted((k, [str(p.expanduser().resolve()) for p in v]) for k, v in sources.items()),
            sorted(me),
        )
    )
    return state_folder(None) / "once" / hashlib.sha256(key.encode()).hexdigest()[:12]


def _without_configuration(
    sources: dict[str, tuple[Path, ...]], me: tuple[str, ...], state: Path, at: datetime
) -> Configuration:
    accounts = tuple(
        Account(
            name=kind if len(paths) == 1 else f"{kind}-{place}",
            connector=kind,
            options=connectors()[kind].Options.model_validate({"path": path.expanduser()}),
        )
        for kind, paths in sources.items()
        for place, path in enumerate(paths, start=1)
    )
    return Configuration(
        timezone=_zone(at),
        me=Me(addresses=frozenset(address.strip().lower() for address in me)),
        accounts=accounts,
        rules=default_rules(OptionsOf(rules())),
        language=_language(),
        history=Duration.parse("99 years"),
        summary=SummaryPlan(folder=state / "summary", formats=("markdown", "json")),
    )


def _zone(at: datetime) -> ZoneInfo:
    """The machine's zone, unless the moment was given on another clock."""
    zone = local_zone()
    offset = at.utcoffset()
    if offset is None or at.astimezone(zone).utcoffset() == offset:
        return zone
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    # POSIX signs: Etc/GMT-3 is three hours east (tz database, file etcetera)
    return zone if rest else ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC")


def _language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "fr" if os.environ[name].lower().startswith("fr") else "en"
    return "en"

"""What the commands share: where configuration and records are, and the moment of evaluation."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from platformdirs import user_state_path
from pydantic import ValidationError

from syncd.cli import named_files
from syncd.config import Configuration, config_folder, load
from syncd.config.models import MeEntry
from syncd.errors import Problem, UserError
from syncd.registry import OptionsOf, connectors, rules, summaries

Command = TypeVar("Command", bound=Callable[..., Any])

_YEARS = range(1980, 2200)
"""Years in which every interval before and after a moment is still a date."""


class Moment(click.ParamType[datetime]):
    """An ISO 8601 date and time; without an offset it is local time."""

    name = "timestamp"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """:raises click.BadParameter: not a timestamp"""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is not a timestamp; write it like 2026-11-23T08:00:00+01:00", param, ctx
            )
        if moment.year not in _YEARS:
            self.fail(f"the year must be from {_YEARS[0]} to {_YEARS[-1]}", param, ctx)
        return moment if moment.tzinfo is not None else moment.astimezone()


class UserPath(click.Path):
    """A path; `~` is expanded even where the shell did not (`--state=~/syncd`)."""

    def __init__(self, **checks: bool) -> None:
        super().__init__(path_type=Path, **checks)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """:raises click.BadParameter: empty, or of a user that does not exist"""
        if not str(value):
            self.fail("the path is empty", param, ctx)
        try:
            return super().convert(Path(value).expanduser(), param, ctx)
        except RuntimeError:
            self.fail(f"{str(value)!r}: there is no such user", param, ctx)


class EmailAddress(click.ParamType[str]):
    """A bare e-mail address, as `me:` in syncd.yaml takes it; lower case."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """:raises click.BadParameter: not an address"""
        try:
            return MeEntry(addresses=[value]).addresses[0]
        except ValidationError as error:
            self.fail(f"{value!r}: {error.errors()[0]['ctx']['error']}", param, ctx)


config_option = click.option(
    "--config",
    "config",
    type=UserPath(),
    metavar="DIR",
    help="The folder of syncd.yaml, rules.yaml and people.yaml.",
)
state_option = click.option(
    "--state",
    "state",
    type=UserPath(file_okay=False),
    metavar="DIR",
    help="The folder of records, tokens and findings.",
)
now_option = click.option(
    "--now", "now", type=Moment(), help="Evaluate as of this moment instead of now."
)


def folders(command: Command) -> Command:
    """Give a command --config and --state."""
    decorated: Command = config_option(state_option(command))
    return decorated


def state_folder(state: Path | None) -> Path:
    """`--state`, else $SYNCD_STATE, else the platform's state folder."""
    if state is not None:
        return state
    named = os.environ.get("SYNCD_STATE")
    return Path(named) if named else user_state_path("syncd")


def refuse_among_records(file: Path, folder: Path) -> None:
    """:raises UserError: a copy would lie among the records themselves"""
    if file.absolute().parent.resolve() == folder.resolve():
        raise UserError(
            Problem("this is the folder of the records themselves", str(file), "choose another")
        )


def configuration(config: Path | None) -> Configuration:
    """:raises ConfigError: with every problem of the three files"""
    return load(
        config_folder(config, os.environ),
        connectors=OptionsOf(connectors()),
        rules=OptionsOf(rules()),
        summaries=tuple(summaries()),
    )


def settings_for(
    config: Path | None, state: Path | None, now: datetime | None = None
) -> Configuration:
    """What the records in the state folder go with: the configuration, or the files that were
    named on the command line when they were read.

    :raises ConfigError: with every problem of the three files
    :raises UserError: both --config and records of named files
    """
    folder = state_folder(state)
    named = named_files.recall(folder)
    if named is None:
        return configuration(config)
    if config is not None:
        raise UserError(
            Problem(
                f"{folder} holds the records of files that were named on the command line",
                "--state",
                "leave out --config, or choose another folder",
            )
        )
    return named.configuration(folder, moment(now))


def program() -> str:
    """How the user can call syncd again: by name where their shell finds it, else by path."""
    called = sys.argv[0]
    if Path(called).name != "syncd":
        return "syncd"
    found = shutil.which("syncd")
    same = found is not None and Path(found).resolve() == Path(called).resolve()
    return "syncd" if same else shlex.quote(called)


def moment(now: datetime | None) -> datetime:
    """`--now`, else the clock."""
    return now if now is not None else datetime.now(UTC)

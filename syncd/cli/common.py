"""What the commands share: where configuration and records are, and the moment of evaluation."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from platformdirs import user_state_path

from syncd.config import Configuration, config_folder, load
from syncd.registry import OptionsOf, connectors, rules, summaries

Command = TypeVar("Command", bound=Callable[..., Any])


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
        return moment if moment.tzinfo is not None else moment.astimezone()


config_option = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of syncd.yaml, rules.yaml and people.yaml.",
)
state_option = click.option(
    "--state",
    "state",
    type=click.Path(path_type=Path, file_okay=False),
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


def configuration(config: Path | None) -> Configuration:
    """:raises ConfigError: with every problem of the three files"""
    return load(
        config_folder(config, os.environ),
        connectors=OptionsOf(connectors()),
        rules=OptionsOf(rules()),
        summaries=tuple(summaries()),
    )


def moment(now: datetime | None) -> datetime:
    """`--now`, else the clock."""
    return now if now is not None else datetime.now(UTC)

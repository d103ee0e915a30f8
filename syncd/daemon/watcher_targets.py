"""What is worth watching: the configuration, the summaries, and accounts that are local files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from syncd.config import FILES, Account, Configuration

_SUMMARY = re.compile(r"(latest|\d{4}-\d\d-\d\d)\.md|\.(latest|\d{4}-\d\d-\d\d)\.md\..*\.syncd")
"""What the user ticks, and what was swapped out while they did (pipeline/replacing.py)."""
_NOISE = re.compile(r"\..*|dovecot.*|.*(~|\.lock|\.tmp|\.swp|\.msf)")
"""Locks, indexes and backups that mail programs and editors keep beside mail and calendars."""


class Topic(NamedTuple):
    """What a change concerns."""

    kind: Literal["configuration", "summary", "source"]
    account: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One place to watch."""

    topic: Topic
    path: Path
    """A folder, or a file whose folder is watched for it; it need not exist yet."""
    is_wanted: Callable[[PurePath], bool]
    """Whether a change of this path matters."""
    looked_at: tuple[Path, ...] = ()
    """Files whose state is looked at every second besides: events do not tell of changes behind
    symbolic links."""
    recursive: bool = False
    """Whether what lies below the folder matters, too."""


def targets(configuration: Configuration, config_folder: Path) -> tuple[Target, ...]:
    """Everything to watch for this configuration."""
    folder = configuration.summary.folder
    return (
        Target(
            Topic("configuration"),
            config_folder,
            is_configuration,
            tuple(config_folder / name for name in FILES),
        ),
        Target(
            Topic("summary"),
            folder,
            is_summary,
            (folder / "latest.md",),
        ),
        *(
            Target(Topic("source", account.name), path, is_mail_or_calendar, (path,), True)
            for account in configuration.accounts
            for path in _local_paths(account)
        ),
    )


def is_configuration(path: PurePath) -> bool:
    """Whether it is one of the three files."""
    return path.name in FILES


def is_summary(path: PurePath) -> bool:
    """Whether it may hold answers."""
    return _SUMMARY.fullmatch(path.name) is not None


def is_mail_or_calendar(path: PurePath) -> bool:
    """Whether a changed file of an account may hold something new. What lies in a Maildir's `tmp`
    is still being delivered."""
    return path.parent.name != "tmp" and _NOISE.fullmatch(path.name) is None


def _local_paths(account: Account) -> Iterator[Path]:
    """The files and folders that an account's `path` option names, whatever its connector."""
    paths = getattr(account.options, "path", ())
    for path in paths if isinstance(paths, tuple | list) else (paths,):
        if isinstance(path, Path):
            yield path.absolute()

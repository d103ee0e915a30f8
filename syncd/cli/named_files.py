"""Mail and calendars named on the command line, read without a configuration.

The records' folder remembers which they were, so that every other command goes on with
`--state DIR` alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from syncd.config import Account, Configuration, Me, SummaryPlan, default_rules, local_zone
from syncd.errors import Problem, UserError
from syncd.options import Duration
from syncd.private_files import write_private
from syncd.registry import OptionsOf, connectors, rules

FILE = "once.json"
"""In the records' folder: what the records were read from."""


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """What `syncd once --maildir … --me …` names."""

    sources: Mapping[str, tuple[Path, ...]]
    """Absolute paths by connector."""
    me: frozenset[str]
    """My addresses, lower case."""

    def own_folder(self, state: Path) -> Path:
        """One folder of records per set of files, so that a look at one mailbox never mixes with
        another and ticks are kept from run to run."""
        files = sorted((kind, sorted(map(str, paths))) for kind, paths in self.sources.items())
        key = repr((files, sorted(self.me)))
        return state / "once" / hashlib.sha256(key.encode()).hexdigest()[:12]

    def configuration(self, folder: Path, at: datetime) -> Configuration:
        """The default rules over these files; the summary goes below `folder`."""
        return Configuration(
            timezone=_zone(at),
            me=Me(addresses=self.me),
            accounts=tuple(
                Account(
                    name=kind if len(paths) == 1 else f"{kind}-{place}",
                    connector=kind,
                    options=connectors()[kind].Options.model_validate({"path": path}),
                )
                for kind, paths in self.sources.items()
                for place, path in enumerate(paths, start=1)
            ),
            rules=default_rules(OptionsOf(rules())),
            language=_language(),
            history=Duration.parse("99 years"),
            summary=SummaryPlan(folder=folder / "summary", formats=("markdown", "json")),
        )

    def remember(self, folder: Path) -> None:
        """Write down in the records' folder what they were read from."""
        sources = {kind: [str(path) for path in paths] for kind, paths in self.sources.items()}
        document = {"sources": sources, "me": sorted(self.me)}
        write_private(folder / FILE, json.dumps(document, indent=2) + "\n")


def recall(folder: Path) -> NamedFiles | None:
    """What `remember` wrote; None where the records come from a configuration or there are none.

    :raises UserError: the note cannot be read
    """
    path = folder / FILE
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return NamedFiles(
            {kind: tuple(map(Path, paths)) for kind, paths in document["sources"].items()},
            frozenset(document["me"]),
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            Problem(
                "this does not say which files were read",
                str(path),
                "delete it and run `syncd once` again with the same files and --state",
            )
        ) from error


def refuse_foreign(folder: Path) -> None:
    """:raises UserError: the folder holds the records of a configuration, which a pass over other
    files would replace"""
    from syncd.store.records import FILE as RECORDS

    if (folder / RECORDS).exists() and recall(folder) is None:
        raise UserError(
            Problem(
                f"{folder} holds the records of a configuration",
                "--state",
                "choose another folder for these files, or leave out --state",
            )
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

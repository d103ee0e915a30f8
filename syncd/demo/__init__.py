"""A small invented mailbox and calendar, in files that the real connectors read.

`write_demo` writes a whole instance: configuration, a Maildir, an mbox and a calendar, with every
date relative to a given moment, so that each kind of rule has something to say on any day.
"""

from __future__ import annotations

from datetime import datetime
from importlib import resources
from pathlib import Path

from syncd.demo.days import Days
from syncd.demo.events import write_calendar
from syncd.demo.mailbox import write_mailboxes

__all__ = ["write_demo"]

_CONFIG = ("syncd.yaml", "people.yaml", "rules.yaml")


def write_demo(folder: Path, now: datetime) -> None:
    """Write the demonstration into `folder` as of `now` (aware): the configuration at its top,
    `Maildir`, `archive.mbox` and `calendar.ics` beside it. What is there is overwritten.

    :raises OSError: the folder cannot be written
    """
    days = Days(now)
    folder.mkdir(parents=True, exist_ok=True)
    for name in _CONFIG:
        template = resources.files("syncd.demo").joinpath("config", name).read_text("utf-8")
        text = days.filled(template).replace("{folder}", folder.resolve().as_posix())
        (folder / name).write_text(text, encoding="utf-8")
    write_mailboxes(folder, days)
    write_calendar(folder / "calendar.ics", days)

"""Calendars on this machine: iCalendar files, and folders of them as vdirsyncer and khal keep them.

Nothing is ever written. A file that has not changed costs one stat; one that has is read whole,
and its meetings are worked out from the start of the user's history to 400 days from now. When
that horizon has moved by more than a month, every file is worked out again.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator

from syncd.connectors.base import PullContext
from syncd.connectors.local import NOT_THERE
from syncd.connectors.local.messages import BATCH, chunks
from syncd.errors import Problem, UserError
from syncd.model import Batch, Cursor, Failure, Meeting
from syncd.normalise.calendar import meetings
from syncd.normalise.calendar_ids import folder_of, source_id
from syncd.normalise.time_zones import named_zone
from syncd.options import StrictModel

HORIZON = timedelta(days=400)
"""How far ahead meetings are worked out: a yearly series shows its next date."""

_VERSION = 1
_ROLLED = timedelta(days=30)
_LARGEST = 50 * 1024 * 1024
_SETTLED = 2_000_000_000
"""A file changed less than this (ns) before it was read may change again within the same time
stamp: its state is not trusted, and the next pull reads it again."""
_DEEPEST = 10
_MOST_FILES = 100_000


def _paths(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


class IcsOptions(StrictModel):
    """Where the calendars lie."""

    path: Annotated[tuple[Path, ...], BeforeValidator(_paths)] = Field(
        min_length=1, description="An .ics file, a folder of them, or a list of both"
    )
    timezone: str | None = Field(
        default=None,
        description="For times that name no zone, where the file names none; default: yours",
        examples=["Europe/Paris"],
    )

    @field_validator("path")
    @classmethod
    def _expanded(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(path.expanduser() for path in value)

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and named_zone(value) is None:
            raise ValueError(f"{value!r} is not a time zone; write one such as Europe/Paris")
        return value


@dataclass(frozen=True, slots=True)
class _File:
    """A calendar file as it was found."""

    path: str
    state: list[int]
    """Size in bytes, time of the last change in ns."""


@dataclass
class _Reading:
    """What one pass over some files found."""

    found: list[Meeting] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


class Ics:
    """Meetings in iCalendar files."""

    name: ClassVar[str] = "ics"
    Options: ClassVar[type[IcsOptions]] = IcsOptions
    every: ClassVar[str] = "10 minutes"

    def __init__(self, account: str, options: IcsOptions) -> None:
        self._account = account
        self._options = options

    def check(self) -> None:
        """:raises UserError: a file or folder is missing or cannot be read"""
        problems = [problem for path in self._options.path if (problem := self._problem(path))]
        if problems:
            raise UserError(*problems)

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield the meetings of new and changed files, newest first, then what is gone.

        The cursor comes with the last batch: what a kill can cost is reading changed files again.
        """
        self.check()
        old = self._still_valid(cursor, context)
        window = self._window(old, context)
        files, complete = self._files()
        states: dict[str, list[int]] = {}
        reading = _Reading()
        done, total = 0, len(files)
        for folder, file in files.items():
            if file.state == old["files"].get(folder) or self._visit(
                folder, file, window, context, reading
            ):
                states[folder] = file.state
            done += 1
            if done % 100 == 0 or done == total:
                context.progress(done, total)
        if complete:
            for folder in sorted(set(context.known.folders()) - files.keys()):
                reading.gone += sorted(context.known.source_ids(folder))
        reading.found.sort(key=lambda meeting: meeting.at, reverse=True)
        for some in chunks(reading.found, BATCH):
            yield Batch(upserts=tuple(some), done=done, total=total)
        for gone in chunks(reading.gone, 10 * BATCH):
            yield Batch(deletions=tuple(gone), done=done, total=total)
        new = {**old, "files": states}
        if new != cursor or reading.failed:
            yield Batch(failed=tuple(reading.failed), cursor=new, done=done, total=total)

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read the files of these meetings again."""
        self.check()
        files, _ = self._files()
        window = self._window(self._still_valid(None, context), context)
        wanted: dict[str, set[str]] = {}
        for identifier in source_ids:
            wanted.setdefault(folder_of(identifier), set()).add(identifier)
        for folder, identifiers in wanted.items():
            if folder not in files:
                yield Batch(deletions=tuple(sorted(identifiers)))
                continue
            found, failed, whole = self._read(folder, files[folder].path, window, context)
            gone = identifiers - _ids(found, failed) if whole else set()
            yield Batch(
                upserts=tuple(item for item in found if item.source_id in identifiers),
                failed=tuple(item for item in failed if item.source_id in identifiers or not whole),
            )
            if gone:
                yield Batch(deletions=tuple(sorted(gone)))

    def _problem(self, path: Path) -> Problem | None:
        where = self._account
        if not path.exists():
            return Problem(f"{path} does not exist", where, NOT_THERE)
        if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
            return Problem(f"{path} cannot be read", where, "Let syncd's user read it.")
        return None

    def _zone(self, context: PullContext) -> tzinfo:
        named = named_zone(self._options.timezone or "")
        return named or context.now.tzinfo or UTC

    def _still_valid(self, cursor: Cursor | None, context: PullContext) -> dict[str, Any]:
        """The cursor, or a fresh one where everything must be worked out again: the horizon has
        moved, the history begins earlier, or what "me" or "midnight" means has changed."""
        zone = self._zone(context)
        meaning = [*sorted(context.me), zone.key if isinstance(zone, ZoneInfo) else "UTC"]
        since = int(context.since.timestamp())
        until = int((context.now + HORIZON).timestamp())
        if (
            cursor is not None
            and cursor.get("version") == _VERSION
            and cursor.get("meaning") == meaning
            and 0 <= until - cursor["until"] <= _ROLLED.total_seconds()
            and since >= cursor["since"]
        ):
            return dict(cursor)
        # History that was once read stays, though `since` moves on: never forget by re-reading.
        if cursor is not None and cursor.get("version") == _VERSION:
            since = min(since, cursor["since"])
        return {
            "version": _VERSION,
            "meaning": meaning,
            "since": since,
            "until": until,
            "files": {},
        }

    @staticmethod
    def _window(cursor: Cursor, context: PullContext) -> tuple[datetime, datetime]:
        start = min(datetime.fromtimestamp(cursor["since"], UTC), context.since)
        return start, datetime.fromtimestamp(cursor["until"], UTC)

    def _visit(
        self,
        folder: str,
        file: _File,
        window: tuple[datetime, datetime],
        context: PullContext,
        reading: _Reading,
    ) -> bool:
        """Read a new or changed file; false if it must be looked at again next time."""
        started = time.time_ns()
        found, failed, whole = self._read(folder, file.path, window, context)
        reading.found += found
        reading.failed += failed
        if whole:
            kept = _ids(found, failed)
            reading.gone += sorted(set(context.known.source_ids(folder)) - kept)
        settled = started - file.state[1] >= _SETTLED
        return settled and all(failure.permanent for failure in failed)

    def _read(
        self, folder: str, path: str, window: tuple[datetime, datetime], context: PullContext
    ) -> tuple[list[Meeting], list[Failure], bool]:
        """The meetings, the failures, and whether that is all the file has: if not, what was read
        from it before stays."""
        try:
            data = _content(path)
        except _NotReadable as error:
            return [], [_failure(folder, str(error), permanent=True)], False
        except OSError as error:
            return [], [_failure(folder, _reason(error), permanent=False)], False
        try:
            found, failed = meetings(
                data,
                account=self._account,
                folder=folder,
                me=context.me,
                window=window,
                zone=self._zone(context),
            )
        except Exception as error:
            # One file that trips a fault in syncd must not stop the others; it is set aside by
            # name, shown to the user, and tried again after an update.
            reason = f"syncd failed on it ({type(error).__name__})"
            return [], [_failure(folder, reason, permanent=False)], False
        whole = all(failure.source_id != source_id(folder) for failure in failed)
        return found, failed, whole

    def _files(self) -> tuple[dict[str, _File], bool]:
        """Every calendar file by its name below the paths, and whether all could be looked into."""
        files: dict[str, _File] = {}
        seen: set[tuple[int, int]] = set()
        complete = True
        for root in self._options.path:
            name = _text(root.resolve().name)
            waiting: list[tuple[str, str, int]] = [(str(root), name, 0)]
            while waiting and len(files) < _MOST_FILES:
                path, folder, depth = waiting.pop()
                try:
                    status = os.stat(path)  # noqa: PTH116 - thousands of files: no Path for each
                    identity = (status.st_dev, status.st_ino)
                    if identity in seen:  # a loop of links, or a file named twice
                        continue
                    seen.add(identity)
                    if not stat.S_ISDIR(status.st_mode):
                        while folder in files:
                            folder += "+"
                        files[folder] = _File(path, [status.st_size, status.st_mtime_ns])
                    elif depth <= _DEEPEST:
                        waiting += _children(path, folder, depth)
                except FileNotFoundError:
                    continue  # removed since its folder was listed, or a link to nowhere
                except OSError:
                    complete = False
        return files, complete


def _children(path: str, folder: str, depth: int) -> list[tuple[str, str, int]]:
    """Folders and .ics files inside; hidden ones are what sync programs are still writing."""
    with os.scandir(path) as entries:
        found = sorted(
            (entry.name, entry.path)
            for entry in entries
            if not entry.name.startswith(".")
            and (entry.name.lower().endswith(".ics") or entry.is_dir())
        )
    return [(inner, f"{folder}/{_text(name)}", depth + 1) for name, inner in reversed(found)]


def _ids(found: Iterable[Meeting], failed: Iterable[Failure]) -> set[str]:
    return {meeting.source_id for meeting in found} | {failure.source_id for failure in failed}


class _NotReadable(Exception):
    """Another try cannot help; the text says why."""


def _content(path: str) -> bytes:
    # Not to hang on a named pipe that somebody left among the calendars.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle, not a path
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise _NotReadable("not a regular file")
        if status.st_size > _LARGEST:
            megabytes = status.st_size / 1024 / 1024
            raise _NotReadable(f"larger than 50 MB ({megabytes:.0f} MB); split it by year")
        return file.read(_LARGEST)


def _failure(folder: str, reason: str, *, permanent: bool) -> Failure:
    return Failure(source_id(folder), folder, reason, permanent)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _text(name: str) -> str:
    """A file name as text that every encoding can carry; bytes that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")

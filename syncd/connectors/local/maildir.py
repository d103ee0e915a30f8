"""Maildir folders on this machine, as mail servers and mail programs keep them.

One Maildir, a folder that holds several, Maildir++ (`.Sent.2024`) and nested folders are all read.
Nothing is ever written. A folder whose `new` and `cur` have not changed costs two stats; in one
that has, only file names are listed and only new files are read.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from heapq import nlargest
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple

from pydantic import AfterValidator, Field

from syncd.connectors.base import PullContext
from syncd.connectors.local import NOT_THERE
from syncd.connectors.local.messages import BATCH, chunks, read_or_set_aside
from syncd.errors import Problem, UserError
from syncd.model import Batch, Cursor, Failure, Message
from syncd.normalise.folders import is_left_out
from syncd.options import StrictModel

_VERSION = 1
_SETTLED = 2_000_000_000
"""A directory changed less than this (ns) before it was listed may change again within the same
time stamp: its state is not trusted, and the next pull lists it again."""
_TICK = 100_000_000
"""File time stamps lag behind the clock by up to a kernel tick (ns)."""
_FLAGS_WATCHED = 5000
"""Of a changed folder, the newest files whose flags are looked at again."""
_DAY = 86400
_DEEPEST = 10
_MOST_FOLDERS = 10_000
_INBOX = "INBOX"

_STAMP = re.compile(r"(\d{9,10})(?!\d)")
_INFO = re.compile(r"[:;!]2,([A-Za-z]*)$")
_LABELS = {"S": "\\Seen", "R": "\\Answered", "F": "\\Flagged", "P": "$Forwarded"}
_UTF7 = re.compile(r"&([A-Za-z0-9+,]*)-")


class MaildirOptions(StrictModel):
    """Where the mail lies."""

    path: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        description="A Maildir, or a folder that holds several"
    )
    folders: tuple[str, ...] = Field(
        default=(), description='Only these folders; shell patterns such as "Clients/*"'
    )
    leave_out: tuple[str, ...] = Field(
        default=(),
        description="Not these folders; shell patterns. Trash, spam and drafts are never read",
    )


class _Entry(NamedTuple):
    """One file of a folder."""

    folder: str
    source_id: str
    path: str
    labels: tuple[str, ...]
    stamp: int
    """When it was delivered, by its name; 0 if the name does not say."""


@dataclass
class _Scan:
    """What one look at all folders found."""

    wanted: list[_Entry]
    gone: list[str]
    failed: list[Failure]
    states: dict[str, list[int]]
    listed: bool = False


class Maildir:
    """Mail in Maildir folders."""

    name: ClassVar[str] = "maildir"
    Options: ClassVar[type[MaildirOptions]] = MaildirOptions
    every: ClassVar[str] = "10 minutes"

    def __init__(self, account: str, options: MaildirOptions) -> None:
        self._account = account
        self._options = options

    def check(self) -> None:
        """:raises UserError: there is no Maildir to read at the path"""
        self._folders()

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield the files that are new, changed or gone, newest first; see the contract.

        The cursor holds the state of every folder and comes with the last batch. A pull that was
        stopped before lists again, and skips what the store knows.
        """
        old = cursor if cursor and cursor.get("version") == _VERSION else {}
        started = time.time_ns()
        scan = self._scan(old, context)
        done, total = 0, len(scan.wanted) + len(scan.failed)
        for some in chunks(scan.wanted, BATCH):
            batch = self._read(some, context, scan.states)
            done += len(some)
            context.progress(done, total)
            yield Batch(batch.upserts, batch.deletions, batch.failed, None, done, total)
        for gone in chunks(scan.gone, 10 * BATCH):
            yield Batch(deletions=tuple(gone), done=done, total=total)
        at = started if scan.listed else old.get("at", started)
        new = {"version": _VERSION, "at": at, "folders": scan.states}
        if new != old or scan.failed:
            yield Batch(failed=tuple(scan.failed), cursor=new, done=total, total=total)

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these files again, under whatever flags they carry by now."""
        folders, _ = self._folders()
        by_folder: dict[str, list[str]] = {}
        for source_id in source_ids:
            by_folder.setdefault(source_id.rpartition("/")[0], []).append(source_id)
        for folder, wanted in by_folder.items():
            try:
                entries = _list(folder, folders[folder]) if folder in folders else {}
            except OSError as error:
                failed = (Failure(x, folder, _reason(error)) for x in wanted)
                yield Batch(failed=tuple(failed))
                continue
            missing = tuple(x for x in wanted if x not in entries)
            for some in chunks([entries[x] for x in wanted if x in entries], BATCH):
                yield self._read(some, context, {})
            if missing:
                yield Batch(deletions=missing)

    def _folders(self) -> tuple[dict[str, Path], bool]:
        """The folders to read by name, and whether every directory could be looked into.

        :raises UserError: nothing is there to be read
        """
        root = self._options.path
        where = self._account
        if not root.is_dir():
            raise UserError(Problem(f"{root} is not a folder", where, NOT_THERE))
        found, complete = _discover(root)
        if not found:
            hint = (
                "`path:` names a Maildir (with `cur` and `new` inside) or the folder above several."
            )
            what = f"{root} holds no Maildir" if complete else f"{root} cannot be read"
            raise UserError(Problem(what, where, hint))
        chosen = {name: path for name, path in found.items() if self._is_chosen(name)}
        if not chosen:
            hint = "The folders there: " + ", ".join(sorted(found)[:20])
            raise UserError(
                Problem("`folders:` and `leave_out:` leave no folder to read", where, hint)
            )
        return chosen, complete

    def _is_chosen(self, name: str) -> bool:
        options = self._options
        if is_left_out(name) or _matches(name, options.leave_out):
            return False
        return not options.folders or _matches(name, options.folders)

    def _scan(self, old: Cursor, context: PullContext) -> _Scan:
        folders, complete = self._folders()
        scan = _Scan([], [], [], {})
        states = old.get("folders", {})
        since = int(context.since.timestamp()) - _DAY
        for name, path in folders.items():
            try:
                now = time.time_ns()
                state = _state(path)
                if states.get(name) == state:
                    scan.states[name] = state
                    continue
                entries = _list(name, path)
            except OSError as error:
                complete = False
                scan.failed.append(Failure(f"{name}/", name, _reason(error)))
                continue
            scan.listed = True
            if now - max(state) >= _SETTLED:
                scan.states[name] = state
            known = frozenset(context.known.source_ids(name))
            new = [_stamped(entry) for key, entry in entries.items() if key not in known]
            scan.wanted += [entry for entry in new if entry.stamp >= since]
            if "at" in old:
                scan.wanted += _flagged((entries[x] for x in known & entries.keys()), old["at"])
            scan.gone += sorted(known - entries.keys())
        if complete:
            for name in sorted(set(context.known.folders()) - folders.keys()):
                scan.gone += sorted(context.known.source_ids(name))
        scan.wanted.sort(key=lambda entry: (entry.stamp, entry.source_id), reverse=True)
        return scan

    def _read(
        self, entries: Iterable[_Entry], context: PullContext, states: dict[str, list[int]]
    ) -> Batch:
        upserts: list[Message] = []
        failed: list[Failure] = []
        for entry in entries:
            try:
                result = self._read_one(entry, context)
            except FileNotFoundError:
                # Renamed (its flags) or removed since the folder was listed: list it next time.
                states.pop(entry.folder, None)
                continue
            except OSError as error:
                result = Failure(entry.source_id, entry.folder, _reason(error))
            if isinstance(result, Message):
                upserts.append(result)
            else:
                failed.append(result)
        return Batch(upserts=tuple(upserts), failed=tuple(failed))

    def _read_one(self, entry: _Entry, context: PullContext) -> Message | Failure:
        # Not to hang on a named pipe that somebody left among the mail.
        handle = os.open(entry.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb", buffering=0) as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                reason = "not a regular file"
                return Failure(entry.source_id, entry.folder, reason, permanent=True)
            return read_or_set_aside(
                file,
                context,
                account=self._account,
                source_id=entry.source_id,
                folder=entry.folder,
                filed=entry.stamp or int(status.st_mtime),
                labels=entry.labels,
            )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    folded = name.casefold()
    return any(fnmatchcase(folded, pattern.casefold()) for pattern in patterns)


def _text(name: str) -> str:
    """A file name as text that every encoding can carry; bytes that are no UTF-8 are escaped."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def _discover(root: Path) -> tuple[dict[str, Path], bool]:
    """Every Maildir at and below `root` by folder name, and whether all could be looked into."""
    found: dict[str, Path] = {}
    complete = True
    visited: set[tuple[int, int]] = set()
    waiting: list[tuple[Path, str, int]] = [(root, "", 0)]
    while waiting and len(found) < _MOST_FOLDERS:
        path, name, depth = waiting.pop()
        try:
            status = path.stat()
            if (status.st_dev, status.st_ino) in visited:
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(path) as entries:
                inside = sorted(entry.name for entry in entries if entry.is_dir())
        except OSError:
            complete = False
            continue
        is_maildir = "cur" in inside or "new" in inside
        if is_maildir:
            unique = name or _INBOX
            while unique in found:
                unique += "+"
            found[unique] = path
        if depth == _DEEPEST:
            continue
        for child in reversed(inside):
            if not (is_maildir and child in ("cur", "new", "tmp")):
                waiting.append((path / child, _joined(name, child), depth + 1))
    return found, complete


def _joined(parent: str, child: str) -> str:
    # Maildir++ marks folders with a dot and writes their levels with dots.
    text = _text(child)
    own = _from_utf7(text[1:]).replace(".", "/") if text.startswith(".") else _from_utf7(text)
    return f"{parent}/{own}" if parent else own


def _from_utf7(name: str) -> str:
    """A mailbox name from IMAP's modified UTF-7 (RFC 3501 section 5.1.3)."""

    def decoded(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        try:
            data = base64.b64decode(match[1].replace(",", "/") + "=" * (-len(match[1]) % 4))
            return data.decode("utf-16-be")
        except (binascii.Error, UnicodeDecodeError):
            return match[0]

    return _UTF7.sub(decoded, name)


def _state(path: Path) -> list[int]:
    """When `new` and `cur` last gained, lost or renamed a file (ns); 0 where one is missing."""
    state = []
    for name in ("new", "cur"):
        try:
            state.append((path / name).stat().st_mtime_ns)
        except FileNotFoundError:
            state.append(0)
    return state


def _list(folder: str, path: Path) -> dict[str, _Entry]:
    """The messages of a folder by source id; those marked as trashed or as drafts are left out."""
    found: dict[str, _Entry] = {}
    for place in ("new", "cur"):
        directory = path / place
        prefix = f"{directory}/"
        try:
            names = os.listdir(directory)  # noqa: PTH208 - a Path per file costs seconds
        except FileNotFoundError:
            continue
        for name in names:
            if name.startswith("."):
                continue
            info = _INFO.search(name)
            flags = info[1] if info else ""
            source_id = f"{folder}/{_text(name[: info.start()] if info else name)}"
            if "T" in flags or "D" in flags:
                # A half-finished move may have left the same message in `new`.
                found.pop(source_id, None)
                continue
            labels = tuple(_LABELS[flag] for flag in flags if flag in _LABELS)
            match = _STAMP.match(name)
            stamp = int(match[1]) if match else 0
            found[source_id] = _Entry(folder, source_id, prefix + name, labels, stamp)
    return found


def _stamped(entry: _Entry) -> _Entry:
    if entry.stamp:
        return entry
    try:
        stamp = int(Path(entry.path).stat().st_mtime)
    except OSError:
        stamp = int(time.time())
    return entry._replace(stamp=stamp)


def _flagged(entries: Iterable[_Entry], since: int) -> list[_Entry]:
    """Of the newest entries, those renamed after `since` (ns): a change of flags is a rename."""
    newest = nlargest(_FLAGS_WATCHED, entries, key=lambda entry: entry.stamp)
    changed = []
    for entry in newest:
        try:
            status = os.lstat(entry.path)
        except OSError:
            continue
        if status.st_ctime_ns > since - _TICK:
            changed.append(entry)
    return changed

"""mbox files on this machine: one file, or a folder of them (Thunderbird, Google Takeout …).

Files may be many gigabytes: they are read as a stream and never held. A file that has grown is
read from its old end; one that was rewritten is read again, and what the store knows is skipped.
Nothing is ever written. A message's id is made of the fields that identify it, not of its place,
so that compacting the file or marking a message as read keeps it.
"""

from __future__ import annotations

import csv
import os
import re
import stat
import time
from calendar import timegm
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, Field

from syncd.connectors.base import PullContext
from syncd.connectors.local import NOT_THERE
from syncd.connectors.local.messages import BATCH, chunks, read_or_set_aside
from syncd.errors import Problem, Transient, UserError
from syncd.model import Batch, Cursor, Failure, Message
from syncd.normalise.folders import gmail_category, is_left_out
from syncd.normalise.headers import HEAD_LIMIT, Headers, decode_words, head_of
from syncd.normalise.rfc5322 import FIRST_READ, MESSAGE_LIMIT
from syncd.normalise.safe_text import one_line
from syncd.options import StrictModel

_VERSION = 1
_SETTLED = 2_000_000_000
_CHUNK = 4 * 1024 * 1024
_HEAD_FIRST = 8 * 1024
_BOUNDARY_HASHED = 4096
_LOOK_AHEAD = 1200
_MOST_FILES = 10_000
_MOST_LABELS = 50
_DAY = 86400

# "From " at the start of a line is a separator only with a time in the same line and a header
# field in the next: writers leave such lines unescaped in texts.
_SEPARATOR: Final = re.compile(
    rb"From [^\n]{0,900}?\d{1,2}:\d\d[^\n]{0,100}\r?\n"
    rb"(?=>From |[!-9;-~]{1,100}[ \t]*:|\r?\n|\Z)"
)
_ASCTIME = re.compile(
    rb"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) (\d\d):(\d\d)(?::(\d\d))?"
    rb"(?: +[+-]\d{4}| +[A-Z]{2,5}){0,2} +(\d{4})"
)
_MONTHS = b"JanFebMarAprMayJunJulAugSepOctNovDec"
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_IDENTITY = ("message-id", "date", "from", "to", "subject")
_ARCHIVES = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}


_FORMAT_HINT = "An mbox file is plain text whose first line begins with `From `."


class MboxOptions(StrictModel):
    """Where the mail lies."""

    path: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        description="An mbox file, or a folder of `.mbox` files"
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """Where one message lies in its file, without its separator line."""

    start: int
    end: int
    separator: int
    """Where its separator line begins."""
    stamp: int
    """The time in the separator line, 0 if it cannot be read."""


@dataclass
class _FileScan:
    """What is to be done about one file."""

    folder: str
    path: Path
    spans: list[_Span]
    """Newest first."""
    signature: tuple[int, int]
    """Size and time (ns) of the file when it was looked at."""
    state: dict[str, Any]
    """What the cursor keeps of it."""
    whole: bool
    """Whether every message was listed, so that what is missing is gone."""
    again: int
    """The separator of a message that was the file's last and has grown since; else -1."""


class Mbox:
    """Mail in mbox files."""

    name: ClassVar[str] = "mbox"
    Options: ClassVar[type[MboxOptions]] = MboxOptions
    every: ClassVar[str] = "10 minutes"

    def __init__(self, account: str, options: MboxOptions) -> None:
        self._account = account
        self._options = options

    def check(self) -> None:
        """:raises UserError: there is no mbox to read at the path"""
        self._files()
        root = self._options.path
        if root.is_file():
            try:
                with _opened(root) as handle:
                    problem = _not_an_mbox(handle, root.name)
            except OSError as error:
                problem = f"{root} cannot be read: {error.strerror}"
            if problem:
                raise UserError(Problem(problem, self._account, _FORMAT_HINT))

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield the messages that are new or gone, newest first in each file; see the contract.

        The cursor holds the size, the time and the hashed ends of every file.

        :raises Transient: a file changed while it was read
        """
        old = cursor if cursor and cursor.get("version") == _VERSION else {}
        files, complete = self._files()
        known_states: Mapping[str, dict[str, Any]] = old.get("files", {})
        states = {name: known_states[name] for name in files if name in known_states}
        scans: list[_FileScan] = []
        failed: list[Failure] = []
        for name, path in files.items():
            try:
                scan = _scan(name, path, states.get(name))
            except OSError as error:
                failed.append(Failure(name, name, (error.strerror or "cannot be read").lower()))
                continue
            except ValueError as error:
                if self._options.path.is_file():
                    where = self._account
                    raise UserError(Problem(str(error), where, _FORMAT_HINT)) from None
                failed.append(Failure(name, name, str(error), permanent=True))
                continue
            if scan is not None:
                scans.append(scan)
        total = sum(len(scan.spans) for scan in scans)
        done = 0
        gone: list[str] = []
        for scan in scans:
            known = frozenset(context.known.source_ids(scan.folder))
            present: set[str] = set()
            with _opened(scan.path) as handle:
                for spans in chunks(scan.spans, BATCH):
                    batch = self._read(handle, scan, spans, context, known, present)
                    done += len(spans)
                    context.progress(done, total)
                    if batch.upserts or batch.failed:
                        yield Batch(batch.upserts, (), batch.failed, None, done, total)
                steady = _signature(handle) == scan.signature
            states.pop(scan.folder, None)
            if steady:
                states[scan.folder] = scan.state
                if scan.whole:
                    gone += sorted(known - present)
        if complete:
            for folder in sorted(set(context.known.folders()) - files.keys()):
                gone += sorted(context.known.source_ids(folder))
        for some in chunks(gone, 10 * BATCH):
            yield Batch(deletions=tuple(some), done=done, total=total)
        new = {"version": _VERSION, "files": states}
        if new != old or failed:
            yield Batch(failed=tuple(failed), cursor=new, done=done, total=total)

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these messages again: each file that holds one is gone through once."""
        files, _ = self._files()
        by_folder: dict[str, set[str]] = {}
        for source_id in source_ids:
            by_folder.setdefault(source_id.rpartition("#")[0] or source_id, set()).add(source_id)
        for folder, wanted in by_folder.items():
            path = files.get(folder)
            try:
                scan = _scan(folder, path, None) if path else None
            except (OSError, ValueError):
                continue  # still unreadable: the retry stays
            if scan is None or path is None:
                yield Batch(deletions=tuple(sorted(wanted)))
                continue
            found: set[str] = set()
            with _opened(path) as handle:
                for spans in chunks(scan.spans, BATCH):
                    batch = self._read(handle, scan, spans, context, frozenset(), found, wanted)
                    if batch.upserts or batch.failed:
                        yield batch
            if wanted - found:
                yield Batch(deletions=tuple(sorted(wanted - found)))

    def _files(self) -> tuple[dict[str, Path], bool]:
        """The files to read by folder name, and whether every folder could be looked into.

        :raises UserError: nothing is there to be read
        """
        root = self._options.path
        where = self._account
        if root.is_file():
            return {root.name: root}, True
        if not root.is_dir():
            raise UserError(Problem(f"{root} is neither a file nor a folder", where, NOT_THERE))
        found: dict[str, Path] = {}
        errors: list[OSError] = []
        for directory, folders, names in os.walk(root, onerror=errors.append):
            folders.sort()
            # Apple Mail exports a folder `Name.mbox` with the file `mbox` inside.
            apple = directory.lower().endswith(".mbox")
            for name in sorted(names):
                path = Path(directory, name)
                if not (name.lower().endswith(".mbox") or (apple and name == "mbox")):
                    continue
                folder = os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace")
                if not is_left_out(folder) and len(found) < _MOST_FILES:
                    found[folder] = path
        if not found:
            hint = "`path:` names an mbox file, or a folder with files that end in .mbox."
            what = f"{root} cannot be read" if errors else f"{root} holds no .mbox file"
            raise UserError(Problem(what, where, hint))
        return found, not errors

    def _read(
        self,
        handle: int,
        scan: _FileScan,
        spans: Iterable[_Span],
        context: PullContext,
        known: frozenset[str],
        present: set[str],
        wanted: Iterable[str] | None = None,
    ) -> Batch:
        """Read those of `spans` that are not known (or only those wanted); ids go to `present`."""
        upserts: list[Message] = []
        failed: list[Failure] = []
        since = int(context.since.timestamp()) - _DAY
        for span in spans:
            head = _head(handle, span)
            headers = Headers.parse(head)
            labels = gmail_labels(headers)
            if is_left_out("", labels) or _is_expunged(headers):
                continue
            source_id = f"{scan.folder}#{_identity(headers, head)}"
            first = source_id not in present
            present.add(source_id)
            if not first:
                continue
            if wanted is not None:
                if source_id not in wanted:
                    continue
            elif 0 < span.stamp < since or (source_id in known and span.separator != scan.again):
                continue
            result = read_or_set_aside(
                BytesIO(_message(handle, span, head, context)),
                context,
                account=self._account,
                source_id=source_id,
                folder=scan.folder,
                filed=span.stamp,
                labels=labels,
                provider_thread=one_line(headers.get("x-gm-thrid"), 40),
            )
            if isinstance(result, Message):
                upserts.append(result)
            else:
                failed.append(result)
        return Batch(upserts=tuple(upserts), failed=tuple(failed))


def gmail_labels(headers: Headers) -> tuple[str, ...]:
    """The labels of a Google Takeout message, category labels by their API names."""
    text = one_line(decode_words(headers.get("x-gmail-labels")[:8000]), 4000)
    if not text:
        return ()
    labels = (label.strip() for label in next(csv.reader([text])))
    named = [gmail_category(label) or label for label in labels if label]
    return tuple(dict.fromkeys(named[:_MOST_LABELS]))


def _is_expunged(headers: Headers) -> bool:
    """Thunderbird marks what the user deleted, and removes it only when it compacts the file."""
    try:
        return bool(int(headers.get("x-mozilla-status")[:8] or "0", 16) & 0x0008)
    except ValueError:
        return False


def _identity(headers: Headers, head: bytes) -> str:
    identity = "\0".join(headers.get(name) for name in _IDENTITY).encode("utf-8", "replace")
    return blake2b(identity if identity.strip(b"\0") else head, digest_size=12).hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor on a regular file.

    :raises ValueError: it is something else
    """
    # Not to hang on a named pipe.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError(f"{path.name} is not a regular file")
        yield handle
    finally:
        os.close(handle)


def _signature(handle: int) -> tuple[int, int]:
    status = os.fstat(handle)
    return status.st_size, status.st_mtime_ns


def _not_an_mbox(handle: int, name: str) -> str:
    """What is wrong with the file's format, in one line; empty if nothing is."""
    begin = os.pread(handle, 4096, 0).removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _ARCHIVES.items():
        if begin.startswith(magic):
            return f"{name} is a {kind} archive; unpack it first"
    if begin and not begin.startswith(b"From "):
        return f'{name} is not an mbox file: it does not begin with a "From " line'
    return ""


def _scan(folder: str, path: Path, state: Mapping[str, Any] | None) -> _FileScan | None:
    """Where the messages of a file lie that were not there at `state`; None: it is unchanged.

    :raises ValueError: it is no mbox; the text says why
    :raises Transient: it changed while it was read
    """
    with _opened(path) as handle:
        now = time.time_ns()
        size, changed = signature = _signature(handle)
        if state and (size, changed) == (state["size"], state["mtime"]):
            return None
        problem = _not_an_mbox(handle, path.name)
        if problem:
            raise ValueError(problem)
        grown = state is not None and state["size"] < size and _same_ends(handle, state)
        start = state["last"] if state is not None and grown else 0
        spans = list(_spans(handle, start, size))
        last = spans[-1].separator if spans else start
        again = -1
        if state is not None and grown and spans and spans[0].end != state["size"]:
            again = spans[0].separator
        new = {
            "size": size,
            # A change within the same time stamp would go unseen: do not trust it yet.
            "mtime": changed if now - changed >= _SETTLED else 0,
            "last": last,
            **_ends(handle, size),
        }
    spans.sort(key=lambda span: (span.stamp, span.separator), reverse=True)
    return _FileScan(folder, path, spans, signature, new, not grown, again)


def _ends(handle: int, size: int) -> dict[str, str]:
    length = min(size, _BOUNDARY_HASHED)
    return {
        name: blake2b(os.pread(handle, length, offset), digest_size=12).hexdigest()
        for name, offset in (("head", 0), ("tail", size - length))
    }


def _same_ends(handle: int, state: Mapping[str, Any]) -> bool:
    return _ends(handle, state["size"]).items() <= state.items()


def _spans(handle: int, start: int, size: int) -> Iterator[_Span]:
    before: tuple[int, int, int] | None = None
    for separator in _separators(handle, start, size):
        if before:
            yield _Span(before[1], separator[0], before[0], before[2])
        before = separator
    if before:
        yield _Span(before[1], size, before[0], before[2])


def _separators(handle: int, start: int, size: int) -> Iterator[tuple[int, int, int]]:
    """(begin, end, time) of each separator line from `start`, which is the start of a line."""
    buffer = b"\n"
    base, position = start - 1, start
    while position < size:
        chunk = os.pread(handle, min(_CHUNK, size - position), position)
        if not chunk:
            raise Transient("an mbox file became shorter while it was read")
        position += len(chunk)
        buffer += chunk
        limit = len(buffer) if position >= size else len(buffer) - _LOOK_AHEAD
        searched = 0
        while 0 <= (found := buffer.find(b"\nFrom ", searched)) < limit:
            match = _SEPARATOR.match(buffer, found + 1)
            if match:
                yield base + found + 1, base + match.end(), _stamp(match[0])
            # The line end of a separator may be the one before the next separator.
            searched = match.end() - 1 if match else found + 1
        kept = max(0, limit, searched)
        base += kept
        buffer = buffer[kept:]


def _stamp(separator: bytes) -> int:
    """The moment in a separator line, taken as UTC; 0 if there is none that makes sense."""
    match = _ASCTIME.search(separator)
    if match is None:
        return 0
    month = _MONTHS.index(match[1]) // 3 + 1
    day, hour, minute, second, year = (int(x or 0) for x in match.groups()[1:])
    if not (1 <= day <= 31 and hour < 24 and minute < 60 and 1990 <= year < 2200):
        return 0
    return timegm((year, month, day, hour, minute, min(second, 59)))


def _pread(handle: int, length: int, offset: int) -> bytes:
    data = os.pread(handle, length, offset)
    if len(data) < length:
        raise Transient("an mbox file became shorter while it was read")
    return data


def _head(handle: int, span: _Span) -> bytes:
    length = span.end - span.start
    for first in (_HEAD_FIRST, FIRST_READ, HEAD_LIMIT):
        data = _pread(handle, min(length, first), span.start)
        head, body = head_of(data)
        if body < len(data) or len(data) == length:
            break
    return head


def _message(handle: int, span: _Span, head: bytes, context: PullContext) -> bytes:
    """The bytes of one message; the header section alone where nobody will read the text."""
    old = 0 < span.stamp < int(context.words_since.timestamp()) - _DAY
    if context.reader is None or old:
        return head
    data = _pread(handle, min(span.end - span.start, MESSAGE_LIMIT), span.start)
    return _QUOTED_FROM.sub(rb"\1", data)

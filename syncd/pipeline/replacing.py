"""Files replaced at once: privately, and without losing what somebody else is writing into them.

A file that people edit is not simply renamed over. The new file and the old one change places
(renameat2 with RENAME_EXCHANGE), so whatever stood there at that instant lies aside under a hidden
name, and so does what an editor that had it open goes on to write. It is read from there once
nobody has it open for writing any more, which a read lease (fcntl F_SETLEASE) tells.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from syncd.private_files import SUFFIX, temporary_beside

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_ATTEMPTS = 100

GRACE_SECONDS = 0.15
"""After an exchange: an editor that had looked the old file up just before, and was then put off by
the scheduler or by our own lease, opens it within this time. (0.05 s lost six edits of 500 once on
a busy machine.)"""
_STEP_SECONDS = 0.005
_LONGEST = 4_000_000
"""Bytes read of a file; a summary has some thousands."""


class Aside(NamedTuple):
    """A file that another one took the place of."""

    path: Path
    name: str
    """The name it had."""


class Content(NamedTuple):
    """What was read of a file."""

    text: str
    settled: bool
    """Nobody had it open for writing when it was read."""


def swap_in(path: Path, text: str) -> None:
    """Put a new private file at `path`. What was there becomes one of `asides`.

    :raises OSError: it could not be written; what was there stays
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    temporary = temporary_beside(path, text)
    try:
        for _ in range(_ATTEMPTS):
            if _exchanged(temporary, path) or _placed(temporary, path):
                return
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def asides(folder: Path) -> list[Aside]:
    """The files of `folder` that were swapped out and not yet removed, oldest first. After a kill
    one may also be a new file that never came to its place."""
    found: list[tuple[int, Aside]] = []
    try:
        for entry in os.scandir(folder):
            if entry.name.startswith(".") and entry.name.endswith(SUFFIX):
                name = entry.name[1 : -len(SUFFIX)].rpartition(".")[0]
                stamp = entry.stat(follow_symlinks=False).st_mtime_ns
                found.append((stamp, Aside(Path(entry.path), name)))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return [aside for _, aside in sorted(found)]


def read_settled(path: Path, *, patience: float, grace: float = 0.0) -> Content | None:
    """The text of a file once nobody is writing it; None if it cannot be read.

    :param patience: how many seconds to wait for a writer before it is read as it is
    :param grace: for how many seconds it must not change to count as settled where the file system
        cannot tell who has it open; 0: it never does there
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        settled = _wait(descriptor, patience, grace)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return Content(file.read(_LONGEST).decode("utf-8", "replace"), settled)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _exchanged(temporary: Path, path: Path) -> bool:
    """Whether the two changed places; False where there is nothing at `path`, or the file system
    cannot do it."""
    renameat2 = _renameat2()
    if renameat2 is None:
        return False
    names = os.fsencode(temporary), os.fsencode(path)
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number == errno.ENOENT or number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(path))


@cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """The C library's function; None where it has none."""
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return None
    function.argtypes = (
        ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint,
    )  # fmt: skip
    called: Callable[[int, bytes, int, bytes, int], int] = function
    return called


def _placed(temporary: Path, path: Path) -> bool:
    """The same in two steps: what is there goes aside, then the new file comes, but never over
    something that somebody put there in between (False: try again)."""
    stem = temporary.name.removesuffix(SUFFIX)
    names = (temporary.with_name(f"{stem}-{number}{SUFFIX}") for number in count())
    aside = next(name for name in names if not name.exists())
    with suppress(FileNotFoundError):
        path.rename(aside)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # no hard links (FAT, some network shares): the moment between is lost, nothing else can be
        temporary.replace(path)
        return True
    temporary.unlink()
    return True


def _wait(descriptor: int, patience: float, grace: float) -> bool:
    """Whether the file has no writer, at the latest after `patience` seconds."""
    waited = 0.0
    while True:
        writing = _is_open_for_writing(descriptor)
        if writing is None:
            return grace > 0 and _is_still(descriptor, grace)
        if not writing:
            return True
        if waited >= patience:
            return False
        time.sleep(_STEP_SECONDS)
        waited += _STEP_SECONDS


def _is_open_for_writing(descriptor: int) -> bool | None:
    """Whether any process has the file open for writing; None: this file system cannot tell.

    A read lease is granted only if nobody has (fcntl(2), "Leases"); it is given back at once.
    """
    try:
        # whoever opens the file meanwhile makes the kernel signal us: with a signal that is
        # ignored by default, where SIGIO would end the process
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except AttributeError:  # not Linux
        return None
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _is_still(descriptor: int, seconds: float) -> bool:
    """Whether the file does not change while we look: all that can be seen without leases."""
    before = os.fstat(descriptor)
    time.sleep(seconds)
    after = os.fstat(descriptor)
    return (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)

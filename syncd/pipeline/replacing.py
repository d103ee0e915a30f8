"""Files replaced at once: privately, and without losing what somebody else is writing into them.

A file that people edit is not simply renamed over. The new file and the old one change places
(renameat2 with RENAME_EXCHANGE), so whatever stood there at that instant lies aside under a hidden
name, and so does what an editor goes on to write that had it open, or had found it under its old
name and opens it only now. So it is kept for a while and read again at each look. A read lease
(fcntl F_SETLEASE) tells whether anybody has it open for writing.
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

_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2
_AT_FDCWD = -100
_NO_SUCH_RENAME = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_ATTEMPTS = 100

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
    writing: bool | None
    """Whether somebody has it open for writing; None: this file system cannot tell."""


def swap_in(path: Path, text: str) -> None:
    """Put a new private file at `path`. What was there becomes one of `asides`.

    :raises OSError: it could not be written; what was there stays
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    temporary = temporary_beside(path, text)
    try:
        for _ in range(_ATTEMPTS):
            if _renamed(temporary, path, _RENAME_EXCHANGE) or _placed(temporary, path):
                return
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    except OSError:  # nothing else: when interrupted, the name may already be the old file's
        temporary.unlink(missing_ok=True)
        raise


def asides(folder: Path) -> list[Aside]:
    """The files of `folder` that were swapped out and not yet removed, oldest first. One may also
    be a new file that has not come to its place, or after a kill never will."""
    found: list[tuple[int, Aside]] = []
    try:
        for entry in os.scandir(folder):
            if entry.name.startswith(".") and entry.name.endswith(SUFFIX):
                name = entry.name[1 : -len(SUFFIX)].rpartition(".")[0]
                with suppress(FileNotFoundError):  # it has just come to its place
                    stamp = entry.stat(follow_symlinks=False).st_mtime_ns
                    found.append((stamp, Aside(Path(entry.path), name)))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return [aside for _, aside in sorted(found)]


def read_settled(path: Path, *, patience: float) -> Content | None:
    """The text of a file once nobody is writing it; None if it cannot be read.

    :param patience: how many seconds to wait for a writer before it is read as it is
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        while (writing := _is_open_for_writing(descriptor)) and patience > 0:
            time.sleep(_STEP_SECONDS)
            patience -= _STEP_SECONDS
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return Content(file.read(_LONGEST).decode("utf-8", "replace"), writing)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _renamed(temporary: Path, path: Path, how: int) -> bool:
    """Whether it was done; False where one of the two is missing, or the file system cannot do it.

    :raises FileExistsError: there is something at `path`, and it may not be replaced
    """
    renameat2 = _renameat2()
    if renameat2 is None:
        return False
    names = os.fsencode(temporary), os.fsencode(path)
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], how) == 0:
        return True
    number = ctypes.get_errno()
    if number == errno.ENOENT or number in _NO_SUCH_RENAME:
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
        if _renamed(temporary, path, _RENAME_NOREPLACE):
            return True
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # no hard links either (some network shares): the moment between is lost
        temporary.replace(path)
        return True
    temporary.unlink()
    return True


def _is_open_for_writing(descriptor: int) -> bool | None:
    """Whether any process has the file open for writing; None: this file system cannot tell.

    A read lease is granted only if nobody has (fcntl(2), "Leases"). Until the descriptor is closed,
    whoever wants to write waits.
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
    return False

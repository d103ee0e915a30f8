"""One writer at a time: a lock file that names its process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from syncd.errors import Problem, StoreError


class InUse(StoreError):
    """Another process writes to the records."""


class Lock:
    """Held until `release`, or until the process ends however it ends (flock).

    :raises InUse: another process holds it; says which
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take(self, path: Path) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            raise InUse(
                Problem(
                    f"the records in {path.parent} are in use by syncd process {holder}",
                    hint=f"if that is the service, `kill -USR1 {holder}` makes it read everything "
                    f"now and write the summary; else wait, stop it (kill {holder}), or use "
                    "another folder (--state DIR)",
                )
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Let another process write. The file stays: removing it would let two hold the lock."""
        os.close(self._descriptor)


def holder(path: Path) -> int | None:
    """The process that holds the lock file at `path`; None if none does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(descriptor, 32).decode("ascii", "replace").strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(descriptor)
    return None

"""Files for their owner's eyes alone, replaced at once or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SUFFIX = ".syncd"
"""Ends the hidden name of a file that has not come to its place."""


def temporary_beside(path: Path, text: str) -> Path:
    """A new file in the folder of `path`, mode 0600, its text on the disk.

    :raises OSError: it could not be written; nothing is left of it
    """
    # mkstemp gives mode 0600
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=SUFFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically and durably, readable by its owner alone.

    :raises OSError: it could not be written; what was there stays
    """
    temporary = temporary_beside(path, text)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

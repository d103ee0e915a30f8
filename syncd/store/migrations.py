"""Which version of the layout a file has (PRAGMA user_version), and how it becomes the newest.

A new file gets the newest layout at once. An older one is upgraded step by step, each step with
its new version in one transaction: killed anywhere, it goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from syncd.errors import Problem, StoreError
from syncd.store.schema import TableSchema
from syncd.store.sqlite import SQLiteStorage

Upgrade = Callable[[SQLiteStorage], None]
UPGRADES: tuple[Upgrade, ...] = ()
"""The step at index 0 makes version 2 of version 1, and so on. Never change one that was
released: its SQL must not depend on the layout of a later version."""


def bring_up_to_date(
    storage: SQLiteStorage,
    layout: Sequence[TableSchema],
    upgrades: Sequence[Upgrade] = UPGRADES,
) -> None:
    """Make the tables of a new file, or upgrade those of an older one.

    :raises StoreError: the file is of a newer version, or cannot be written
    """
    newest = len(upgrades) + 1
    found = version(storage)
    check_readable(found, newest, storage.path)
    if found == 0:
        with storage.transaction():
            for schema in layout:
                storage.create_table(schema.name)
            storage.run(f"PRAGMA user_version = {newest}")
        return
    for number in range(found, newest):
        with storage.transaction():
            upgrades[number - 1](storage)
            storage.run(f"PRAGMA user_version = {number + 1}")


def check_current(storage: SQLiteStorage, upgrades: Sequence[Upgrade] = UPGRADES) -> None:
    """Refuse a file that a reader cannot read as it is.

    :raises StoreError: the file is of another version, or holds nothing yet
    """
    newest, found = len(upgrades) + 1, version(storage)
    check_readable(found, newest, storage.path)
    if found == 0:
        raise nothing_yet(storage.path.parent)
    if found < newest:
        raise StoreError(
            Problem(
                f"{storage.path} was written by an older syncd (version {found} of the records; "
                f"this syncd reads {newest})",
                hint="run `syncd once` to upgrade it",
            )
        )


def check_readable(found: int, newest: int, path: Path) -> None:
    """:raises StoreError: the file is of a version that this syncd does not know"""
    if found > newest:
        raise StoreError(
            Problem(
                f"{path} was written by a newer syncd (version {found} of the records; "
                f"this syncd knows {newest})",
                hint="install that syncd again, or use another folder (--state DIR)",
            )
        )


def nothing_yet(folder: Path) -> StoreError:
    """What a reader is told before there are records."""
    return StoreError(
        Problem(f"there are no records in {folder} yet", hint="run `syncd once` first")
    )


def version(storage: SQLiteStorage) -> int:
    """The version of the layout in the file; 0: it holds no tables yet."""
    (found,) = next(storage.query("PRAGMA user_version"))
    return int(found)

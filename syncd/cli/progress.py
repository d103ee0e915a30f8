"""A progress bar per account on a terminal; silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from syncd.pipeline.pull import Progress

_WORTH_A_BAR = 1000


@contextmanager
def account_progress() -> Iterator[Progress | None]:
    """A callback for `run_pass` that draws on standard error while work is long."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    bars = Bars(console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}

    def update(account: str, done: int, total: int | None) -> None:
        if total is not None and total < _WORTH_A_BAR:
            return
        if account not in tasks:
            bars.start()
            tasks[account] = bars.add_task(account, total=total)
        bars.update(tasks[account], completed=done, total=total)

    try:
        yield update
    finally:
        bars.stop()

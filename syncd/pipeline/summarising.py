"""The summary of a moment: evaluated and written, here or in a process of its own.

What an evaluation of a big mailbox needs for a moment, Python keeps for good, for it gives memory
back in large pieces only; a process gives back everything when it ends.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from syncd import log
from syncd.config import Configuration
from syncd.errors import UserError
from syncd.store import Store

_LOOKS = 0.1
"""Seconds between two looks at whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the summary is made from, besides the records."""

    configuration: Configuration
    now: datetime
    problems: Sequence[str] = ()
    """Of a configuration that is not in use, told at the top."""


def written_here(store: Store, order: Order, _go_on: Callable[[], bool]) -> str:
    """Write the summary in this process and thread.

    :return: what went wrong, in one line; empty if nothing did
    """
    # a service that leaves this to another process does without them
    from syncd.pipeline.passes import look
    from syncd.pipeline.publish import publish

    configuration = order.configuration
    try:
        result = look(store, configuration, now=order.now)
        publish(
            result.records,
            result.snapshot,
            configuration,
            store,
            coverage=result.coverage,
            problems=order.problems,
        )
    except UserError as error:
        return error.in_one_line
    except Exception as bug:
        # rules and formats of third parties run here, and tomorrow's mail may be different
        log.debug("summary_broke", exc_info=bug)
        return f"a rule or format broke ({log.place(bug)}); this is a bug"
    return ""


def written_apart(store: Store, order: Order, go_on: Callable[[], bool]) -> str:
    """Write the summary in a process of its own, and wait for it. Change nothing meanwhile.

    :param go_on: asked again and again; once it says no, the process is ended where it is: the
        records stay as they were, or hold all of it
    :return: as `written_here`
    """
    sent: bytes | None = pickle.dumps((os.getpid(), store.folder, order, log.state()))
    with subprocess.Popen(  # noqa: S603 - this interpreter and this module
        # -P: nothing is imported from the folder in which the service happens to stand
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # Ctrl-C is for the service, which then ends this one
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        while True:
            try:
                told, _ = process.communicate(sent, timeout=_LOOKS)
                break
            except subprocess.TimeoutExpired:
                sent = None  # it is under way, and may not be given again
                if not go_on():
                    process.kill()
    if process.returncode != 0:
        return f"the process that writes it ended early ({_ending(process.returncode)})"
    return told.decode("utf-8", "replace")


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _work(parent: int, folder: Path, order: Order, logging: Any) -> None:
    """What the process of `written_apart` does."""
    _end_with(parent)
    log.restore(logging)
    try:
        with Store.lent(folder) as store:
            told = written_here(store, order, lambda: True)
    except UserError as error:
        told = error.in_one_line
    sys.stdout.write(told)


def _end_with(parent: int) -> None:
    """Let the system end this process when its parent ends: the next service is alone then."""
    import ctypes
    import signal

    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux
    if prctl is not None:
        prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    _work(*pickle.load(sys.stdin.buffer))  # noqa: S301 - from the service itself

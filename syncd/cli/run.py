"""`syncd run`: the service."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import click

from syncd.cli.common import configuration, folders, program, settings_for, state_folder
from syncd.cli.named_files import recall
from syncd.config import config_folder
from syncd.errors import Problem, StoreError, UserError


@click.command()
@folders
@click.pass_context
def run(ctx: click.Context, config: Path | None, state: Path | None) -> None:
    """Watch every account and write the summary at its time, until stopped.

    Signals: TERM or INT stops it, HUP reads the configuration again, USR1 reads every account and
    writes today's summary anew.
    """
    from syncd import log
    from syncd.daemon.clock import SystemClock
    from syncd.daemon.give_back import one_heap
    from syncd.daemon.notify import Notifier
    from syncd.daemon.service import Service
    from syncd.daemon.signals import handled
    from syncd.daemon.watcher import Watcher
    from syncd.pipeline.reading_apart import ReadingProcess
    from syncd.pipeline.summarising import written_apart
    from syncd.store import Store
    from syncd.store.failures import DamagedStore

    one_heap()
    if ctx.parent is not None and ctx.parent.get_parameter_source("log") is _BY_DEFAULT:
        log.configure("info")  # a service tells what it does
    folder = state_folder(state)
    if recall(folder) is not None:
        raise UserError(
            Problem(
                f"{folder} holds the records of files that were named on the command line",
                "--state",
                f"a service needs a configuration: `{program()} init` writes one",
            )
        )
    settings, all_left = settings_for(config, state), True
    for attempt in range(_REBUILDS + 1):
        try:
            with Store.open(folder) as store:
                service = Service(
                    store,
                    settings,
                    load=lambda: configuration(config),
                    clock=SystemClock(),
                    notifier=Notifier(os.environ),
                    write=written_apart,
                    texts=ReadingProcess(),
                )
                watcher = Watcher(
                    on_configuration=service.request_reload,
                    on_summary=service.request_answers,
                    on_source=service.request_pull,
                )
                actions = {
                    signal.SIGTERM: service.request_stop,
                    signal.SIGINT: service.request_stop,
                    signal.SIGHUP: service.request_reload,
                    signal.SIGUSR1: service.request_sync,
                }
                with handled(actions):
                    all_left &= service.run(watcher, config_folder(config, os.environ))
                if not service.must_reopen:
                    break
                settings = service.configuration
        except DamagedStore:
            if attempt == _REBUILDS:
                raise
    else:
        raise StoreError(
            Problem(
                f"the records in {folder} were damaged {_REBUILDS + 1} times in a row",
                hint="check the disk; the system's log may say more",
            )
        )
    if not all_left:
        # a thread still waits for the network; the interpreter's own end would wait for it, or
        # trip over it. The records are closed, so nothing is lost.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


_REBUILDS = 3
"""How often damaged records are made anew before the user must look at the disk."""
_BY_DEFAULT = click.core.ParameterSource.DEFAULT

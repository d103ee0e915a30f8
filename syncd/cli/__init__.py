"""The command line: one module per command, loaded when it is called."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
import traceback
from dataclasses import astuple

import click

from syncd import __version__
from syncd.cli.exits import BUG, MUST_ACT, TEMPORARY
from syncd.cli.terminal import plain, plain_line
from syncd.errors import Problem, Transient, UserError

_COMMANDS = (
    "demo",
    "init",
    "check",
    "auth",
    "run",
    "once",
    "summary",
    "status",
    "people",
    "explain",
    "read",
    "done",
    "snooze",
    "dismiss",
    "place",
    "export",
    "backup",
    "schema",
)
_MODULES = {"done": "answer", "snooze": "answer", "dismiss": "answer", "place": "answer"}

_PRIVATE = 0o077
"""The umask: whatever syncd makes is for its user alone."""


class _Commands(click.Group):
    """Finds commands by module, so that one never pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"syncd.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - ours, by name
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="syncd")
@click.option(
    "--log",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="warning",
    show_default=True,
    help="How much to log, on standard error.",
)
def cli(log: str) -> None:
    """Reads your mail and calendars on this machine, read-only, and says each morning whom you
    owe an answer, what you promised, and whom to meet.

    To see it without an account: syncd demo
    """
    from syncd.log import configure

    configure(log)


_COLLECT = (50_000, 20, 50)
"""Thresholds of the garbage collector. Imports and records make many objects and no cycles; with
Python's own (700, 10, 10) an evaluation of a million interactions takes twice as long."""


def main() -> None:
    """Run a command; problems that the user can mend are said without a traceback."""
    gc.set_threshold(*_COLLECT)
    os.umask(_PRIVATE)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # a terminal that cannot show a letter shows another, rather than nothing
        sys.stdout.reconfigure(errors="replace")
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        click.echo(_wrong_use(error), err=True, nl=False)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except UserError as error:
        for problem in error.problems:
            click.echo(_told(problem), err=True)
        sys.exit(MUST_ACT)
    except Transient as error:
        click.echo(f"{plain_line(str(error))} (a passing fault; the next try may work)", err=True)
        sys.exit(TEMPORARY)
    except BrokenPipeError:
        # the reader has gone (`| head`): the interpreter must not fail once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(MUST_ACT)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(plain_line(f"{error.strerror or type(error).__name__}{where}"), err=True)
        sys.exit(MUST_ACT)
    except Exception:
        traceback.print_exc()
        click.echo("this is a bug in syncd: please report what stands above", err=True)
        sys.exit(BUG)


def _wrong_use(error: click.ClickException) -> str:
    """What click shows, with the message on one line whatever it quotes."""
    shown = io.StringIO()
    error.show(shown)
    message = click.unstyle(error.format_message())  # as it was shown: not to a terminal
    return plain(shown.getvalue().replace(message, " ".join(message.split())))


def _told(problem: Problem) -> str:
    """The problem as text in which no name or value starts a line of its own."""
    return str(Problem(*map(plain_line, astuple(problem))))

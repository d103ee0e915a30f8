"""The command line: one module per command, loaded when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from syncd import __version__
from syncd.cli.terminal import plain
from syncd.errors import Transient, UserError

_COMMANDS = (
    "demo",
    "init",
    "check",
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
    "schema",
)
_MODULES = {"done": "answer", "snooze": "answer", "dismiss": "answer", "place": "answer"}

MUST_ACT = 1
TEMPORARY = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""


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


def main() -> None:
    """Run a command; problems that the user can mend are said without a traceback."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except UserError as error:
        for problem in error.problems:
            click.echo(plain(str(problem)), err=True)
        sys.exit(MUST_ACT)
    except Transient as error:
        click.echo(f"{plain(str(error))} (a passing fault; the next try may work)", err=True)
        sys.exit(TEMPORARY)
    except BrokenPipeError:
        sys.exit(MUST_ACT)

"""`syncd auth`: sign in to an account."""

from __future__ import annotations

from pathlib import Path

import click

from syncd.cli.common import folders, settings_for, state_folder
from syncd.cli.terminal import plain_line
from syncd.config import Account, Configuration
from syncd.errors import Problem, UserError


@click.command()
@click.argument("account")
@folders
@click.option(
    "--no-browser", is_flag=True, help="Show the address instead of opening a browser here."
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="The port on this machine that the browser comes back to, for ssh -L.",
)
@click.option(
    "--device", is_flag=True, help="Sign in with a code on another device, where that exists."
)
def auth(
    account: str,
    config: Path | None,
    state: Path | None,
    no_browser: bool,
    port: int | None,
    device: bool,
) -> None:
    """Sign in to ACCOUNT, an account of syncd.yaml. The token stays in the state folder.

    On a server without a browser: log in to it from your own machine with
    `ssh -L 8085:127.0.0.1:8085 SERVER`, run this there with --no-browser --port 8085, and open
    the address that it shows in your own browser.
    """
    from syncd.connectors.base import SignInRequest, SignsIn
    from syncd.pipeline.pull import connector_of

    chosen = _account(settings_for(config, state), account)
    connector = connector_of(chosen, state_folder(state))
    if not isinstance(connector, SignsIn):
        raise UserError(
            Problem(f"a {chosen.connector} account needs no sign-in", account, "see: syncd check")
        )
    request = SignInRequest(say=_say, browser=not no_browser, port=port or 0, device=device)
    address = connector.sign_in(request)
    click.echo(plain_line(f"signed in as {address}; syncd can read {account} now"))


def _account(settings: Configuration, name: str) -> Account:
    for account in settings.accounts:
        if account.name == name:
            return account
    known = ", ".join(account.name for account in settings.accounts)
    raise click.UsageError(f"there is no account {name!r}; there are: {known}")


def _say(line: str) -> None:
    click.echo(plain_line(line), err=True)

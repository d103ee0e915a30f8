"""The user's own command for a bearer token (`token_command`), as other mail tools have it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from typing import Annotated

from pydantic import AfterValidator, Field

from syncd.errors import AuthRequired, Problem

_SECONDS = 60
_LONGEST = 16 * 1024


def _command(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError:
        raise ValueError("a quotation mark is not closed") from None
    if not words:
        raise ValueError('this is empty; write a command such as "pass show mail-token"')
    return value


TokenCommand = Annotated[
    str,
    AfterValidator(_command),
    Field(description="A command that prints a bearer token; run without a shell"),
]


def run_token_command(command: str, account: str) -> str:
    """The bearer token that the command prints on its first line.

    Its output is never shown, for it holds the token or what led to it; a command that fails is
    to be tried by hand.

    :raises AuthRequired: it failed, took over a minute, or printed nothing
    """
    try:
        with subprocess.Popen(  # noqa: S603  the user's own command, without a shell
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                # the whole session: a child that holds the pipe open would block the read for good
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise _failed(account, f"took longer than {_SECONDS} seconds") from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise _failed(account, f"cannot be started ({reason})") from None
    if process.returncode != 0:
        raise _failed(account, f"failed with exit code {process.returncode}")
    lines = output[:_LONGEST].decode("ascii", "replace").split("\n")
    token = lines[0].strip()
    if not token or not token.isprintable() or " " in token or "\ufffd" in token:
        raise _failed(account, "printed no token on its first line")
    return token


def _failed(account: str, what: str) -> AuthRequired:
    return AuthRequired(
        Problem(
            f"the token_command {what}",
            account,
            "run it by hand; it must print a bearer token and exit with 0",
        )
    )

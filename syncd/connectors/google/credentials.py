"""Who reads an account at Google: a sign-in of the user's, a service account, or a command.

The three kinds are `google.auth` credentials, so that the transports refresh them by themselves;
whatever goes wrong on the way is one of syncd's errors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from google.auth.credentials import Credentials

from syncd.connectors.google.stored_token import StoredToken
from syncd.connectors.google.token_endpoint import Send, checked, is_private, refusals
from syncd.connectors.token_command import run_token_command
from syncd.errors import Problem, UserError

if TYPE_CHECKING:
    from google.oauth2 import service_account

    from syncd.connectors.google.options import GoogleOptions
    from syncd.connectors.tokens import Tokens


def credentials(
    account: str, options: GoogleOptions, tokens: Tokens, scopes: Sequence[str]
) -> Credentials:
    """What the account's requests carry. No network: the first request refreshes.

    :param account: the account's name in syncd.yaml
    :param scopes: what the connector reads, e.g. (READ_MAIL,)
    :raises AuthRequired: nobody has signed in yet, or for something else than `scopes`
    :raises UserError: the service account's file cannot be read
    """
    if options.token_command is not None:
        return CommandToken(account, options.token_command)
    if options.service_account is not None:
        return ServiceAccount(account, options.service_account, options.user, scopes)
    return StoredToken(account, tokens, scopes)


class CommandToken(Credentials):
    """A bearer token from the user's own command, run again when Google refuses it."""

    def __init__(self, account: str, command: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # google-auth has no annotations
        self._account = account
        self._command = command

    def refresh(self, request: Send) -> None:  # noqa: ARG002  the command asks elsewhere
        """:raises AuthRequired: the command failed"""
        self.token = run_token_command(self._command, self._account)


class ServiceAccount(Credentials):
    """A service account with domain-wide delegation, acting for `user` (Workspace only).

    https://developers.google.com/identity/protocols/oauth2/service-account
    """

    def __init__(self, account: str, file: Path, user: str, scopes: Sequence[str]) -> None:
        """:raises UserError: the file cannot be read or is no service account's key"""
        super().__init__()  # type: ignore[no-untyped-call]  # google-auth has no annotations
        self._account = account
        self._user = user
        self._inner = _service_account(file, user, scopes)

    def refresh(self, request: Send) -> None:
        """:raises AuthRequired: the domain does not let this service account act for the user
        :raises Transient: no usable answer"""
        with refusals(
            self._account,
            refused="Google does not let the service account read this mailbox",
            hint=f"check that {self._user} exists, and that the domain's admin console allows the "
            "service account's client ID these scopes (domain-wide delegation)",
        ):
            self._inner.refresh(checked(request))
        self.token, self.expiry = self._inner.token, self._inner.expiry


def _service_account(file: Path, user: str, scopes: Sequence[str]) -> service_account.Credentials:
    from google.oauth2 import service_account  # with it comes cryptography, 9 MB

    try:
        info = json.loads(file.read_text(encoding="utf-8"))
        if not is_private(info["token_uri"]):
            raise ValueError
        found: service_account.Credentials = service_account.Credentials.from_service_account_info(
            info, scopes=list(scopes), subject=user
        )
    except OSError as error:
        raise UserError(
            Problem(
                f"service_account cannot be read: {(error.strerror or 'unknown reason').lower()}",
                str(file),
            )
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # nothing of what google-auth or the parser says: it may quote the key
        raise UserError(
            Problem(
                "this is not the key file of a service account",
                str(file),
                "download it as JSON from the service account's page, tab Keys",
            )
        ) from None
    return found

"""A good bearer token for Graph: from the user's command, or from MSAL and its saved cache."""

from __future__ import annotations

import threading
from typing import Any

from syncd.connectors.base import Clock
from syncd.connectors.microsoft.login import access_token, new_application, new_cache
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.token_command import run_token_command
from syncd.connectors.tokens import Tokens
from syncd.errors import Transient

_EARLY = 300.0
"""Seconds before its end from which a token is not used any more."""
_COMMAND_SECONDS = 300.0
"""How long a command's token is used without asking again: it does not say when it ends."""


class Bearer:
    """The bearer token of one account, refreshed when it is old or refused. For any thread.

    :param tokens: keeps MSAL's cache; read anew at each refresh, for another process may have
        refreshed it meanwhile
    """

    def __init__(self, account: str, options: OutlookOptions, tokens: Tokens, clock: Clock) -> None:
        self._account = account
        self._options = options
        self._tokens = tokens
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def token(self, *, refused: str = "") -> str:
        """The token to send.

        :param refused: a token that Graph did not accept: another one is wanted
        :raises AuthRequired: there is no sign-in, or it is dead
        :raises Transient: the sign-in service cannot be reached or is in trouble
        """
        with self._lock:
            old = not self._token or self._clock.monotonic() >= self._until
            if old or self._token == refused:
                self._token, seconds = self._renewed(refused)
                self._until = self._clock.monotonic() + seconds
            return self._token

    def _renewed(self, refused: str) -> tuple[str, float]:
        """A token and the seconds for which it may be used."""
        options = self._options
        if options.token_command is not None:
            return run_token_command(options.token_command, self._account), _COMMAND_SECONDS
        with self._tokens.refreshing():
            cache = new_cache(self._tokens.read())
            application = new_application(self._account, options, cache, self._clock)
            try:
                result = self._acquire(application, refused)
            finally:
                application.http_client.close()
                if cache.has_state_changed:
                    self._tokens.write(cache.serialize())
        token = access_token(self._account, options, result)
        return token, float((result or {}).get("expires_in") or 0) - _EARLY

    def _acquire(self, application: Any, refused: str) -> Any:
        """MSAL's answer: a token that is not `refused`, or why there is none."""
        scopes = list(self._options.scopes)
        # a token that MSAL would like to renew early does while the sign-in is in trouble
        passing = {"http_exceptions": (Transient,)}
        as_app = self._options.certificate is not None
        accounts = [] if as_app else application.get_accounts()
        for force in (False, True):
            if not as_app:
                result = application.acquire_token_silent_with_error(
                    scopes, accounts[0] if accounts else None, force_refresh=force, **passing
                )
            else:
                if force:
                    application.remove_tokens_for_client()
                result = application.acquire_token_for_client(scopes, **passing)
            # the saved token may be the refused one, or a newer one already
            if not refused or (result or {}).get("access_token") != refused:
                break
        return result

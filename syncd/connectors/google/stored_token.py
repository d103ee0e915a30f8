"""The user's own sign-in at Google as a file, in Google's "authorized user" format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from google.auth.credentials import Credentials

from syncd import log
from syncd.connectors.google.scopes import READ_HEADERS, READ_MAIL
from syncd.connectors.google.token_endpoint import Send, checked, is_private, refusals, renewed
from syncd.errors import AuthRequired, Problem

if TYPE_CHECKING:
    import google.oauth2.credentials

    from syncd.connectors.tokens import Tokens

_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  an address, no secret


class StoredToken(Credentials):
    """The user's own sign-in, kept in the account's token file.

    The file is read anew under a lock at each refresh: another process, or `syncd auth`, may have
    replaced what was read before.
    """

    def __init__(self, account: str, tokens: Tokens, scopes: Sequence[str]) -> None:
        """:raises AuthRequired: nobody has signed in yet, or for something else than `scopes`"""
        super().__init__()  # type: ignore[no-untyped-call]  # google-auth has no annotations
        self._account = account
        self._tokens = tokens
        self._needed = frozenset(scopes)
        self._adopt(self._read())

    def refresh(self, request: Send) -> None:
        """:raises AuthRequired: the sign-in has ended
        :raises Transient: no usable answer; the sign-in is as good as it was"""
        stale = self.token
        with self._tokens.refreshing():
            stored = self._read()
            self._adopt(stored)
            if self.token == stale or not self.valid:
                with refusals(
                    self._account,
                    refused="Google no longer accepts the sign-in (it was taken back, or ended; "
                    "an app in Testing has seven days)",
                    hint=f"run: syncd auth {self._account}",
                ):
                    answer = renewed(checked(request), {"token_uri": _TOKEN_URI, **stored})
                stored = {**stored, **answer}
                self._keep(stored)
                self._adopt(stored)

    def _keep(self, stored: Mapping[str, Any]) -> None:
        try:
            self._tokens.write(json.dumps(stored))
        except OSError as error:
            # a full disk: Google's refresh token is still the one in the file, so go on
            log.warning("sign_in_not_kept", account=self._account, reason=error.strerror)

    def _adopt(self, stored: Mapping[str, Any]) -> None:
        self.token, self.expiry = stored.get("token"), _expiry(stored)

    def _read(self) -> dict[str, Any]:
        try:
            text = self._tokens.read()
            stored = json.loads(text) if text is not None else None
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise self._sign_in(f"the stored sign-in cannot be read: {reason}") from None
        except (ValueError, RecursionError):
            raise self._sign_in("the stored sign-in cannot be read") from None
        if text is None:
            raise self._sign_in("nobody has signed in yet")
        if not isinstance(stored, dict) or not _complete(stored):
            raise self._sign_in("the stored sign-in cannot be read")
        granted = stored.get("scopes")
        if isinstance(granted, list):
            self._check_scopes(frozenset(map(str, granted)))
        return stored

    def _check_scopes(self, granted: frozenset[str]) -> None:
        """A token from elsewhere may not say what it covers; Google will."""
        if not self._needed <= granted:
            raise self._sign_in("the sign-in does not cover what this account now reads")
        if {READ_MAIL, READ_HEADERS} <= granted | self._needed:
            raise self._sign_in("the sign-in covers more than this account may read")

    def _sign_in(self, what: str) -> AuthRequired:
        return AuthRequired(Problem(what, self._account, f"run: syncd auth {self._account}"))


def authorized_user(
    signed_in: google.oauth2.credentials.Credentials, scopes: Sequence[str]
) -> dict[str, Any]:
    """What the token file of a sign-in holds: Google's own "authorized user" format."""
    return {
        "type": "authorized_user",
        "client_id": signed_in.client_id,
        "client_secret": signed_in.client_secret,
        "token_uri": signed_in.token_uri,
        "scopes": list(scopes),
        **_refreshed(signed_in),
    }


def _complete(stored: Mapping[str, Any]) -> bool:
    needed = ("refresh_token", "client_id", "client_secret")
    return (
        all(isinstance(stored.get(name), str) for name in needed)
        and isinstance(stored.get("token"), str | None)
        and isinstance(stored.get("token_uri", _TOKEN_URI), str)
        and is_private(stored.get("token_uri", _TOKEN_URI))
    )


def _refreshed(inner: google.oauth2.credentials.Credentials) -> dict[str, Any]:
    expiry = inner.expiry.isoformat() + "Z" if inner.expiry is not None else None
    return {"token": inner.token, "refresh_token": inner.refresh_token, "expiry": expiry}


def _expiry(stored: Mapping[str, Any]) -> datetime | None:
    """As google-auth compares it: naive, in UTC; None: good until Google refuses it."""
    expiry = stored.get("expiry")
    if expiry is None:
        return None
    try:
        return datetime.fromisoformat(expiry.removesuffix("Z")).replace(tzinfo=None)
    except (AttributeError, ValueError):
        return datetime(1970, 1, 1)  # noqa: DTZ001  google-auth's own convention

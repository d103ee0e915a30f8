"""What Google's token endpoint answers, in syncd's errors (RFC 6749 section 5.2).

google-auth leaves gaps that would show an account as signed out, or stop a pass, for a fault that
passes: it sleeps and retries on 429 and 5xx, calls a proxy's HTML page a refused sign-in, and
stumbles over a 200 that is no JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from google.auth.exceptions import RefreshError, TransportError

from syncd.connectors.unreachable import what_failed
from syncd.errors import AuthRequired, Problem, RateLimited, Transient

Send = Callable[..., Any]
"""google.auth.transport.Request: sends one request, returns its status, headers and data."""

_PASSING = frozenset({"internal_failure", "server_error", "slow_down", "temporarily_unavailable"})
ERROR_CODE = re.compile(r"[a-z_]{1,40}")
_PAUSE = 60.0
"""Seconds to wait where the endpoint says "too many" and not for how long."""


def checked(send: Send) -> Send:
    """The transport, with an exception for every answer that says nothing about the sign-in.

    :raises Transient: (from the returned callable) no connection, 408, 429, 5xx, or not JSON
    """

    def sending(*words: Any, **named: Any) -> Any:
        try:
            response = send(*words, **named)
        except (TransportError, OSError) as error:
            raise Transient(
                f"the sign-in server cannot be reached ({what_failed(error)})"
            ) from None
        if response.status == 429:
            raise RateLimited("the sign-in server asks to wait", _retry_after(response.headers))
        if response.status == 408 or response.status >= 500:
            raise Transient(f"the sign-in server failed with status {response.status}")
        answer = _object(response.data)
        if answer is None:
            raise Transient(f"the sign-in server sent no JSON (status {response.status})")
        if error_code(answer) in _PASSING:
            raise Transient(f"the sign-in server says: {error_code(answer)}")
        return response

    return sending


def is_private(address: str) -> bool:
    """Whether what is sent to this URL stays unread: https, or this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1")
    )


def renewed(send: Send, stored: Mapping[str, Any]) -> dict[str, str | None]:
    """Ask for a new access token (RFC 6749 section 6), without scopes: asked for again they could
    only be refused. google-auth's own way brings cryptography with it, 9 MB.

    :param send: from `checked`
    :param stored: token_uri, client_id, client_secret and refresh_token
    :return: what changes in an "authorized user" file
    :raises RefreshError: it was refused
    :raises ValueError: no usable answer, or TypeError or OverflowError
    """
    form = {name: stored[name] for name in ("client_id", "client_secret", "refresh_token")}
    response = send(
        method="POST",
        url=stored["token_uri"],
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({"grant_type": "refresh_token", **form}).encode(),
    )
    answer = _object(response.data) or {}
    if response.status != 200:
        raise RefreshError("refused", answer)
    token, lasts = answer.get("access_token"), answer.get("expires_in")
    given = answer.get("refresh_token") or stored["refresh_token"]
    if not isinstance(token, str) or not isinstance(given, str):
        raise ValueError("no token")
    expiry = None
    if lasts is not None:
        until = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=int(lasts))
        expiry = until.isoformat() + "Z"
    return {"token": token, "refresh_token": given, "expiry": expiry}


@contextmanager
def refusals(account: str, *, refused: str, hint: str) -> Iterator[None]:
    """Turn what google-auth raises on a refresh into syncd's errors. Nothing of the answer is
    quoted but its error code.

    :param refused: what `invalid_grant` means for this kind of sign-in
    :param hint: what the user can do about a refusal
    :raises AuthRequired: the endpoint refused
    :raises Transient: it could not answer
    """
    try:
        yield
    except RefreshError as error:
        code = error_code(error.args[1] if len(error.args) > 1 else None)
        if not code:
            raise Transient("the sign-in server gave no usable answer") from None
        what = refused if code == "invalid_grant" else f"Google refuses the sign-in: {code}"
        raise AuthRequired(Problem(what, account, hint)) from None
    except (TransportError, ValueError, TypeError, OverflowError):
        # an `expires_in` that is no number, say
        raise Transient("the sign-in server gave no usable answer") from None


def error_code(answer: object) -> str:
    """The `error` of an OAuth answer; empty where there is none or it is not one."""
    code = answer.get("error") if isinstance(answer, Mapping) else None
    return code if isinstance(code, str) and ERROR_CODE.fullmatch(code) else ""


def _object(data: bytes | str) -> dict[str, Any] | None:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _retry_after(headers: Mapping[str, str]) -> float:
    """Retry-After in seconds (RFC 9110 section 10.2.3); the form with a date is rare here."""
    value = next((headers[name] for name in headers if name.lower() == "retry-after"), "")
    return min(float(value), 3600.0) if value.isdecimal() and len(value) < 9 else _PAUSE

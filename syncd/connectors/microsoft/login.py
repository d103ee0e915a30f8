"""MSAL, kept to its job: what it sends, what it keeps and what its answers mean.

MSAL builds itself with a request, so it is built only where a token is needed, and anew each time:
an application object replays errors for a minute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syncd.connectors.base import Clock
from syncd.connectors.microsoft.clouds import CLOUDS
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.transport import (
    Answer,
    new_session,
    persistent,
    retry_after,
    send,
)
from syncd.errors import AuthRequired, Problem, RateLimited, Transient, UserError
from syncd.options import is_loopback

if TYPE_CHECKING:
    from msal import ClientApplication, SerializableTokenCache

_LARGEST_ANSWER = 1024 * 1024
_ATTEMPTS = 3
_LONGEST_PAUSE = 30.0
"""Seconds."""
_AADSTS = re.compile(r"\bAADSTS(\d{4,8})\b")
_OAUTH_ERROR = re.compile(r"[a-z_]{1,40}")
_PASSING = frozenset({"temporarily_unavailable", "server_error"})
_PASSING_CODES = frozenset({"90033", "90006", "90012", "50196"})
_SECRETS = ("code", "device_code", "code_verifier", "client_assertion")

_HINTS = {
    "50020": "this account is not of that tenant; check authority and who signs in",
    "50011": 'add the redirect address "http://localhost" to the app registration',
    "53003": "your organisation forbids this way to sign in; try without --device",
    "65001": "the permissions were not accepted; sign in again and accept them",
    "90094": "an administrator must accept the app's permissions",
    "90095": "an administrator must accept the app's permissions",
    "700016": "check client_id and authority: this tenant does not know the app",
    "700027": "upload the certificate to the app registration",
    "7000215": "the app registration does not know this secret",
    "7000218": 'switch on "Allow public client flows" in the app registration',
    "90002": "check authority: there is no such tenant",
}
"""What helps, by the number of Microsoft's error (https://login.microsoftonline.com/error)."""


@dataclass(frozen=True, slots=True)
class _LoginAnswer:
    """What MSAL wants of an HTTP answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Statuses that mean trouble on the way have been raised before."""


class LoginHttp:
    """MSAL's HTTP. A passing fault is raised here, so that only a refusal reaches MSAL.

    With a sign-in on loopback, which MSAL would not take for one, requests to the public sign-in go
    there instead.
    """

    def __init__(self, login: str, clock: Clock) -> None:
        self._login = login
        self._clock = clock
        self._session = new_session(login)

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> _LoginAnswer:
        """Send a GET.

        :raises Transient: no answer, 429 (RateLimited), 5xx, or something that is not JSON
        """
        return self._send("GET", url, params=params, headers=headers)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any
    ) -> _LoginAnswer:
        """Send a POST; errors as in `get`."""
        return self._send("POST", url, params=params, data=data, headers=headers)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _send(self, method: str, url: str, **request: Any) -> _LoginAnswer:
        def attempt() -> Answer:
            return send(
                self._session,
                method,
                rebased(url, self._login),
                self._clock,
                largest=_LARGEST_ANSWER,
                **request,
            )

        answer = persistent(attempt, self._clock, attempts=_ATTEMPTS, longest=_LONGEST_PAUSE)
        if answer.status == 429:
            raise RateLimited("Microsoft's sign-in asks to wait", retry_after(answer.headers) or 0)
        if answer.status >= 500 or answer.status < 200 or 300 <= answer.status < 400:
            raise Transient(f"Microsoft's sign-in answered {answer.status}")
        answer.json()
        return _LoginAnswer(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)


def rebased(url: str, login: str) -> str:
    """The address at the sign-in in use: its own, unless that is on loopback."""
    if not is_loopback(login):
        return url
    parts, base = urlsplit(url), urlsplit(login)
    return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl()


def new_cache(text: str | None = None) -> SerializableTokenCache:
    """MSAL's cache, from what it was saved as; an unreadable one counts as empty."""
    import msal

    class TokenCache(msal.SerializableTokenCache):  # type: ignore[misc]  # msal has no types
        """MSAL logs the events of its cache and leaves some of their secrets in."""

        def add(self, event: Mapping[str, Any], **kwargs: Any) -> None:
            data = event.get("data") or {}
            masked = {name: "" if name in _SECRETS else value for name, value in data.items()}
            super().add({**event, "data": masked}, **kwargs)

    cache = TokenCache()
    if text and _is_cache(text):
        cache.deserialize(text)
    return cache


def _is_cache(text: str) -> bool:
    """Whether MSAL can read this: tables of records."""
    try:
        tables = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(tables, dict) and all(
        isinstance(table, dict) and all(isinstance(record, dict) for record in table.values())
        for table in tables.values()
    )


def new_application(
    account: str, options: OutlookOptions, cache: SerializableTokenCache, clock: Clock
) -> ClientApplication:
    """MSAL's application for this account: a public client, or with a certificate the app itself.

    :raises Transient: the sign-in cannot be reached
    :raises AuthRequired: there is no client_id
    :raises UserError: there is no such tenant, or the certificate cannot be used
    """
    import msal

    if not options.client_id:
        raise AuthRequired(
            Problem(
                "client_id is missing: the id of your app registration",
                account,
                f"README.md says how to register the app; then run `syncd auth {account}`",
            )
        )
    login = CLOUDS["global"].login if is_loopback(options.login) else options.login
    settings: dict[str, Any] = {
        "authority": f"{login}/{options.tenant}",
        "http_client": LoginHttp(options.login, clock),
        "instance_discovery": False,
        "token_cache": cache,
    }
    try:
        if options.certificate is None:
            return msal.PublicClientApplication(options.client_id, **settings)
        credential = _credential(account, options.certificate)
        return msal.ConfidentialClientApplication(
            options.client_id, client_credential=credential, **settings
        )
    except (Transient, UserError):
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        # its text quotes the sign-in's whole answer
        pass
    raise UserError(
        Problem(
            f"Microsoft's sign-in does not know the tenant {options.tenant}",
            account,
            "check authority in syncd.yaml",
        )
    )


def _credential(account: str, path: Path) -> dict[str, str]:
    """The certificate and its key as MSAL takes them."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    what = ""
    try:
        text = path.read_text(encoding="ascii")
        load_pem_x509_certificate(text.encode())
        load_pem_private_key(text.encode(), None)
    except OSError as error:
        what = f"cannot be read ({(error.strerror or 'unknown reason').lower()})"
    except (ValueError, TypeError, UnicodeDecodeError):
        what = "does not hold a certificate and an unencrypted private key in PEM"
    if what:
        raise UserError(Problem(f"{path} {what}", account))
    return {"private_key": text, "public_certificate": text}


def access_token(account: str, options: OutlookOptions, result: Mapping[str, Any] | None) -> str:
    """The access token in MSAL's answer.

    :raises AuthRequired: there is no sign-in, or it is dead
    :raises Transient: the sign-in service says that it is its own trouble
    """
    token = (result or {}).get("access_token")
    if isinstance(token, str) and token:
        return token
    raise refusal(account, options, result)


def refusal(
    account: str, options: OutlookOptions, result: Mapping[str, Any] | None
) -> AuthRequired | Transient:
    """The exception for an answer of MSAL's that holds no token. Only error codes are told."""
    sign_in = f"run: syncd auth {account}"
    if result is None:
        return AuthRequired(Problem("nobody has signed in yet", account, sign_in))
    error = str(result.get("error") or "")
    found = _AADSTS.search(str(result.get("error_description") or ""))
    number = found[1] if found else ""
    if error in _PASSING or number in _PASSING_CODES:
        return Transient("Microsoft's sign-in is busy")
    word = error if _OAUTH_ERROR.fullmatch(error) else "refused"
    said = f"{word}, AADSTS{number}" if number else word
    default = "check the app registration" if options.certificate else sign_in
    return AuthRequired(
        Problem(
            f"Microsoft does not accept the sign-in ({said})", account, _HINTS.get(number, default)
        )
    )

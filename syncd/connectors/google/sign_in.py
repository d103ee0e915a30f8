"""The user's own sign-in at Google: the browser here or elsewhere, the answer on loopback.

google-auth-oauthlib makes the address (with PKCE and state) and exchanges the code. Its
`run_local_server` is not used: it takes the first connection for the answer, whatever that is,
and logs the code. https://developers.google.com/identity/protocols/oauth2/native-app
"""

from __future__ import annotations

import json
import os
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import google.auth.jwt
import google.oauth2.credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from requests import RequestException, Response

from syncd.connectors.google.stored_token import authorized_user
from syncd.connectors.google.token_endpoint import ERROR_CODE, is_private
from syncd.connectors.loopback import Redirect
from syncd.connectors.unreachable import what_failed
from syncd.errors import Problem, RateLimited, Transient, UserError
from syncd.normalise.addresses import is_one_of

if TYPE_CHECKING:
    from syncd.connectors.base import SignInRequest
    from syncd.connectors.google.options import GoogleOptions
    from syncd.connectors.tokens import Tokens

_WHO = ("openid", "https://www.googleapis.com/auth/userinfo.email")
"""The scopes that make Google say which address signed in."""
_WAIT = 600.0
"""Seconds that the user has for the browser."""
_TIMEOUT = 60
"""Seconds for the exchange of the code."""


def sign_in(
    account: str,
    options: GoogleOptions,
    tokens: Tokens,
    scopes: Sequence[str],
    request: SignInRequest,
) -> str:
    """Let the user sign in and keep the token; what was kept before stays if anything fails.

    :param scopes: what the connector reads, as for `credentials`
    :return: the address that signed in
    :raises UserError: nothing to sign in with, refused, in another name, or not in ten minutes
    :raises Transient: Google cannot be reached
    """
    if request.device:
        raise UserError(
            Problem(
                "Google has no device code for mail and calendars",
                account,
                "use --no-browser --port 8085, and from your own machine: "
                "ssh -L 8085:127.0.0.1:8085 THIS-MACHINE",
            )
        )
    flow = _flow(account, options, scopes)
    with _our_own_checks():
        signed_in = _authorize(account, flow, options, request)
    _check_granted(account, signed_in, scopes)
    address = _check_address(account, signed_in, options.user)
    with tokens.refreshing():
        tokens.write(json.dumps(authorized_user(signed_in, scopes)))
    return address


def _flow(account: str, options: GoogleOptions, scopes: Sequence[str]) -> Any:
    for name in ("token_command", "service_account"):
        if getattr(options, name) is not None:
            hint = "see whether it works: syncd check"
            raise UserError(Problem(f"{name} signs in by itself", account, hint))
    if options.client_secrets is None:
        raise UserError(
            Problem(
                "there is no OAuth client to sign in with",
                account,
                "make one in Google's console (README, Gmail and Google Calendar), download its "
                "JSON file, and name it: client_secrets: FILE",
            )
        )
    return Flow.from_client_config(_client(options.client_secrets), (*scopes, *_WHO))


def _client(file: Path) -> Mapping[str, Any]:
    """The OAuth client that Google's console gives for download, checked for what Flow reads."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        client = content["installed"]
        named = [client[key] for key in ("client_id", "client_secret", "auth_uri", "token_uri")]
        if not all(isinstance(value, str) for value in named) or not all(
            map(is_private, (client["auth_uri"], client["token_uri"]))
        ):
            raise ValueError
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise UserError(Problem(f"client_secrets cannot be read: {reason}", str(file))) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError(
            Problem(
                "this is not the file of an OAuth client for desktop apps",
                str(file),
                'make a client of the type "Desktop app" and download its JSON file',
            )
        ) from None
    return {"installed": client}


@contextmanager
def _our_own_checks() -> Iterator[None]:
    """oauthlib refuses plain http even on loopback, and fewer scopes than asked for with an
    exception that holds the token; both are checked here (`is_private`, `_check_granted`). It
    reads these switches from the environment only."""
    switches = ("OAUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_RELAX_TOKEN_SCOPE")
    before = {name: os.environ.get(name) for name in switches}
    os.environ.update(dict.fromkeys(switches, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _authorize(
    account: str, flow: Any, options: GoogleOptions, request: SignInRequest
) -> google.oauth2.credentials.Credentials:
    state = flow.oauth2session.new_state()
    with Redirect(request.port) as redirect:
        redirect.expect(state)
        flow.redirect_uri = f"http://127.0.0.1:{redirect.port}/"
        # consent: without it a second sign-in gives no refresh token
        address, _ = flow.authorization_url(
            state=state, access_type="offline", prompt="consent", login_hint=options.user
        )
        opened = request.browser and webbrowser.open(address)
        request.say("Sign in with your browser." if opened else _where_to_open(redirect.port))
        request.say(address)
        answer = redirect.answer(_WAIT)
    if answer is None:
        raise _refused(account, "nobody signed in within ten minutes")
    if "code" not in answer:
        code = _code(answer["error"])
        refused = code == "access_denied"
        raise _refused(
            account,
            f"it was refused in the browser ({code})" if refused else f"Google says: {code}",
        )
    return _exchange(account, flow, answer["code"])


def _where_to_open(port: int) -> str:
    return (
        "Open this address in a browser on this machine; elsewhere, first run there: "
        f"ssh -L {port}:127.0.0.1:{port} THIS-MACHINE"
    )


def _exchange(account: str, flow: Any, code: str) -> google.oauth2.credentials.Credentials:
    flow.oauth2session.register_compliance_hook("access_token_response", _check_status)
    try:
        flow.fetch_token(code=code, include_client_id=True, timeout=_TIMEOUT)
        signed_in: google.oauth2.credentials.Credentials = flow.credentials
    except RequestException as error:
        raise Transient(f"Google cannot be reached ({what_failed(error)})") from None
    except OAuth2Error as error:
        if error.error == "missing_token":
            raise Transient("Google gave no usable answer") from None
        raise _refused(account, f"Google refuses the sign-in: {_code(error.error)}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # whatever oauthlib makes of an answer that is none
        raise Transient("Google gave no usable answer") from None
    if not signed_in.refresh_token:
        raise _refused(account, "Google gave a sign-in that ends within the hour")
    return signed_in


def _check_status(response: Response) -> Response:
    """oauthlib takes every answer for one, a proxy's error page too."""
    if response.status_code == 429:
        raise RateLimited("Google asks to wait", 60.0)
    if response.status_code >= 500:
        raise Transient(f"Google's sign-in failed with status {response.status_code}")
    return response


def _check_granted(
    account: str, signed_in: google.oauth2.credentials.Credentials, scopes: Sequence[str]
) -> None:
    """Google's page lets the user clear single boxes."""
    granted = signed_in.granted_scopes
    if granted is not None and not set(scopes) <= set(granted):
        raise _refused(account, "not everything was allowed that syncd reads", "tick every box")


def _check_address(
    account: str, signed_in: google.oauth2.credentials.Credentials, user: str
) -> str:
    """The token came straight from Google, so that its ID token needs no other proof
    (OpenID Connect Core 3.1.3.7)."""
    try:
        claims = google.auth.jwt.decode(signed_in.id_token, verify=False)
        address = str(claims["email"]).lower()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(account, "Google did not say which address signed in") from None
    if not is_one_of(address, frozenset({user})):
        raise _refused(
            account,
            f"{address} signed in, and this account is {user}'s; nothing was changed",
            f"choose {user} in the browser, or write user: {address} in syncd.yaml",
        )
    return address


def _refused(account: str, what: str, hint: str = "") -> UserError:
    again = f"run again: syncd auth {account}"
    return UserError(Problem(what, account, f"{hint}; {again}" if hint else again))


def _code(error: str) -> str:
    """An OAuth error code, which is all of an answer that is ever shown."""
    return error if ERROR_CODE.fullmatch(error) else "an unknown error"

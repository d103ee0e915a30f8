"""`syncd auth` for an Outlook account: in a browser on this machine, or with a code on another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncd.connectors.base import Clock, RealClock, SignInRequest
from syncd.connectors.microsoft.graph import Graph, GraphError
from syncd.connectors.microsoft.login import (
    access_token,
    new_application,
    new_cache,
    rebased,
    refusal,
)
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, Problem, Transient, UserError
from syncd.normalise.graph_mail import own_addresses

_BROWSER_SECONDS = 900
_DEVICE_SECONDS = 1800
_USUAL_INTERVAL = 5
"""Seconds between two questions for a device code. RFC 8628, 3.5."""
_LONGEST_INTERVAL = 60
_PENDING = frozenset({"authorization_pending", "slow_down"})
_REFUSED = frozenset({"access_denied", "authorization_declined", "user_cancelled"})


def sign_in(
    account: str,
    options: OutlookOptions,
    tokens: Tokens,
    request: SignInRequest,
    clock: Clock | None = None,
) -> str:
    """Let the user sign in, check that it is the right account, keep the sign-in.

    The earlier sign-in stays until the new one has proved good.

    :returns: the mailbox's address, as in the options
    :raises UserError: refused, timed out, somebody else signed in, or a token_command is used
    :raises Transient: Microsoft cannot be reached
    """
    clock = clock or RealClock()
    if options.token_command is not None:
        raise UserError(
            Problem("its token_command signs in; there is nothing to do", account),
        )
    cache = new_cache()
    application = new_application(account, options, cache, clock)
    try:
        if options.certificate is not None:
            result = application.acquire_token_for_client(list(options.scopes))
        elif request.device:
            result = _by_device(account, options, application, request, clock)
        else:
            result = _by_browser(account, options, application, request)
    finally:
        application.http_client.close()
    if str((result or {}).get("error")) in _REFUSED:
        raise UserError(Problem("the sign-in was refused or cancelled", account))
    token = access_token(account, options, result)
    _check_owner(account, options, tokens, clock, token)
    with tokens.refreshing():
        tokens.write(cache.serialize())
    return options.user


def _by_browser(
    account: str, options: OutlookOptions, application: Any, request: SignInRequest
) -> Mapping[str, Any]:
    """The authorization code flow with PKCE, on loopback. RFC 8252."""
    # every configuration with such an account loads this module, hardly any needs a server
    import webbrowser

    from syncd.connectors.loopback import Redirect

    with Redirect(request.port) as redirect:
        flow = application.initiate_auth_code_flow(
            list(options.scopes),
            # with this name, Microsoft lets a public client use any port
            redirect_uri=f"http://localhost:{redirect.port}",
            login_hint=options.user,
            prompt="select_account",
            response_mode="form_post",
        )
        redirect.expect(flow["state"])
        address = rebased(flow["auth_uri"], options.login)
        request.say(f"Open this address in a browser and sign in as {options.user}:")
        request.say(address)
        if request.browser:
            webbrowser.open(address)
        answer = redirect.answer(_BROWSER_SECONDS)
    if answer is None:
        raise UserError(Problem("nobody signed in within 15 minutes", account))
    try:
        result: Mapping[str, Any] = application.acquire_token_by_auth_code_flow(flow, answer)
    except (ValueError, RuntimeError, KeyError):
        # its text quotes the id token
        result = {"error": "invalid_answer"}
    return result


def _by_device(
    account: str,
    options: OutlookOptions,
    application: Any,
    request: SignInRequest,
    clock: Clock,
) -> Mapping[str, Any]:
    """The device authorization grant. RFC 8628. A passing fault does not end the wait."""
    flow = application.initiate_device_flow(list(options.scopes))
    if not flow.get("user_code") or not flow.get("verification_uri"):
        raise refusal(account, options, flow)
    request.say(
        f"On any device, open {_plain(flow['verification_uri'])} , type the code "
        f"{_plain(flow['user_code'])} and sign in as {options.user}."
    )
    until = clock.monotonic() + min(_seconds(flow.get("expires_in"), 900), _DEVICE_SECONDS)
    interval = min(_seconds(flow.get("interval"), _USUAL_INTERVAL), _LONGEST_INTERVAL)
    while clock.monotonic() < until:
        clock.wait(interval)
        try:
            result: Mapping[str, Any] = application.acquire_token_by_device_flow(
                flow, exit_condition=lambda _flow: True
            )
        except Transient:
            continue
        except (ValueError, RuntimeError, KeyError):
            return {"error": "invalid_answer"}
        if result.get("error") not in _PENDING:
            return result
        if result["error"] == "slow_down":
            interval = min(interval + _USUAL_INTERVAL, _LONGEST_INTERVAL)
    raise UserError(Problem("nobody typed the code in time", account))


def _check_owner(
    account: str, options: OutlookOptions, tokens: Tokens, clock: Clock, token: str
) -> None:
    """Ask Graph whose token this is."""
    graph = Graph(account, options, tokens, clock, bearer=_Given(account, token))
    try:
        if options.certificate is not None:
            graph.get(f"{graph.mailbox}/mailFolders/inbox", {"$select": "id"})
            return
        addresses = _addresses(graph)
    finally:
        graph.close()
    if options.user not in addresses:
        who = addresses[0] if addresses else "somebody else"
        raise UserError(
            Problem(
                f"{who} signed in, but this account is for {options.user}",
                account,
                "sign in again, or change user in syncd.yaml; the earlier sign-in is kept",
            )
        )


def _addresses(graph: Graph) -> tuple[str, ...]:
    """Every address of the mailbox that may be asked for."""
    profile: dict[str, Any] = {}
    for names in ("mail,userPrincipalName", "otherMails,proxyAddresses"):
        try:
            profile.update(graph.get(graph.mailbox, {"$select": names}))
        except GraphError as error:
            # a personal account has no proxy addresses
            if error.status not in (400, 403, 404):
                raise
    return own_addresses(profile)


class _Given:
    """A token that has just been given and cannot be renewed."""

    def __init__(self, account: str, token: str) -> None:
        self._account = account
        self._token = token

    def token(self, *, refused: str = "") -> str:
        if refused:
            raise AuthRequired(
                Problem("Microsoft Graph does not accept the new token", self._account)
            )
        return self._token


def _seconds(value: Any, usual: int) -> float:
    return float(value) if isinstance(value, int) and value > 0 else float(usual)


def _plain(value: Any) -> str:
    """Text from the network, fit for a terminal."""
    return "".join(letter for letter in str(value)[:200] if letter.isprintable())

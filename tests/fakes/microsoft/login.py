"""Microsoft's sign-in on loopback: discovery, both interactive flows, refresh, app-only.

What it gives out becomes good at the FakeGraph it belongs to. Refresh tokens rotate: the old one
dies, so that keeping the wrong one shows. Codes and proofs are checked as Microsoft checks them.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from tests.fakes.microsoft.server import FakeGraph, Grant
from tests.fakes.server import FakeServer, Request, Response

PUBLIC = "https://login.microsoftonline.com"
CLIENT = "7d1b0c1e-0000-4000-8000-5ca1ab1e0001"
TENANT = "5ca1ab1e-0000-4000-8000-0000000000f1"
USER = "camille@cabinet.example"


@dataclass
class _Pending:
    """An interactive sign-in under way."""

    client_id: str
    scopes: list[str]
    nonce: str = ""
    challenge: str = ""
    redirect_uri: str = ""
    outcome: str = "authorization_pending"


@dataclass
class FakeLogin:
    """The sign-in service of `graph`; a context manager that serves it."""

    graph: FakeGraph
    user: str = USER
    """Who signs in."""
    expires_in: int = 3600
    """Seconds for which an access token says to be good."""
    refresh_in: int | None = None
    """Seconds after which an access token may be renewed though it is still good."""
    interval: int = 5
    """Seconds that a device is to wait between its questions."""
    certificate: Certificate | None = None
    """Of the app, where it may sign in by itself."""
    public_client: bool = True
    """Whether the app registration allows public client flows."""
    issued: set[str] = field(default_factory=set)
    """Every token, code and assertion that was ever given out or sent in."""
    refresh_tokens: dict[str, list[str]] = field(default_factory=dict)
    """The good ones, with their scopes."""
    grants: list[str] = field(default_factory=list)
    """The grant types asked for, in order."""

    def __post_init__(self) -> None:
        self.server = FakeServer(self._handle)
        self._codes: dict[str, _Pending] = {}
        self._devices: dict[str, _Pending] = {}
        self._user_codes: dict[str, str] = {}

    def __enter__(self) -> FakeLogin:
        self.server.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self.server.__exit__(*details)

    @property
    def authority(self) -> str:
        """What `authority:` in an account's options is."""
        return f"{self.server.url}/common"

    def revoke(self) -> None:
        """Sign the user out everywhere, as a change of the password does."""
        self.refresh_tokens.clear()
        self.graph.tokens.clear()

    def expire(self) -> None:
        """Let Graph take no access token any more that was given out so far."""
        self.graph.tokens.clear()

    def type_code(self, user_code: str, *, accept: bool = True) -> None:
        """The user types the device's code."""
        pending = self._devices[self._user_codes[user_code]]
        pending.outcome = "" if accept else "authorization_declined"

    def browse(self, address: str, *, accept: bool = True, state: str | None = None) -> int:
        """The user's browser: opens the address, signs in, and comes back to syncd.

        :param state: another state than the one it was sent with: an attack
        :returns: the status of syncd's page
        """
        page = requests.get(address, params={} if accept else {"fake": "refuse"}, timeout=10)
        page.raise_for_status()
        action = html.unescape(re.findall(r'action="([^"]*)"', page.text)[0])
        fields = {
            html.unescape(name): html.unescape(value)
            for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', page.text)
        }
        if state is not None:
            fields["state"] = state
        return requests.post(action, data=fields, timeout=10).status_code

    def _handle(self, request: Request) -> Response:
        tenant, _, path = request.path.removeprefix("/").partition("/")
        match request.method, path:
            case "GET", "v2.0/.well-known/openid-configuration":
                return self._discovery(tenant)
            case "GET", "oauth2/v2.0/authorize":
                return self._authorize(request)
            case "POST", "oauth2/v2.0/devicecode":
                return self._device_code(_form(request))
            case "POST", "oauth2/v2.0/token":
                return self._token(_form(request))
        return Response(404, {"error": "not_found"})

    def _discovery(self, tenant: str) -> Response:
        if tenant == "no-such-tenant.example":
            return _refused("invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        base = f"{PUBLIC}/{tenant}/oauth2/v2.0"
        return Response(
            200,
            {
                "issuer": f"{PUBLIC}/{{tenantid}}/v2.0",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "device_authorization_endpoint": f"{base}/devicecode",
                "response_modes_supported": ["query", "fragment", "form_post"],
            },
        )

    def _authorize(self, request: Request) -> Response:
        redirect_uri = request.one("redirect_uri")
        wanted = ("code", "form_post", "S256", CLIENT)
        given = tuple(
            map(
                request.one,
                ("response_type", "response_mode", "code_challenge_method", "client_id"),
            )
        )
        if given != wanted or urlsplit(redirect_uri).hostname != "localhost":
            return Response(400, b"AADSTS50011: wrong request", {"Content-Type": "text/html"})
        fields = {"state": request.one("state")}
        if request.one("fake") == "refuse":
            fields |= {"error": "access_denied", "error_description": "AADSTS65004: declined"}
        else:
            code = self._new("code")
            fields["code"] = code
            self._codes[code] = _Pending(
                CLIENT,
                request.one("scope").split(),
                request.one("nonce"),
                request.one("code_challenge"),
                redirect_uri,
            )
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in fields.items()
        )
        page = f'<form method="post" action="{html.escape(redirect_uri)}">{inputs}</form>'
        return Response(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _device_code(self, form: dict[str, str]) -> Response:
        if not self.public_client:
            return _refused("invalid_client", 7000218, "the request body must contain a secret")
        code, user_code = self._new("device"), secrets.token_hex(4).upper()
        self._devices[code] = _Pending(form["client_id"], form["scope"].split())
        self._user_codes[user_code] = code
        return Response(
            200,
            {
                "user_code": user_code,
                "device_code": code,
                "verification_uri": f"{self.server.url}/device",
                "expires_in": 900,
                "interval": self.interval,
                "message": "To sign in …",
            },
        )

    def _token(self, form: dict[str, str]) -> Response:
        grant = form.get("grant_type", "")
        self.grants.append(grant)
        if form.get("client_id") != CLIENT:
            return _refused("unauthorized_client", 700016, "Application was not found.")
        match grant:
            case "authorization_code":
                return self._from_code(form)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._from_device(form)
            case "refresh_token":
                return self._from_refresh(form)
            case "client_credentials":
                return self._from_certificate(form)
        return _refused("unsupported_grant_type", 70003, "no such grant")

    def _from_code(self, form: dict[str, str]) -> Response:
        pending = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        self.issued.add(form["code_verifier"])
        if pending is None or pending.challenge != _base64(digest):
            return _refused("invalid_grant", 501481, "The code_verifier does not match.")
        if form["redirect_uri"] != pending.redirect_uri:
            return _refused("invalid_grant", 500112, "The reply address does not match.")
        return self._tokens(pending.scopes, pending.nonce)

    def _from_device(self, form: dict[str, str]) -> Response:
        pending = self._devices.get(form["device_code"])
        if pending is None:
            return _refused("bad_verification_code", 70018, "Invalid verification code.")
        if pending.outcome:
            return _refused(pending.outcome, 70016, "Pending end-user authorization.")
        del self._devices[form["device_code"]]
        return self._tokens(pending.scopes)

    def _from_refresh(self, form: dict[str, str]) -> Response:
        scopes = self.refresh_tokens.pop(form["refresh_token"], None)
        if scopes is None:
            return _refused("invalid_grant", 50173, "The grant has been revoked.")
        asked = form["scope"].split()
        if not set(asked) <= {*scopes, "openid", "profile", "offline_access"}:
            return _refused("invalid_grant", 65001, "The user has not consented.")
        return self._tokens(scopes)

    def _from_certificate(self, form: dict[str, str]) -> Response:
        assertion = form.get("client_assertion", "")
        self.issued.add(assertion)
        if self.certificate is None:
            return _refused("invalid_client", 7000215, "The app has no credential.")
        thumbprint = _base64(self.certificate.fingerprint(SHA256()))
        try:
            given = jwt.get_unverified_header(assertion).get("x5t#S256", "")
            if given.rstrip("=") != thumbprint:
                raise jwt.InvalidTokenError
            claims = jwt.decode(
                assertion,
                self.certificate.public_key(),  # type: ignore[arg-type]  # RSA in our tests
                algorithms=["PS256"],
                audience=f"{PUBLIC}/{TENANT}/oauth2/v2.0/token",
                issuer=CLIENT,
            )
        except jwt.InvalidTokenError:
            return _refused("invalid_client", 700027, "The certificate is not known.")
        assert claims["sub"] == CLIENT
        token = self._new("access")
        self.graph.tokens[token] = Grant(self.user, frozenset({"Mail.Read"}), app=True)
        body = {"token_type": "Bearer", "expires_in": self.expires_in, "access_token": token}
        return Response(200, body)

    def _tokens(self, scopes: list[str], nonce: str = "") -> Response:
        access, refresh = self._new("access"), self._new("refresh")
        granted = [s for s in scopes if s not in ("openid", "profile", "offline_access")]
        names = frozenset(scope.rsplit("/", 1)[-1] for scope in granted)
        self.graph.tokens[access] = Grant(self.user, names)
        self.refresh_tokens[refresh] = granted
        now = int(time.time())
        claims = {
            "aud": CLIENT,
            "iss": f"{PUBLIC}/{TENANT}/v2.0",
            "iat": now,
            "exp": now + 3600,
            "sub": "subject",
            "oid": "object",
            "tid": TENANT,
            "preferred_username": self.user,
            **({"nonce": nonce} if nonce else {}),
        }
        id_token = f"{_json64({'alg': 'none'})}.{_json64(claims)}.{self._new('signature')}"
        self.issued.add(id_token)
        return Response(
            200,
            {
                "token_type": "Bearer",
                "scope": " ".join(granted),
                "expires_in": self.expires_in,
                **({} if self.refresh_in is None else {"refresh_in": self.refresh_in}),
                "access_token": access,
                "refresh_token": refresh,
                "id_token": id_token,
                "client_info": _json64({"uid": "object", "utid": TENANT}),
            },
        )

    def _new(self, kind: str) -> str:
        secret = f"{kind}-{secrets.token_urlsafe(24)}"
        self.issued.add(secret)
        return secret


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _refused(error: str, number: int, description: str) -> Response:
    body: dict[str, Any] = {
        "error": error,
        "error_description": f"AADSTS{number}: {description} Trace ID: 0 Correlation ID: 0",
        "error_codes": [number],
    }
    return Response(400, body)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json64(value: Any) -> str:
    return _base64(json.dumps(value).encode())

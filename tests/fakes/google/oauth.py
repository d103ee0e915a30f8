"""Google's sign-in on loopback: consent, codes with PKCE, refresh, revocation, service accounts.

It enforces what Google enforces, with state, and keeps every secret that it gave or was given, so
that a test can look for them where they must not be.
https://developers.google.com/identity/protocols/oauth2/native-app
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

from tests.fakes.server import Request, Response

CLIENT_ID = "1234-desk.apps.example"
CLIENT_EMAIL = "syncd@desk-project.example"
AUTH, TOKEN, REVOKE = "/o/oauth2/v2/auth", "/token", "/revoke"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass
class Grant:
    """What one user allowed."""

    user: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class FakeOAuth:
    """The authorization server. Set its switches, and use `handle` behind a FakeServer."""

    user: str = "camille@cabinet.example"
    """Who is signed in to Google in the browser."""
    refuses: str = ""
    """The user says no: this error code comes back."""
    unticked: frozenset[str] = frozenset()
    """Scopes whose boxes the user clears."""
    rotates: bool = False
    """A refresh gives a new refresh token and ends the old one (Google rarely does)."""
    lifetime: int = 3599
    delegated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Users whom the service account may act for, with the scopes the domain allows."""

    client_secret: str = field(default_factory=lambda: f"GOCSPX-{secrets.token_urlsafe(21)}")
    codes: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    access_tokens: dict[str, tuple[Grant, float]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    """Every secret that ever went over the wire."""

    def client(self, url: str) -> dict[str, Any]:
        """The client_secrets file that Google's console gives for a desktop app."""
        self.given.add(self.client_secret)
        return {
            "installed": {
                "client_id": CLIENT_ID,
                "project_id": "desk-project",
                "auth_uri": url + AUTH,
                "token_uri": url + TOKEN,
                "client_secret": self.client_secret,
                "redirect_uris": ["http://localhost"],
            }
        }

    def service_account(self, url: str) -> dict[str, Any]:
        """The key file of a service account."""
        self.given.add(_pem().split("\n")[1])
        return {
            "type": "service_account",
            "project_id": "desk-project",
            "private_key_id": "k1",
            "private_key": _pem(),
            "client_email": CLIENT_EMAIL,
            "client_id": "4711",
            "token_uri": url + TOKEN,
        }

    def revoke_all(self) -> None:
        """The user takes back at Google what they allowed."""
        self.refresh_tokens.clear()
        self.access_tokens.clear()

    def scopes_of(self, request: Request) -> tuple[str, ...] | None:
        """What the request's bearer token allows; None: 401."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant, until = self.access_tokens.get(token, (None, 0.0))
        if scheme != "Bearer" or grant is None or time.time() >= until:
            return None
        return grant.scopes

    def handle(self, request: Request) -> Response:
        if request.method == "GET" and request.path == AUTH:
            return self._consent(request)
        if request.method == "POST" and request.path == TOKEN:
            return self._token(_form(request))
        if request.method == "POST" and request.path == REVOKE:
            token = _form(request).get("token", "")
            self.refresh_tokens.pop(token, None)
            return Response(200, {})
        return Response(404, {"error": "not_found"})

    def _consent(self, request: Request) -> Response:
        """The page on which the user says yes or no, and is sent back."""
        asked = {name: values[0] for name, values in request.query.items()}
        back = asked.get("redirect_uri", "")
        scopes = tuple(asked.get("scope", "").split())
        if asked.get("client_id") != CLIENT_ID or asked.get("response_type") != "code":
            return Response(400, {"error": "invalid_request"})
        if urlsplit(back).hostname not in ("127.0.0.1", "localhost") or not scopes:
            return Response(400, {"error": "redirect_uri_mismatch"})
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return Response(400, {"error": "invalid_request"})
        if self.refuses:
            answer = {"error": self.refuses, "state": asked.get("state", "")}
            return Response(302, None, {"Location": f"{back}?{urlencode(answer)}"})
        allowed = tuple(scope for scope in scopes if scope not in self.unticked)
        code = f"4/0{secrets.token_urlsafe(40)}"
        self.given.add(code)
        offline = asked.get("access_type") == "offline" and asked.get("prompt") == "consent"
        grant = Grant(self.user, allowed, back if offline else "", asked["code_challenge"])
        self.codes[code] = grant
        answer = {
            "state": asked.get("state", ""),
            "iss": "https://accounts.example",
            "code": code,
            "scope": " ".join(allowed),
        }
        return Response(302, None, {"Location": f"{back}?{urlencode(answer)}"})

    def _token(self, form: Mapping[str, str]) -> Response:
        if form.get("grant_type") == JWT_BEARER:
            return self._assertion(form.get("assertion", ""))
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != self.client_secret:
            return Response(401, {"error": "invalid_client"})
        if form.get("grant_type") == "authorization_code":
            return self._first_token(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form.get("refresh_token", ""))
        return Response(400, {"error": "unsupported_grant_type"})

    def _first_token(self, form: Mapping[str, str]) -> Response:
        grant = self.codes.pop(form.get("code", ""), None)  # a code works once
        verifier = form.get("code_verifier", "")
        self.given.add(verifier)
        if grant is None or _challenge(verifier) != grant.challenge:
            return Response(400, {"error": "invalid_grant", "error_description": "Bad Request"})
        if grant.redirect_uri and form.get("redirect_uri") != grant.redirect_uri:
            return Response(400, {"error": "redirect_uri_mismatch"})
        answer = self._access(grant)
        if grant.redirect_uri:
            answer["refresh_token"] = self._new_refresh_token(grant)
        if "openid" in grant.scopes:
            answer["id_token"] = self._id_token(grant.user)
        return Response(200, answer)

    def _refresh(self, token: str) -> Response:
        grant = self.refresh_tokens.get(token)
        if grant is None:
            said = {"error": "invalid_grant", "error_description": "Token has been expired."}
            return Response(400, said)
        answer = self._access(grant)
        if self.rotates:
            del self.refresh_tokens[token]
            answer["refresh_token"] = self._new_refresh_token(grant)
        return Response(200, answer)

    def _assertion(self, assertion: str) -> Response:
        """RFC 7523: a service account speaks for a user of its domain."""
        self.given.add(assertion)
        try:
            claims = jwt.decode(assertion, certs=_public_pem(), audience=None)
        except ValueError:
            return Response(400, {"error": "invalid_grant", "error_description": "Bad signature"})
        if claims.get("iss") != CLIENT_EMAIL or claims.get("sub") not in self.delegated:
            return Response(400, {"error": "invalid_grant", "error_description": "Invalid email"})
        scopes = tuple(str(claims.get("scope", "")).split())
        if not scopes or not set(scopes) <= set(self.delegated[claims["sub"]]):
            return Response(401, {"error": "unauthorized_client"})
        return Response(200, self._access(Grant(claims["sub"], scopes)))

    def _access(self, grant: Grant) -> dict[str, Any]:
        token = f"ya29.{secrets.token_urlsafe(60)}"
        self.given.add(token)
        self.access_tokens[token] = (grant, time.time() + self.lifetime)
        return {
            "access_token": token,
            "expires_in": self.lifetime,
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }

    def _new_refresh_token(self, grant: Grant) -> str:
        token = f"1//0{secrets.token_urlsafe(40)}"
        self.given.add(token)
        self.refresh_tokens[token] = grant
        return token

    def _id_token(self, user: str) -> str:
        claims = {"iss": "https://accounts.example", "aud": CLIENT_ID, "sub": "1", "email": user}
        token: str = jwt.encode(crypt.RSASigner.from_string(_pem()), claims).decode()
        self.given.add(token)
        return token


def browse(address: str) -> None:
    """What a browser does with the address: the user agrees, and it goes back to loopback."""
    with urlopen(address, timeout=20) as page:
        page.read()


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _pem() -> str:
    return (
        _key()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        .decode()
    )


@cache
def _public_pem() -> bytes:
    public: bytes = (
        _key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return public


def written(path: Any, content: Mapping[str, Any]) -> Any:
    """A JSON file, as a download leaves it."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path

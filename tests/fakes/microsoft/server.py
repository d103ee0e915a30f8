"""Microsoft Graph on loopback: the rules that hold for every request, and a router for the rest.

mail.py and calendar.py register their routes. A request is refused as Graph refuses it: without a
token that is good, above four at once, or when throttled. Without the preferences that syncd must
send each time (immutable ids, UTC) it is refused with 400, where Graph would only answer otherwise.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.server import FakeServer, Fault, Hang, Request, Reset, Response

VERSION = "/v1.0"
TOKEN = "a-token-of-the-fake"
AT_ONCE = 4
LARGEST_BATCH = 20

RouteHandler = Callable[..., Response]
"""Called with the request and the path's parameters by name, unquoted."""


def refused(status: int, code: str, message: str = "", **headers: str) -> Response:
    """An error as Graph writes it; `Retry_After="3"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"error": {"code": code, "message": message or code}}, named)


@dataclass(frozen=True)
class Grant:
    """What a token is good for."""

    user: str = "camille@cabinet.example"
    scopes: frozenset[str] = frozenset({"User.Read", "Mail.Read", "Calendars.Read"})
    app: bool = False
    """An app's own token: it has no `/me`, only `/users/{address}`."""


@dataclass(frozen=True)
class _Route:
    method: str
    pattern: str
    regex: re.Pattern[str]
    handler: RouteHandler


class Router:
    """Routes by method and pattern: `/me/messages/{id}`. The first that fits answers."""

    def __init__(self) -> None:
        self._routes: list[_Route] = []

    def register(self, method: str, pattern: str, handler: RouteHandler) -> None:
        """`handler(request, **parameters)` answers; a parameter does not span a slash."""
        parts = re.split(r"\{(\w+)\}", pattern)
        regex = "".join(
            f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )
        self._routes.append(_Route(method, pattern, re.compile(regex), handler))

    @property
    def patterns(self) -> set[str]:
        """The patterns of all routes."""
        return {route.pattern for route in self._routes}

    def dispatch(self, request: Request) -> tuple[str, Response]:
        """The pattern that fitted (empty: none) and the answer."""
        for route in self._routes:
            match = route.regex.fullmatch(request.path)
            if match and route.method == request.method:
                parameters = {name: unquote(value) for name, value in match.groupdict().items()}
                return route.pattern, route.handler(request, **parameters)
        return "", refused(404, "ResourceNotFound", f"no route for {request.path}")


class GoodToken:
    """A token that the fake takes, and that needs no sign-in (graph.TokenSource)."""

    def token(self, *, refused: str = "") -> str:
        return TOKEN


class FakeGraph(FakeServer):
    """Serves Graph below `/v1.0`; `/users/{me}` is `/me`.

    Handlers see paths below the version.
    """

    witness: ClassVar[Callable[[str, Any], None]] = staticmethod(lambda _pattern, _body: None)
    """Is shown every answer of a route, with the route's pattern (published.py)."""

    def __init__(self) -> None:
        super().__init__(self._handle_request)
        self.router = Router()
        self.tokens: dict[str, Grant] = {TOKEN: Grant()}
        """The tokens that are good now."""
        self.part_fault: Callable[[Request], Response | None] = lambda _request: None
        """Asked before every part of a batch; what it returns happens instead of the answer."""
        self.garble: Callable[[str, Any], Any] = lambda _pattern, body: body
        """Is given what a route answers, and says what is sent instead."""
        self.throttled = 0
        """So many of the next requests are answered 429."""
        self.retry_after = "2"
        """The header of a 429, in seconds; empty: none."""
        self.busiest = 0
        """The most requests that were under way at once; a batch counts as four."""
        self._busy = 0
        self._busy_lock = threading.Lock()
        self.router.register("GET", "/me", self._me)
        self.profile: dict[str, Any] = {
            "id": "11111111-2222-3333-4444-555555555555",
            "displayName": "Camille Roy",
            "mail": "camille@cabinet.example",
            "userPrincipalName": "camille@cabinet.example",
            "otherMails": [],
            "proxyAddresses": ["SMTP:camille@cabinet.example"],
        }

    def __enter__(self) -> FakeGraph:
        super().__enter__()
        return self

    @property
    def endpoint(self) -> str:
        """The base address with the version."""
        return self.url + VERSION

    def link(self, path: str, query: str) -> str:
        """An absolute nextLink or deltaLink; `path` below the version, `query` escaped."""
        return f"{self.endpoint}{path}?{query}"

    def grant_of(self, request: Request) -> Grant:
        """What the token of a request is good for."""
        return self.tokens[request.headers.get("authorization", "").removeprefix("Bearer ")]

    def answer(self, request: Request) -> Response | Reset | Hang:
        weight = AT_ONCE if request.path.endswith("/$batch") else 1
        with self._busy_lock:
            self._busy += weight
            busy = self._busy
            self.busiest = max(self.busiest, busy)
        try:
            if busy > AT_ONCE:
                too_many = refused(429, "ApplicationThrottled", "MailboxConcurrency limit")
                self.log.append((request, 429))
                return too_many
            return super().answer(request)
        finally:
            with self._busy_lock:
                self._busy -= weight

    def _handle_request(self, request: Request) -> Response:
        if not request.path.startswith(VERSION + "/"):
            return refused(404, "ResourceNotFound")
        request = replace(request, path=request.path.removeprefix(VERSION))
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if self.throttled:
            self.throttled -= 1
            header = {"Retry_After": self.retry_after} if self.retry_after else {}
            return refused(429, "TooManyRequests", **header)
        if (request.method, request.path) == ("POST", "/$batch"):
            return self._batch(request)
        return self._single(request)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refused(401, "InvalidAuthenticationToken")
        preferences = request.headers.get("prefer", "")
        for wanted in ('IdType="ImmutableId"', 'outlook.timezone="UTC"'):
            if wanted not in preferences:
                return refused(400, "BadRequest", f"the fake wants Prefer: {wanted} each time")
        return None

    def _single(self, request: Request) -> Response:
        grant = self.grant_of(request)
        if grant.app and request.path.split("/")[1] == "me":
            return refused(400, "BadRequest", "/me is only valid with a delegated token")
        own = re.fullmatch(r"/users/([^/]+)(/.*)?", request.path)
        if own:
            if unquote(own[1]).lower() != grant.user:
                return refused(403, "ErrorAccessDenied")
            request = replace(request, path="/me" + (own[2] or ""))
        pattern, response = self.router.dispatch(request)
        if response.body is not None and not isinstance(response.body, bytes):
            FakeGraph.witness(pattern, response.body)
            if response.status == 200:
                return Response(200, self.garble(pattern, response.body), response.headers)
        return response

    def _batch(self, request: Request) -> Response:
        asked = request.json().get("requests", [])
        if not 0 < len(asked) <= LARGEST_BATCH or len({part["id"] for part in asked}) < len(asked):
            return refused(400, "BadRequest", "one to twenty requests, each with its own id")
        # Graph answers in any order
        return Response(200, {"responses": [self._part(request, p) for p in reversed(asked)]})

    def _part(self, whole: Request, part: Mapping[str, Any]) -> dict[str, Any]:
        address = urlsplit(part["url"])
        headers = {name.lower(): value for name, value in part.get("headers", {}).items()}
        request = Request(
            part["method"],
            address.path,
            parse_qs(address.query, keep_blank_values=True),
            {"authorization": whole.headers["authorization"], **headers},
            b"",
        )
        response = self.part_fault(request) or self._refusal(request) or self._single(request)
        return {
            "id": part["id"],
            "status": response.status,
            "headers": dict(response.headers),
            "body": response.body,
        }

    def _me(self, request: Request) -> Response:
        selected = request.one("$select")
        wanted = selected.split(",") if selected else list(self.profile)
        return Response(200, {name: self.profile[name] for name in ("id", *wanted)})


def fails(times: int, fault: Fault) -> Callable[[int, Request], Fault | None]:
    """A `fault` for a server: the first so many requests go wrong."""
    return lambda number, _request: fault if number < times else None

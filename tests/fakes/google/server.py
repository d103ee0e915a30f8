"""What Google's APIs have in common: tokens, quotas, partial answers, batches, error bodies.

A service (Gmail, Calendar) answers calls from its state. Requests and answers are held against
the discovery documents: what they do not know is a violation, and the test that caused it fails.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.clock import SimulatedClock
from tests.fakes.google.discovery import Discovery, Method, discovery
from tests.fakes.server import FakeServer, Request, Response

MOST_PARTS = 100
"""Google refuses larger batches."""


@dataclass(frozen=True)
class Call:
    """One call of an API's method."""

    method: str
    """Its id, such as `gmail.users.messages.get`."""
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    request: Request

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]


class Service(Protocol):
    """One API of Google's, by its state."""

    name: str
    version: str

    def cost(self, call: Call) -> int:
        """Quota units of a call."""
        ...

    def answer(self, call: Call) -> Response:
        """What the call gives; its body is validated."""
        ...


def error(
    status: int, message: str, reason: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """An error as Google writes it."""
    listed = [{"message": message, "domain": "global", "reason": reason or "backendError"}]
    body = {"error": {"code": status, "message": message, "errors": listed}}
    return Response(status, body, headers or {})


@dataclass
class Meter:
    """Quota units in a sliding window of 60 seconds; `limit` None: not enforced."""

    clock: SimulatedClock = field(default_factory=SimulatedClock)
    limit: int | None = None
    spent: int = 0
    refused: int = 0
    _window: deque[tuple[float, int]] = field(default_factory=deque)
    _in_window: int = 0

    def admits(self, units: int) -> bool:
        now = self.clock.monotonic()
        while self._window and self._window[0][0] <= now - 60:
            self._in_window -= self._window.popleft()[1]
        if self.limit is not None and self._in_window + units > self.limit:
            self.refused += 1
            return False
        self._window.append((now, units))
        self._in_window += units
        self.spent += units
        return True


class GoogleServer:
    """Services behind one loopback server. Every request needs one of `tokens` as its bearer."""

    def __init__(self, *services: Service) -> None:
        self.tokens = {"ya29.fake"}
        self.meter = Meter()
        self.has_batches = True
        self.violations: list[str] = []
        self.part_fault: Callable[[Call], Response | None] = lambda _call: None
        """Asked before every call, whether it came alone or in a batch."""
        self.garble: Callable[[str, Any], Any] = lambda _method, body: body
        """Is given what a method answers, and says what is sent instead."""
        self.calls: list[Call] = []
        """Every call that was answered, batches taken apart."""
        self.batch_sizes: list[int] = []
        self._services = [
            (service, discovery(service.name, service.version)) for service in services
        ]
        self.http = FakeServer(self._handle)

    @property
    def url(self) -> str:
        return self.http.url

    def __enter__(self) -> GoogleServer:
        self.http.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.__exit__(kind, value, trace)
        if kind is None:
            assert not self.violations

    def called(self, method: str) -> list[Call]:
        """The answered calls of one method."""
        return [call for call in self.calls if call.method == method]

    def _handle(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.tokens:
            return error(401, "Request had invalid authentication credentials.", "authError")
        if request.path.startswith("/batch") and request.method == "POST" and self.has_batches:
            return self._batch(request)
        return self._single(request)

    def _single(self, request: Request) -> Response:
        for service, document in self._services:
            found = document.match(request.method, request.path)
            if found:
                method, path = found
                named = {name: unquote(value) for name, value in path.items()}
                call = Call(method.id, named, request.query, request)
                return self._call(service, document, method, call)
        return error(404, "Not Found", "notFound")

    def _call(self, service: Service, document: Discovery, method: Method, call: Call) -> Response:
        problems = document.problems_of_request(method, call.query)
        self.violations += problems
        if problems:
            return error(400, problems[0], "badRequest")
        if not self.meter.admits(service.cost(call)):
            return error(429, "Quota exceeded for quota metric", "rateLimitExceeded")
        fault = self.part_fault(call)
        if fault is not None:
            return fault
        answer = service.answer(call)
        self.calls.append(call)
        if answer.status >= 300:
            return answer
        self.violations += document.problems_of_response(method, answer.body)
        if not call.one("fields"):
            return Response(answer.status, self.garble(call.method, answer.body), answer.headers)
        try:
            body = document.mask(method, answer.body, call.one("fields"))
        except ValueError as problem:
            self.violations.append(str(problem))
            return error(400, str(problem), "invalidParameter")
        return Response(answer.status, self.garble(call.method, body), answer.headers)

    def _batch(self, request: Request) -> Response:
        header = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=policy.HTTP).parsebytes(header + request.body)
        parts = list(message.iter_parts())
        self.batch_sizes.append(len(parts))
        if len(parts) > MOST_PARTS:
            return error(400, "The batch request has too many parts", "badRequest")
        boundary = "batch_of_answers"
        pieces = []
        for part in parts:
            inner = _inner_request(part.get_payload(decode=True))
            answer = self._single(inner)
            head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
            number = part["Content-ID"].strip()[1:-1]
            pieces.append(
                f"--{boundary}\r\nContent-Type: application/http\r\n"
                f"Content-ID: <response-{number}>\r\n\r\n"
                f"HTTP/1.1 {answer.status} Status\r\n"
                f"Content-Type: application/json; charset=UTF-8\r\n{head}\r\n"
                f"{answer.payload().decode()}\r\n"
            )
        body = "".join([*pieces, f"--{boundary}--\r\n"]).encode()
        return Response(200, body, {"Content-Type": f"multipart/mixed; boundary={boundary}"})


def _inner_request(payload: bytes) -> Request:
    """The request that a part of a batch holds (application/http)."""
    line, _, rest = payload.decode().replace("\r\n", "\n").partition("\n")
    head, _, body = rest.partition("\n\n")
    method, target, _ = line.split(" ")
    parts = urlsplit(target)
    headers = dict(field.split(": ", 1) for field in head.split("\n") if ": " in field)
    return Request(
        method,
        parts.path,
        parse_qs(parts.query, keep_blank_values=True),
        {name.lower(): value for name, value in headers.items()},
        body.encode(),
    )

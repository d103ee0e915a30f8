"""A real HTTP/1.1 server on loopback: the ground on which the providers' fakes stand.

A fake answers requests from its state; faults are put between, at any call, without the fake
knowing. Every request is logged with the answer's status, so that a test can count.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it arrived. Header names are lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """An answer; `body` is sent as JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Reset:
    """The connection breaks; `after_handling`: the server did the work, its answer is lost."""

    after_handling: bool = False


@dataclass(frozen=True)
class Hang:
    """No answer for this long, then the connection closes."""

    seconds: float


GARBAGE = Response(200, b"<html>a captive portal</html>", {"Content-Type": "text/html"})

Fault = Response | Reset | Hang
Handler = Callable[[Request], Response]


class FakeServer:
    """Serves `handle` on loopback.

    `fault(number, request)` is asked before every request, `number` counting from 0; what it
    returns happens instead of the answer. One request is handled at a time (`handle` needs no
    lock), but `most_at_once` tells how many were open at the same time.
    """

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._lock = threading.RLock()
        self._open = 0
        self.most_at_once = 0
        self.fault: Callable[[int, Request], Fault | None] = lambda _number, _request: None
        self.delay = 0.0
        self.log: list[tuple[Request, int]] = []
        """Every request with its status; 0 where the connection broke."""
        self._count = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.daemon = True

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def requests(self, path_prefix: str = "") -> list[Request]:
        """The requests so far whose path starts so."""
        return [request for request, _ in self.log if request.path.startswith(path_prefix)]

    def answer(self, request: Request) -> Response | Reset | Hang:
        with self._lock:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            if self.delay:
                time.sleep(self.delay)
            with self._lock:
                fault = self.fault(self._count, request)
                self._count += 1
                answer: Response | Reset | Hang
                if fault is None:
                    answer = self._handle(request)
                else:
                    if isinstance(fault, Reset) and fault.after_handling:
                        self._handle(request)
                    answer = fault
                status = answer.status if isinstance(answer, Response) else 0
                self.log.append((request, status))
                return answer
        finally:
            with self._lock:
                self._open -= 1


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handling(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                parse_qs(parts.query, keep_blank_values=True),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            answer = server.answer(request)
            if isinstance(answer, Hang):
                time.sleep(answer.seconds)
                answer = Reset()
            if isinstance(answer, Reset):
                # linger 0: the peer sees ECONNRESET, not an orderly end
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.connection.close()
                self.close_connection = True
                return
            payload = answer.payload()
            self.send_response(answer.status)
            headers = {"Content-Type": "application/json; charset=UTF-8", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, OSError, ValueError):
                self.close_connection = True

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

        def log_message(self, *_: Any) -> None:
            """Quiet: the log is `server.log`."""

    return Handling

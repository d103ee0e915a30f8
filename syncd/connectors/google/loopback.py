"""Waits on this machine for the browser that comes back from a sign-in (RFC 8252 section 7.3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syncd.errors import Problem, UserError

_IDLE_SECONDS = 10
"""Browsers open connections ahead of need; such a one ends after this long."""
_LONGEST = 8192


class Redirects:
    """What browsers brought to the address so far."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/"
        """The redirect_uri to tell the provider."""
        self._answers: SimpleQueue[dict[str, str]] = SimpleQueue()

    def offer(self, answer: dict[str, str]) -> None:
        """A browser came with these parameters."""
        self._answers.put(answer)

    def wait(self, seconds: float) -> dict[str, str] | None:
        """The parameters of the provider's answer, `code` or `error`; None after `seconds`."""
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            return None


@contextmanager
def redirects(state: str, port: int) -> Iterator[Redirects]:
    """Listen on 127.0.0.1 until the block ends.

    Only a request that carries `state` counts; others (a favicon, another program's guess, a
    connection that says nothing) are turned away and change nothing.

    :param port: 0 for any that is free
    :raises UserError: the port is taken, or not allowed
    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "not a port"
        raise UserError(
            Problem(f"port {port} cannot be used: {why.lower()}", "--port", "choose another")
        ) from None
    found = Redirects(server.server_address[1])
    server.RequestHandlerClass = _handler(state, found)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _handler(state: str, found: Redirects) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _IDLE_SECONDS

        def do_GET(self) -> None:
            """The provider's redirect, or a stray request."""
            query = urlsplit(self.path).query if len(self.path) < _LONGEST else ""
            try:
                answer = {k: v[0] for k, v in parse_qs(query, max_num_fields=20).items()}
            except ValueError:
                answer = {}
            ours = secrets.compare_digest(answer.get("state", "").encode(), state.encode())
            if ours and ("code" in answer or "error" in answer):
                self._say(200, "Done. Close this window and look at the terminal.")
                found.offer(answer)
            else:
                self._say(404, "Nothing is here.")

        def _say(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            # the address holds the code: it is not to be kept, nor told to anybody
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet: a request line holds the code."""

    return Handler

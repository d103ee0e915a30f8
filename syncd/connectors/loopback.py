"""Waits on this machine for the browser that comes back from a sign-in (RFC 8252, 7.3).

The libraries' own receivers listen on every interface inside containers, log the code, or are
blocked by a browser's idle spare connection.
"""

from __future__ import annotations

import hmac
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syncd.errors import Problem, UserError

_IDLE_SECONDS = 10
"""Browsers open connections ahead of need; such a one ends after this long."""
_LONGEST_QUERY = 8192
_LONGEST_FORM = 64 * 1024
_MOST_FIELDS = 50


class Redirect:
    """Listens on 127.0.0.1 while in use as a context manager.

    Only an answer that carries the expected state counts; others (a favicon, another program's
    guess, a connection that says nothing) are turned away and change nothing.

    :param port: 0 for any that is free
    :raises UserError: the port is taken, or not allowed
    """

    def __init__(self, port: int) -> None:
        self._answers: SimpleQueue[dict[str, str]] = SimpleQueue()
        self._state = ""
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or "not a port"
            raise UserError(
                Problem(f"port {port} cannot be used: {why.lower()}", "--port", "choose another")
            ) from None
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Redirect:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def expect(self, state: str) -> None:
        """Take the answer that carries this state, and no other."""
        self._state = state

    def answer(self, seconds: float) -> dict[str, str] | None:
        """The provider's answer, with `code` or `error`; None when none came in time."""
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            return None

    def offer(self, fields: dict[str, str]) -> bool:
        """Whether these fields are the answer that is waited for."""
        ours = hmac.compare_digest(fields.get("state", "").encode(), self._state.encode())
        if not self._state or not ours or not fields.keys() & {"code", "error"}:
            return False
        self._answers.put(fields)
        return True


def _handler(redirect: Redirect) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _IDLE_SECONDS

        def do_GET(self) -> None:
            """The answer in the address, as Google sends it."""
            query = urlsplit(self.path).query
            self._take(query if len(query) <= _LONGEST_QUERY else "")

        def do_POST(self) -> None:
            """The answer in a form (OAuth 2.0 Form Post Response Mode), as Microsoft sends it."""
            length = self.headers.get("Content-Length", "")
            known = length.isascii() and length.isdigit() and int(length[:9]) <= _LONGEST_FORM
            self._take(self.rfile.read(int(length[:9])).decode("ascii", "replace") if known else "")

        def _take(self, form: str) -> None:
            try:
                values = parse_qs(form, max_num_fields=_MOST_FIELDS)
            except ValueError:
                values = {}
            fields = {name: value[0] for name, value in values.items()}
            if not redirect.offer(fields):
                self._say(404, "Nothing is here.")
            elif "code" in fields:
                self._say(200, "Done. Close this window and look at the terminal.")
            else:
                self._say(200, "The sign-in was refused. Close this window.")

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

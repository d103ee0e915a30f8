"""Where the browser comes back to after a sign-in: a page on loopback, open for one answer.

MSAL's own receiver listens on all interfaces inside containers, logs the code it receives, and a
browser's idle spare connection blocks it. RFC 8252, 7.3; OAuth 2.0 Form Post Response Mode.
"""

from __future__ import annotations

import hmac
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

_LARGEST_FORM = 64 * 1024
_MOST_FIELDS = 50
_PAGE = b"<!doctype html><title>syncd</title><p>%s You can close this window."


class Redirect:
    """Listens on loopback while in use as a context manager.

    :param port: 0 for any free one
    :raises OSError: the port is taken
    """

    def __init__(self, port: int) -> None:
        self._answers: queue.Queue[dict[str, str]] = queue.Queue(1)
        self._state = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """The redirect URI. `localhost`: with it, Microsoft lets a public client use any port."""
        return f"http://localhost:{self._server.server_address[1]}"

    def __enter__(self) -> Redirect:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def expect(self, state: str) -> None:
        """Take the answer that carries this state, and no other."""
        self._state = state

    def answer(self, seconds: float) -> dict[str, str] | None:
        """The fields of the answer; None when none came in time."""
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def offer(self, fields: dict[str, str]) -> bool:
        """Whether these fields are the answer that is waited for."""
        state = fields.get("state", "").encode()
        if not self._state or not hmac.compare_digest(state, self._state.encode()):
            return False
        try:
            self._answers.put_nowait(fields)
        except queue.Full:
            return False
        return True


def _handler(redirect: Redirect) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit() and int(length[:9]) <= _LARGEST_FORM):
                self._show(413, b"This is too much.")
                return
            try:
                form = self.rfile.read(int(length[:9])).decode("ascii")
                values = parse_qs(form, max_num_fields=_MOST_FIELDS)
            except ValueError:
                values = {}
            fields = {name: value[0] for name, value in values.items()}
            if redirect.offer(fields):
                said = b"Signed in." if "code" in fields else b"The sign-in was refused."
                self._show(200, said)
            else:
                self._show(400, b"syncd does not wait for this.")

        def do_GET(self) -> None:
            self._show(404, b"There is nothing here.")

        def _show(self, status: int, said: bytes) -> None:
            page = _PAGE % said
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            """Quiet: the terminal belongs to the sign-in."""

    return Handler

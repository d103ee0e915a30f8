"""No token, code or secret of a Google account is ever in a log, an error, or the process list.

The whole life of a sign-in happens in one process as a user starts it, with every library's
logger at its most talkative; what the fake server gave out is then looked for in all it said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.google.oauth import TOKEN, FakeOAuth, browse, written
from tests.fakes.server import FakeServer, Request, Response

ME = "camille@cabinet.example"

LIFE = """
import json, logging, os, sys, traceback
from pathlib import Path
from syncd import log
from syncd.connectors.base import RealClock, SignInRequest
from syncd.connectors.google.api import GoogleApi
from syncd.connectors.google.credentials import credentials
from syncd.connectors.google.options import GoogleOptions
from syncd.connectors.google.scopes import READ_MAIL
from syncd.connectors.google.sign_in import sign_in
from syncd.connectors.tokens import Tokens

root = logging.getLogger()
root.addHandler(logging.StreamHandler(sys.stderr))
root.setLevel(logging.DEBUG)
for name in ("google", "google_auth_httplib2", "googleapiclient", "oauthlib", "requests_oauthlib",
             "urllib3", "httplib2", "requests", "http.client"):
    logging.getLogger(name).setLevel(logging.DEBUG)
if sys.argv[1] != "unguarded":
    log.configure("debug")

me, url, folder = sys.argv[2:5]
folder = Path(folder)
tokens = Tokens(folder / "tokens", "private")

def say(line):
    print(line, file=sys.stderr, flush=True)

class NoWait(RealClock):
    def wait(self, seconds):
        pass

def attempt(what):
    try:
        what()
    except Exception as error:
        logging.getLogger("a.test").exception("failed: %r", error)
        say(f"{error} {error!r} {error.args!r}")
        say(traceback.format_exc())
        log.warning("failed", error=error, detail=repr(error), trace=traceback.format_exc())

def read(options):
    options = options.model_copy(update={"endpoint": url})
    using = lambda: credentials("private", options, tokens, (READ_MAIL,))
    api = GoogleApi("gmail", account="private", options=options, credentials=using,
                    pace=NoWait(), per_minute=10**6)
    profile = api.call(api.request("gmail.users.getProfile", userId="me"))
    say(f"read: {profile['emailAddress']}")

def age(**changes):
    tokens.write(json.dumps({**json.loads(tokens.read()), **changes}))

mine = GoogleOptions(user=me, client_secrets=folder / "client.json")
signing = lambda: say(sign_in("private", mine, tokens, (READ_MAIL,), SignInRequest(say, False)))
for step in sys.stdin:
    step = step.strip()
    if step == "sign in":
        attempt(signing)
    elif step == "read":
        attempt(lambda: read(mine))
    elif step == "old":
        age(expiry="2026-01-05T08:00:00Z")
    elif step == "command":
        attempt(lambda: read(GoogleOptions(user=me, token_command=str(folder / "token"))))
    elif step == "service":
        attempt(lambda: read(GoogleOptions(user=me, service_account=folder / "key.json")))
    say(f"did: {step}")
"""


class Life:
    """A process that lives through a sign-in, step by step, and everything it said."""

    def __init__(self, folder: Path, oauth: FakeOAuth, server: FakeServer, how: str) -> None:
        self.oauth = oauth
        written(folder / "client.json", oauth.client(server.url))
        written(folder / "key.json", oauth.service_account(server.url))
        self.text: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", LIFE, how, ME, server.url, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "GOOGLE_SDK_PYTHON_LOGGING_SCOPE": "google"},
        )
        self._done = threading.Semaphore(0)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self.text.append(line)
            if line.startswith("http") and "redirect_uri" in line:
                threading.Thread(target=self._browse, args=(line.strip(),)).start()
            if line.startswith("did: "):
                self._done.release()

    def _browse(self, address: str) -> None:
        self.text.append(self.processes())
        browse(address)

    def step(self, name: str) -> None:
        """One more step of its life, and what the process list showed meanwhile."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        deadline = time.monotonic() + 30
        while not self._done.acquire(timeout=0.02):
            self.text.append(self.processes())
            assert self._process.poll() is None, "".join(self.text)
            assert time.monotonic() < deadline, "".join(self.text)

    def processes(self) -> str:
        """What others can see of the process and of what it starts."""
        seen = []
        for pid in (self._process.pid, *_children(self._process.pid)):
            for name in ("cmdline", "environ"):
                try:
                    seen.append(Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue  # it has ended
        return "\n".join(seen)

    def end(self) -> str:
        """Everything it said."""
        self._process.stdin.close()  # type: ignore[union-attr]
        assert self._process.wait(10) == 0
        return "".join(self.text)

    def leaks(self) -> set[str]:
        """Which of the secrets that were on the wire stand in what it said."""
        said = self.end()
        return {secret for secret in self.oauth.given if secret and secret in said}


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except OSError:
            continue


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[FakeOAuth, FakeServer]]:
    oauth = FakeOAuth(delegated={ME: ("https://www.googleapis.com/auth/gmail.readonly",)})

    def handle(request: Request) -> Response:
        if request.path == "/gmail/v1/users/me/profile":
            if oauth.scopes_of(request) is None:
                return Response(401, {"error": {"code": 401, "message": "Invalid Credentials"}})
            return Response(200, {"emailAddress": "my.mailbox@cabinet.example"})
        return oauth.handle(request)

    with FakeServer(handle) as running:
        yield oauth, running


def live(tmp_path: Path, server: tuple[FakeOAuth, FakeServer], how: str = "guarded") -> Life:
    """Sign in, refuse, refresh, fail, use a command and a service account, be revoked."""
    oauth, fake = server
    life = Life(tmp_path, oauth, fake, how)
    life.step("sign in")
    life.step("read")
    life.step("old")
    life.step("read")

    stored = json.loads((tmp_path / "tokens" / "private.json").read_text())
    script = tmp_path / "token"
    script.write_text(f"#!/bin/sh\nsleep 0.1\necho {stored['token']}\n")
    script.chmod(0o700)
    life.step("command")
    script.write_text(f"#!/bin/sh\necho {stored['token']} >&2\necho {stored['token']} x\n")
    life.step("command")
    life.step("service")

    echo = json.dumps(stored).encode()  # an endpoint that says what it was told
    for answer in (Response(500, echo), Response(400, echo), Response(200, echo[:-1]),
                   Response(400, {"error": "invalid_grant", **stored}),
                   Response(401, {"error": stored["token"]}),
                   Response(200, {**stored, "expires_in": stored["refresh_token"]})):  # fmt: skip
        fake.fault = lambda _n, request, answer=answer: answer if request.path == TOKEN else None
        life.step("old")
        for step in ("read", "sign in", "service"):
            life.step(step)
    said = {"error": {"code": 403, "message": f"{stored['token']} may not", "errors": [
        {"reason": "insufficientPermissions", "message": stored["refresh_token"]}]}}  # fmt: skip
    fake.fault = lambda _n, request: Response(403, said) if "gmail" in request.path else None
    life.step("read")
    fake.fault = lambda _n, _request: None

    oauth.user = "ann.lee@client.example"
    life.step("sign in")
    oauth.refuses = "access_denied"
    life.step("sign in")
    oauth.revoke_all()
    life.step("old")
    life.step("read")
    return life


def test_a_whole_life_tells_no_secret(tmp_path: Path, server: tuple[FakeOAuth, FakeServer]) -> None:
    life = live(tmp_path, server)
    leaks = life.leaks()
    said = "".join(life.text)
    # it did happen, and everything was said that a user needs
    assert "read: my.mailbox@cabinet.example" in said
    assert ME in said
    assert "run: syncd auth private" in said
    assert "Obtained token" in said, "requests_oauthlib was not at its most talkative"
    assert "Making request: POST" in said, "google-auth was not"
    assert len(server[0].given) > 20
    assert leaks == set()


def test_without_the_guard_the_libraries_tell(
    tmp_path: Path, server: tuple[FakeOAuth, FakeServer]
) -> None:
    """The test above can fail: the same life, with logging as Python brings it."""
    oauth, _ = server
    life = live(tmp_path, server, "unguarded")
    leaks = life.leaks()
    assert oauth.client_secret in leaks
    assert any(leak.startswith("ya29.") for leak in leaks)
    assert any(leak.startswith("1//0") for leak in leaks)
    assert any(leak.startswith("4/0") for leak in leaks)


def test_a_planted_secret_is_found_in_the_process_list(
    tmp_path: Path, server: tuple[FakeOAuth, FakeServer]
) -> None:
    oauth, fake = server
    life = Life(tmp_path, oauth, fake, oauth.client_secret)
    life.text.append(life.processes())
    assert life.leaks() == {oauth.client_secret}

"""`syncd auth` at Google: the browser comes back on loopback, the token is kept or nothing is."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from syncd.connectors.base import SignInRequest
from syncd.connectors.google.options import GoogleOptions
from syncd.connectors.google.scopes import READ_CALENDARS, READ_HEADERS, READ_MAIL
from syncd.connectors.google.sign_in import sign_in
from syncd.connectors.tokens import Tokens
from syncd.errors import RateLimited, Transient, UserError
from tests.fakes.google.oauth import TOKEN, FakeOAuth, browse, written
from tests.fakes.server import GARBAGE, FakeServer, Request, Reset, Response

ME = "camille@cabinet.example"


@dataclass
class Desk:
    """A user at a computer: a configuration, a state folder, a browser."""

    folder: Path
    oauth: FakeOAuth
    server: FakeServer
    said: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _address: None
    """What else happens at the loopback address before the browser comes back."""
    browser: Callable[[str], None] = browse

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.folder / "tokens", "private")
        client = written(self.folder / "client.json", self.oauth.client(self.server.url))
        self.options = GoogleOptions(user=ME, client_secrets=client)

    def sign_in(self, *scopes: str, **how: Any) -> str:
        request = SignInRequest(say=self._say, browser=False, **how)
        return sign_in("private", self.options, self.tokens, scopes or (READ_MAIL,), request)

    def _say(self, line: str) -> None:
        self.said.append(line)
        if line.startswith("http"):
            back = parse_qs(urlsplit(line).query)["redirect_uri"][0]
            threading.Thread(target=lambda: (self.before(back), self.browser(line))).start()

    def stored(self) -> dict[str, Any]:
        return dict(json.loads(self.tokens.read() or "{}"))

    def faulty(self, answer: Any) -> None:
        """The token endpoint answers so."""
        self.server.fault = lambda _n, request: answer if request.path == TOKEN else None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    oauth = FakeOAuth()
    with FakeServer(oauth.handle) as server:
        yield Desk(tmp_path, oauth, server)


def problem(desk: Desk, *scopes: str, **how: Any) -> str:
    """What is said when the sign-in fails, while the token of before stays."""
    desk.tokens.write('{"the token": "of before"}')
    with pytest.raises(UserError) as told:
        desk.sign_in(*scopes, **how)
    assert desk.stored() == {"the token": "of before"}
    return str(told.value)


def test_a_sign_in_keeps_what_later_passes_need(desk: Desk) -> None:
    before = dict(os.environ)
    assert desk.sign_in() == ME
    assert dict(os.environ) == before, "oauthlib's switches are back where they were"

    stored = desk.stored()
    assert stored["refresh_token"] in desk.oauth.refresh_tokens
    assert stored["scopes"] == [READ_MAIL]
    assert stored["token_uri"] == desk.server.url + TOKEN
    assert stat.S_IMODE(desk.tokens.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.tokens.path.parent.stat().st_mode) == 0o700


def test_google_is_asked_to_read_and_to_say_who_it_is(desk: Desk) -> None:
    desk.sign_in(READ_HEADERS)

    asked = parse_qs(urlsplit(desk.said[-1]).query)
    assert set(asked["scope"][0].split()) == {
        READ_HEADERS,
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
    }
    assert asked["login_hint"] == [ME]


def test_the_old_gmail_spellings_of_an_address_are_the_same_person(desk: Desk) -> None:
    desk.options = desk.options.model_copy(update={"user": "c.roy@gmail.com"})
    desk.oauth.user = "CRoy@googlemail.com"
    assert desk.sign_in() == "croy@googlemail.com"


def test_the_browser_comes_back_to_the_port_that_ssh_forwards(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    desk.sign_in(port=port)
    assert f"127.0.0.1%3A{port}%2F" in desk.said[-1]


def test_a_port_that_is_taken_is_said(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "cannot be used" in problem(desk, port=taken.getsockname()[1])


def test_other_visitors_of_the_port_change_nothing(desk: Desk) -> None:
    """A browser's early connection, its favicon, and another page that guesses at the answer."""
    visits: list[int] = []
    idle: list[socket.socket] = []

    def strangers(address: str) -> None:
        parts = urlsplit(address)
        idle.append(socket.create_connection((parts.hostname or "", parts.port or 0)))
        for path in ("favicon.ico", "?code=4/0stolen&state=guessed", "?code=4/0stolen",
                     "?error=access_denied&state=", "?" + "x=1&" * 5000):  # fmt: skip
            try:
                urllib.request.urlopen(address + path, timeout=5)
            except urllib.error.HTTPError as error:
                visits.append(error.code)

    desk.before = strangers
    assert desk.sign_in() == ME
    assert visits == [404] * 5
    for connection in idle:
        connection.close()


def test_a_no_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.oauth.refuses = "access_denied"
    assert "access_denied" in problem(desk)


def test_an_error_code_is_not_a_place_for_messages(desk: Desk) -> None:
    desk.oauth.refuses = "Call +1 555 0100 to unlock"
    assert "555" not in problem(desk)


def test_somebody_else_signing_in_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.oauth.user = "ann.lee@client.example"
    told = problem(desk)
    assert "ann.lee@client.example" in told
    assert ME in told


def test_a_box_left_clear_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.oauth.unticked = frozenset({READ_CALENDARS})
    assert "tick every box" in problem(desk, READ_CALENDARS)


def test_a_secret_that_google_does_not_know_is_the_users_to_mend(desk: Desk) -> None:
    desk.oauth.client_secret = "GOCSPX-another"
    assert "invalid_client" in problem(desk)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(503, b"<html>busy</html>"), Transient),
        (Response(429, {"error": "rate_limit_exceeded"}), RateLimited),
        (Response(403, b"<html>a proxy</html>", {"Content-Type": "text/html"}), Transient),
        (GARBAGE, Transient),
        (Response(200, {}), Transient),
        (Response(200, []), Transient),
        (Response(200, {"access_token": "ya29.x", "expires_in": "soon"}), Transient),
        (Reset(), Transient),
        (Reset(after_handling=True), Transient),
    ],
    ids=str,
)
def test_a_fault_that_passes_leaves_everything_as_it_was(
    desk: Desk, answer: Any, kind: type[Transient]
) -> None:
    desk.tokens.write('{"the token": "of before"}')
    desk.faulty(answer)
    with pytest.raises(kind):
        desk.sign_in()
    assert desk.stored() == {"the token": "of before"}


def test_nobody_comes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncd.connectors.google.sign_in._WAIT", 0.05)
    desk.browser = lambda _address: None
    assert "nobody signed in" in problem(desk)


def test_google_has_no_code_for_another_device(desk: Desk) -> None:
    assert "ssh -L" in problem(desk, device=True)


def test_without_an_oauth_client_the_way_to_one_is_said(desk: Desk) -> None:
    desk.options = GoogleOptions(user=ME)
    assert "client_secrets: FILE" in problem(desk)


def test_a_token_command_needs_no_sign_in(desk: Desk) -> None:
    desk.options = GoogleOptions(user=ME, token_command="pass show google")
    assert "token_command signs in by itself" in problem(desk)


@pytest.mark.parametrize(
    "change",
    [
        {"token_uri": "http://accounts.example/token"},
        {"auth_uri": "ftp://accounts.example/auth"},
        {"token_uri": "https://[accounts.example"},
        {"client_secret": 7},
        {"client_id": None},
    ],
    ids=str,
)
def test_a_client_that_would_leak_or_fail_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    client = desk.oauth.client(desk.server.url)
    client["installed"].update(change)
    written(desk.folder / "client.json", client)
    told = problem(desk)
    assert "desktop apps" in told
    assert desk.oauth.client_secret not in told


@pytest.mark.parametrize("text", ["", "[]", "{", '{"web": {}}', "[" * 100_000, "\udcff"])
def test_any_other_file_is_no_client(desk: Desk, text: str) -> None:
    (desk.folder / "client.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert "desktop apps" in problem(desk)


def test_a_client_file_that_is_not_there(desk: Desk) -> None:
    (desk.folder / "client.json").unlink()
    assert "no such file" in problem(desk)


def test_a_code_that_was_caught_is_worth_nothing(desk: Desk) -> None:
    """PKCE: whoever reads the code on its way cannot exchange it (RFC 7636)."""
    seen: list[Request] = []
    desk.server.fault = lambda _n, request: seen.append(request)  # type: ignore[func-returns-value]
    desk.sign_in()
    exchange = next(request for request in seen if request.path == TOKEN)
    form = parse_qs(exchange.body.decode())
    assert form["code"][0] not in desk.oauth.codes  # used up
    form["code_verifier"] = ["x" * 64]
    desk.oauth.codes[form["code"][0]] = next(iter(desk.oauth.refresh_tokens.values()))
    body = "&".join(f"{name}={values[0]}" for name, values in form.items()).encode()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(desk.server.url + TOKEN, data=body, timeout=5)

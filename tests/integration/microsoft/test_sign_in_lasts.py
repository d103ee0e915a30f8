"""After the sign-in: refreshed in silence, dead only when Microsoft says so."""

from __future__ import annotations

import multiprocessing
import socket
import threading
from pathlib import Path

import pytest

from syncd.connectors.base import RealClock
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.token_cache import Bearer
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, RateLimited, Transient
from tests.fakes.microsoft.desk import Desk
from tests.fakes.microsoft.login import CLIENT, USER
from tests.fakes.microsoft.server import fails
from tests.fakes.server import GARBAGE, Fault, Reset, Response


@pytest.fixture
def signed_in(desk: Desk) -> Desk:
    """The user signed in; what happened until then is forgotten."""
    desk.sign_in(device=True)
    desk.login.grants.clear()
    return desk


def test_nobody_has_signed_in(desk: Desk) -> None:
    with pytest.raises(AuthRequired, match=r"(?s)nobody has signed in.*syncd auth work"):
        desk.whose()


@pytest.mark.parametrize("text", ["", "null", "[]", "{", '{"RefreshToken": 1}', "\x00"])
def test_a_broken_file_asks_for_a_new_sign_in(desk: Desk, text: str) -> None:
    desk.tokens.write(text)
    with pytest.raises(AuthRequired, match="syncd auth work"):
        desk.whose()


def test_a_good_token_is_used_again(signed_in: Desk) -> None:
    for _ in range(3):
        assert signed_in.whose() == USER
    assert signed_in.login.grants == []


def test_an_old_token_is_refreshed_and_the_new_sign_in_kept(signed_in: Desk) -> None:
    """Refresh tokens rotate here: had one been lost, the next refresh would fail."""
    for count in range(1, 4):
        signed_in.login.expire()
        assert signed_in.whose() == USER
        assert signed_in.login.grants == ["refresh_token"] * count


def test_a_token_near_its_end_is_refreshed_before_it_fails(desk: Desk) -> None:
    desk.login.expires_in = 200
    desk.sign_in(device=True)
    desk.login.grants.clear()
    desk.login.expires_in = 3600
    desk.whose()
    assert desk.login.grants == ["refresh_token"]
    assert all(status != 401 for _request, status in desk.graph.log)


def test_a_long_pull_outlives_its_token(signed_in: Desk) -> None:
    graph = signed_in.connect()
    for _ in range(5):
        signed_in.clock.wait(1000)
        signed_in.login.expire()
        assert graph.get("/me")["mail"] == USER
    assert signed_in.login.grants == ["refresh_token"] * 5


def test_a_revoked_sign_in_says_what_to_do(signed_in: Desk) -> None:
    signed_in.login.revoke()
    with pytest.raises(AuthRequired, match=r"(?s)invalid_grant, AADSTS50173.*syncd auth work"):
        signed_in.whose()


def test_signing_in_again_mends_it(signed_in: Desk) -> None:
    signed_in.login.revoke()
    signed_in.sign_in(device=True)
    assert signed_in.whose() == USER


FAULTS = [
    Response(500),
    Response(503, {"error": "temporarily_unavailable"}),
    Response(429, {"error": "too_many"}, {"Retry-After": "3"}),
    Response(302, None, {"Location": "https://elsewhere.example/"}),
    Reset(),
    GARBAGE,
]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        *(("openid-configuration", fault) for fault in FAULTS),
        *(("token", fault) for fault in FAULTS),
        ("token", Response(400, {"error": "temporarily_unavailable"})),
    ],
)
def test_a_fault_on_a_refresh_is_not_signed_out(signed_in: Desk, path: str, fault: Fault) -> None:
    before = signed_in.tokens.read()
    signed_in.login.expire()
    signed_in.login.server.fault = lambda _number, request: (
        fault if request.path.endswith(path) else None
    )
    with pytest.raises(Transient):
        signed_in.whose()
    assert signed_in.tokens.read() == before
    signed_in.login.server.fault = lambda _number, _request: None
    assert signed_in.whose() == USER


@pytest.mark.parametrize("fault", [Response(503), Reset(), GARBAGE])
def test_a_token_that_is_still_good_outlives_a_fault(desk: Desk, fault: Fault) -> None:
    """Microsoft lets tokens be renewed long before they end."""
    desk.login.refresh_in = -1
    desk.sign_in(device=True)
    desk.login.server.fault = lambda _number, request: (
        fault if request.path.endswith("token") else None
    )
    assert desk.whose() == USER
    desk.login.server.fault = lambda _number, _request: None
    assert desk.whose() == USER
    assert desk.login.grants.count("refresh_token") == 1


def test_a_sign_in_that_systemd_was_given(
    signed_in: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LoadCredential=work.token: read from there, and what is renewed kept in the state folder."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    signed_in.tokens.path.rename(credentials / "work.token")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert signed_in.whose() == USER
    assert not signed_in.tokens.path.exists()
    signed_in.login.expire()
    assert signed_in.whose() == USER
    assert signed_in.tokens.path.exists()


def test_a_passing_fault_is_waited_for(signed_in: Desk) -> None:
    signed_in.login.expire()
    start = len(signed_in.login.server.log)
    signed_in.login.server.fault = fails(start + 1, Response(503))
    signed_in.whose()


def test_a_throttled_refresh_says_how_long(signed_in: Desk) -> None:
    signed_in.login.expire()
    signed_in.login.server.fault = fails(99, Response(429, {}, {"Retry-After": "90"}))
    with pytest.raises(RateLimited) as told:
        signed_in.whose()
    assert told.value.retry_after == 90


def test_no_network_is_not_signed_out(signed_in: Desk) -> None:
    signed_in.login.expire()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Transient, match="cannot be reached"):
        signed_in.whose(authority=f"http://127.0.0.1:{port}/common")


def test_no_name_service_is_not_signed_out(signed_in: Desk) -> None:
    signed_in.login.expire()
    with pytest.raises(Transient, match="cannot be reached"):
        signed_in.whose(authority="https://sign-in.invalid/common")


def test_threads_refresh_once(signed_in: Desk) -> None:
    signed_in.login.expire()
    graph = signed_in.connect()
    together = threading.Barrier(4)

    def ask() -> str:
        together.wait(10)
        return str(graph.get("/me")["mail"])

    assert graph.in_parallel([ask] * 4) == [USER] * 4
    assert signed_in.login.grants == ["refresh_token"]


def _refresh(folder: str, authority: str, refused: str) -> None:
    options = OutlookOptions(user=USER, client_id=CLIENT, authority=authority)
    Bearer("work", options, Tokens(Path(folder), "work"), RealClock()).token(refused=refused)


def test_processes_do_not_undo_each_others_refresh(signed_in: Desk) -> None:
    """With rotating refresh tokens, two at once would leave one dead."""
    bearer = Bearer("work", signed_in.options(), signed_in.tokens, signed_in.clock)
    refused = bearer.token()
    signed_in.login.expire()
    signed_in.login.server.delay = 0.1
    start = multiprocessing.get_context("spawn").Process
    folder = str(signed_in.tokens.path.parent)
    processes = [
        start(target=_refresh, args=(folder, signed_in.login.authority, refused)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert signed_in.login.grants == ["refresh_token"]
    signed_in.login.expire()
    assert signed_in.whose() == USER


class TestByCommand:
    def values(self, command: str) -> dict[str, str]:
        return {"client_id": "", "token_command": command}

    def test_its_token_is_used(self, signed_in: Desk) -> None:
        token = next(iter(signed_in.graph.tokens))
        assert signed_in.whose(**self.values(f"printf {token}")) == USER

    def test_it_is_asked_again_when_its_token_is_refused(
        self, signed_in: Desk, tmp_path: Path
    ) -> None:
        """The command gives an old token first and a good one from then on."""
        good = next(iter(signed_in.graph.tokens))
        script = tmp_path / "token.sh"
        script.write_text(
            f'#!/bin/sh\ncd "{tmp_path}"\nif [ -e asked ]; then echo {good}; '
            "else touch asked; echo old; fi\n"
        )
        script.chmod(0o700)
        assert signed_in.whose(**self.values(str(script))) == USER
        assert [status for _request, status in signed_in.graph.log[-2:]] == [401, 200]

    def test_threads_ask_it_once(self, signed_in: Desk, tmp_path: Path) -> None:
        """Once for a token, and once more when all of them found it refused."""
        good = next(iter(signed_in.graph.tokens))
        script, calls = tmp_path / "token.sh", tmp_path / "calls"
        script.write_text(
            f'#!/bin/sh\necho >> "{calls}"\n'
            f'[ "$(wc -l < "{calls}")" -gt 1 ] && echo {good} || echo old\n'
        )
        script.chmod(0o700)
        graph = signed_in.connect(**self.values(str(script)))
        signed_in.graph.delay = 0.05
        got = graph.in_parallel([lambda: graph.get("/me")["mail"]] * 4)
        assert got == [USER] * 4
        assert calls.read_text().count("\n") == 2

    def test_a_token_that_is_never_good_is_the_commands_fault(self, desk: Desk) -> None:
        with pytest.raises(AuthRequired, match="the token_command must print"):
            desk.whose(**self.values("printf old"))
        assert [status for _request, status in desk.graph.log] == [401, 401]

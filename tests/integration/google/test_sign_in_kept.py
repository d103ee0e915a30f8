"""What a kept sign-in does at Google from then on: refreshed, shared, faulty, taken back."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import google_auth_httplib2
import httplib2
import pytest

from syncd.connectors.google.credentials import credentials
from syncd.connectors.google.options import GoogleOptions
from syncd.connectors.google.scopes import READ_CALENDARS, READ_HEADERS, READ_MAIL
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, RateLimited, Transient, UserError
from tests.fakes.google.oauth import CLIENT_ID, TOKEN, FakeOAuth, Grant, written
from tests.fakes.server import GARBAGE, FakeServer, Hang, Request, Reset, Response

ME = "camille@cabinet.example"
LONG_AGO = "2026-01-05T08:00:00Z"


@dataclass
class Account:
    """An account that signed in once, and the servers it reads."""

    oauth: FakeOAuth
    server: FakeServer
    tokens: Tokens
    patience: float = 10
    """Seconds that a request may take."""

    def keep(self, *scopes: str, expiry: str | None = LONG_AGO, **more: Any) -> dict[str, Any]:
        """The token file as `syncd auth` left it some time ago."""
        grant = Grant(ME, scopes or (READ_MAIL,))
        refresh = "1//0-kept"
        self.oauth.refresh_tokens[refresh] = grant
        stored = {
            "type": "authorized_user",
            "client_id": CLIENT_ID,
            "client_secret": self.oauth.client_secret,
            "token_uri": self.server.url + TOKEN,
            "scopes": list(grant.scopes),
            "token": "ya29.of-then",
            "refresh_token": refresh,
            "expiry": expiry,
            **more,
        }
        self.tokens.write(json.dumps(stored))
        return stored

    def credentials(self, *scopes: str, **options: Any) -> Any:
        found = GoogleOptions(user=ME, **options)
        return credentials("private", found, self.tokens, scopes or (READ_MAIL,))

    def read(self, using: Any) -> int:
        """Read the mailbox as the connectors do, and give the answer's status."""
        http = google_auth_httplib2.AuthorizedHttp(using, http=httplib2.Http(timeout=self.patience))
        return int(http.request(f"{self.server.url}/mailbox")[0].status)

    def stored(self) -> dict[str, Any]:
        return dict(json.loads(self.tokens.read() or "{}"))

    def refreshes(self) -> int:
        return len(self.server.requests(TOKEN))


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    oauth = FakeOAuth()

    def handle(request: Request) -> Response:
        if request.path == "/mailbox":
            return Response(401 if oauth.scopes_of(request) is None else 200, {})
        return oauth.handle(request)

    with FakeServer(handle) as server:
        yield Account(oauth, server, Tokens(tmp_path / "tokens", "private"))


def test_a_token_is_refreshed_before_it_is_used_and_kept(account: Account) -> None:
    account.keep()
    assert account.read(account.credentials()) == 200

    stored = account.stored()
    assert stored["token"] in account.oauth.access_tokens
    assert datetime.fromisoformat(stored["expiry"]).timestamp() > time.time() + 3000
    assert stored["scopes"] == [READ_MAIL]
    assert stat.S_IMODE(account.tokens.path.stat().st_mode) == 0o600

    assert account.read(account.credentials()) == 200
    assert account.refreshes() == 1


def test_a_token_that_google_ends_early_is_refreshed_once(account: Account) -> None:
    account.keep(expiry="2199-01-01T00:00:00Z")
    assert account.read(account.credentials()) == 200
    assert account.refreshes() == 1


@pytest.mark.parametrize("expiry", [None, "soon", 12, "2026-01-05T08:00:00"])
def test_an_expiry_of_any_shape(account: Account, expiry: Any) -> None:
    account.keep(expiry=expiry)
    assert account.read(account.credentials()) == 200


def test_a_new_refresh_token_replaces_the_old_one(account: Account) -> None:
    account.oauth.rotates = True
    account.keep()
    account.read(account.credentials())
    assert account.stored()["refresh_token"] in account.oauth.refresh_tokens


def test_many_at_once_refresh_once(account: Account) -> None:
    """With an endpoint that ends the old refresh token, a second refresh would sign out."""
    account.oauth.rotates = True
    account.keep()
    account.server.delay = 0.05
    everybody = [account.credentials() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(account.read, everybody)) == [200] * 8
    assert account.refreshes() == 1


READ_ONCE = """
import sys
from pathlib import Path
import google_auth_httplib2, httplib2
from syncd.connectors.google.credentials import credentials
from syncd.connectors.google.options import GoogleOptions
from syncd.connectors.tokens import Tokens
found = credentials("private", GoogleOptions(user=sys.argv[1]),
                    Tokens(Path(sys.argv[2]), "private"), sys.argv[4:])
http = google_auth_httplib2.AuthorizedHttp(found, http=httplib2.Http(timeout=10))
sys.stdin.read()  # until all have started
print(http.request(sys.argv[3] + "/mailbox")[0].status)
"""


def test_other_processes_use_what_one_refreshed(account: Account) -> None:
    account.oauth.rotates = True
    account.keep()
    words = [ME, str(account.tokens.path.parent), account.server.url, READ_MAIL]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", READ_ONCE, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in running:
        process.stdin.write("go")  # type: ignore[union-attr]
        process.stdin.close()  # type: ignore[union-attr]
    said = [process.stdout.read().strip() for process in running]  # type: ignore[union-attr]
    assert said == ["200"] * 3
    assert [process.wait(10) for process in running] == [0] * 3
    assert account.refreshes() == 1


def test_a_new_sign_in_reaches_a_process_that_runs(account: Account) -> None:
    account.keep(expiry="2199-01-01T00:00:00Z")
    running = account.credentials()
    account.oauth.revoke_all()
    with pytest.raises(AuthRequired):
        account.read(running)

    account.keep()
    assert account.read(running) == 200


def test_a_sign_in_that_was_taken_back_says_what_to_run(account: Account) -> None:
    account.keep()
    account.oauth.revoke_all()
    with pytest.raises(AuthRequired) as told:
        account.read(account.credentials())
    assert "run: syncd auth private" in str(told.value)
    assert account.stored()["refresh_token"] == "1//0-kept"


@pytest.mark.parametrize(
    "refusal",
    ["invalid_client", "unauthorized_client", "deleted_client", "admin_policy_enforced"],
)
def test_other_refusals_are_the_users_to_mend_too(account: Account, refusal: str) -> None:
    account.keep()
    account.server.fault = lambda _n, _request: Response(401, {"error": refusal})
    with pytest.raises(AuthRequired, match=refusal):
        account.read(account.credentials())


def test_the_domain_may_want_a_password_again(account: Account) -> None:
    account.keep()
    said = {"error": "invalid_grant", "error_subtype": "invalid_rapt"}
    account.server.fault = lambda _n, _request: Response(400, said)
    with pytest.raises(AuthRequired, match="syncd auth private"):
        account.read(account.credentials())


PASSING = [
    Response(429, {"error": "rate_limit_exceeded"}),
    Response(500, {"error": "internal_failure"}),
    Response(502, b"<html>bad gateway</html>"),
    Response(503, {"error": "invalid_grant"}),
    Response(408, b""),
    Response(400, {"error": "temporarily_unavailable"}),
    Response(400, {"error": {"code": 400}}),
    Response(400, {}),
    Response(403, b"<html>a proxy</html>"),
    GARBAGE,
    Response(200, b"\xff\xfe"),
    Response(200, []),
    Response(200, {}),
    Response(200, {"access_token": "ya29.x", "expires_in": "soon"}),
    Response(200, {"access_token": "ya29.x", "expires_in": 10**30}),
    Response(200, b"[" * 200_000),
    Reset(),
    Hang(2),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: repr(fault)[:40])
def test_a_passing_fault_is_no_sign_out(account: Account, fault: Any) -> None:
    account.keep()
    before = account.stored()
    account.patience = 1 if isinstance(fault, Hang) else 10
    account.server.fault = lambda _n, _request: fault
    using = account.credentials()
    with pytest.raises(Transient):
        account.read(using)
    assert account.stored() == before

    account.server.fault, account.patience = lambda _n, _request: None, 10
    assert account.read(using) == 200


def test_a_pause_that_google_asks_for_is_passed_on(account: Account) -> None:
    account.keep()
    slow = Response(429, {"error": "rate_limit_exceeded"}, {"Retry-After": "17"})
    account.server.fault = lambda _n, _request: slow
    with pytest.raises(RateLimited) as told:
        account.read(account.credentials())
    assert told.value.retry_after == 17
    assert account.refreshes() == 1, "the pause is the pipeline's, not the library's"


@pytest.mark.parametrize("host", ["sign-in.invalid", "127.0.0.1:9"])
def test_a_server_that_cannot_be_found_is_no_sign_out(account: Account, host: str) -> None:
    account.keep(token_uri=f"{'http' if host[0] == '1' else 'https'}://{host}/token")
    with pytest.raises(Transient):
        account.read(account.credentials())


def test_nobody_has_signed_in(account: Account) -> None:
    with pytest.raises(AuthRequired, match="run: syncd auth private"):
        account.credentials()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"refresh_token": 1}', "[" * 200_000,
     '{"refresh_token": "r", "client_id": "c", "client_secret": "s", "token": 4}',
     '{"refresh_token": "r", "client_id": "c", "client_secret": "s",'
     ' "token_uri": "http://accounts.example/token"}'],
)  # fmt: skip
def test_a_damaged_token_file_asks_for_a_new_sign_in(account: Account, text: str) -> None:
    account.tokens.write(text)
    with pytest.raises(AuthRequired, match="run: syncd auth private"):
        account.credentials()


def test_a_token_file_that_is_no_text_asks_for_a_new_sign_in(account: Account) -> None:
    account.tokens.write("")
    account.tokens.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AuthRequired, match="run: syncd auth private"):
        account.credentials()


def test_a_token_file_that_may_not_be_read(account: Account) -> None:
    account.tokens.path.mkdir(parents=True)
    with pytest.raises(AuthRequired, match="is a directory"):
        account.credentials()


def test_a_full_disk_does_not_end_a_sign_in(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = account.keep()
    using = account.credentials()

    def full(_text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(account.tokens, "write", full)
    assert account.read(using) == 200
    monkeypatch.undo()
    assert account.stored() == before
    assert account.read(account.credentials()) == 200


@pytest.mark.parametrize(
    ("granted", "needed"),
    [
        ((READ_MAIL,), (READ_CALENDARS,)),
        ((READ_HEADERS,), (READ_MAIL,)),
        ((READ_MAIL,), (READ_HEADERS,)),
        ((READ_MAIL, READ_HEADERS), (READ_MAIL,)),
    ],
)
def test_other_rights_need_another_sign_in(
    account: Account, granted: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    """`text: false` reads headers only, and must not keep a token that could read more."""
    account.keep(*granted)
    with pytest.raises(AuthRequired, match="run: syncd auth private"):
        account.credentials(*needed)


def test_a_token_of_unknown_rights_is_tried(account: Account) -> None:
    account.keep(scopes=None)
    assert account.read(account.credentials()) == 200


def test_systemd_gives_the_token_and_the_state_folder_keeps_the_refreshed_one(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.keep()
    given = tmp_path / "given"
    given.mkdir()
    account.tokens.path.rename(given / "private.token")
    given.chmod(0o500)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))

    assert account.read(account.credentials()) == 200
    assert account.stored()["token"] in account.oauth.access_tokens
    assert account.tokens.path.exists()


def test_a_command_is_asked_again_when_its_token_ends(account: Account, tmp_path: Path) -> None:
    tokens = [account.oauth._access(Grant(ME, (READ_MAIL,)))["access_token"] for _ in range(2)]
    script = tmp_path / "token"
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/now\n")
    script.chmod(0o700)
    (tmp_path / "now").write_text(tokens[0] + "\n")
    using = account.credentials(token_command=str(script))
    assert account.read(using) == 200

    del account.oauth.access_tokens[tokens[0]]
    (tmp_path / "now").write_text(tokens[1] + "\n")
    assert account.read(using) == 200
    assert account.tokens.read() is None, "what a command gives is not kept"


def test_a_service_account_reads_for_the_user(account: Account, tmp_path: Path) -> None:
    key = written(tmp_path / "key.json", account.oauth.service_account(account.server.url))
    account.oauth.delegated = {ME: (READ_MAIL,)}
    assert account.read(account.credentials(service_account=key)) == 200
    assert [grant.user for grant, _ in account.oauth.access_tokens.values()] == [ME]

    with pytest.raises(AuthRequired, match="domain-wide delegation"):
        account.read(account.credentials(READ_CALENDARS, service_account=key))
    account.oauth.delegated = {}
    with pytest.raises(AuthRequired, match=ME):
        account.read(account.credentials(service_account=key))


@pytest.mark.parametrize("fault", [Response(503, {}), Reset(), GARBAGE], ids=repr)
def test_a_passing_fault_does_not_end_a_service_account(
    account: Account, tmp_path: Path, fault: Any
) -> None:
    key = written(tmp_path / "key.json", account.oauth.service_account(account.server.url))
    account.oauth.delegated = {ME: (READ_MAIL,)}
    account.server.fault = lambda _n, _request: fault
    with pytest.raises(Transient):
        account.read(account.credentials(service_account=key))


@pytest.mark.parametrize(
    "change", [{"private_key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEhalf"}, {"token_uri": 1},
               {"token_uri": "http://accounts.example/token"}, {"client_email": None}]
)  # fmt: skip
def test_a_bad_key_file_is_told_without_its_content(
    account: Account, tmp_path: Path, change: dict[str, Any]
) -> None:
    content = account.oauth.service_account(account.server.url) | change
    content = {name: value for name, value in content.items() if value is not None}
    key = written(tmp_path / "key.json", content)
    with pytest.raises(UserError) as told:
        account.credentials(service_account=key)
    assert "not the key file of a service account" in str(told.value)
    assert "MIIE" not in str(told.value)


def test_a_key_file_that_is_not_there(account: Account, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        account.credentials(service_account=tmp_path / "none.json")

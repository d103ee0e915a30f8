"""`syncd auth` as a command: whom it is for, where it shows what to do, what it says at the end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from syncd.cli import cli
from syncd.connectors.tokens import Tokens
from syncd.errors import UserError
from tests.e2e.conftest import NOW
from tests.e2e.desk import question
from tests.fakes.google.oauth import TOKEN, FakeOAuth, browse, written
from tests.fakes.server import FakeServer, Response

ME = "camille@cabinet.example"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    oauth = FakeOAuth()
    with FakeServer(oauth.handle) as running:
        client = written(tmp_path / "client.json", oauth.client(running.url))
        config = tmp_path / "config"
        config.mkdir()
        (config / "syncd.yaml").write_text(
            f"""\
timezone: America/Toronto
me: {{addresses: [{ME}]}}
accounts:
  - {{name: archive, connector: maildir, path: {tmp_path}/mail}}
  - {{name: private, connector: gmail, user: {ME}, client_secrets: {client}}}
  - {{name: meetings, connector: google_calendar, user: {ME}, client_secrets: {client}}}
summary: {{folder: {tmp_path}/summaries}}
""",
            encoding="utf-8",
        )
        yield running


def syncd(tmp_path: Path, *words: str) -> Result:
    where = ["--config", str(tmp_path / "config"), "--state", str(tmp_path / "state")]
    return CliRunner().invoke(cli, [*words, *where])


def auth(tmp_path: Path, *words: str) -> Result:
    return syncd(tmp_path, "auth", *words)


@pytest.mark.parametrize("account", ["private", "meetings"])
def test_each_account_of_a_user_has_a_sign_in_of_its_own(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    opened: list[str] = []

    def open_browser(address: str) -> bool:
        opened.append(address)
        threading.Thread(target=browse, args=(address,)).start()
        return True

    monkeypatch.setattr("webbrowser.open", open_browser)
    done = auth(tmp_path, account)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"signed in as {ME}; syncd can read {account} now\n"
    assert done.stderr.splitlines() == ["Sign in with your browser.", opened[0]]
    assert [file.name for file in (tmp_path / "state/tokens").glob("*.json")] == [f"{account}.json"]


def test_an_account_of_files_needs_no_sign_in(server: FakeServer, tmp_path: Path) -> None:
    failed = auth(tmp_path, "archive")
    assert isinstance(failed.exception, UserError)
    assert "a maildir account needs no sign-in" in str(failed.exception)


def test_an_account_that_does_not_exist(server: FakeServer, tmp_path: Path) -> None:
    failed = auth(tmp_path, "privat")
    assert failed.exit_code == 2
    assert "there are: archive, private, meetings" in failed.output


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_that_is_none(server: FakeServer, tmp_path: Path, port: str) -> None:
    assert auth(tmp_path, "private", "--port", port).exit_code == 2


def test_an_account_whose_sign_in_has_ended_waits_alone(server: FakeServer, tmp_path: Path) -> None:
    """Nobody signed in to one, the other was signed in to and ended; the mail on disk is read."""
    question(tmp_path / "mail")
    stored = {
        "client_id": "c", "client_secret": "s", "token_uri": f"{server.url}{TOKEN}",
        "refresh_token": "1//0ended", "expiry": "2026-01-05T08:00:00Z",
    }  # fmt: skip
    server.fault = lambda _n, _request: Response(400, {"error": "invalid_grant"})
    Tokens(tmp_path / "state" / "tokens", "meetings").write(json.dumps(stored))

    done = syncd(tmp_path, "once", "--now", NOW, "--json")
    assert done.exit_code == 1
    summary = json.loads(done.stdout)
    assert [item["people"][0]["name"] for item in summary["items"]] == ["Ann Lee"]
    coverage = {one["account"]: one for one in summary["coverage"]}
    assert {name: one["state"] for name, one in coverage.items()} == {
        "archive": "complete",
        "private": "sign_in",
        "meetings": "sign_in",
    }
    for name in ("private", "meetings"):
        assert f"run: syncd auth {name}" in coverage[name]["detail"]
        assert f"run: syncd auth {name}" in done.stderr
        assert f"run: syncd auth {name}" in syncd(tmp_path, "summary", "--now", NOW).stdout
    status = syncd(tmp_path, "status", "--json")
    assert status.exit_code == 1
    told = {one["account"]: one["detail"] for one in json.loads(status.stdout)["accounts"]}
    assert "nobody has signed in yet" in told["private"]
    assert "no longer accepts the sign-in" in told["meetings"]

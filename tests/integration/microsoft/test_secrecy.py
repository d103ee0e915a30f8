"""No token, code or proof leaves the token file: not in a log, an error, a process list."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import msal
import pytest
import requests

from syncd.connectors.base import SignInRequest
from syncd.connectors.microsoft import token_cache
from syncd.connectors.microsoft.sign_in import sign_in
from syncd.errors import SyncdError
from tests.fakes.microsoft.desk import Desk
from tests.fakes.microsoft.login import USER
from tests.fakes.server import GARBAGE, Reset, Response

LOUD = ("", "msal", "msal.token_cache", "msal.application", "urllib3", "requests", "syncd")


class Ear(logging.Handler):
    """Hears every log record, with its arguments and its traceback."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard += [record.getMessage(), repr(record.args)]
        if record.exc_info:
            self.heard += traceback.format_exception(record.exc_info[1])


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Every logger at its loudest, and none redacted: nothing secret may even be said."""
    ear = Ear()
    factory = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    levels = {name: logging.getLogger(name).level for name in LOUD}
    for name in LOUD:
        logging.getLogger(name).setLevel(1)
    logging.getLogger().addHandler(ear)
    yield ear
    logging.setLogRecordFactory(factory)
    logging.getLogger().removeHandler(ear)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def leaks(desk: Desk, ear: Ear) -> set[str]:
    """The secrets that were heard or said, by their kind."""
    told = "\n".join([*ear.heard, *desk.said])
    return {secret.partition("-")[0] for secret in desk.login.issued if secret in told}


def errors_are_heard(ear: Ear, error: BaseException) -> None:
    """What a log, a terminal or a debugger would show of an error and of what led to it."""
    ear.heard += [str(error), repr(error), *traceback.format_exception(error)]
    chain: BaseException | None = error
    while chain is not None:
        ear.heard += [str(chain), repr(chain.args), repr(vars(chain))]
        chain = chain.__context__


def everything_happens(desk: Desk, ear: Ear) -> None:
    """Signed in both ways, refreshed, failed in every way, revoked."""
    desk.sign_in()
    desk.whose()
    desk.login.expire()
    desk.whose()
    desk.sign_in(device=True)
    for fault in (Response(500), Response(400, {"error": "invalid_grant"}), Reset(), GARBAGE):
        for server in (desk.login.server, desk.graph):
            desk.login.expire()
            server.fault = lambda _n, _r, fault=fault: fault  # type: ignore[misc]
            try:
                desk.whose()
            except SyncdError as error:
                errors_are_heard(ear, error)
            server.fault = lambda _n, _r: None
    for how in ("refused", "revoked"):
        desk.login.revoke()
        desk.browser = lambda at: desk.login.browse(at, accept=False)
        with pytest.raises(SyncdError) as told:
            desk.sign_in() if how == "refused" else desk.whose()
        errors_are_heard(ear, told.value)


def test_nothing_secret_is_logged_or_said(desk: Desk, ear: Ear) -> None:
    everything_happens(desk, ear)
    assert {"access", "refresh", "code", "device", "signature"} <= {
        secret.partition("-")[0] for secret in desk.login.issued
    }
    assert len(ear.heard) > 100
    assert leaks(desk, ear) == set()


def test_a_leak_would_be_found(desk: Desk, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """MSAL's own cache logs the codes it exchanged: ours must not be it."""
    monkeypatch.setattr("syncd.connectors.microsoft.sign_in.new_cache", msal.SerializableTokenCache)
    desk.sign_in()
    desk.sign_in(device=True)
    assert {"code", "device"} <= leaks(desk, ear)


def test_a_leak_in_an_error_would_be_found(desk: Desk, ear: Ear) -> None:
    desk.sign_in(device=True)
    token = next(iter(desk.graph.tokens))
    try:
        try:
            raise ValueError(f"Bearer {token}")
        except ValueError:
            raise SyncdError("something else") from None
    except SyncdError as error:
        errors_are_heard(ear, error)
    assert leaks(desk, ear) == {"access"}


def test_only_the_token_file_holds_it(desk: Desk) -> None:
    desk.sign_in()
    desk.login.expire()
    desk.whose()
    holding = [
        path.name
        for path in desk.folder.rglob("*")
        if path.is_file() and any(s in path.read_text() for s in desk.login.issued)
    ]
    assert holding == ["work.json"]


def test_the_browsers_command_line(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `ps` shows of the browser that is opened: an address, of no use without our proof."""
    seen = tmp_path / "command line"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\ncat /proc/$$/cmdline > "{seen}"\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    # webbrowser reads BROWSER once
    monkeypatch.setattr("webbrowser._tryorder", None)
    request = SignInRequest(say=desk._say, browser=True)
    sign_in("work", desk.options(), desk.tokens, request, desk.clock)
    shown = seen.read_text()
    assert "code_challenge=" in shown
    assert not [secret for secret in desk.login.issued if secret in shown]


def test_objects_do_not_show_their_secrets(desk: Desk) -> None:
    desk.sign_in()
    graph = desk.connect()
    graph.get("/me")
    bearer = token_cache.Bearer("work", desk.options(), desk.tokens, desk.clock)
    bearer.token()
    shown = " ".join(map(repr, (graph, bearer, desk.tokens, desk.options())))
    assert not [secret for secret in desk.login.issued if secret in shown]


def test_the_page_after_the_sign_in_repeats_nothing(desk: Desk) -> None:
    pages: list[str] = []

    def browse(address: str) -> None:
        page = requests.get(address, timeout=5).text
        action = re.findall(r'action="([^"]*)"', page)[0]
        fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', page))
        pages.append(requests.post(action, data=fields, timeout=5).text)

    desk.browser = browse
    assert desk.sign_in() == USER
    (page,) = pages
    assert "Done." in page
    assert not [secret for secret in desk.login.issued if secret in page]

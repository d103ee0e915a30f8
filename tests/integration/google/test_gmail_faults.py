"""Faults at every call to Gmail, and servers that lack what Google's has."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd import log
from syncd.connectors.google import api
from syncd.errors import AuthRequired, RateLimited, Stopping, Transient, UserError
from tests.fakes.clock import SimulatedClock
from tests.fakes.google.server import error
from tests.fakes.server import GARBAGE, Fault, Hang, Reset, Response
from tests.integration.google.gmail_account import NOW, GmailAccount, gmail_account

FAULTS: dict[str, Callable[[], Fault]] = {
    "429": lambda: error(429, "Too many concurrent requests for user", "rateLimitExceeded"),
    "403 rate": lambda: error(403, "User Rate Limit Exceeded", "userRateLimitExceeded"),
    "500": lambda: error(500, "Internal error", "backendError"),
    "503 html": lambda: Response(503, b"<html>busy</html>", {"Content-Type": "text/html"}),
    "reset": Reset,
    "reset after": lambda: Reset(after_handling=True),
    "hang": lambda: Hang(0.6),
    "garbage": lambda: GARBAGE,
    "half json": lambda: Response(200, b'{"messages": [{"id": '),
    "other json": lambda: Response(200, b"[]"),
    "redirect": lambda: Response(302, b"", {"Location": "http://portal.example/login"}),
}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GmailAccount]:
    monkeypatch.setattr(api, "TIMEOUT", 0.3)
    with gmail_account(tmp_path) as opened:
        opened.context = {"reader": None}
        opened.fill(30)
        yield opened


def _fault_at(account: GmailAccount, at: int, fault: Callable[[], Fault]) -> None:
    begun = len(account.server.http.log)
    account.server.http.fault = lambda number, _: fault() if number - begun == at else None


@pytest.mark.parametrize("fault", FAULTS, ids=FAULTS.keys())
def test_one_fault_at_any_call_is_survived(account: GmailAccount, fault: str) -> None:
    account.pull()
    whole = dict(account.records.items)
    calls = len(account.server.http.log)
    assert calls == 8  # profile, own addresses, labels, drafts, listing, two batches, history
    for at in range(calls):
        account.records.items.clear()
        account.records.cursor = None
        _fault_at(account, at, FAULTS[fault])
        account.pull()
        assert account.records.items == whole, f"call {at}"
        assert not account.records.failures


@pytest.mark.parametrize("fault", ["429", "500", "reset", "garbage"])
def test_a_fault_that_stays_ends_the_pass_within_bounds(account: GmailAccount, fault: str) -> None:
    account.pull()
    before = account.records.cursor
    account.mailbox.deliver("New", NOW)
    account.server.http.fault = lambda _number, _request: FAULTS[fault]()
    begun, asked = account.clock.monotonic(), len(account.server.http.log)
    with pytest.raises(Transient):
        account.pull()
    assert account.clock.monotonic() - begun < 60
    # httplib2 sends again by itself where a connection breaks
    assert len(account.server.http.log) - asked <= 15
    assert account.records.cursor == before
    account.server.http.fault = lambda _number, _request: None
    account.pull()
    assert "New" in account.records.names()


def test_failing_parts_of_a_batch_are_asked_for_again_alone(account: GmailAccount) -> None:
    failing = {"500": 3, "429": 2}
    answers = {"500": FAULTS["500"](), "429": FAULTS["429"]()}

    def some(call: object) -> Response | None:
        if getattr(call, "method", "") != "gmail.users.messages.get":
            return None
        kind = next((kind for kind, left in failing.items() if left), None)
        if kind is None:
            return None
        failing[kind] -= 1
        answer = answers[kind]
        assert isinstance(answer, Response)
        return answer

    account.server.part_fault = some
    account.pull()
    assert len(account.records.items) == 30
    assert len(account.mailbox.gets) == 30
    assert not account.records.failures


def test_retry_after_is_honoured(account: GmailAccount) -> None:
    late = error(429, "Slow down", "rateLimitExceeded", {"Retry-After": "42"})
    _fault_at(account, 0, lambda: late)
    account.pull()
    assert max(account.clock.waits) == 42


def test_the_moment_in_the_text_of_an_error_is_honoured(account: GmailAccount) -> None:
    # compared with the answer's own Date, which the server takes from the real clock
    moment = datetime.now(UTC) + timedelta(seconds=90)
    text = f"User-rate limit exceeded.  Retry after {moment:%Y-%m-%dT%H:%M:%S}.123Z"
    _fault_at(account, 4, lambda: error(403, text, "userRateLimitExceeded"))
    account.pull()
    assert 80 <= max(account.clock.waits) <= 91


def test_a_long_pause_ends_the_pass_and_is_passed_on(account: GmailAccount) -> None:
    late = error(429, "Slow down", "rateLimitExceeded", {"Retry-After": "3600"})
    _fault_at(account, 0, lambda: late)
    with pytest.raises(RateLimited) as caught:
        account.pull()
    assert caught.value.retry_after == 3600
    assert not account.clock.waits


@pytest.mark.parametrize("reason", ["dailyLimitExceeded", "domainPolicy", "accessNotConfigured"])
def test_what_waiting_cannot_help_is_said_at_once(account: GmailAccount, reason: str) -> None:
    account.server.http.fault = lambda _number, _request: error(403, "No", reason)
    with pytest.raises(UserError) as caught:
        account.pull()
    assert caught.value.problems[0].where == "work"
    assert caught.value.problems[0].hint
    assert len(account.server.http.log) == 1


def test_a_token_for_headers_alone_is_not_each_messages_fault(account: GmailAccount) -> None:
    account.context = {}
    refusal = error(403, "Metadata scope doesn't allow format FULL", "forbidden")
    account.server.part_fault = lambda call: refusal if call.one("format") == "full" else None
    with pytest.raises(UserError) as caught:
        account.pull()
    assert "text: false" in caught.value.problems[0].hint
    assert not account.records.failures


def test_a_dead_token_pauses_the_account(account: GmailAccount) -> None:
    account.pull()
    account.server.tokens.clear()
    with pytest.raises(AuthRequired) as caught:
        account.pull()
    assert "token_command" in caught.value.problems[0].hint


def test_a_token_that_dies_in_the_middle_of_a_batch(account: GmailAccount) -> None:
    def refused(call: object) -> Response | None:
        late = getattr(call, "method", "") == "gmail.users.messages.get"
        return error(401, "Invalid Credentials", "authError") if late else None

    account.server.part_fault = refused
    with pytest.raises(AuthRequired):
        account.pull()
    assert not account.records.failures


def test_being_stopped_goes_through_every_retry(account: GmailAccount) -> None:
    class StoppedClock(SimulatedClock):
        def wait(self, seconds: float) -> None:
            raise Stopping

    account.server.http.fault = lambda _number, _request: FAULTS["500"]()
    with pytest.raises(Stopping):
        account.pull(StoppedClock())


def test_a_server_without_batches_is_asked_one_by_one(account: GmailAccount) -> None:
    account.server.has_batches = False
    log.configure("debug")
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            account.pull()
    finally:
        log.configure("warning")
    assert len(account.records.items) == 30
    assert "no_batches" in said.getvalue()
    refused = [status for request, status in account.server.http.log if "/batch" in request.path]
    assert refused == [404]


def test_a_server_without_a_profile_starts_from_its_newest_message(account: GmailAccount) -> None:
    account.mailbox.has_profile = False
    account.pull()
    account.mailbox.deliver("New", NOW)
    account.pull()
    assert "New" in account.records.names()
    assert len(account.records.items) == 31


def test_an_empty_server_without_a_profile(tmp_path: Path) -> None:
    with gmail_account(tmp_path, has_profile=False) as account:
        account.pull()
        account.mailbox.deliver("The first", NOW)
        account.pull()
        assert account.records.names() == {"The first"}


def test_somebody_elses_mailbox_is_not_read(account: GmailAccount) -> None:
    account.options = {"user": "dana@cabinet.example"}
    for act in (account.pull, account.connector().check):
        with pytest.raises(UserError) as caught:
            act()
        assert "camille@cabinet.example" in caught.value.problems[0].what
    assert not account.records.items


def test_one_answer_that_cannot_be_read_does_not_stop_the_others(account: GmailAccount) -> None:
    """A batch is one answer: it is taken apart when it cannot be read."""
    victim = next(iter(account.mailbox.messages))

    def garbled(call: object) -> Response | None:
        path = getattr(call, "path", {})
        return Response(200, b"\x00 not json") if path.get("id") == victim else None

    account.server.part_fault = garbled
    account.pull()
    assert account.records.failures.keys() == {victim}
    assert len(account.records.items) == 29


def test_nothing_of_a_request_stands_in_an_error(account: GmailAccount) -> None:
    account.pull()
    account.server.http.fault = lambda _number, _request: FAULTS["500"]()
    with pytest.raises(Transient) as caught:
        account.pull()
    chain = [caught.value, caught.value.__cause__]
    assert not any("startHistoryId" in repr(link) or "http" in repr(link) for link in chain)
    assert caught.value.__suppress_context__


def test_a_server_that_is_not_there_is_a_passing_fault(
    account: GmailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_FIRST_PAUSE", 0.001)
    account.connector().check()
    account.options = {"endpoint": "http://127.0.0.1:9"}
    with pytest.raises(Transient):
        account.connector().check()

"""Google's errors in syncd's words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.connectors.google.failures import Failures, Gone, NotFound, Refused
from syncd.connectors.google.options import GoogleOptions
from syncd.errors import AuthRequired, RateLimited, SyncdError, Transient

FAILURES = Failures("work", GoogleOptions(user="camille@cabinet.example"))


def _answer(status: int, reason: str = "", message: str = "No", **headers: str) -> SyncdError:
    error: dict[str, Any] = {"code": status, "message": message, "errors": [{"reason": reason}]}
    return FAILURES.of_answer(status, headers, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "badRequest", Refused),
        (401, "authError", AuthRequired),
        (403, "rateLimitExceeded", RateLimited),
        (403, "userRateLimitExceeded", RateLimited),
        (403, "dailyLimitExceeded", Refused),
        (403, "domainPolicy", Refused),
        (403, "insufficientPermissions", AuthRequired),
        (403, "forbidden", Refused),
        (404, "notFound", NotFound),
        (408, "", Transient),
        (410, "fullSyncRequired", Gone),
        (429, "rateLimitExceeded", RateLimited),
        (302, "", Transient),
        (500, "backendError", Transient),
        (503, "", Transient),
    ],
)
def test_each_status_says_who_must_act(status: int, reason: str, kind: type[SyncdError]) -> None:
    assert type(_answer(status, reason)) is kind


def test_the_newer_form_of_errors_is_understood() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
    body = {
        "error": {"code": 403, "status": "PERMISSION_DENIED", "message": "", "details": details}
    }
    error = FAILURES.of_answer(403, {}, json.dumps(body).encode())
    assert isinstance(error, Refused)
    assert error.reasons == {"PERMISSION_DENIED", "SERVICE_DISABLED"}
    assert "enable" in error.problems[0].hint


@pytest.mark.parametrize(
    ("message", "headers", "seconds"),
    [
        ("", {"retry-after": "17"}, 17),
        ("", {"retry-after": "999999999999"}, 86400),
        ("", {"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30),
        ("Retry after 2026-11-23T12:00:45.000Z", {}, 45),
        ("Retry after 2026-11-23T11:00:00Z", {}, 0),
        ("Retry after 2026-11-23T12:99:00Z", {}, 0),
        ("Slow down", {"retry-after": "soon"}, 0),
    ],
)
def test_the_pause_that_is_asked_for(message: str, headers: dict[str, str], seconds: float) -> None:
    date = {"date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    error = _answer(429, "rateLimitExceeded", message, **date, **headers)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@given(st.integers(300, 599), st.binary(max_size=200), st.text(max_size=30))
def test_no_answer_breaks_it(status: int, body: bytes, header: str) -> None:
    headers = {"retry-after": header, "date": header}
    assert isinstance(FAILURES.of_answer(status, headers, body), SyncdError)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=9,
    )
)
def test_no_json_breaks_it(value: Any) -> None:
    for body in (value, {"error": value}, {"error": {"errors": value, "details": [value]}}):
        content = json.dumps(body).encode()
        assert isinstance(FAILURES.of_answer(403, {}, content), Refused)


def test_a_line_from_google_is_one_line_and_short() -> None:
    error = _answer(500, message="first\nsecond \x1b[31m" + "x" * 5000)
    assert "\n" not in str(error) and "\x1b" not in str(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ({}, "syncd auth work"),
        ({"token_command": "pass show token"}, "token_command"),
        ({"service_account": "key.json"}, "service account"),
    ],
)
def test_the_hint_fits_the_way_to_sign_in(option: dict[str, str], hint: str) -> None:
    options = GoogleOptions.model_validate({"user": "camille@cabinet.example", **option})
    error = Failures("work", options).sign_in_again("The sign-in is over")
    assert hint in error.problems[0].hint

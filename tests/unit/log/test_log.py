"""What is logged, and what is taken out of it, by whomever it was said."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd import log

SECRET = "q7Zr-0_x.Yw~2"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    factory = logging.getLogRecordFactory()
    yield
    log.configure("warning")
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {}",
        "{{'authorization': 'Bearer {}'}}",
        "b'POST /token\\r\\nauthorization: bearer {}\\r\\n'",
        "grant_type=refresh_token&refresh_token={}&client_id=c",
        "GET /?state=s&code={}&scope=mail",
        "code={}",
        '{{"access_token": "{}", "expires_in": 3599}}',
        "{{'id_token': '{}'}}",
        '"{{\\"client_secret\\": \\"{}\\"}}"',
        "{{'code': ['{}']}}",
        "client_assertion={}",
        "code_verifier={}&x=1",
        "password: {}",
        "Set syncToken={} for the next look",
    ],
)
def test_a_secret_is_taken_out_wherever_it_stands(text: str) -> None:
    said = log.redact(text.format(SECRET))
    assert SECRET not in said
    assert "[redacted]" in said
    assert said.replace("[redacted]", SECRET) == text.format(SECRET)


@pytest.mark.parametrize(
    "token",
    ["ya29.a0AfB_byC-1234567890", "1//0gabcdefghij-klm", "4/0AVHEtk7abcdef", "GOCSPX-1a2b3c4d5e",
     "eyJhbGciOiJSUzI1NiJ9.eyJlbWFpbCI6ImEifQ.c2ln"],
)  # fmt: skip
def test_what_looks_like_a_token_is_taken_out_without_a_name(token: str) -> None:
    assert log.redact(f"error: {token} (400)") == "error: [redacted] (400)"


@pytest.mark.parametrize(
    "text",
    [
        "status code: 429, exit code 5",
        "GET https://gmail.googleapis.com/gmail/v1/users/me/messages?maxResults=500 404",
        "signed in as camille@cabinet.example",
        "token_uri https://oauth2.example/token",
        "the basic plan costs 4/month, 1/2 of it at once",
        "2026-11-23T08:00:00Z",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert log.redact(text) == text


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = log.redact(text)
    assert log.redact(once) == once


def _library(*, level: str = "debug") -> tuple[logging.Logger, io.StringIO]:
    log.configure(level)
    heard = io.StringIO()
    library = logging.Logger("a.library", logging.DEBUG)
    library.addHandler(logging.StreamHandler(heard))
    return library, heard


def test_a_library_tells_no_secret_and_no_traceback_with_one() -> None:
    library, heard = _library()
    library.debug("Request body was %s", {"refresh_token": SECRET})
    try:
        raise ValueError(f"access_token={SECRET}")
    except ValueError:
        library.exception("it failed")
    said = heard.getvalue()
    assert SECRET not in said
    assert "Request body was {'refresh_token': '[redacted]'}" in said
    assert "ValueError: access_token=[redacted]" in said


def test_a_librarys_mistake_in_its_own_message_is_none_of_ours() -> None:
    library, heard = _library()
    library.warning("%d of %d items", SECRET)
    assert heard.getvalue() == "%d of %d items\n"


def test_an_event_of_ours_is_one_json_object_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("debug")
    log.debug("pulled", account="private", count=3, error=ValueError(f"token={SECRET}"),
              refresh_token=SECRET, many=[f"code={SECRET}"])  # fmt: skip
    event = json.loads(capsys.readouterr().err)
    assert SECRET not in repr(event)
    assert (event["event"], event["level"]) == ("pulled", "debug")
    assert (event["account"], event["count"]) == ("private", 3)


@pytest.mark.parametrize(
    ("level", "heard"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)]
)
def test_the_level_decides(level: str, heard: int, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(level)
    log.debug("a")
    log.info("b")
    log.warning("c")
    assert len(capsys.readouterr().err.splitlines()) == heard


def test_a_service_does_not_carry_the_colours_of_a_terminal() -> None:
    program = "import sys; from syncd import log; log.warning('x'); print('rich' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; import rich"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.stdout == "False\n"
    assert json.loads(done.stderr)["event"] == "x"

"""What is said of a server that cannot be reached, by each library that is used to reach it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httplib2
import pytest
import requests
from google.auth.exceptions import TransportError
from google.auth.transport.requests import Request

from syncd.connectors.unreachable import what_failed
from tests.fakes.server import FakeServer, Hang, Reset, Response

SECRET = "code=4/0Aecret"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(lambda _request: Response(200)) as running:
        yield running


WAYS: dict[str, Callable[[str], object]] = {
    "requests": lambda url: requests.get(url, timeout=0.2),
    "httplib2": lambda url: httplib2.Http(timeout=0.2).request(url),
    "google-auth": lambda url: Request()(url, timeout=0.2),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("fault", "said"), [(Reset(), "connection reset by peer"), (Hang(1), "no answer in time")]
)
def test_it_is_told_as_the_system_says_it(
    server: FakeServer, way: str, fault: Reset | Hang, said: str
) -> None:
    server.fault = lambda _number, _request: fault
    with pytest.raises((OSError, TransportError)) as caught:
        WAYS[way](f"{server.url}/?{SECRET}")
    assert what_failed(caught.value) == said


@pytest.mark.parametrize("way", WAYS)
def test_nobody_listens(way: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises((OSError, TransportError)) as caught:
        WAYS[way](f"http://127.0.0.1:{port}/?{SECRET}")
    assert what_failed(caught.value) == "connection refused"


def test_the_words_of_a_library_are_left_out() -> None:
    assert what_failed(ValueError(f"https://login.example/?{SECRET}")) == "ValueError"


def test_errors_that_hold_each_other_come_to_an_end() -> None:
    one, other = ValueError("a"), KeyError("b")
    one.__context__, other.__context__ = other, one
    assert what_failed(one) in ("ValueError", "KeyError")

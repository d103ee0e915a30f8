"""The judges of the fakes: what Google's discovery documents do not know is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.google.discovery import Method, discovery

GMAIL = discovery("gmail", "v1")
CALENDAR = discovery("calendar", "v3")


def _method(http_method: str, path: str) -> Method:
    found = GMAIL.match(http_method, path) or CALENDAR.match(http_method, path)
    assert found
    return found[0]


LIST = _method("GET", "/gmail/v1/users/me/messages")
GET = _method("GET", "/gmail/v1/users/me/messages/18f0")


def test_a_request_finds_its_method_and_the_path_its_parameters() -> None:
    assert LIST.id == "gmail.users.messages.list"
    found = GMAIL.match("GET", "/gmail/v1/users/me/messages/18f0")
    assert found is not None
    assert found[1] == {"userId": "me", "id": "18f0"}
    events = _method("GET", "/calendar/v3/calendars/camille%40cabinet.example/events")
    assert events.id == "calendar.events.list"
    assert GMAIL.match("GET", "/gmail/v2/users/me/messages") is None


@pytest.mark.parametrize(
    "query",
    [
        {"labels": ["INBOX"]},
        {"maxResults": ["many"]},
        {"includeSpamTrash": ["yes"]},
        {"pageToken": ["a", "b"]},
    ],
)
def test_a_wrong_parameter_is_found(query: dict[str, list[str]]) -> None:
    assert len(GMAIL.problems_of_request(LIST, query)) == 1


def test_right_parameters_are_right() -> None:
    query = {"labelIds": ["INBOX", "SENT"], "maxResults": ["500"], "alt": ["json"], "q": ["x"]}
    assert not GMAIL.problems_of_request(LIST, query)
    assert GMAIL.problems_of_request(GET, {"format": ["raw"]}) == []
    assert GMAIL.problems_of_request(GET, {"format": ["everything"]})


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"id": "1", "labels": []}, ".labels is unknown"),
        ({"id": 1}, ".id cannot be 1"),
        ({"historyId": "abc"}, ".historyId cannot be 'abc'"),
        ({"internalDate": 5}, ".internalDate cannot be 5"),
        ({"labelIds": "INBOX"}, ".labelIds is no array"),
        (
            {"payload": {"headers": [{"name": "a", "val": "b"}]}},
            ".payload.headers[0].val is unknown",
        ),
        (
            {"payload": {"parts": [{"parts": [{"x": 1}]}]}},
            ".payload.parts[0].parts[0].x is unknown",
        ),
        ([], " is no object"),
    ],
)
def test_a_wrong_answer_is_found(body: Any, problem: str) -> None:
    assert GMAIL.problems_of_response(GET, body) == [f"gmail.users.messages.get{problem}"]


def test_the_mask_of_a_partial_answer() -> None:
    body = {
        "messages": [{"id": "1", "threadId": "2"}],
        "nextPageToken": "t",
        "resultSizeEstimate": 1,
    }
    masked = GMAIL.mask(LIST, body, "messages/id,nextPageToken")
    assert masked == {"messages": [{"id": "1"}], "nextPageToken": "t"}
    assert GMAIL.mask(LIST, body, "messages(id,threadId)") == {"messages": body["messages"]}
    for wrong in ("message/id", "messages(id", "messages(id))", "messages/subject"):
        with pytest.raises(ValueError, match="Invalid field selection"):
            GMAIL.mask(LIST, body, wrong)

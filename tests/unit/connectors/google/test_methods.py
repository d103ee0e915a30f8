"""The methods as syncd writes them are those of Google's discovery documents."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from googleapiclient.discovery_cache import get_static_doc

from syncd.connectors.google.methods import BATCHES, PATHS, ROOTS, Service, batch, request
from tests.fakes.google.discovery import discovery

VERSIONS: dict[Service, str] = {"gmail": "v1", "calendar": "v3"}


@pytest.mark.parametrize("method", PATHS)
def test_a_path_is_the_method_s(method: str) -> None:
    service: Service = "gmail" if method.startswith("gmail.") else "calendar"
    names = re.findall(r"\{(\w+)\}", PATHS[method])
    path = PATHS[method].format_map({name: f"its-{name}" for name in names})
    found = discovery(service, VERSIONS[service]).match("GET", path)
    assert found is not None
    assert found[0].id == method
    assert found[1] == {name: f"its-{name}" for name in names}


@pytest.mark.parametrize("service", VERSIONS)
def test_a_root_is_the_service_s(service: Service) -> None:
    document = json.loads(get_static_doc(service, VERSIONS[service]))
    assert ROOTS[service] + "/" == document["rootUrl"]
    assert BATCHES[service] == "/" + document["batchPath"]
    assert batch(ROOTS[service], service, print)._batch_uri == ROOTS[service] + BATCHES[service]


def test_parameters_come_into_path_and_query() -> None:
    made = request(
        "https://root.example",
        "gmail.users.messages.list",
        {
            "userId": "a/b@c.example",
            "labelIds": ["INBOX", "x&y"],
            "maxResults": 500,
            "includeSpamTrash": False,
            "pageToken": None,
            "q": "é",
        },
    )
    parts = urlsplit(made.uri)
    assert parts.path == "/gmail/v1/users/a%2Fb%40c.example/messages"
    assert parse_qs(parts.query) == {
        "labelIds": ["INBOX", "x&y"],
        "maxResults": ["500"],
        "includeSpamTrash": ["false"],
        "q": ["é"],
        "alt": ["json"],
    }
    assert (made.method, made.methodId) == ("GET", "gmail.users.messages.list")


def test_what_is_missing_in_a_path_is_told() -> None:
    with pytest.raises(KeyError):
        request("https://root.example", "calendar.events.get", {"calendarId": "x"})

"""The pages of a list of the Calendar API, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from syncd.connectors.google.api import Answer, GoogleApi, Unreadable

MOST_PAGES = 1_000
"""Of one list; with 2,500 events to a page, more is no calendar but a loop."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, with what it says of the next."""

    items: list[Any]
    next: str
    """Token of the next page; empty on the last."""
    sync: str
    """Token for the changes from here on, on the last page; empty where the server gives none."""


def pages(api: GoogleApi, method: str, *, start: str = "", **parameters: Any) -> Iterator[Page]:
    """The pages from `start` on (empty: the first); the parameters are the same for each.

    :raises Unreadable: an answer is no list, or the pages never end
    :raises SyncdError: as GoogleApi.call
    """
    token = start
    for _ in range(MOST_PAGES):
        asked = {**parameters, "pageToken": token} if token else parameters
        page = _page(api.call(api.request(method, **asked)))
        yield page
        if not page.next:
            return
        if page.next == token:
            break
        token = page.next
    raise Unreadable("Google's list of pages does not end")


def _page(answer: Answer) -> Page:
    items = answer.get("items", [])
    if not isinstance(items, list):
        raise Unreadable("Google's answer is no list")
    return Page(items, _token(answer, "nextPageToken"), _token(answer, "nextSyncToken"))


def _token(answer: Answer, name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""

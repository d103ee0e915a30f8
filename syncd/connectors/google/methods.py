"""The few methods of Google's APIs that syncd calls, as requests of google-api-python-client.

The library would make them from its discovery documents, and for that load every way to sign in:
11 MB for as long as the service runs, and a document parsed for each pull. These are the documents'
paths; a test holds them against the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

Service = Literal["gmail", "calendar"]

ROOTS: Final[Mapping[Service, str]] = {
    "gmail": "https://gmail.googleapis.com",
    "calendar": "https://www.googleapis.com",
}
BATCHES: Final[Mapping[Service, str]] = {
    "gmail": "/batch",
    "calendar": "/batch/calendar/v3",
}
PATHS: Final[Mapping[str, str]] = {
    "gmail.users.getProfile": "/gmail/v1/users/{userId}/profile",
    "gmail.users.history.list": "/gmail/v1/users/{userId}/history",
    "gmail.users.labels.list": "/gmail/v1/users/{userId}/labels",
    "gmail.users.messages.get": "/gmail/v1/users/{userId}/messages/{id}",
    "gmail.users.messages.list": "/gmail/v1/users/{userId}/messages",
    "gmail.users.settings.sendAs.list": "/gmail/v1/users/{userId}/settings/sendAs",
    "calendar.calendarList.list": "/calendar/v3/users/me/calendarList",
    "calendar.events.get": "/calendar/v3/calendars/{calendarId}/events/{eventId}",
    "calendar.events.list": "/calendar/v3/calendars/{calendarId}/events",
}
"""By the method's id. All are GET."""


def request(root: str, method: str, parameters: Mapping[str, Any]) -> Any:
    """A googleapiclient.http.HttpRequest, not yet sent; parameters of value None are left out.

    :param root: where the API is, e.g. ROOTS["gmail"]
    :raises KeyError: no such method, or a parameter of its path is missing
    """
    from googleapiclient.http import HttpRequest
    from googleapiclient.model import JsonModel

    template = PATHS[method]
    in_path = {name: value for name, value in parameters.items() if f"{{{name}}}" in template}
    in_query = {
        name: _as_text(value)
        for name, value in parameters.items()
        if name not in in_path and value is not None
    }
    model = JsonModel()
    headers, _, query, _ = model.request({}, in_path, in_query, None)
    path = template.format_map({name: quote(value, safe="") for name, value in in_path.items()})
    return HttpRequest(None, model.response, root + path + query, headers=headers, methodId=method)


def batch(root: str, service: Service, keep: Callable[[str, Any, Any], None]) -> Any:
    """An empty googleapiclient.http.BatchHttpRequest.

    :param keep: is given each request's id, its answer and its error
    """
    from googleapiclient.http import BatchHttpRequest

    return BatchHttpRequest(callback=keep, batch_uri=root + BATCHES[service])


def _as_text(value: Any) -> Any:
    """As a query holds it; a list is repeated."""
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

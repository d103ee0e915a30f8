"""A Gmail mailbox that keeps state and enforces the rules that are documented of Gmail's API."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from tests.fakes.google.server import Call, error
from tests.fakes.server import Response

COSTS = {
    "gmail.users.messages.list": 5,
    "gmail.users.messages.get": 20,
    "gmail.users.history.list": 2,
    "gmail.users.getProfile": 1,
    "gmail.users.labels.list": 1,
    "gmail.users.settings.sendAs.list": 1,
}
"""Quota units of a project that is new to the API."""
_SEARCH = re.compile(r"(after|before):(\d+)")
_LARGE = 100_000
"""Bytes of a part that comes as an attachment id."""


@dataclass
class Stored:
    """One message of the mailbox."""

    id: str
    thread: str
    labels: set[str]
    internal_date: int
    """Epoch milliseconds."""
    raw: bytes
    history_id: int = 0


@dataclass
class FakeGmail:
    """One user's mailbox (tests.fakes.google.server.Service)."""

    address: str = "camille@cabinet.example"
    scope: str = "readonly"
    """`metadata`: what Google then refuses is refused."""
    page: int = 500
    has_profile: bool = True
    has_history: bool = True
    aliases: list[dict[str, Any]] = field(default_factory=list)
    label_names: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Ids whose reading fails with 500."""
    by_arrival: bool = False
    """Listings go by when a message came into the mailbox, imports included, not by its date."""
    empty_pages: bool = False
    """The history has a page without records before each page with some."""
    repeats: bool = False
    """The history says everything twice."""
    name: str = "gmail"
    version: str = "v1"
    messages: dict[str, Stored] = field(default_factory=dict)
    gets: list[str] = field(default_factory=list)
    """The ids that were read, in order."""
    _records: list[dict[str, Any]] = field(default_factory=list)
    _history_id: int = 1000
    _oldest: int = 0
    _next_id: int = 0x18F0_0000_0000_0000
    _tokens: dict[str, Any] = field(default_factory=dict)
    _issued: int = 0

    # --- what its user does ----------------------------------------------------------------------

    def deliver(
        self,
        subject: str,
        at: datetime,
        *,
        sender: str = "Ann Lee <ann@client.example>",
        to: str = "camille@cabinet.example",
        text: str = "Bonjour, could you send me the quote?",
        labels: Iterable[str] = ("INBOX", "UNREAD"),
        thread: str = "",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> str:
        """A message comes in (or, with the label SENT, goes out); its id."""
        if raw is None:
            message = EmailMessage(policy=policy.SMTP)
            message["From"], message["To"], message["Subject"] = sender, to, subject
            message["Date"] = format_datetime(at)
            own = {"Message-ID": f"<{self._next_id:x}@client.example>", **(headers or {})}
            for name, value in own.items():
                message[name] = value
            message.set_content(text)
            raw = message.as_bytes()
        self._next_id += 1
        message_id = f"{self._next_id:x}"
        self.messages[message_id] = Stored(
            message_id, thread or message_id, set(labels), int(at.timestamp() * 1000), raw
        )
        self._record(message_id, "messagesAdded")
        return message_id

    def label(
        self, message_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        """Labels change; trash and spam are labels."""
        message = self.messages[message_id]
        added, removed = set(add) - message.labels, set(remove) & message.labels
        message.labels = (message.labels | added) - removed
        if added:
            self._record(message_id, "labelsAdded", added)
        if removed:
            self._record(message_id, "labelsRemoved", removed)

    def trash(self, message_id: str) -> None:
        """Into the trash, out of the inbox."""
        self.label(message_id, add=["TRASH"], remove=["INBOX"])

    def delete(self, message_id: str) -> None:
        """For good."""
        self._record(message_id, "messagesDeleted")
        del self.messages[message_id]

    def vanish(self, message_id: str) -> None:
        """Gone without a word in the history."""
        del self.messages[message_id]

    def forget_history(self) -> None:
        """What happened until now is no longer told."""
        self._oldest = self._history_id + 1
        self._history_id += 2
        self._records.clear()

    def forget_page_tokens(self) -> None:
        """Listings that were begun cannot go on."""
        self._tokens.clear()

    # --- the API ---------------------------------------------------------------------------------

    def cost(self, call: Call) -> int:
        return COSTS[call.method]

    def answer(self, call: Call) -> Response:
        if call.path["userId"] not in ("me", self.address):
            return error(403, "Delegation denied", "forbidden")
        methods: dict[str, Callable[[Call], Response]] = {
            "gmail.users.messages.list": self._list,
            "gmail.users.messages.get": self._get,
            "gmail.users.history.list": self._history,
            "gmail.users.getProfile": self._profile,
            "gmail.users.labels.list": self._labels,
            "gmail.users.settings.sendAs.list": self._send_as,
        }
        return methods[call.method](call)

    def _profile(self, _call: Call) -> Response:
        if not self.has_profile:
            return error(404, "Not Found", "notFound")
        body = {
            "emailAddress": self.address,
            "historyId": str(self._history_id),
            "messagesTotal": len(self.messages),
            "threadsTotal": len({message.thread for message in self.messages.values()}),
        }
        return Response(200, body)

    def _labels(self, _call: Call) -> Response:
        own = [{"id": key, "name": name, "type": "user"} for key, name in self.label_names.items()]
        system = [{"id": name, "name": name, "type": "system"} for name in ("INBOX", "SENT")]
        return Response(200, {"labels": system + own})

    def _send_as(self, _call: Call) -> Response:
        if self.scope == "metadata":
            return self._scope_insufficient()
        primary = {
            "sendAsEmail": self.address,
            "isPrimary": True,
            "isDefault": True,
            "displayName": "Camille Roy",
        }
        return Response(200, {"sendAs": [primary, *self.aliases]})

    def _list(self, call: Call) -> Response:
        query = call.one("q")
        if query and self.scope == "metadata":
            return error(403, "Metadata scope does not support 'q' parameter", "forbidden")
        if int(call.one("maxResults", "100")) > 500:
            return error(400, "maxResults is too large", "invalidArgument")
        token = call.one("pageToken")
        if token and token not in self._tokens:
            return error(400, "Invalid pageToken", "invalidArgument")
        ids = self._tokens.pop(token) if token else self._matching(call, query)
        size = min(self.page, int(call.one("maxResults", "100")))
        body: dict[str, Any] = {"resultSizeEstimate": 201}
        # those of the rest that were deleted since are passed over, as a cursor by date would
        rest = [x for x in ids if x in self.messages]
        if rest:
            body["messages"] = [{"id": x, "threadId": self.messages[x].thread} for x in rest[:size]]
        if rest[size:]:
            body["nextPageToken"] = self._token(rest[size:])
        return Response(200, body)

    def _matching(self, call: Call, query: str) -> list[str]:
        labels = set(call.query.get("labelIds", ()))
        hidden = set() if call.one("includeSpamTrash") == "true" else {"SPAM", "TRASH"}
        after, before = 0, 1 << 62
        for term in query.split():
            found = _SEARCH.fullmatch(term)
            assert found, f"the fake does not know the search {term}"
            if found[1] == "after":
                after = int(found[2]) * 1000
            else:
                before = int(found[2]) * 1000
        chosen = [
            message
            for message in self.messages.values()
            if labels <= message.labels
            and not hidden & message.labels
            and after <= message.internal_date < before
        ]
        chosen.sort(
            key=lambda message: (0 if self.by_arrival else message.internal_date, message.id),
            reverse=True,
        )
        return [message.id for message in chosen]

    def _get(self, call: Call) -> Response:
        message_id, form = call.path["id"], call.one("format", "full")
        if form in ("full", "raw") and self.scope == "metadata":
            return error(403, "Metadata scope doesn't allow format FULL", "forbidden")
        if message_id in self.broken:
            return error(500, "Internal error encountered.", "backendError")
        message = self.messages.get(message_id)
        if message is None:
            return error(404, "Requested entity was not found.", "notFound")
        self.gets.append(message_id)
        body: dict[str, Any] = {
            "id": message.id,
            "threadId": message.thread,
            "historyId": str(message.history_id),
            "internalDate": str(message.internal_date),
            "sizeEstimate": len(message.raw),
            "snippet": "",
        }
        if message.labels:
            body["labelIds"] = sorted(message.labels)
        if form == "full":
            body["payload"] = payload(message.raw)
        elif form == "metadata":
            parsed = message_from_bytes(message.raw, policy=policy.compat32)
            wanted = {name.lower() for name in call.query.get("metadataHeaders", ())}
            headers = [
                field for field in _headers(parsed) if not wanted or field["name"].lower() in wanted
            ]
            body["payload"] = {"mimeType": parsed.get_content_type(), "headers": headers}
        elif form == "raw":
            body["raw"] = _base64url(message.raw)
        return Response(200, body)

    def _history(self, call: Call) -> Response:
        start = int(call.one("startHistoryId"))
        if not self.has_history or start < self._oldest:
            return error(404, "Requested entity was not found.", "notFound")
        token = call.one("pageToken")
        if token and token not in self._tokens:
            return error(400, "Invalid pageToken", "invalidArgument")
        body: dict[str, Any] = {"historyId": str(self._history_id)}
        if token:
            records, empty = self._tokens.pop(token)
        else:
            records = [record for record in self._records if int(record["id"]) > start]
            records = [record for record in records for _ in range(1 + self.repeats)]
            empty = self.empty_pages
        if empty and records:
            body["nextPageToken"] = self._token((records, False))
            return Response(200, body)
        size = min(self.page, int(call.one("maxResults", "100")))
        if records:
            body["history"] = records[:size]
        if records[size:]:
            body["nextPageToken"] = self._token((records[size:], self.empty_pages))
        return Response(200, body)

    def _record(self, message_id: str, kind: str, labels: Iterable[str] = ()) -> None:
        self._history_id += 7
        message = self.messages[message_id]
        message.history_id = self._history_id
        short = {"id": message.id, "threadId": message.thread}
        entry: dict[str, Any] = {"message": {**short, "labelIds": sorted(message.labels)}}
        if labels:
            entry["labelIds"] = sorted(labels)
        record = {"id": str(self._history_id), "messages": [short], kind: [entry]}
        self._records.append(record)

    def _token(self, value: Any) -> str:
        self._issued += 1
        token = f"{self._issued:020d}"
        self._tokens[token] = value
        return token

    @staticmethod
    def _scope_insufficient() -> Response:
        return error(
            403, "Request had insufficient authentication scopes.", "insufficientPermissions"
        )


def payload(raw: bytes) -> dict[str, Any]:
    """The `MessagePart` tree of a mail, in format `full`."""
    return _part(message_from_bytes(raw, policy=policy.compat32), "")


def resource(
    raw: bytes,
    *,
    message_id: str = "18f0",
    thread: str = "18f0",
    labels: Iterable[str] = ("INBOX",),
    internal_date: int = 1_795_000_000_000,
) -> dict[str, Any]:
    """A `Message` resource in format `full`, as `messages.get` gives it."""
    return {
        "id": message_id,
        "threadId": thread,
        "labelIds": list(labels),
        "internalDate": str(internal_date),
        "payload": payload(raw),
    }


def _part(message: Any, number: str) -> dict[str, Any]:
    """A `MessagePart`, as Gmail makes it: transfer encodings undone, texts in UTF-8."""
    part: dict[str, Any] = {
        "partId": number,
        "mimeType": message.get_content_type(),
        "filename": message.get_filename() or "",
        "headers": _headers(message),
        "body": {"size": 0},
    }
    if message.is_multipart():
        prefix = f"{number}." if number else ""
        children = enumerate(message.get_payload())
        part["parts"] = [_part(child, f"{prefix}{place}") for place, child in children]
        return part
    data = message.get_payload(decode=True) or b""
    charset = message.get_content_charset()
    if message.get_content_maintype() == "text" and charset:
        data = data.decode(charset, "replace").encode()
    part["body"] = {"size": len(data)}
    if part["filename"] or len(data) > _LARGE:
        part["body"]["attachmentId"] = f"ANGjdJ{number}"
    else:
        part["body"]["data"] = _base64url(data)
    return part


def _headers(message: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in message.items()]


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()

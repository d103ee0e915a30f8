"""A mailbox behind Graph on loopback: folders, messages, and delta as Microsoft documents it.

https://learn.microsoft.com/graph/delta-query-messages. What a client must not rely on is made as
bad as the documentation and the known issues allow: changes come in no order, twice if `repeats`,
with only what has changed if `sparse`; what happens during a round comes again in the next one; a
mail that moved is a removal here and an addition there, in whichever folder is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.fakes.microsoft.server import FakeGraph, refused
from tests.fakes.server import Request, Response

WELL_KNOWN = {
    "inbox": "Inbox",
    "sentitems": "Sent Items",
    "drafts": "Drafts",
    "junkemail": "Junk Email",
    "deleteditems": "Deleted Items",
    "outbox": "Outbox",
    "archive": "Archive",
}
"""The folders every mailbox has here. `conversationhistory` and others may be added."""
FRENCH = {
    "inbox": "Boîte de réception",
    "sentitems": "Éléments envoyés",
    "drafts": "Brouillons",
    "junkemail": "Courrier indésirable",
    "deleteditems": "Éléments supprimés",
    "outbox": "Boîte d’envoi",
    "archive": "Archives",
}
FILTERED = 5000
"""A delta with a $filter returns no more."""
_ROOT = "AQMkROOT"
_ONLY_SELECTED = {"internetMessageHeaders", "uniqueBody"}
_BODIES = {"body", "bodyPreview", "uniqueBody"}
_PAGE = 10
_FILTER = re.compile(r"receivedDateTime (ge|gt) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")


@dataclass
class _Folder:
    id: str
    name: str
    parent: str


@dataclass
class _Token:
    """What an opaque state token stands for."""

    scope: str
    """The folder whose messages it is about; empty: the folders themselves."""
    since: int
    """Changes up to here have been told."""
    select: tuple[str, ...]
    floor: str = ""
    """The $filter: nothing received before."""
    pending: list[str] | None = None
    """In the middle of a round: the ids that are still to come."""
    first: bool = False
    until: int = 0


@dataclass
class _Change:
    """One message or folder changed, as seen from the folder `scope`."""

    scope: str
    key: str
    names: frozenset[str] = field(default_factory=frozenset)
    """The properties that changed; empty: it came or went."""


def person(address: str, name: str = "") -> dict[str, Any]:
    """A recipient resource."""
    return {"emailAddress": {"name": name or address, "address": address}}


class Mailbox:
    """The mail of the user of `graph`, in the hands of a test."""

    def __init__(self, graph: FakeGraph, names: Mapping[str, str] = WELL_KNOWN) -> None:
        self.graph = graph
        self.sparse = False
        """Whether an update brings only the properties that changed."""
        self.largest_page = 1000
        """A page may always hold less than was asked for."""
        self.repeats = False
        """Whether changes come twice."""
        self.unreadable: dict[str, int] = {}
        """Messages on which Graph itself fails, with the status that it answers."""
        self.messages: dict[str, dict[str, Any]] = {}
        self._folders: dict[str, _Folder] = {}
        self.well_known: dict[str, str] = {}
        self._changes: list[_Change] = []
        self._tokens: dict[str, _Token] = {}
        self._ids = count(1)
        self._token_numbers = count(1)
        for word, name in names.items():
            self.well_known[word] = self.add_folder(name)
        for prefix in ("/me/mailFolders/{folder}", "/me/mailfolders('{folder}')"):
            graph.router.register("GET", f"{prefix}/messages/delta", self._messages_delta)
            graph.router.register("GET", f"{prefix}/messages", self._list_messages)
        for path in ("/me/mailFolders/delta", "/me/mailfolders/delta"):
            graph.router.register("GET", path, self._folders_delta)
        graph.router.register("GET", "/me/mailFolders/{folder}", self._get_folder)
        graph.router.register("GET", "/me/messages/{message}", self._get_message)

    # --- what the user and the world do ----------------------------------------------------------

    def add_folder(self, name: str, parent: str = "", well_known: str = "") -> str:
        """Make a folder inside `parent` (an id or a well-known name); returns its id."""
        folder = _Folder(f"AQMkF{next(self._ids):04}", name, self._resolve(parent) or _ROOT)
        self._folders[folder.id] = folder
        if well_known:
            self.well_known[well_known] = folder.id
        self._log("", folder.id)
        return folder.id

    @property
    def folders(self) -> tuple[str, ...]:
        """The ids of all folders."""
        return tuple(self._folders)

    def rename_folder(self, folder: str, name: str) -> None:
        self._folders[self._resolve(folder)].name = name
        self._log("", self._resolve(folder), {"displayName"})

    def move_folder(self, folder: str, parent: str) -> None:
        self._folders[folder].parent = self._resolve(parent)
        self._log("", folder, {"parentFolderId"})

    def remove_folder(self, folder: str) -> None:
        """Remove a folder for good, with what is in it."""
        for inner in [f.id for f in self._folders.values() if f.parent == folder]:
            self.remove_folder(inner)
        for key in [k for k, m in self.messages.items() if m["parentFolderId"] == folder]:
            self.remove(key)
        del self._folders[folder]
        self._log("", folder)

    def deliver(
        self,
        subject: str,
        at: datetime,
        *,
        folder: str = "inbox",
        sender: Mapping[str, Any] | None = None,
        to: Iterable[Mapping[str, Any]] | None = None,
        text: str = "Hello",
        headers: Iterable[tuple[str, str]] | None = (),
        **properties: Any,
    ) -> str:
        """Put a message into a folder; returns its immutable id.

        :param headers: further header fields; None: the message has none at all, as sent mail
        :param properties: whatever else differs from an ordinary mail
        """
        key = f"AAkALgAA-_{next(self._ids):06}=="
        moment = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        sender = dict(sender or person("ann.lee@client.example", "Ann Lee"))
        fields = [
            ("Received", f"by mx.cabinet.example; {at:%a, %d %b %Y %H:%M:%S %z}"),
            ("Date", f"{at:%a, %d %b %Y %H:%M:%S %z}"),
            *(headers or ()),
        ]
        html = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        body = {"contentType": "html", "content": f"<html><body>{html}</body></html>"}
        message = {
            "@odata.type": "#microsoft.graph.message",
            "@odata.etag": 'W/"1"',
            "id": key,
            "createdDateTime": moment,
            "lastModifiedDateTime": moment,
            "changeKey": "CQAAABYAAAA",
            "categories": [],
            "receivedDateTime": moment,
            "sentDateTime": moment,
            "hasAttachments": False,
            "internetMessageId": f"<{key.strip('=')}@mail.example>",
            "subject": subject,
            "bodyPreview": text[:255],
            "importance": "normal",
            "parentFolderId": self._resolve(folder),
            "conversationId": f"AAQkC-{key}",
            "isRead": False,
            "isDraft": False,
            "webLink": f"https://outlook.office365.com/owa/?ItemID={key}&viewmodel=ReadMessageItem",
            "inferenceClassification": "focused",
            "body": body,
            "uniqueBody": body,
            "sender": sender,
            "from": sender,
            "toRecipients": [dict(one) for one in to or [person("camille@cabinet.example")]],
            "ccRecipients": [],
            "bccRecipients": [],
            "replyTo": [],
            "internetMessageHeaders": [{"name": n, "value": v} for n, v in fields],
            "flag": {"flagStatus": "notFlagged"},
        }
        if headers is None:
            del message["internetMessageHeaders"]
        message.update(properties)
        self.messages[key] = message
        self._log(message["parentFolderId"], key)
        return key

    def send(
        self, subject: str, at: datetime, to: str = "ann.lee@client.example", **more: Any
    ) -> str:
        """Put a message of mine into the sent items; Graph shows no header fields of it."""
        me = person("camille@cabinet.example", "Camille Roy")
        recipients = [person(to)]
        more = {"folder": "sentitems", "sender": me, "to": recipients, "headers": None, **more}
        return self.deliver(subject, at, **more)

    def update(self, key: str, **properties: Any) -> None:
        self.messages[key].update(properties)
        self._log(self.messages[key]["parentFolderId"], key, properties.keys())

    def move(self, key: str, folder: str) -> None:
        message = self.messages[key]
        self._log(message["parentFolderId"], key)
        message["parentFolderId"] = self._resolve(folder)
        self._log(message["parentFolderId"], key)

    def remove(self, key: str) -> None:
        """Remove a message for good."""
        folder = self.messages.pop(key)["parentFolderId"]
        self._log(folder, key)

    def key_of(self, subject: str) -> str:
        """The id of the message with this subject."""
        return next(key for key, m in self.messages.items() if m["subject"] == subject)

    # --- what Graph does -------------------------------------------------------------------------

    def expire(self, folder: str | None = None) -> None:
        """Forget every token; with a folder (id or well-known name), those of its messages."""
        if folder is None:
            self._tokens.clear()
            return
        scope = self._resolve(folder)
        self._tokens = {k: t for k, t in self._tokens.items() if t.scope != scope}

    def forget_changes(self, folder: str | None = None) -> None:
        """Lose every change that was not told yet, in one folder or all, as no server should."""
        for token in self._tokens.values():
            if token.scope and (folder is None or token.scope == self._resolve(folder)):
                token.since = len(self._changes)

    # --- requests --------------------------------------------------------------------------------

    def _get_folder(self, request: Request, folder: str) -> Response:
        known = self._folders.get(self._resolve(folder))
        if known is None:
            return refused(404, "ErrorItemNotFound")
        return Response(200, _selected(self._folder_resource(known), _select(request)))

    def _get_message(self, request: Request, message: str) -> Response:
        select = _select(request)
        refusal = self._refusal(request, select)
        if refusal:
            return refusal
        if message in self.unreadable:
            return refused(self.unreadable[message], "ErrorCorruptData")
        if message not in self.messages:
            return refused(404, "ErrorItemNotFound")
        return Response(200, _selected(self.messages[message], select))

    def _list_messages(self, request: Request, folder: str) -> Response:
        if self._resolve(folder) not in self._folders:
            return refused(404, "ErrorItemNotFound")
        if self._refusal(request, _select(request)):
            return refused(403, "ErrorAccessDenied")
        top, skip = int(request.one("$top", "10")), int(request.one("$skip", "0"))
        if not 1 <= top <= 1000:
            return refused(400, "BadRequest")
        keys = self._newest_first(self._resolve(folder))
        value = [_selected(self.messages[key], _select(request)) for key in keys[skip : skip + top]]
        body: dict[str, Any] = {"value": value}
        if skip + top < len(keys):
            query = f"$top={top}&$skip={skip + top}&$select={','.join(_select(request))}"
            body["@odata.nextLink"] = self.graph.link(f"/me/mailFolders/{folder}/messages", query)
        return Response(200, body)

    def _messages_delta(self, request: Request, folder: str) -> Response:
        token = self._token(request)
        if token is None:
            scope = self._resolve(folder)
            if scope not in self._folders:
                return refused(404, "ErrorItemNotFound")
            refusal = self._refusal(request, _select(request))
            if refusal:
                return refusal
            condition = _FILTER.fullmatch(request.one("$filter"))
            ordered = request.one("$orderby", "receivedDateTime desc") == "receivedDateTime desc"
            if not ordered or ("$filter" in request.query and condition is None):
                return refused(400, "ErrorInvalidUrlQuery")
            floor = condition[2] if condition else ""
            token = _Token(scope, len(self._changes), _select(request), floor, first=True)
            keys = [k for k in self._newest_first(scope) if self._is_above(k, floor)]
            token.pending = keys[:FILTERED] if floor else keys
            token.until = token.since
        elif isinstance(token, Response):
            return token
        elif token.scope not in self._folders:
            return refused(404, "ErrorItemNotFound")
        return self._page(request, token, f"/me/mailfolders('{token.scope}')/messages/delta")

    def _folders_delta(self, request: Request) -> Response:
        token = self._token(request)
        if token is None:
            token = _Token("", len(self._changes), _select(request), first=True)
            token.pending = list(self._folders)
            token.until = token.since
        elif isinstance(token, Response):
            return token
        return self._page(request, token, "/me/mailfolders/delta")

    def _page(self, request: Request, token: _Token, path: str) -> Response:
        until, pending = token.until, token.pending
        if pending is None:
            until = len(self._changes)
            changed = [c.key for c in self._changes[token.since :] if c.scope == token.scope]
            # in no order: the latest change comes first
            pending = list(dict.fromkeys(reversed(changed))) * (2 if self.repeats else 1)
        size = _PAGE
        found = re.search(r"odata\.maxpagesize=(\d+)", request.headers.get("prefer", ""))
        if found:
            size = min(int(found[1]), self.largest_page)
        value = [self._item(key, token) for key in pending[:size]]
        body: dict[str, Any] = {
            "@odata.context": f"{self.graph.endpoint}/$metadata#Collection(message)",
            "value": [item for item in value if item is not None],
        }
        rest = pending[size:]
        following = _Token(token.scope, token.since, token.select, token.floor)
        if rest:
            following.pending, following.first, following.until = rest, token.first, until
            name = "@odata.nextLink"
        else:
            following.since = until
            name = "@odata.deltaLink"
        value_of_token = f"tok{next(self._token_numbers)}"
        self._tokens[value_of_token] = following
        kind = "$skiptoken" if rest else "$deltatoken"
        body[name] = self.graph.link(path, f"{kind}={value_of_token}")
        return Response(200, body)

    def _item(self, key: str, token: _Token) -> dict[str, Any] | None:
        if not token.scope:
            folder = self._folders.get(key)
            if folder is None:
                return {"id": key, "@removed": {"reason": "deleted"}}
            whole = self._folder_resource(folder)
        else:
            held = self.messages.get(key)
            if held is None or held["parentFolderId"] != token.scope:
                removed = {
                    "id": key,
                    "@removed": {"reason": "deleted" if held is None else "changed"},
                }
                return (
                    None if token.first else {"@odata.type": "#microsoft.graph.message", **removed}
                )
            if not self._is_above(key, token.floor):
                return None
            whole = held
        select = token.select
        changes = [
            c for c in self._changes[token.since :] if (c.scope, c.key) == (token.scope, key)
        ]
        if self.sparse and not token.first and changes and all(c.names for c in changes):
            names = {name for change in changes for name in change.names}
            select = tuple(name for name in select if name in names) or ("id",)
        return _selected(whole, select)

    def _token(self, request: Request) -> _Token | Response | None:
        """What the token of a request stands for; None where it has none."""
        value = request.one("$skiptoken") or request.one("$deltatoken")
        if not value:
            return None
        if set(request.query) - {"$skiptoken", "$deltatoken"}:
            return refused(400, "BadRequest", "parameters are part of the token already")
        if value not in self._tokens:
            # https://learn.microsoft.com/graph/delta-query-overview: synchronization reset
            message = "The sync state generation is not found"
            return refused(410, "SyncStateNotFound", message)
        return self._tokens[value]

    def _refusal(self, request: Request, select: Iterable[str]) -> Response | None:
        scopes = self.graph.grant_of(request).scopes
        if "Mail.Read" in scopes:
            return None
        if "Mail.ReadBasic" not in scopes or _BODIES & set(select):
            return refused(403, "ErrorAccessDenied")
        return None

    def _newest_first(self, folder: str) -> list[str]:
        inside = [key for key, m in self.messages.items() if m["parentFolderId"] == folder]
        return sorted(inside, key=lambda k: self.messages[k]["receivedDateTime"], reverse=True)

    def _is_above(self, key: str, floor: str) -> bool:
        return not floor or self.messages[key]["receivedDateTime"] >= floor

    def _folder_resource(self, folder: _Folder) -> dict[str, Any]:
        inside = [m for m in self.messages.values() if m["parentFolderId"] == folder.id]
        return {
            "@odata.type": "#microsoft.graph.mailFolder",
            "id": folder.id,
            "displayName": folder.name,
            "parentFolderId": folder.parent,
            "childFolderCount": sum(f.parent == folder.id for f in self._folders.values()),
            "unreadItemCount": sum(not m["isRead"] for m in inside),
            "totalItemCount": len(inside),
            "sizeInBytes": 0,
            "isHidden": False,
        }

    def _resolve(self, folder: str) -> str:
        return self.well_known.get(folder, folder)

    def _log(self, scope: str, key: str, names: Iterable[str] = ()) -> None:
        self._changes.append(_Change(scope, key, frozenset(names)))
        if scope and not names:
            # the folder's own counts change with what it holds
            self._changes.append(_Change("", scope, frozenset({"totalItemCount"})))


def _select(request: Request) -> tuple[str, ...]:
    value = request.one("$select")
    return tuple(value.split(",")) if value else ()


def _selected(resource: Mapping[str, Any], select: Iterable[str]) -> dict[str, Any]:
    """What Graph answers for $select: the id and the annotations always come."""
    wanted = set(select)
    if not wanted:
        return {name: value for name, value in resource.items() if name not in _ONLY_SELECTED}
    return {
        name: value
        for name, value in resource.items()
        if name in wanted or name == "id" or name.startswith("@")
    }

"""One Gmail mailbox through its API: pages drained, answers checked, nothing decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from syncd.connectors.google.api import Answer, GoogleApi, NotFound, Refused
from syncd.connectors.google.gmail_quota import Quota
from syncd.errors import CursorExpired, SyncdError, Transient
from syncd.normalise.gmail import METADATA_HEADERS

_PAGE: Final = 500
_MOST_PAGES: Final = 20_000
_ME: Final = "me"
_FIRST_HISTORY = "1"
_LONGEST_NUMBER: Final = 20
_HEADER_FIELDS = "id,threadId,labelIds,internalDate,payload/headers"
_TEXT_FIELDS = "id,threadId,labelIds,internalDate,payload"
_HISTORY_FIELDS = (
    "historyId,nextPageToken,history(id"
    ",messagesAdded(message(id,labelIds)),messagesDeleted(message(id))"
    ",labelsAdded(labelIds,message(id,labelIds)),labelsRemoved(labelIds,message(id,labelIds)))"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose mailbox it is (empty where the server does not say), and where its history stands."""

    address: str
    history_id: str


class Mailbox:
    """Calls to one mailbox; every fault is one of syncd's errors, as GoogleApi.call raises them."""

    def __init__(self, api: GoogleApi, quota: Quota) -> None:
        self._api = api
        self._quota = quota

    @property
    def batch_size(self) -> int:
        """How many messages to ask for at once just now."""
        return self._api.batch_size(self._quota.get)

    def profile(self) -> Profile:
        """The mailbox's profile; without that method, the newest message says where it stands."""
        try:
            request = self._api.request("gmail.users.getProfile", userId=_ME)
            answer = self._call(request, self._quota.small)
        except NotFound:
            return Profile("", self._newest_history_id())
        return Profile(
            _text(answer.get("emailAddress")).lower(),
            _history_id(answer) or self._newest_history_id(),
        )

    def ids(self, *, query: str = "", label: str = "", spam_and_trash: bool = False) -> list[str]:
        """The ids of all messages, each once, newest first.

        :param query: Gmail's search syntax; the metadata scope forbids it
        :param label: only messages with this label id
        :raises Transient: the listing broke off (page tokens die)
        """
        filters: dict[str, Any] = {"includeSpamTrash": spam_and_trash}
        if query:
            filters["q"] = query
        if label:
            filters["labelIds"] = [label]

        def page(token: str | None) -> Answer:
            request = self._api.request(
                "gmail.users.messages.list",
                userId=_ME,
                maxResults=_PAGE,
                pageToken=token,
                fields="messages/id,nextPageToken",
                **filters,
            )
            return self._call(request, self._quota.list)

        found = (
            _text(m.get("id")) for answer in _pages(page) for m in _objects(answer, "messages")
        )
        return list(dict.fromkeys(filter(None, found)))

    def history(self, start: str) -> tuple[list[Mapping[str, Any]], str]:
        """The history records since `start`, oldest first, and the id to go on from.

        :raises CursorExpired: Gmail no longer knows `start`
        """
        records: list[Mapping[str, Any]] = []
        end = start

        def page(token: str | None) -> Answer:
            request = self._api.request(
                "gmail.users.history.list",
                userId=_ME,
                startHistoryId=start,
                maxResults=_PAGE,
                pageToken=token,
                fields=_HISTORY_FIELDS,
            )
            return self._call(request, self._quota.history)

        try:
            for answer in _pages(page):
                records += _objects(answer, "history")
                end = _history_id(answer) or end
        except NotFound:
            raise CursorExpired("Gmail no longer knows the history since the last look") from None
        return records, end

    def get(self, ids: Sequence[str], *, text: bool) -> list[Answer | SyncdError]:
        """The messages of these ids, with their text or with the headers that syncd looks at; for
        those that cannot be had the reason, as GoogleApi.batch gives it."""
        form: dict[str, Any] = {"format": "full", "fields": _TEXT_FIELDS}
        if not text:
            form = {
                "format": "metadata",
                "metadataHeaders": list(METADATA_HEADERS),
                "fields": _HEADER_FIELDS,
            }
        requests = [
            self._api.request("gmail.users.messages.get", userId=_ME, id=source_id, **form)
            for source_id in ids
        ]
        return self._api.batch(requests, self._quota.get)

    def label_names(self) -> dict[str, str]:
        """The names of the user's own labels by id; none where the server does not say."""
        try:
            request = self._api.request("gmail.users.labels.list", userId=_ME)
            answer = self._call(request, self._quota.small)
        except NotFound:
            return {}
        labels = ((_text(x.get("id")), x) for x in _objects(answer, "labels"))
        own = {key: x for key, x in labels if key and x.get("type") == "user"}
        return {key: _text(label.get("name"))[:225] or key for key, label in own.items()}

    def own_addresses(self) -> tuple[str, ...]:
        """The addresses the user may send from, lower case; none where that may not be asked."""
        try:
            request = self._api.request("gmail.users.settings.sendAs.list", userId=_ME)
            answer = self._call(request, self._quota.small)
        except NotFound:
            return ()
        aliases = (
            _text(alias.get("sendAsEmail")).strip().lower()
            for alias in _objects(answer, "sendAs")
            # somebody else's address until its owner has agreed
            if alias.get("verificationStatus", "accepted") == "accepted" or alias.get("isPrimary")
        )
        return tuple(sorted({alias for alias in aliases if "@" in alias}))

    def _call(self, request: Any, cost: int) -> Answer:
        return self._api.call(request, cost)

    def _newest_history_id(self) -> str:
        newest = self._api.request(
            "gmail.users.messages.list", userId=_ME, maxResults=1, includeSpamTrash=True
        )
        listed = self._call(newest, self._quota.list)
        for message in _objects(listed, "messages"):
            request = self._api.request(
                "gmail.users.messages.get",
                userId=_ME,
                id=_text(message.get("id")),
                format="minimal",
            )
            history_id = _history_id(self._call(request, self._quota.get))
            if history_id:
                return history_id
        return _FIRST_HISTORY


def _pages(page: Any) -> Iterator[Answer]:
    """Every page of a listing; `page` gives the one for a token, None for the first."""
    token: str | None = None
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        try:
            answer: Answer = page(token)
        except Refused as error:
            if token is None or error.status != 400:
                raise
            # not our request but the token, which lives for a while only: the next pass lists anew
            raise Transient("a listing broke off") from None
        yield answer
        token = _text(answer.get("nextPageToken"))
        if not token:
            return
        if token in seen:
            raise Transient("a listing goes in circles")
        seen.add(token)
    raise Transient("a listing has no end")


def _history_id(answer: Answer) -> str:
    """A uint64 in JSON, which is a string; empty where it is none, for no request may hold that."""
    text = str(answer.get("historyId"))
    return text if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else ""


def _objects(answer: Answer, name: str) -> Iterable[Mapping[str, Any]]:
    listed = answer.get(name)
    return (x for x in listed if isinstance(x, Mapping)) if isinstance(listed, list) else ()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

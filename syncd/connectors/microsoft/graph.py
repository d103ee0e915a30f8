"""Microsoft Graph for one mailbox: paced, bounded, read-only.

Every request carries the same preferences: immutable ids, because other ids change when a mail is
moved, and UTC. A mailbox serves four requests at once and a batch runs up to four of its parts at
once, so a batch goes alone. https://learn.microsoft.com/graph/throttling-limits
"""

from __future__ import annotations

import queue
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from syncd.connectors.base import Clock
from syncd.connectors.microsoft import batching
from syncd.connectors.microsoft.clouds import origin
from syncd.connectors.microsoft.faults import (
    DeltaExpired,
    Forbidden,
    GraphError,
    NotFound,
    error_from,
    error_of,
)
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.token_cache import Bearer
from syncd.connectors.microsoft.transport import (
    Answer,
    new_session,
    persistent,
    send,
)
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, Problem, RateLimited, Transient

if TYPE_CHECKING:
    from requests import Session

__all__ = ["AT_ONCE", "DeltaExpired", "Forbidden", "Graph", "GraphError", "NotFound"]

T = TypeVar("T")

AT_ONCE = 4
"""Requests that a mailbox serves at the same time, per app."""
_ATTEMPTS = 5
_LONGEST_PAUSE = 120.0
"""Seconds: a longer Retry-After is left to the next pass."""
_MOST_PAGES = 100_000
_PREFERENCES = ('IdType="ImmutableId"', 'outlook.timezone="UTC"')
_LINKS = ("@odata.nextLink", "@odata.deltaLink")


class TokenSource(Protocol):
    """Gives bearer tokens, as token_cache.Bearer does."""

    def token(self, *, refused: str = "") -> str:
        """A token; another one than `refused`."""
        ...


class Graph:
    """Read requests to Graph on behalf of one account. For any thread.

    :param account: the account's name, for messages
    :param tokens: where the sign-in is kept
    :param pace: the clock that every pause goes through
    :param bearer: gives the token, where it is not the kept sign-in's
    """

    def __init__(
        self,
        account: str,
        options: OutlookOptions,
        tokens: Tokens,
        pace: Clock,
        *,
        bearer: TokenSource | None = None,
    ) -> None:
        self.mailbox = options.mailbox
        """The path of the mailbox: `/me`, or `/users/{address}` for an app."""
        self._account = account
        self._base = options.graph
        self._origin = origin(self._base)
        self._path = f"{urlsplit(self._base).path}/"
        self._pace = pace
        self._by_command = options.token_command is not None
        self._bearer = bearer or Bearer(account, options, tokens, pace)
        self._slots: queue.LifoQueue[Session | None] = queue.LifoQueue()
        for _ in range(AT_ONCE):
            self._slots.put(None)
        self._alone = threading.Lock()

    def get(
        self,
        path_or_link: str,
        params: Mapping[str, str] | None = None,
        prefer: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The JSON object at a path below the version ("/me/messages/…") or at a link of Graph's.

        :param params: query parameters, unescaped; none with a link, which is sent as it is
        :param prefer: further preferences, such as "odata.maxpagesize=50"
        :raises NotFound: 404
        :raises DeltaExpired: Graph has forgotten the link, or it leads to another server
        :raises Forbidden: a permission is missing
        :raises RateLimited: throttled for longer than we wait by ourselves
        :raises GatewayTimeout: 504, a request that is too much work
        :raises Transient: any other passing fault, several attempts later
        :raises AuthRequired: the sign-in is missing or dead
        :raises GraphError: any other refusal
        """
        link = not path_or_link.startswith("/")
        url = path_or_link if link else self._base + path_or_link
        if not self._is_ours(url):
            raise DeltaExpired(0, hint="a saved link leads to another server")
        answer = self._ask("GET", url, headers=_headers(prefer), params=params)
        if answer.status != 200:
            raise error_of(answer, link=link)
        body = answer.json()
        for name in _LINKS:
            following = body.get(name)
            if following is not None and not (
                isinstance(following, str) and self._is_ours(following)
            ):
                raise Transient("Microsoft's answer leads to another server; it was not followed")
        return body

    def pages(
        self,
        path_or_link: str,
        params: Mapping[str, str] | None = None,
        prefer: Sequence[str] = (),
    ) -> Iterator[dict[str, Any]]:
        """One page after the other; the last one has no nextLink (and may have a deltaLink).

        :raises Transient: the pages go round in a circle; otherwise as `get`
        """
        seen = set()
        for _ in range(_MOST_PAGES):
            page = self.get(path_or_link, params, prefer)
            yield page
            following = page.get("@odata.nextLink")
            if following is None:
                return
            if following in seen:
                break
            seen.add(following)
            path_or_link, params = following, None
        raise Transient("Microsoft's pages do not come to an end")

    def batch(
        self, paths: Sequence[str], prefer: Sequence[str] = ()
    ) -> list[dict[str, Any] | GraphError]:
        """The objects at these paths in their order, twenty to a request. What cannot be had is
        its error in that place: NotFound, Forbidden, Unavailable …

        :param paths: paths below the version, with their query already escaped
        :raises RateLimited: parts are still throttled after several attempts
        """
        answers: list[dict[str, Any] | GraphError] = []
        for start in range(0, len(paths), batching.LARGEST_BATCH):
            chunk = paths[start : start + batching.LARGEST_BATCH]
            answers.extend(self._one_batch(chunk, _headers(prefer)))
        return answers

    def in_parallel(self, calls: Sequence[Callable[[], T]], at_most: int = AT_ONCE) -> list[T]:
        """The results of these calls in their order, several at once.

        The first error is raised when the calls that were running have ended; no more are begun.
        """
        if len(calls) < 2:
            return [call() for call in calls]
        with ThreadPoolExecutor(min(at_most, AT_ONCE, len(calls))) as pool:
            futures = [pool.submit(call) for call in calls]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def close(self) -> None:
        """Close the connections, once nobody uses them any more."""
        for _ in range(AT_ONCE):
            session = self._slots.get()
            if session is not None:
                session.close()
            self._slots.put(None)

    def _one_batch(
        self, paths: Sequence[str], headers: Mapping[str, str]
    ) -> list[dict[str, Any] | GraphError]:
        waiting = dict(enumerate(paths))
        done: dict[int, dict[str, Any] | GraphError] = {}
        for attempt in range(_ATTEMPTS):
            body = batching.request(waiting, headers)
            answer = self._ask("POST", f"{self._base}/$batch", headers=headers, json=body)
            if answer.status != 200:
                raise error_of(answer)
            parts = batching.parts(answer.json(), list(waiting))
            pause = max(batching.pause(part, 2.0**attempt) for part in parts.values())
            last = attempt == _ATTEMPTS - 1 or pause > _LONGEST_PAUSE
            for number, part in parts.items():
                if part.passing and not last:
                    continue
                done[number] = self._of_part(part)
                del waiting[number]
            if not waiting:
                break
            self._pace.wait(pause)
        return [done[number] for number in range(len(paths))]

    def _of_part(self, part: batching.Part) -> dict[str, Any] | GraphError:
        """What a part holds, or its error; a part that tells about the whole mailbox is raised."""
        if part.status == 200 and isinstance(part.body, dict):
            return part.body
        if part.status == 401:
            raise self._signed_out()
        error = error_from(part.status, part.body, part.headers)
        if isinstance(error, RateLimited):
            raise error
        return error

    def _ask(self, method: str, url: str, **request: Any) -> Answer:
        """The answer to a request, after as many attempts as it is worth. Never a 401.

        :raises AuthRequired: 401, with a second token as well
        """
        token = ""
        for _ in range(2):
            token = self._bearer.token(refused=token)
            answer = self._persistently(method, url, token, request)
            if answer.status != 401:
                return answer
        raise self._signed_out()

    def _persistently(
        self, method: str, url: str, token: str, request: Mapping[str, Any]
    ) -> Answer:
        def attempt() -> Answer:
            with self._slot(alone=method == "POST") as session:
                return send(session, method, url, self._pace, bearer=token, **request)

        return persistent(attempt, self._pace, attempts=_ATTEMPTS, longest=_LONGEST_PAUSE)

    @contextmanager
    def _slot(self, alone: bool) -> Iterator[Session]:
        """A connection that nobody else uses, while at most AT_ONCE requests are under way."""
        if alone:
            with self._alone:
                taken = [self._slots.get() for _ in range(AT_ONCE)]
        else:
            taken = [self._slots.get()]
        session = taken[0] or new_session(self._base)
        taken[0] = session
        try:
            yield session
        finally:
            # the one in use last, so that it is the next one taken
            for connection in reversed(taken):
                self._slots.put(connection)

    def _is_ours(self, url: str) -> bool:
        """Whether an address is below our endpoint: the token goes nowhere else."""
        try:
            same = origin(url) == self._origin
        except ValueError:
            return False
        path = urlsplit(url).path
        # requests would resolve these, and they lead out of the version
        climbs = not {".", ".."}.isdisjoint(unquote(path).split("/"))
        return same and url.isprintable() and path.startswith(self._path) and not climbs

    def _signed_out(self) -> AuthRequired:
        hint = f"run: syncd auth {self._account}"
        if self._by_command:
            hint = "the token_command must print a token for Microsoft Graph that is still good"
        return AuthRequired(
            Problem("Microsoft Graph does not accept the token", self._account, hint)
        )


def _headers(prefer: Sequence[str]) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Prefer": ", ".join((*_PREFERENCES, *prefer)),
        "client-request-id": str(uuid.uuid4()),
    }

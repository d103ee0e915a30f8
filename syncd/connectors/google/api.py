"""Google's APIs as the connectors call them: paced, retried within bounds, errors in our words.

google-api-python-client's requests and batches are used as they are (methods.py). It is imported on
first use.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final

from syncd import log
from syncd.connectors.base import Clock
from syncd.connectors.google import methods
from syncd.connectors.google.failures import Failures
from syncd.connectors.google.failures import Gone as Gone  # part of what this module offers
from syncd.connectors.google.failures import NotFound as NotFound
from syncd.connectors.google.failures import Refused as Refused
from syncd.connectors.google.failures import Unreachable as Unreachable
from syncd.connectors.google.failures import Unreadable as Unreadable
from syncd.connectors.google.options import GoogleOptions
from syncd.connectors.google.pacing import Pace
from syncd.connectors.unreachable import what_failed
from syncd.errors import AuthRequired, RateLimited, SyncdError, Transient

TIMEOUT = 60.0
"""Seconds without a byte after which a request is given up."""
MOST_IN_BATCH: Final = 25
"""Requests in one batch: with more, mailboxes that were not read lately answer 429."""
_ATTEMPTS = 5
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 120.0
"""Seconds that a pull waits in the middle of its work; for a longer pause it ends."""

Answer = dict[str, Any]


class GoogleApi:
    """One account's calls to one of Google's APIs, for use by one thread (httplib2 allows no more).

    :param credentials: gives google.auth's credentials when the first call needs them
    :param pace: every pause goes through this clock
    :param per_minute: the quota, in the units that `call` and `batch` are told to spend
    """

    def __init__(
        self,
        service: methods.Service,
        *,
        account: str,
        options: GoogleOptions,
        credentials: Callable[[], Any],
        pace: Clock,
        per_minute: int,
    ) -> None:
        self._service = service
        self._account = account
        self._root = options.endpoint or methods.ROOTS[service]
        self._make_credentials = credentials
        self._clock = pace
        self._pace = Pace(pace, options.units_per_minute or per_minute)
        self._failures = Failures(account, options)
        self._transport: Any = None
        _quieten()
        self._has_batches = True

    def request(self, method: str, **parameters: Any) -> Any:
        """A request of one of methods.PATHS, for `call` or `batch`."""
        return methods.request(self._root, method, parameters)

    def call(self, request: Any, cost: float = 1) -> Answer:
        """Send one request, again after passing faults, and give its JSON object.

        :param cost: quota units of one attempt
        :raises NotFound: 404
        :raises Gone: 410
        :raises RateLimited: too fast, even after pauses; or the pause asked for is a long one
        :raises Transient: a passing fault that did not pass; Unreadable: no JSON object came
        :raises AuthRequired: the sign-in is missing, dead or for another scope
        :raises Refused: another 4xx
        """
        for attempt in range(_ATTEMPTS):
            try:
                self._pace.take(cost)
                return self._send(request)
            except Transient as error:
                self._pause_or_raise(error, attempt)
        raise AssertionError("the last attempt raises")

    def batch_size(self, cost: float) -> int:
        """How many requests of this cost a batch may carry just now."""
        most = min(MOST_IN_BATCH, int(self._pace.burst // cost))
        return max(1, int(most * self._pace.share))

    def batch(self, requests: Sequence[Any], cost: float = 1) -> list[Answer | SyncdError]:
        """Send requests together, those that fail again, and give an answer or error for each.

        An item's error is NotFound, Gone, Refused, or the Transient that did not pass. Where the
        server knows no batches the requests are sent one by one.

        :param cost: quota units of each
        :raises SyncdError: as `call`, where the fault is not one item's
        """
        answers: dict[int, Answer | SyncdError] = {}
        waiting = list(range(len(requests)))
        for attempt in range(_ATTEMPTS):
            problem: Transient | None = None
            try:
                for chosen in _slices(waiting, self.batch_size(cost)):
                    self._exchange(requests, chosen, cost, answers, last_resort=attempt > 0)
            except Transient as error:
                problem = error
            waiting = [i for i in waiting if isinstance(answers.get(i), Transient | None)]
            if problem is None:
                problem = _worst(answers[i] for i in waiting)
                is_items = not isinstance(problem, RateLimited)
                if problem is None or (is_items and attempt == _ATTEMPTS - 1):
                    break
            self._pause_or_raise(problem, attempt)
        return [answers[i] for i in range(len(requests))]

    def close(self) -> None:
        """Close the connection; another call opens a new one."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # --- one exchange ---------------------------------------------------------------------------

    def _exchange(
        self,
        requests: Sequence[Any],
        chosen: Sequence[int],
        cost: float,
        answers: dict[int, Answer | SyncdError],
        *,
        last_resort: bool,
    ) -> None:
        """Ask for the `chosen` ones in one batch, or singly where that cannot be."""
        if self._has_batches:
            try:
                self._pace.take(cost * len(chosen))
                self._send_batch(requests, chosen, answers)
                return
            except (NotFound, Refused) as error:
                if isinstance(error, Refused) and error.status not in (400, 405):
                    raise
                self._has_batches = False
                log.debug("no_batches", account=self._account)
            except Unreadable:
                # one answer that cannot be read makes the whole batch so: single ones tell which
                if not last_resort:
                    raise
        for i in chosen:
            try:
                self._pace.take(cost)
                answers[i] = self._send(requests[i])
            except (Unreachable, RateLimited):
                raise
            except (NotFound, Gone, Refused, Transient) as error:
                answers[i] = error

    def _send(self, request: Any) -> Answer:
        http = self._http()
        answer = self._guarded(lambda: request.execute(http=http))
        if not isinstance(answer, dict):
            raise Unreadable("Google's answer is no JSON object")
        return answer

    def _send_batch(
        self,
        requests: Sequence[Any],
        chosen: Sequence[int],
        answers: dict[int, Answer | SyncdError],
    ) -> None:
        def keep(number: str, answer: Any, error: Any) -> None:
            if error is not None:
                answers[int(number)] = self._failures.of_answer(
                    error.resp.status, error.resp, error.content
                )
            elif isinstance(answer, dict):
                answers[int(number)] = answer
            else:
                answers[int(number)] = Unreadable("Google's answer is no JSON object")

        batch = methods.batch(self._root, self._service, keep)
        for i in chosen:
            batch.add(requests[i], request_id=str(i))
        http = self._http()
        self._guarded(lambda: batch.execute(http=http))
        for i in chosen:
            if isinstance(answers.get(i), AuthRequired):
                raise answers[i]  # type: ignore[misc]  # AuthRequired, as the line above says

    def _guarded(self, exchange: Callable[[], Any]) -> Any:
        """Run one exchange; whatever it raises comes out as one of syncd's errors."""
        import http.client

        import httplib2
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import BatchError, HttpError

        # `from None`: the library's errors carry the address, and with it ids and page tokens
        try:
            return exchange()
        except BatchError:
            raise Unreadable("Google's answer to a batch is none") from None
        except HttpError as error:
            status, headers, content = error.resp.status, error.resp, error.content
            raise self._failures.of_answer(status, headers, content) from None
        except (OSError, httplib2.HttpLib2Error, http.client.HTTPException, GoogleAuthError) as e:
            self.close()  # a connection in an unknown state is not used again
            raise Unreachable(f"Google cannot be reached ({what_failed(e)})") from None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # the library's parsers take well-formed answers for granted
            raise Unreadable("Google's answer cannot be read") from None

    def _http(self) -> Any:
        if self._transport is None:
            import httplib2
            from google_auth_httplib2 import AuthorizedHttp

            plain = httplib2.Http(timeout=TIMEOUT)
            plain.follow_redirects = False
            self._transport = _Transport(AuthorizedHttp(self._credentials, http=plain))
        return self._transport

    @cached_property
    def _credentials(self) -> Any:
        return self._make_credentials()

    def _pause_or_raise(self, problem: Transient, attempt: int) -> None:
        """Wait before the next attempt, as long as the server asks or ever longer."""
        pause = _FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.0)  # noqa: S311  no secret
        if isinstance(problem, RateLimited):
            self._pace.slow_down()
            pause = max(pause, problem.retry_after)
        if attempt == _ATTEMPTS - 1 or pause > _LONGEST_PAUSE:
            raise problem
        self._clock.wait(pause)


def _quieten() -> None:
    """Let the library's warnings not go to standard error; what they say, our errors say."""
    logger = logging.getLogger("googleapiclient")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


class _Transport:
    """AuthorizedHttp without its `credentials` in sight: a BatchHttpRequest that finds them
    refreshes them over a connection of its own, which has no timeout."""

    def __init__(self, authorized: Any) -> None:
        self.request = authorized.request
        self.close = authorized.close


def _slices(items: Sequence[int], size: int) -> list[Sequence[int]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _worst(answers: Iterable[Answer | SyncdError]) -> Transient | None:
    """Of the passing faults the one that asks for the longest pause."""
    found = [answer for answer in answers if isinstance(answer, Transient)]
    return max(found, key=lambda error: getattr(error, "retry_after", -1.0), default=None)

"""HTTP to Microsoft: bounded answers, no redirects, no surprises from the surroundings.

requests follows redirects with the body of the request and, without an `auth` of ours, puts the
credentials of a `.netrc` over our own; both would send a secret where it does not belong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from syncd.connectors.base import Clock
from syncd.connectors.unreachable import what_failed
from syncd.errors import Transient
from syncd.options import is_loopback

if TYPE_CHECKING:
    from requests import PreparedRequest, Session

_CONNECT_SECONDS = 15
_SILENT_SECONDS = 60
"""Longest pause between two bytes of an answer."""
_WHOLE_SECONDS = 300
"""Longest time for one whole answer."""
_CHUNK = 64 * 1024
_LONGEST_PAUSE = 86400.0
"""Seconds: no Retry-After is believed beyond a day."""
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes after decompression: fifty long mails fit many times over."""


class TooMuch(Transient):
    """The answer is too long or took too long: asking again at once would bring the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end. Header names are lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The JSON object it holds.

        :raises Transient: it holds something else: a proxy or a captive portal answered
        """
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Transient("Microsoft's answer is not JSON; does a proxy or a portal answer?")
        return value


def new_session(base: str) -> Session:
    """A connection pool for one thread at a time.

    :param base: the address it is for; to this machine no proxy is used
    """
    import requests

    session = requests.Session()
    session.trust_env = not is_loopback(base)
    return session


def send(
    session: Session,
    method: str,
    url: str,
    clock: Clock,
    *,
    bearer: str = "",
    largest: int = LARGEST_ANSWER,
    **request: Any,
) -> Answer:
    """Send one request and read the whole answer.

    :param bearer: the token, if the request carries one
    :param request: what requests takes besides: params, data, json, headers
    :raises Transient: no answer or a broken one; TooMuch: one too slow or too large
    """
    import requests

    def authorize(prepared: PreparedRequest) -> PreparedRequest:
        if bearer:
            prepared.headers["Authorization"] = f"Bearer {bearer}"
        return prepared

    deadline = clock.monotonic() + _WHOLE_SECONDS
    problem = ""
    try:
        with session.request(
            method,
            url,
            auth=authorize,
            timeout=(_CONNECT_SECONDS, _SILENT_SECONDS),
            allow_redirects=False,
            stream=True,
            **request,
        ) as response:
            body = bytearray()
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > largest or clock.monotonic() > deadline:
                    raise TooMuch("Microsoft's answer is too long or too slow")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, bytes(body), headers)
    except (requests.RequestException, UnicodeError) as error:
        problem = what_failed(error)
    raise Transient(f"Microsoft cannot be reached ({problem})")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait; None where it does not say.

    RFC 9110, 10.2.3: seconds or a date, which is compared with the answer's own date.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
        return min(max(0.0, seconds), _LONGEST_PAUSE) if isfinite(seconds) else None
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
        written = parsedate_to_datetime(headers.get("date", ""))
        return min(max(0.0, (until - written).total_seconds()), _LONGEST_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return None


def persistent(
    attempt: Callable[[], Answer], clock: Clock, *, attempts: int, longest: float
) -> Answer:
    """Try until the answer is neither 429 nor 5xx, waiting as it asks, else 1, 2, 4 … seconds.

    Returns the last answer when the attempts are used up or it asks for more than `longest`
    seconds. A 504 is tried twice only: the request is too much work, and would be again.

    :raises Transient: no answer at the last attempt
    :raises Stopping: syncd stops while waiting
    """
    for count in range(attempts):
        last = count == attempts - 1
        pause = 2.0**count
        try:
            answer = attempt()
        except TooMuch:
            raise
        except Transient:
            if last:
                raise
        else:
            wanted = retry_after(answer.headers)
            passing = answer.status == 429 or answer.status >= 500
            enough = last or (answer.status == 504 and count > 0)
            if not passing or enough or (wanted or 0) > longest:
                return answer
            pause = pause if wanted is None else wanted
        clock.wait(pause)
    raise AssertionError("at least one attempt")  # pragma: no cover

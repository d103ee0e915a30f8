"""What can go wrong with Google's servers, in syncd's words.

Nothing of a request's address, headers or answer reaches a message, except Google's own one-line
reason: addresses carry ids and page tokens, and a token must not travel by traceback.
https://developers.google.com/workspace/gmail/api/guides/handle-errors
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from syncd import log
from syncd.connectors.google.options import GoogleOptions
from syncd.errors import AuthRequired, Problem, RateLimited, SyncdError, Transient, UserError
from syncd.normalise.safe_text import one_line

_LONGEST_PAUSE = 86400.0
_LONGEST_BODY = 64 * 1024

_TOO_FAST = frozenset(
    (
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "quotaExceeded",
        "RATE_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
        "concurrentLimitExceeded",
    )
)
_NOT_ALLOWED = frozenset(
    (
        "insufficientPermissions",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "authError",
        "ACCESS_TOKEN_EXPIRED",
    )
)
_RETRY_AFTER = re.compile(r"[Rr]etry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)")


class NotFound(SyncdError):
    """404: the item, or what the request starts from, is not there."""


class Gone(SyncdError):
    """410: what the request starts from is no longer known."""


class Unreachable(Transient):
    """No answer at all: no network, no server there, a broken connection, silence."""


class Unreadable(Transient):
    """An answer that is not what the API answers with: a captive portal, a broken proxy."""


class Refused(UserError):
    """Any other 4xx: the request cannot be granted as it is. `status` is the HTTP status and
    `reasons` what Google calls it."""

    def __init__(self, problem: Problem, status: int, reasons: frozenset[str]) -> None:
        self.status = status
        self.reasons = reasons
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Failures:
    """Turns the faults of one account's requests into syncd's errors."""

    account: str
    options: GoogleOptions

    def of_answer(self, status: int, headers: Mapping[str, str], content: bytes) -> SyncdError:
        """The error that an answer with a status of 300 or more stands for.

        :param headers: names in lower case
        """
        error = _error_object(content)
        reasons = frozenset(_reasons(error))
        message = one_line(log.redact(str(error.get("message") or "")), 200)
        said = f"Google answered {status}" + (f": {message}" if message else "")
        if status == 404:
            return NotFound(said)
        if status == 410:
            return Gone(said)
        # a daily limit is no matter of pace: it is over tomorrow, or when the user raises it
        too_fast = status == 429 or (status == 403 and bool(reasons & _TOO_FAST))
        if too_fast and "dailyLimitExceeded" not in reasons:
            return RateLimited(said, _pause(headers, message))
        if status == 401 or (status == 403 and reasons & _NOT_ALLOWED):
            return self.sign_in_again(said)
        if 400 <= status < 500 and status != 408:
            return Refused(Problem(said, self.account, _hint(reasons, message)), status, reasons)
        return Transient(said)

    def sign_in_again(self, what: str) -> AuthRequired:
        """The sign-in is dead, or does not allow what is asked: `what` says so in one line."""
        if self.options.token_command is not None:
            hint = "check the token_command; its token must be for this account and scope"
        elif self.options.service_account is not None:
            hint = "check the service account's domain-wide delegation and its scopes"
        else:
            hint = f"run `syncd auth {self.account}`"
        return AuthRequired(Problem(what, self.account, hint))


def _error_object(content: bytes) -> Mapping[str, Any]:
    """`error` of a Google API error body (either of its two forms); empty if it is none."""
    try:
        body = json.loads(content[:_LONGEST_BODY])
    except (ValueError, RecursionError):
        return {}
    if isinstance(body, list) and body:
        body = body[0]
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for name in ("errors", "details"):
        listed = error.get(name)
        for entry in listed[:20] if isinstance(listed, list) else ():
            if isinstance(entry, Mapping) and isinstance(entry.get("reason"), str):
                yield entry["reason"][:100]
    if isinstance(error.get("status"), str):
        yield error["status"][:100]


def _pause(headers: Mapping[str, str], message: str) -> float:
    """Seconds that the server asks to wait, by its own clock; 0 where it names none."""
    named = headers.get("retry-after", "").strip()
    if named.isascii() and named.isdigit():
        return min(float(named[:9]), _LONGEST_PAUSE)
    found = _RETRY_AFTER.search(message)
    now = _http_date(headers.get("date", ""))
    until = _iso_date(found[1]) if found else _http_date(named)
    if now is None or until is None:
        return 0.0
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_PAUSE)


def _iso_date(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value[:19] + "+00:00")
    except ValueError:
        return None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value[:60])
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _hint(reasons: frozenset[str], message: str) -> str:
    if message.startswith("Metadata scope"):
        return "the sign-in is for headers alone; sign in again, or write text: false"
    if reasons & {"accessNotConfigured", "SERVICE_DISABLED"}:
        return "enable this API for your project in Google's console"
    if "domainPolicy" in reasons:
        return "your organisation's administrator does not allow it"
    if "dailyLimitExceeded" in reasons:
        return "your project's daily quota is used up; wait for tomorrow"
    return ""

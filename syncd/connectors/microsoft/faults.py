"""What Microsoft Graph says when it does not answer, as exceptions that say who must act.

https://learn.microsoft.com/graph/errors
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from syncd.connectors.microsoft.transport import Answer, retry_after
from syncd.errors import CursorExpired, Problem, RateLimited, SyncdError, Transient, UserError

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_EXPIRED = re.compile(r"(?i)syncstate\w*|resync\w*")
_NO_MAILBOX = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi"})
_NO_PAUSE_NAMED = 0.0
"""What RateLimited carries where Graph does not say how long: the caller's own pauses count."""


class GraphError(SyncdError):
    """Graph refused one request.

    `status` is the HTTP status, `code` Graph's word for the reason (may be empty).
    """

    def __init__(self, status: int, code: str = "", hint: str = "") -> None:
        self.status = status
        self.code = code
        said = f"{status} {code}".strip()
        super().__init__(f"Microsoft Graph answered {said}{f': {hint}' if hint else ''}")


class NotFound(GraphError):
    """The item is gone, or was never there."""


class DeltaExpired(GraphError, CursorExpired):
    """Graph has forgotten this nextLink or deltaLink: its folder or calendar starts again."""


class Unavailable(GraphError, Transient):
    """A passing fault of Graph: 5xx after several attempts."""


class GatewayTimeout(Unavailable):
    """504: Graph gave up on a request that was too much work. Ask for less."""


class Forbidden(GraphError, UserError):
    """The sign-in works and may not do this: a permission is missing."""

    def __init__(self, status: int, code: str = "") -> None:
        GraphError.__init__(self, status, code)
        self.problems = (
            Problem(
                f"Microsoft Graph refuses this request ({code or status})",
                hint="give the app registration the permissions in README, then sign in again",
            ),
        )


class NoMailbox(GraphError, UserError):
    """The account that signed in has no mailbox that Graph can read."""

    def __init__(self, status: int, code: str = "") -> None:
        GraphError.__init__(self, status, code)
        self.problems = (
            Problem(
                f"this account has no mailbox in Exchange Online or Outlook.com ({code})",
                hint="sign in with the account that owns the mailbox",
            ),
        )


def error_of(answer: Answer, *, link: bool = False) -> GraphError | RateLimited:
    """The exception for an answer that is no success.

    :param link: the request was a nextLink or deltaLink, in which we can have made no mistake
    """
    try:
        body: Any = answer.json()
    except Transient:
        body = None
    return error_from(answer.status, body, answer.headers, link=link)


def error_from(
    status: int, body: Any, headers: Mapping[str, str], *, link: bool = False
) -> GraphError | RateLimited:
    """The exception for a status, a decoded body and headers (names in lower case)."""
    code = _code(body)
    if status == 429:
        pause = retry_after(headers)
        return RateLimited(
            f"Microsoft Graph asks to wait ({code or 429})",
            _NO_PAUSE_NAMED if pause is None else pause,
        )
    if status == 410 or _EXPIRED.fullmatch(code) or (link and status == 400):
        return DeltaExpired(status, code)
    if code.lower() in _NO_MAILBOX:
        return NoMailbox(status, code)
    if status == 403:
        return Forbidden(status, code)
    if status == 404:
        return NotFound(status, code)
    if status == 504:
        return GatewayTimeout(status, code)
    if status >= 500 or status < 400:
        return Unavailable(status, code)
    return GraphError(status, code)


def _code(body: Any) -> str:
    """`error.code`, or nothing where it is not a plain word: it is shown and logged."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""

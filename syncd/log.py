"""Logging: structured, to standard error; JSON on a pipe, readable on a terminal; secrets out.

No mail content is logged at info level or above. structlog is imported with the first event: a
pass with nothing to say does not pay for it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

_SECRET_KEYS = re.compile(r"(?i)token|secret|password|authori[sz]ation|cookie|assertion|\bcode\b")
_SECRET_TEXT = re.compile(
    r"(?i)(bearer\s+|(?:access_token|refresh_token|client_secret|code|id_token|assertion)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_level = logging.WARNING
_logger: Any = None


def configure(level: str) -> None:
    """Log from this level on.

    :param level: debug, info, warning or error
    """
    global _level, _logger
    _level, _logger = logging.getLevelNamesMapping()[level.upper()], None


def info(event: str, **values: Any) -> None:
    """Log what happened; never mail content."""
    if _level <= logging.INFO:
        _structlog().info(event, **values)


def warning(event: str, **values: Any) -> None:
    """Log what somebody may have to look at; never mail content."""
    if _level <= logging.WARNING:
        _structlog().warning(event, **values)


def redact(text: str) -> str:
    """The text without bearer tokens and the values of OAuth parameters."""
    return _SECRET_TEXT.sub(r"\1[redacted]", text)


def _redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = "[redacted]"
        elif isinstance(value, str):
            event[key] = _CONTROL.sub("\ufffd", redact(value))
    return event


def _structlog() -> Any:
    global _logger
    if _logger is None:
        import structlog

        terminal = sys.stderr.isatty()
        renderer: Any = (
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
        )
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                _redact_event,
                renderer,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_level),
            logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
            cache_logger_on_first_use=False,
        )
        _logger = structlog.get_logger("syncd")
    return _logger

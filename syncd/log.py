"""Logging: structured, to standard error; secrets out. Readable on a terminal, JSON on a pipe; in
systemd's journal each line also carries its priority.

No mail content is logged at info level or above. structlog is imported with the first event: a
pass with nothing to say does not pay for it. The providers' libraries log by Python's `logging`,
some of them whole requests: every such record loses its secrets before any handler sees it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath
from typing import Any

_SECRET_KEYS = re.compile(r"(?i)token|secret|password|authori[sz]ation|cookie|assertion|\bcode\b")
_SECRET_TEXT = re.compile(
    r"(?i)(\b(?:bearer|basic(?=\s+[\w+/=]{12}))\s+"
    r"|(?:token|secret|password|assertion|verifier)(?:\\?[\"'])?\s*[=:]\s*[\[\\\"']{0,4}"
    # "code 4" and "code: 4" say how something ended
    r"|(?<!\w)code(?:=|\\?[\"']\s*:\s*[\[\\\"']{1,4}))"
    r"[^\s\"'&,;}\]\\]+"
)
_SECRET_SHAPE = re.compile(
    # Google's access, refresh and client secrets and codes; signed tokens (RFC 7519) of anybody
    r"(?:\bya29\.|\b1//|\b4/0|\bGOCSPX-)[\w.-]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
)
_PLAIN_RECORD = logging.getLogRecordFactory()
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3}
"""The levels as syslog(3) numbers them."""
_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default={})  # noqa: B039 - never changed
_level = logging.WARNING
_logger: Any = None


def configure(level: str) -> None:
    """Log from this level on.

    :param level: debug, info, warning or error
    """
    global _level, _logger
    _level, _logger = logging.getLevelNamesMapping()[level.upper()], None
    logging.setLogRecordFactory(_record)


def state() -> tuple[int, Mapping[str, Any]]:
    """The level and what is bound, for `restore` in another process."""
    return _level, _bound.get()


def restore(state: tuple[int, Mapping[str, Any]]) -> None:
    """Log as the process does in which `state` was called."""
    level, bound = state
    configure(logging.getLevelName(level))
    _bound.set(bound)


def debug(event: str, **values: Any) -> None:
    """Log what helps to follow a pass; never mail content."""
    if _level <= logging.DEBUG:
        _structlog().debug(event, **values)


def info(event: str, **values: Any) -> None:
    """Log what happened; never mail content."""
    if _level <= logging.INFO:
        _structlog().info(event, **values)


def warning(event: str, **values: Any) -> None:
    """Log what somebody may have to look at; never mail content."""
    if _level <= logging.WARNING:
        _structlog().warning(event, **values)


def place(error: BaseException) -> str:
    """What broke and where, without the error's own words: they may hold mail content."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


@contextmanager
def bound(**values: Any) -> Iterator[None]:
    """While inside, every event of this thread carries these values."""
    token = _bound.set({**_bound.get(), **values})
    try:
        yield
    finally:
        _bound.reset(token)


def redact(text: str) -> str:
    """The text without bearer tokens, the values of OAuth parameters, and what looks like one."""
    return _SECRET_SHAPE.sub("[redacted]", _SECRET_TEXT.sub(r"\1[redacted]", text))


def _record(*words: Any, **named: Any) -> logging.LogRecord:
    """A library's log record, redacted once for all handlers, its traceback included."""
    record = _PLAIN_RECORD(*words, **named)
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):
        message = str(record.msg)  # arguments that do not fit: a mistake of the library's
    record.msg, record.args = redact(message), None
    if record.exc_info:
        record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
    return record


def _redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = "[redacted]"
        elif isinstance(value, str):
            event[key] = _CONTROL.sub("\ufffd", redact(value))
    return event


def _redact_line(_logger: Any, _method: str, line: Any) -> str:
    """Once more, for what is no text before it is rendered: an exception, a list."""
    return redact(line)


def _merge_bound(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {**_bound.get(), **event}


def _with_priority(renderer: Any) -> Any:
    """The renderer with the priority in front, as sd-daemon(3) reads it from standard error."""

    def render(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        return f"<{_PRIORITIES.get(method, _PRIORITIES['info'])}>{renderer(logger, method, event)}"

    return render


def _is_journal(stream: str | None) -> bool:
    """Whether standard error is the journal.

    :param stream: $JOURNAL_STREAM: device and inode of what systemd connected
    """
    try:
        status = os.fstat(2)
    except OSError:
        return False
    return stream == f"{status.st_dev}:{status.st_ino}"


def _imported(*, with_rich: bool) -> Any:
    """structlog, which imports rich where it finds it: 5 MB that draw tracebacks on a terminal."""
    if not with_rich and "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # cannot be imported, says Python
        try:
            import structlog
        finally:
            del sys.modules["rich"]
    else:
        import structlog
    return structlog


def _structlog() -> Any:
    global _logger
    if _logger is None:
        terminal = sys.stderr.isatty()
        structlog = _imported(with_rich=terminal)
        renderer: Any = (
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
        )
        if _is_journal(os.environ.get("JOURNAL_STREAM")):
            renderer = _with_priority(renderer)
        structlog.configure(
            processors=[
                _merge_bound,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                _redact_event,
                renderer,
                _redact_line,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_level),
            logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
            cache_logger_on_first_use=False,
        )
        _logger = structlog.get_logger("syncd")
    return _logger

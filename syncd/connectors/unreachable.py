"""Why a server could not be reached, in words that hold no address and no secret."""

from __future__ import annotations

from collections.abc import Iterator

_DEEPEST = 20


def what_failed(error: BaseException) -> str:
    """What the operating system says of it; else the kind of the innermost error.

    The libraries' own words are left out: they quote addresses with their parameters.
    """
    innermost = error
    for innermost in _causes(error):
        if isinstance(innermost, TimeoutError):
            return "no answer in time"
        said = getattr(innermost, "strerror", None)
        if isinstance(said, str) and said:
            return said.lower()
    return type(innermost).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what is inside it, outermost first: wrapped, or raised on the way."""
    current: object = error
    for _ in range(_DEEPEST):
        if not isinstance(current, BaseException):
            return
        yield current
        wrapped = current.args[0] if current.args else None
        inner = wrapped if isinstance(wrapped, BaseException) else None
        current = inner or current.__cause__ or current.__context__

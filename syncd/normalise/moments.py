"""When a message was written: its Date, or what can be trusted more."""

from __future__ import annotations

from email.utils import mktime_tz, parsedate_tz

_DAY = 86400
_EARLIEST = 631152000  # 1990-01-01: no mail that a person still answers is older
_LATEST = 32503680000  # 3000-01-01
_AHEAD = 2 * _DAY
_BEHIND = 60 * _DAY


def parse_date(value: str) -> tuple[int, int] | None:
    """An RFC 5322 date-time as epoch seconds and minutes east of UTC; None if it is none.

    `-0000` and unknown zones count as UTC, an impossible offset too.
    """
    try:
        parts = parsedate_tz(value[:200])
        if parts is None or not 1 <= parts[0] <= 9999:
            return None
        offset = (parts[9] or 0) // 60
        if abs(offset) > 14 * 60:
            parts, offset = (*parts[:9], 0), 0
        at = int(mktime_tz(parts))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return (at, offset) if -_LATEST < at < _LATEST else None


def received_at(value: str) -> int | None:
    """The moment a Received field names: what follows its last semicolon."""
    found = parse_date(value.rpartition(";")[2].strip())
    return found[0] if found and found[0] >= _EARLIEST else None


def written_at(
    date: str, received: list[str], *, delivered: int | None, now: int, fallback: int
) -> tuple[int, int]:
    """When a message was written (epoch seconds) and the writer's offset (minutes east of UTC).

    :param date: the Date field
    :param received: the Received fields, latest first
    :param delivered: when the provider says it took the message over, if it does
    :param now: the moment of evaluation; nothing is written more than two days later
    :param fallback: the moment the message was filed, if the fields say nothing

    The Date counts unless it is missing, before 1990, later than the delivery, or months before
    the first server saw the message (a computer whose clock was never set).
    """
    if delivered is None and received:
        delivered = received_at(received[0])
    first_seen = received_at(received[-1]) if received else None
    found = parse_date(date)
    filed = next((at for at in (first_seen, delivered, fallback) if at), 0)
    if found is None:
        return min(filed, now), 0
    at, offset = found
    latest = min(now, delivered if delivered is not None else now) + _AHEAD
    earliest = max(_EARLIEST, (first_seen or _EARLIEST) - _BEHIND)
    if earliest <= at <= latest:
        return at, offset
    return min(filed, now), offset

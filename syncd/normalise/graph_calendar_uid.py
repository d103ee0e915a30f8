"""One UID for one meeting: what Graph's `iCalUId` says of a series and of copies elsewhere. Pure.

Exchange names a meeting by a GlobalObjectId ([MS-OXOCAL] 2.2.1.27), written in hexadecimal where it
serves as an iCalendar UID. Two things in it keep copies apart that belong together: an occurrence
has its day in bytes 16 to 19 (the clean id of 2.2.1.28 has zeros there), and a meeting that came
from another calendar has its own UID wrapped up behind `vCal-Uid`.
"""

from __future__ import annotations

from typing import Final

from syncd.normalise.calendar_ids import bounded_uid
from syncd.normalise.safe_text import one_line

_CLASS_ID: Final = bytes.fromhex("040000008200E00074C5B7101A82E008")
_DAY: Final = slice(16, 20)
_DATA: Final = 40
"""Offset of the data: class id, day, time of creation (8), reserved (8), size (4) come before."""
_WRAPPED: Final = b"vCal-Uid\x01\x00\x00\x00"
_MOST_DIGITS: Final = 8_000


def uid_of(ical_uid: str) -> str:
    """The RFC 5545 UID behind an `iCalUId`, shared by all occurrences and by copies in other
    calendars; empty where there is none."""
    uid = one_line(ical_uid, _MOST_DIGITS)
    identifier = _global_object_id(uid)
    if identifier is not None:
        data = identifier[_DATA:]
        if data.startswith(_WRAPPED):
            wrapped = data[len(_WRAPPED) :].partition(b"\0")[0]
            uid = one_line(wrapped.decode("utf-8", "replace"), 1_000) or uid
        else:
            clean = bytearray(identifier)
            clean[_DAY] = bytes(4)
            uid = clean.hex().upper()
    return bounded_uid(uid)


def _global_object_id(uid: str) -> bytes | None:
    if len(uid) < 2 * _DATA:
        return None
    try:
        identifier = bytes.fromhex(uid)
    except ValueError:
        return None
    return identifier if identifier.startswith(_CLASS_ID) else None

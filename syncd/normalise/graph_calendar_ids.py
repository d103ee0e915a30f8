"""The ids of Outlook's calendars and events as syncd's records carry them. Pure.

An occurrence names its series too, so that what is known of a series can be found without a second
copy of the listing: `e:ID` for a single event, `e:SERIES#ID` for an occurrence or exception.
"""

from __future__ import annotations

from typing import Final, NamedTuple

_EVENT: Final = "e:"
_CALENDAR: Final = "calendar:"


class EventId(NamedTuple):
    """The parts of a source id: Graph's id of the event, and of its series (empty for none)."""

    id: str
    series: str = ""


def is_event(identifier: str) -> bool:
    """Whether a source id is that of a calendar event."""
    return identifier.startswith(_EVENT)


def source_id(event_id: str, series_id: str = "") -> str:
    """The source id of an event, or of an occurrence of a series."""
    return f"{_EVENT}{series_id}#{event_id}" if series_id else f"{_EVENT}{event_id}"


def event_id(identifier: str) -> EventId:
    """What a source id is made of."""
    series, _, own = identifier.removeprefix(_EVENT).rpartition("#")
    return EventId(own, series)


def folder_of(calendar_id: str) -> str:
    """The records' folder for a calendar."""
    return f"{_CALENDAR}{calendar_id}"


def calendar_id(folder: str) -> str | None:
    """The calendar behind a folder; None where the folder is not a calendar."""
    return folder.removeprefix(_CALENDAR) if folder.startswith(_CALENDAR) else None

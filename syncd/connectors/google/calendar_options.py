"""The options of a Google Calendar account. Loaded with every configuration: nothing heavy."""

from __future__ import annotations

from pydantic import Field

from syncd.connectors.google.options import GoogleOptions


class GoogleCalendarOptions(GoogleOptions):
    """Whose calendars they are, and which of them are read."""

    calendars: tuple[str, ...] = Field(
        default=(),
        description="Only these, by name or id; default: those ticked in Google Calendar",
        examples=[["camille@cabinet.example", "Projects"]],
    )
    leave_out: tuple[str, ...] = Field(
        default=(),
        description="Not these, by name or id",
        examples=[["Holidays in Canada"]],
    )

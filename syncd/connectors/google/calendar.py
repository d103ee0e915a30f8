"""Google Calendar: every calendar that the user has ticked, read-only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from syncd.connectors.base import Clock, PullContext, RealClock, SignInRequest
from syncd.connectors.google.api import GoogleApi
from syncd.connectors.google.calendar_list import chosen, list_calendars
from syncd.connectors.google.calendar_options import GoogleCalendarOptions
from syncd.connectors.google.scopes import READ_CALENDARS
from syncd.model import Batch, Cursor

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

    from syncd.connectors.google.calendar_account import CalendarAccount
    from syncd.connectors.tokens import Tokens

REQUESTS_PER_MINUTE = 600
"""Google's quota for each user (https://developers.google.com/workspace/calendar/api/guides/quota)."""


class GoogleCalendar:
    """Meetings in the calendars of one account at Google. What reads them is imported on first
    use: most commands only look at the options."""

    name: ClassVar[str] = "google_calendar"
    Options: ClassVar[type[GoogleCalendarOptions]] = GoogleCalendarOptions
    every: ClassVar[str] = "10 minutes"

    def __init__(self, account: str, options: GoogleCalendarOptions, tokens: Tokens) -> None:
        self._account = account
        self._options = options
        self._tokens = tokens

    def check(self) -> None:
        """:raises UserError: a calendar that the user names does not exist
        :raises AuthRequired: the sign-in is missing or dead"""
        api = self._api(RealClock())
        entries = list_calendars(api, self._account, self._options.user)
        chosen(entries, self._options, self._account)

    def sign_in(self, request: SignInRequest) -> str:
        """See SignsIn."""
        from syncd.connectors.google.sign_in import sign_in

        return sign_in(self._account, self._options, self._tokens, (READ_CALENDARS,), request)

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """See Connector; a calendar with nothing new costs one request."""
        return self._reader(context).pull(cursor, context)

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """See Connector; each event or occurrence costs one request."""
        return self._reader(context).fetch(source_ids, context)

    def _reader(self, context: PullContext) -> CalendarAccount:
        from syncd.connectors.google.calendar_account import CalendarAccount

        return CalendarAccount(self._account, self._options, self._api(context.pace))

    def _api(self, pace: Clock) -> GoogleApi:
        return GoogleApi(
            "calendar",
            account=self._account,
            options=self._options,
            credentials=self._credentials,
            pace=pace,
            per_minute=REQUESTS_PER_MINUTE,
        )

    def _credentials(self) -> Credentials:
        from syncd.connectors.google.credentials import credentials

        return credentials(self._account, self._options, self._tokens, (READ_CALENDARS,))

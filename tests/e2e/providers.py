"""Gmail, Google Calendar and Outlook in a process of their own, so that a service that reads them
can be weighed alone: `python -m tests.e2e.providers STATE MESSAGES`.

A user has signed in to all three: their tokens lie in the state folder, Google's long ended. The
accounts' lines for syncd.yaml go to standard output; it serves until standard input closes.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncd.connectors.google.scopes import READ_CALENDARS, READ_MAIL
from syncd.connectors.tokens import Tokens
from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.fakes.google.gmail import FakeGmail
from tests.fakes.google.oauth import CLIENT_ID, TOKEN, FakeOAuth, Grant
from tests.fakes.google.server import GoogleServer
from tests.fakes.microsoft.calendar import FakeCalendars
from tests.fakes.microsoft.desk import Desk
from tests.fakes.microsoft.login import CLIENT, FakeLogin
from tests.fakes.microsoft.mail import Mailbox
from tests.fakes.microsoft.server import FakeGraph
from tests.fakes.server import FakeServer, Request, Response

ME = "camille@cabinet.example"
TEXTS = (
    "Hi Camille,\n\nCould you send me the revised quote by Friday?\n\nAnn\n",
    "Bonjour Camille,\n\nJe vous envoie le contrat demain.\n\nAnn\n",
    "Hello Camille,\n\nThe figures came in slightly above what we had planned.\n\nAnn\n",
)


class Google:
    """Both of Google's services and its sign-in; a fresh token costs a refresh."""

    def __init__(self, serving: ExitStack, state: Path, count: int, now: datetime) -> None:
        gmail, calendar, self.oauth = FakeGmail(), FakeGoogleCalendar(), FakeOAuth()
        for number in range(count):
            at = now - timedelta(hours=count - number)
            gmail.deliver(f"Item {number}", at, text=TEXTS[number % 3])
        for number in range(count // 10):
            event = {"summary": f"Meeting {number}", **timed(now + timedelta(days=number - 100))}
            calendar.insert(event)
        rule = {"recurrence": ["RRULE:FREQ=WEEKLY"]}
        calendar.insert({"summary": "Round", **timed(now - timedelta(days=300)), **rule})
        self.server = serving.enter_context(GoogleServer(gmail, calendar))
        self.door = serving.enter_context(FakeServer(self._sign_in))
        self._keep(state, "private", READ_MAIL)
        self._keep(state, "meetings", READ_CALENDARS)

    def _sign_in(self, request: Request) -> Response:
        answer = self.oauth.handle(request)
        self.server.tokens.update(self.oauth.access_tokens)
        return answer

    def _keep(self, state: Path, account: str, scope: str) -> None:
        refresh = f"1//0-{account}"
        self.oauth.refresh_tokens[refresh] = Grant(ME, (scope,))
        stored = {
            "type": "authorized_user",
            "client_id": CLIENT_ID,
            "client_secret": self.oauth.client_secret,
            "token_uri": self.door.url + TOKEN,
            "scopes": [scope],
            "token": "ya29.of-then",
            "refresh_token": refresh,
            "expiry": "2026-01-05T08:00:00Z",
        }
        Tokens(state / "tokens", account).write(json.dumps(stored))

    def accounts(self) -> list[str]:
        more = f"user: {ME}, units_per_minute: 1000000, endpoint: '{self.server.url}'"
        return [
            f"{{name: private, connector: gmail, {more}}}",
            f"{{name: meetings, connector: google_calendar, {more}}}",
        ]


class Outlook:
    """A mailbox and a calendar behind Graph, and Microsoft's sign-in."""

    def __init__(self, serving: ExitStack, state: Path, count: int, now: datetime) -> None:
        self.graph = FakeGraph()
        mailbox, calendars = Mailbox(self.graph), FakeCalendars(self.graph)
        for number in range(count):
            at = now - timedelta(hours=count - number)
            mailbox.deliver(f"Subject {number}", at, text=TEXTS[number % 3])
        for number in range(count // 10):
            calendars.add(f"Appointment {number}", now + timedelta(days=number - 100))
        calendars.add("Week", now - timedelta(days=300), every=timedelta(days=7), count=100)
        serving.enter_context(self.graph)
        self.login = serving.enter_context(FakeLogin(self.graph))
        desk = Desk(state, self.graph, self.login, account="office")
        desk.sign_in(device=True)
        self.login.expire()

    def accounts(self) -> list[str]:
        more = f"authority: '{self.login.authority}', endpoint: '{self.graph.url}'"
        return [f"{{name: office, connector: outlook, user: {ME}, client_id: {CLIENT}, {more}}}"]


def main(state: Path, count: int) -> None:
    """Serve until nobody wants it any more."""
    now = datetime.now(UTC).replace(microsecond=0)
    with ExitStack() as serving:
        google = Google(serving, state, count, now)
        outlook = Outlook(serving, state, count, now)
        print(*google.accounts(), *outlook.accounts(), sep="\n", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

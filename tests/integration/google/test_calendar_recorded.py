"""Pages that Google itself once gave, served again over HTTP in the order in which they came: what
is recorded after each is what Google Calendar would show.

What it would show is worked out here by the documented meaning of the resources, with dateutil's
own rules: a few lines that share nothing with the connector.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule

from syncd.connectors.base import PullContext
from syncd.connectors.google.calendar import GoogleCalendar
from syncd.connectors.tokens import Tokens
from syncd.model import Meeting
from tests.contract.contract import Records
from tests.fakes.server import FakeServer, Request, Response

PAGES = Path(__file__).parents[4] / "shared/corpora/calendars/google"
CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2025, 3, 25, 15, tzinfo=CHICAGO)
UNTIL = NOW + timedelta(days=400)

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the corpora are not here")

STORIES = {
    "an occurrence edited, then the rest, then all": (
        "recurring__create__create",
        "recurring__edit__single__single.instance-1",
        "recurring__edit__this-and-following__this-and-following-4",
        "recurring__edit__all__all-1",
        "recurring__edit__all__all-2",
    ),
    "the rest edited twice, one deleted, then the rest": (
        "recurring__edit__this-and-following-v2__this-and-following-0",
        "recurring__edit__this-and-following-v2__this-and-following-1",
        "recurring__delete__single__delete.single",
        "recurring__delete__this-and-following__delete.this-and-following",
    ),
    "one deleted, then the rest with it": (
        "recurring__delete__single__delete.single-2",
        "recurring__delete__this-and-following__delete.this-and-following-2",
    ),
    "many series, some moved, some deleted": (
        "recurring__edit__single__single.instance-2",
        "recurring__edit__single__single.instance-3",
        "recurring__edit__this-and-following__this-and-following-1",
        "recurring__edit__this-and-following__this-and-following-2",
        "recurring__edit__this-and-following__this-and-following-3",
        "recurring__delete__all__all-1",
        "recurring__delete__all__all-2",
    ),
}


class Recorded:
    """Gives the pages one after the other; the user's only calendar is the one they are of."""

    def __init__(self, pages: list[dict[str, Any]]) -> None:
        self.pages = pages
        self.given = 0

    def handle(self, request: Request) -> Response:
        if request.path.endswith("/calendarList"):
            zone = self.pages[0]["timeZone"]
            entry = {"id": "camille@cabinet.example", "primary": True, "timeZone": zone}
            return Response(200, {"items": [{**entry, "accessRole": "owner"}]})
        token = request.one("syncToken")
        assert token == (self.pages[self.given - 1]["nextSyncToken"] if self.given else "")
        self.given += 1
        return Response(200, self.pages[self.given - 1])


def shown_by_google(items: dict[str, dict[str, Any]]) -> list[tuple[datetime, str]]:
    """Start and title of what a calendar with these resources shows."""
    shown = []
    for item in items.values():
        if item["status"] == "cancelled":
            continue
        start = datetime.fromisoformat(item["start"]["dateTime"]).astimezone(CHICAGO)
        if "recurrence" not in item:
            shown.append((start, item["summary"]))
            continue
        apart = {
            datetime.fromisoformat(other["originalStartTime"]["dateTime"])
            for other in items.values()
            if other.get("recurringEventId") == item["id"]
        }
        (line,) = item["recurrence"]
        starts = rrule.rrulestr(line, dtstart=start).between(start, UNTIL, inc=True)
        shown += [(moment, item["summary"]) for moment in starts if moment not in apart]
    return sorted((start.astimezone(UTC), " ".join(title.split())) for start, title in shown)


def take_over(items: dict[str, dict[str, Any]], page: dict[str, Any]) -> None:
    """What a client keeps of a page: cancelled occurrences stay, deleted events go."""
    for item in page["items"]:
        if item["status"] == "cancelled" and "recurringEventId" not in item:
            items.pop(item["id"], None)
        else:
            items[item["id"]] = item


@pytest.mark.parametrize("story", STORIES)
def test_after_each_page_the_meetings_are_those_that_google_shows(
    story: str, tmp_path: Path
) -> None:
    pages = [json.loads((PAGES / f"{name}.json").read_text("utf-8")) for name in STORIES[story]]
    recorded = Recorded(pages)
    records = Records()
    items: dict[str, dict[str, Any]] = {}
    with FakeServer(recorded.handle) as server:
        options = GoogleCalendar.Options(
            user="camille@cabinet.example", endpoint=server.url, token_command="echo token"
        )
        for page in pages:
            connector = GoogleCalendar("private", options, Tokens(tmp_path, "private"))
            context = PullContext(
                now=NOW,
                since=NOW - timedelta(days=365),
                words_since=NOW,
                me=frozenset({"camille@cabinet.example"}),
                known=records,
                reader=None,
            )
            for batch in connector.pull(records.cursor, context):
                records.commit(batch)
            take_over(items, page)
            meetings = [item for item in records.items.values() if isinstance(item, Meeting)]
            shown = [(datetime.fromtimestamp(item.at, UTC), item.title) for item in meetings]
            assert sorted(shown) == shown_by_google(items)
            assert not records.failures
    assert recorded.given == len(pages)

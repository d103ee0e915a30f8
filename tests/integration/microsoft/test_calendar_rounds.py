"""The rounds of calendarView/delta that Microsoft publishes, replayed with invented content.

The structure is that of https://learn.microsoft.com/graph/delta-query-events: three requests for
five events in pages of two, a deltaLink, and a next round with a removal and an addition; events
there have no type, no iCalUId and no answer of mine. What an occurrence looks like in a delta is
that of issue 22197 of the documentation's repository, and that a removal may be about an event
outside the range is in https://learn.microsoft.com/graph/api/event-delta.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syncd.connectors.microsoft.calendar import Calendars
from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.tokens import Tokens
from syncd.model import Batch, Meeting
from tests.contract.contract import Records, context
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.server import TOKEN, FakeGraph, refused
from tests.fakes.server import Request, Response


def event(key: str, subject: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.event",
        "@odata.etag": f'W/"EZ9r3czxY0m2jz8c45czkw{key}=="',
        "subject": subject,
        "body": {"contentType": "html", "content": ""},
        "start": {"dateTime": f"{start}.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{end}.0000000", "timeZone": "UTC"},
        "attendees": [],
        "organizer": {
            "emailAddress": {"name": "Camille Roy", "address": "camille@cabinet.example"}
        },
        "id": f"AAMk{key}=",
        **fields,
    }


def removed(key: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.event",
        "id": f"AAMk{key}=",
        "@removed": {"reason": "deleted"},
    }


FIRST = event("A", "Préparer l’offre", "2026-12-09T20:30:00", "2026-12-09T22:00:00")
SECOND = event("B", "Chercher les contrats", "2026-12-10T01:00:00", "2026-12-10T02:00:00")
THIRD = event("C", "Déjeuner avec Ann Lee", "2026-12-10T19:30:00", "2026-12-10T21:30:00")
FOURTH = event("D", "Revue du dossier", "2026-12-10T22:00:00", "2026-12-11T00:00:00")
FIFTH = event(
    "E",
    "Repos",
    "2026-12-12T02:00:00",
    "2026-12-12T07:30:00",
    location={"displayName": "Maison"},
)
LATER = event(
    "F",
    "Visite du chantier",
    "2026-12-25T06:00:00",
    "2026-12-25T07:30:00",
    location={
        "displayName": "Client North",
        "address": {
            "street": "900 Broadway",
            "city": "Seattle",
            "state": "WA",
            "countryOrRegion": "United States",
            "postalCode": "",
        },
        "coordinates": {"latitude": 47.6105, "longitude": -122.321},
    },
)


class Replay:
    """Serves pages by their token, as they were published."""

    def __init__(self, folder: Path) -> None:
        self.graph = FakeGraph()
        self.pages: dict[str, tuple[list[dict[str, Any]], str]] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self.records = Records()
        self.asked: list[Request] = []
        self._folder = folder
        inside = "/me/calendars/{calendar}"
        self.graph.router.register("GET", "/me/calendars", self._calendars)
        self.graph.router.register("GET", f"{inside}/calendarView/delta", self._delta)
        self.graph.router.register("GET", f"{inside}/events/{{name}}", self._event)

    def _calendars(self, _request: Request) -> Response:
        return Response(
            200, {"value": [{"id": "c=", "name": "Calendrier", "isDefaultCalendar": True}]}
        )

    def _delta(self, request: Request, calendar: str) -> Response:
        self.asked.append(request)
        rows, link = self.pages[request.one("$deltatoken") or request.one("$skiptoken")]
        kind = "next" if link.startswith("$skiptoken") else "delta"
        path = f"/me/calendars/{calendar}/calendarView/delta"
        context_ = f"{self.graph.endpoint}/$metadata#Collection(event)"
        body = {f"@odata.{kind}Link": self.graph.link(path, link), "value": rows}
        return Response(200, {"@odata.context": context_, **body})

    def _event(self, _request: Request, calendar: str, name: str) -> Response:
        found = self.events.get(name)
        return Response(200, found) if found else refused(404, "ErrorItemNotFound")

    def pull(self) -> list[Batch]:
        options = OutlookOptions(
            user="camille@cabinet.example",
            endpoint=self.graph.url,
            token_command=f"echo {TOKEN}",
        )
        clock = SimulatedClock()
        with closing(Graph("work", options, Tokens(self._folder, "work"), clock)) as graph:
            asked = replace(context(self.records), pace=clock)
            batches = []
            for batch in Calendars("work", options, graph).pull(self.records.cursor, asked):
                self.records.commit(batch)
                batches.append(batch)
            return batches

    def titles(self) -> list[str]:
        items = sorted(self.records.items.values(), key=lambda item: item.at)
        return [item.title for item in items if isinstance(item, Meeting)]


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Replay]:
    replay = Replay(tmp_path)
    replay.pages = {
        "": ([FIRST, SECOND], "$skiptoken=R0usmcCM996atia_s"),
        "R0usmcCM996atia_s": ([THIRD, FOURTH], "$skiptoken=R0usmci39OQxqJrxK4"),
        "R0usmci39OQxqJrxK4": ([FIFTH], "$deltatoken=R0usmcMDNGg0J1E"),
        "R0usmcMDNGg0J1E": ([removed("Z"), LATER], "$deltatoken=R0usmcFuQtZdtpk4"),
        "R0usmcFuQtZdtpk4": ([], "$deltatoken=R0usmcFuQtZdtpk4"),
    }
    with replay.graph:
        yield replay


def test_the_first_round_is_three_pages(replay: Replay) -> None:
    batches = replay.pull()
    assert [len(batch.upserts) for batch in batches] == [2, 2, 1, 0]
    assert replay.titles() == [
        "Préparer l’offre",
        "Chercher les contrats",
        "Déjeuner avec Ann Lee",
        "Revue du dossier",
        "Repos",
    ]
    assert set(replay.asked[0].query) == {"startDateTime", "endDateTime"}
    assert [set(request.query) for request in replay.asked[1:]] == [{"$skiptoken"}] * 2


def test_the_next_round_has_an_addition_and_a_removal_of_something_unknown(replay: Replay) -> None:
    replay.pull()
    replay.graph.log.clear()
    batches = replay.pull()
    assert not any(batch.deletions for batch in batches)
    assert replay.titles()[-1] == "Visite du chantier"
    assert len(replay.records.items) == 6
    visit = replay.records.items["e:AAMkF="]
    assert isinstance(visit, Meeting)
    assert (visit.place.verdict, visit.my_response) == ("in_person", "accepted")
    assert visit.location == "Client North, 900 Broadway, Seattle"
    assert len(replay.graph.log) == 1
    assert replay.pull() == []


def test_a_removal_of_something_known_is_put_to_graph_first(replay: Replay) -> None:
    rows = [removed("A"), removed("B")]
    replay.pages["R0usmcMDNGg0J1E"] = (rows, "$deltatoken=R0usmcFuQtZdtpk4")
    later = {"dateTime": "2030-01-01T10:00:00.0000000", "timeZone": "UTC"}
    # deleted, and moved out of the range: both come as `deleted`
    replay.events = {"AAMkB=": {**SECOND, "start": later, "end": later}}
    replay.pull()
    batches = replay.pull()
    assert sorted(name for b in batches for name in b.deletions) == ["e:AAMkA=", "e:AAMkB="]
    assert len(replay.records.items) == 3


def test_what_is_removed_and_added_again_in_one_round_stays(replay: Replay) -> None:
    again = {**FIRST, "subject": "Préparer la deuxième offre"}
    rows = [again, removed("A")]
    replay.pages["R0usmcMDNGg0J1E"] = (rows, "$deltatoken=R0usmcFuQtZdtpk4")
    replay.events = {"AAMkA=": again}
    replay.pull()
    replay.pull()
    assert replay.titles()[0] == "Préparer la deuxième offre"


def test_occurrences_as_they_come(replay: Replay) -> None:
    stub = {
        "@odata.type": "#microsoft.graph.event",
        "@odata.etag": 'W/"DwAAABYAAAC9YbapXssvT4RTG13UUr6AAAhT48i7"',
        "id": "AAMkO1=",
        "seriesMasterId": "AAMkS=",
        "type": "occurrence",
        "start": {"dateTime": "2026-12-23T10:25:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-12-23T10:55:00.0000000", "timeZone": "UTC"},
    }
    replay.pages[""] = ([stub], "$deltatoken=R0usmcFuQtZdtpk4")
    master = event("S", "Hebdo", "2012-01-04T10:25:00", "2012-01-04T10:55:00", type="seriesMaster")
    replay.events = {"AAMkS=": master}
    replay.pull()
    (meeting,) = replay.records.items.values()
    assert isinstance(meeting, Meeting)
    assert (meeting.title, meeting.end - meeting.at) == ("Hebdo", 1800)


def test_rows_without_a_usable_id_are_passed_over(replay: Replay) -> None:
    rows = [{**FIRST, "id": "AAMk#A"}, {**SECOND, "id": ""}, THIRD]
    replay.pages[""] = (rows, "$deltatoken=R0usmcFuQtZdtpk4")
    replay.pull()
    assert set(replay.records.items) == {"e:AAMkC="}


def test_a_link_to_another_server_is_not_followed(replay: Replay) -> None:
    replay.pull()
    cursor = replay.records.cursor
    assert cursor is not None
    cursor["calendars"]["c="]["windows"][0]["link"] = (
        "https://evil.example/v1.0/delta?$deltatoken=x"
    )
    replay.pull()
    # listed again from our own server instead
    assert replay.graph.log[-1][0].one("startDateTime") or len(replay.asked) > 3
    assert len(replay.records.items) == 5

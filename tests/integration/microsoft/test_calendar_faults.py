"""Every fault at every call: nothing is lost, nothing is deleted, and the next pass mends it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.errors import CursorExpired, SyncdError
from syncd.model import Interaction
from tests.fakes.microsoft.calendar import guest
from tests.fakes.microsoft.server import refused
from tests.fakes.server import GARBAGE, Fault, Hang, Reset, Response
from tests.integration.microsoft.calendar_account import CalendarAccount, day

WEEK = timedelta(days=7)
ANN = guest("Ann Lee", "ann.lee@client.example", "accepted")
FAULTS: dict[str, Fault] = {
    "429 with Retry-After": refused(429, "TooManyRequests", Retry_After="7"),
    "429 for very long": refused(429, "TooManyRequests", Retry_After="3600"),
    "500": refused(500, "ErrorInternalServerError"),
    "503": refused(503, "ServiceUnavailable"),
    "504": refused(504, "UnknownError"),
    "410": refused(410, "SyncStateNotFound"),
    "400 resync": refused(400, "ResyncRequired"),
    "404": refused(404, "ErrorItemNotFound"),
    "403": refused(403, "ErrorAccessDenied"),
    "reset": Reset(),
    "reset after the work": Reset(after_handling=True),
    "hang": Hang(0.02),
    "garbage": GARBAGE,
    "a list that is none": Response(200, {"value": {"id": 3}}),
    "an empty object": Response(200, {}),
    "no JSON object": Response(200, []),
}


def account_of(folder: Path) -> CalendarAccount:
    """Two calendars with meetings and series, masters to be fetched, small pages."""
    account = CalendarAccount(folder)
    outlook = account.outlook
    outlook.tells_masters = False
    outlook.page_size = 4
    team = outlook.add_calendar("Équipe")
    for number in range(3):
        outlook.add(f"Point {number}", day(number), attendees=[ANN])
    outlook.add("Hebdo", day(0), every=WEEK, count=4, attendees=[ANN])
    outlook.add("Revue", day(1), calendar=team, every=WEEK, count=3)
    return account


def changes(account: CalendarAccount) -> None:
    """One of each kind: an edit, a deletion, an exception, a deleted occurrence, a move."""
    outlook = account.outlook
    point, other, moved, weekly, review = list(outlook.items)
    outlook.edit(point, subject="Point mandat")
    outlook.delete(other)
    outlook.move_to(moved, list(outlook.calendars)[1])
    outlook.change_occurrence(weekly, 1, day(8, 16), subject="Hebdo, décalé")
    outlook.delete_occurrence(weekly, 2)
    outlook.cut(review, 2)


def undisturbed(folder: Path) -> tuple[dict[str, Interaction], int, int]:
    """What the records are in the end, and how many requests both passes make."""
    with account_of(folder) as account:
        account.pull()
        first = len(account.requests())
        changes(account)
        account.pull()
        return dict(account.records.items), first, len(account.requests())


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("during", ["the first sync", "a round of changes"])
def test_once_at_every_call(tmp_path: Path, name: str, during: str) -> None:
    expected, first, second = undisturbed(tmp_path)
    calls = range(first) if during == "the first sync" else range(first, first + second)
    assert len(calls) > 5
    for call in calls:
        with account_of(tmp_path) as account:
            account.graph.fault = _once(call, FAULTS[name])
            _pull(account)
            if during == "the first sync":
                account.pull()
            changes(account)
            _pull(account)
            _quiet(account)
            assert account.records.items == expected, f"call {call}"
            assert not account.records.failures


@pytest.mark.parametrize("name", FAULTS)
def test_all_the_time(tmp_path: Path, name: str) -> None:
    """While it lasts, nothing is deleted; each pass ends, and asks no more than it must."""
    expected, _, _ = undisturbed(tmp_path)
    with account_of(tmp_path) as account:
        account.pull()
        before = dict(account.records.items)
        account.requests()
        account.graph.fault = lambda *_: FAULTS[name]
        _pull(account)
        assert account.records.items == before
        assert len(account.requests()) < 60
        account.graph.fault = lambda *_: None
        changes(account)
        _quiet(account)
        assert account.records.items == expected


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_a_part_of_a_batch(tmp_path: Path, status: int) -> None:
    """A part that fails once by itself; 404 and 410 are true here: it is gone for the moment."""
    expected, _, _ = undisturbed(tmp_path)
    with account_of(tmp_path) as account:
        account.pull()
        changes(account)
        failing = [refused(status, "ErrorItemNotFound" if status == 404 else "Error")]
        account.graph.part_fault = lambda _request: failing.pop() if failing else None
        _pull(account)
        assert not failing
        account.graph.part_fault = lambda _: None
        _quiet(account)
        if status < 429:
            account.outlook.expire()
            account.pull()
        assert account.records.items == expected


def _once(call: int, fault: Fault):  # type: ignore[no-untyped-def]  # a fault of the fake
    return lambda number, _request: fault if number == call else None


def _pull(account: CalendarAccount) -> None:
    """A pass that may fail, but never by throwing the whole account's cursor away."""
    with suppress(SyncdError):
        try:
            account.pull()
        except CursorExpired as error:
            raise AssertionError("one calendar's token is not the account's") from error


def _quiet(account: CalendarAccount) -> None:
    account.graph.fault = lambda *_: None
    # The calendars are listed again after six hours: a first list may have been garbage.
    account.now += timedelta(hours=7)
    account.pull()
    account.fetch(list(account.records.failures))

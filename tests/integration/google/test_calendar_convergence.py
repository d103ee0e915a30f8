"""Whatever a user does to their calendar, and however often syncd looks: what is recorded is what
the web page shows, and what a first sync would find at that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.connectors.google.calendar_cursor import HORIZON
from tests.fakes.google.calendar import FakeGoogleCalendar, timed
from tests.integration.google.calendar_account import Account, google_account, paris

FIRST = paris("2026-11-02 09:00")
RULES = (
    "RRULE:FREQ=DAILY;COUNT=6",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261231T225959Z",
    "RRULE:FREQ=MONTHLY",
)
EDITS = (
    "insert",
    "insert series",
    "rename",
    "move",
    "delete",
    "cancel occurrence",
    "change occurrence",
    "cut",
    "split",
    "to series and back",
    "expire tokens",
    "pull",
    "pull and stop",
)

edits = st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 10_000)), max_size=14)


class Diary:
    """Does edits by number, so that any number means something that is possible just then."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.google = account.google
        self.done: dict[str, Callable[[int], Any]] = {
            "insert": self.insert,
            "insert series": self.insert_series,
            "rename": lambda n: self._with_event(n, lambda e: self._patch(e, summary=f"Point {n}")),
            "move": lambda n: self._with_event(n, lambda e: self._patch(e, **self._times(n))),
            "delete": lambda n: self._with_event(n, self.google.delete),
            "cancel occurrence": lambda n: self._with_occurrence(n, self.google.cancel_occurrence),
            "change occurrence": self.change_occurrence,
            "cut": lambda n: self._with_occurrence(n, self.google.cut),
            "split": lambda n: self._with_occurrence(
                n, lambda e, k: self.google.split(e, k, recurrence=[RULES[n % 2]])
            ),
            "to series and back": self.turn,
            "expire tokens": lambda _: self.google.expire_sync_tokens(),
            "pull": lambda _: self.account.pull(),
            "pull and stop": self.pull_and_stop,
        }

    def insert(self, number: int) -> None:
        self.google.insert({"summary": f"Déjeuner {number}", **self._times(number)})

    def insert_series(self, number: int) -> None:
        rule = RULES[number % len(RULES)]
        self.google.insert({"summary": "Revue", "recurrence": [rule], **self._times(number)})

    def change_occurrence(self, number: int) -> None:
        fields = self._times(number) if number % 2 else {"summary": f"Autrement {number}"}
        self._with_occurrence(
            number,
            lambda event, key: self.google.change_occurrence(
                event, key, status="confirmed", **fields
            ),
        )

    def turn(self, number: int) -> None:
        def turned(event: str) -> None:
            events = self.google.calendars[self.google.user].events
            if "recurrence" in events[event]:
                plain = {k: v for k, v in events[event].items() if k != "recurrence"}
                for other in [o for o, e in events.items() if e.get("recurringEventId") == event]:
                    self.google._put("", {"id": other, "status": "cancelled"})
                self.google._put("", plain)
            else:
                self._patch(event, recurrence=[RULES[number % len(RULES)]])

        self._with_event(number, turned)

    def pull_and_stop(self, number: int) -> None:
        for count, _ in enumerate(self.account.batches()):
            if count == number % 3:
                break

    def _times(self, number: int) -> dict[str, Any]:
        return timed(FIRST + timedelta(hours=number % 1500), 30 + 15 * (number % 3))

    def _patch(self, event: str, **fields: Any) -> None:
        self.google.patch(event, **fields)

    def _with_event(self, number: int, do: Callable[[str], Any]) -> None:
        events = self.google.calendars[self.google.user].events
        live = sorted(
            name
            for name, event in events.items()
            if event["status"] != "cancelled" and "recurringEventId" not in event
        )
        if live:
            do(live[number % len(live)])

    def _with_occurrence(self, number: int, do: Callable[[str, str], Any]) -> None:
        events = self.google.calendars[self.google.user].events
        series = sorted(name for name, event in events.items() if "recurrence" in event)
        if series:
            name = series[number % len(series)]
            keys = self.google.starts(name)
            if len(keys) > 1:
                do(name, keys[1 + number % (len(keys) - 1)])


@settings(max_examples=40)
@given(edits, st.sampled_from([2, 5, 2500]))
def test_records_equal_a_fresh_sync(done: list[tuple[str, int]], page: int) -> None:
    with google_account(FakeGoogleCalendar(page=page)) as account:
        diary = Diary(account)
        for number in range(3):
            diary.insert(number * 40)
            diary.insert_series(number)
        account.pull()
        for edit, number in done:
            diary.done[edit](number)
        account.pull()
        shown = [(datetime.fromtimestamp(one.at, UTC), one.title) for one in account.meetings()]
        assert sorted(shown) == account.google.shown(account.now + HORIZON)
        fresh = account.fresh()
        assert account.records.items == fresh.items
        assert set(account.records.failures) == set(fresh.failures)

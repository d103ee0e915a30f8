"""Whatever happens to calendars and connections, the records end as a fresh full sync has them."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.errors import SyncdError
from syncd.model import Interaction, Meeting
from tests.contract.contract import Records
from tests.fakes.microsoft.calendar import DEFAULT, guest
from tests.fakes.microsoft.server import refused
from tests.fakes.server import GARBAGE, Fault, Request, Reset, Response
from tests.integration.microsoft.calendar_account import CalendarAccount, day

ANN = guest("Ann Lee", "ann.lee@client.example", "accepted")
WEEK = timedelta(days=7)
FAULTS: tuple[Fault, ...] = (
    refused(503, "ServiceUnavailable"),
    refused(504, "UnknownError"),
    refused(429, "TooManyRequests", Retry_After="3"),
    refused(410, "SyncStateNotFound"),
    Reset(),
    Reset(after_handling=True),
    GARBAGE,
    Response(200, {"value": "nothing of the kind"}),
)


class Life:
    """A user's weeks with two calendars, and what goes wrong meanwhile, all from one seed."""

    def __init__(self, account: CalendarAccount, seed: int) -> None:
        self.account = account
        self.outlook = account.outlook
        self.chance = random.Random(seed)
        self.outlook.page_size = self.chance.choice([2, 7, 100])
        self.outlook.tells_masters = self.chance.random() < 0.5
        self.outlook.tells_deleted_occurrences = self.chance.random() < 0.5
        self.outlook.tells_exceptions = self.chance.random() < 0.5
        self.outlook.deleted_occurrences = self.chance.choice(["not found", "refused", "there"])
        self.outlook.shuffles = self.chance.random() < 0.5
        self.outlook.largest_window = timedelta(days=self.chance.choice([200, 1825, 1825]))
        self.outlook.add_calendar("Équipe")
        self.number = 0
        for _ in range(self.chance.randrange(6)):
            self.change()

    def run(self, steps: int) -> None:
        for _ in range(steps):
            for _ in range(self.chance.randrange(4)):
                self.change()
            self.chance.choice([self.pull, self.pull, self.killed, self.disturbed])()

    # --- passes -----------------------------------------------------------------------------------

    def pull(self) -> None:
        self.account.pull()

    def killed(self) -> None:
        self.account.pull(commits=self.chance.randrange(4))

    def disturbed(self) -> None:
        """Anything may go wrong at any call; and while it is read, the calendar changes."""
        likely = self.chance.choice([0.1, 0.5])

        def fault(_number: int, _request: Request) -> Fault | None:
            if self.chance.random() < 0.1:
                self.change()
            return self.chance.choice(FAULTS) if self.chance.random() < likely else None

        def part_fault(_request: Request) -> Response | None:
            return refused(500, "ErrorInternal") if self.chance.random() < likely else None

        graph = self.account.graph
        graph.fault, graph.part_fault = fault, part_fault
        try:
            with suppress(SyncdError):
                self.account.pull(commits=self.chance.choice([None, 1, 3]))
        finally:
            graph.fault, graph.part_fault = lambda *_: None, lambda _: None

    # --- changes ----------------------------------------------------------------------------------

    def change(self) -> None:
        singles = [item.id for item in self.outlook.items.values() if item.series is None]
        series = [item.id for item in self.outlook.items.values() if item.series is not None]
        always: list[Callable[[], object]] = [
            *(self.add, self.add, self.add_series),
            *(self.time, self.time, self.change_calendars),
        ]
        self.chance.choice(
            [
                *always,
                *([lambda: self.change_single(self.chance.choice(singles))] * 3 * bool(singles)),
                *([lambda: self.change_series(self.chance.choice(series))] * 4 * bool(series)),
            ]
        )()

    def time(self) -> None:
        self.account.now += timedelta(days=self.chance.choice([0, 1, 20, 45]))
        if self.chance.random() < 0.3:
            self.outlook.expire()

    def change_calendars(self) -> None:
        calendar = self.calendar()
        if self.chance.random() < 0.3:
            self.outlook.calendars[calendar].name = self.title()
        elif calendar != DEFAULT:
            self.outlook.remove_calendar(calendar)
        elif len(self.outlook.calendars) < 4:
            self.outlook.add_calendar(self.title())

    def title(self) -> str:
        self.number += 1
        return f"Réunion {self.number}"

    def calendar(self) -> str:
        return self.chance.choice(list(self.outlook.calendars))

    def moment(self) -> datetime:
        return day(self.chance.randrange(-60, 60), self.chance.randrange(24))

    def add(self) -> None:
        self.outlook.add(self.title(), self.moment(), calendar=self.calendar(), attendees=[ANN])

    def add_series(self) -> None:
        self.outlook.add(
            self.title(),
            self.moment(),
            calendar=self.calendar(),
            every=self.chance.choice([WEEK, timedelta(days=1), timedelta(days=365)]),
            count=self.chance.randrange(1, 12),
        )

    def far(self) -> datetime:
        """Now and then a time that no window holds."""
        return (
            day(self.chance.choice([-3000, 3000, 440]))
            if self.chance.random() < 0.2
            else (self.moment())
        )

    def change_single(self, event: str) -> None:
        self.chance.choice(
            [
                lambda: self.outlook.edit(event, subject=self.title()),
                lambda: self.outlook.edit(event, isCancelled=True),
                lambda: self.outlook.move(event, self.far()),
                lambda: self.outlook.delete(event),
                lambda: self.outlook.move_to(event, self.calendar()),
                lambda: self.outlook.repeat(event, WEEK, 4),
            ]
        )()

    def change_series(self, series: str) -> None:
        found = self.outlook.items[series].series
        assert found is not None
        number = self.chance.randrange(found.count)
        self.chance.choice(
            [
                lambda: self.outlook.edit(series, subject=self.title()),
                lambda: self.outlook.move(series, self.far()),
                lambda: self.outlook.delete(series),
                lambda: self.outlook.cut(series, self.chance.randrange(1, found.count + 1)),
                lambda: self.outlook.delete_occurrence(series, number),
                lambda: (
                    number in found.deleted
                    or self.outlook.change_occurrence(series, number, subject=self.title())
                ),
                lambda: (
                    number in found.deleted
                    or self.outlook.change_occurrence(series, number, self.far())
                ),
                lambda: self.outlook.move_to(series, self.calendar()),
                lambda: self.outlook.repeat_no_more(series),
            ]
        )()


def settled(account: CalendarAccount) -> None:
    """Two quiet passes, and the retries that the pipeline makes between, once the list of calendars
    is due again."""
    account.now += timedelta(hours=7)
    for _ in range(2):
        account.pull()
        account.fetch(list(account.records.failures))


def window_of(records: Records, calendar: str) -> tuple[int, int]:
    assert records.cursor is not None
    windows = records.cursor["calendars"][calendar]["windows"]
    return min(w["start"] for w in windows), max(w["end"] for w in windows)


def inside(records: Records, windows: dict[str, tuple[int, int]]) -> dict[str, Interaction]:
    found = {}
    for name, item in records.items.items():
        start, end = windows[item.folder.removeprefix("calendar:")]
        if isinstance(item, Meeting) and item.at < end and max(item.end, item.at + 1) > start:
            found[name] = item
    return found


def check(seed: int, steps: int) -> int:
    with TemporaryDirectory() as folder, CalendarAccount(Path(folder)) as account:
        Life(account, seed).run(steps)
        settled(account)
        fresh = account.fresh()
        both = {
            calendar: (
                max(window_of(records, calendar)[0] for records in (account.records, fresh)),
                min(window_of(records, calendar)[1] for records in (account.records, fresh)),
            )
            for calendar in account.outlook.calendars
        }
        expected = inside(fresh, both)
        assert inside(account.records, both) == expected
        assert not account.records.failures
        # and by somebody else's count: what Outlook itself would show
        shown = {
            name
            for calendar, (start, end) in both.items()
            for name in account.outlook.shown(
                calendar, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
            )
        }
        assert {name.removeprefix("e:").rpartition("#")[2] for name in expected} == shown
        return len(expected)


@settings(
    max_examples=100,
)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 8))
def test_the_records_equal_a_fresh_full_sync(seed: int, steps: int) -> None:
    check(seed, steps)


def test_the_default_calendar_is_read_first(tmp_path: Path) -> None:
    with CalendarAccount(tmp_path) as account:
        account.outlook.calendars[DEFAULT] = account.outlook.calendars.pop(DEFAULT)
        account.outlook.add_calendar("Équipe")
        account.pull()
        assert account.requests()[1].split("/")[4] == DEFAULT.replace("=", "%3D")

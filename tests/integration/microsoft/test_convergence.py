"""Whatever happens to a mailbox and to syncd, the records end as a fresh full sync has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from itertools import count
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from syncd.connectors.base import PullContext
from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.mail import Mail
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.tokens import Tokens
from syncd.errors import Transient
from syncd.model import Batch
from syncd.text.reading import Reader
from tests.contract.contract import NOW, Records, context
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.mail import Mailbox
from tests.fakes.microsoft.server import FakeGraph, GoodToken, refused
from tests.fakes.server import GARBAGE, Fault, Hang, Request, Reset, Response

READER = Reader()
FAULTS: dict[str, Fault] = {
    "throttled": refused(429, "TooManyRequests", Retry_After="3"),
    "unavailable": refused(503, "ServiceUnavailable"),
    "broken": refused(500, "InternalServerError"),
    "reset": Reset(),
    "reset after the work": Reset(after_handling=True),
    "hang": Hang(0.01),
    "garbage": GARBAGE,
    "expired": refused(410, "SyncStateNotFound"),
    "gateway": refused(504, "GatewayTimeout"),
}
FOLDERS = ("inbox", "sentitems", "archive", "deleteditems", "junkemail", "drafts")


@dataclass
class World:
    """A mailbox, and the records of it."""

    server: FakeGraph
    mailbox: Mailbox
    records: Records = field(default_factory=Records)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    delivered: int = 0
    made: list[str] = field(default_factory=list)
    """Folders that the user has made."""

    @cached_property
    def graph(self) -> Graph:
        """Its connections are all that a killed process leaves to the next."""
        options = OutlookOptions(
            user="camille@cabinet.example", token_command="unused", endpoint=self.server.url
        )
        return Graph(
            "work", options, Tokens(Path("unused"), "work"), self.clock, bearer=GoodToken()
        )

    def mail(self) -> Mail:
        return Mail("work", self.graph, read_text=True)

    def context(self, records: Records) -> PullContext:
        return replace(
            context(records), reader=READER, words_since=NOW - timedelta(days=2), pace=self.clock
        )

    def pull(self, records: Records, committed: int | None = None) -> None:
        """One pull, as the pipeline makes it; killed after so many committed batches."""
        for batch in _as_drained(self.mail().pull(records.cursor, self.context(records))):
            if committed == 0:
                return
            records.commit(batch)
            committed = None if committed is None else committed - 1
        if records.failures:
            for batch in self.mail().fetch(list(records.failures), self.context(records)):
                records.commit(replace(batch, cursor=None))

    def a_message(self, number: int) -> str | None:
        keys = sorted(self.mailbox.messages)
        return keys[number % len(keys)] if keys else None

    def a_folder(self, number: int) -> str:
        folders = (*FOLDERS, *self.made)
        return folders[number % len(folders)]

    def a_made_folder(self, number: int) -> str | None:
        return self.made[number % len(self.made)] if self.made else None


def _as_drained(batches: Iterator[Batch]) -> Iterator[Batch]:
    """As pipeline.pull commits: deletions, and the cursors that come after them, at the end."""
    deletions: list[str] = []
    cursor = None
    for batch in batches:
        deletions += batch.deletions
        if deletions:
            cursor = batch.cursor or cursor
            yield replace(batch, deletions=(), cursor=None)
        else:
            yield batch
    if deletions:
        yield Batch(deletions=tuple(deletions), cursor=cursor)


Act = Callable[[World], None]
numbers = st.integers(0, 1000)


def _deliver(world: World, folder: int, age: int) -> None:
    world.delivered += 1
    name = f"Subject {world.delivered}"
    at = NOW - timedelta(hours=age, seconds=world.delivered)
    if age % 5 == 0:
        world.mailbox.send(name, at, text="I will send the quote by Friday.")
    else:
        headers = [("List-Unsubscribe", "<https://lists.example/u>")] if age % 3 == 0 else []
        text = "Could you send me the revised quote?"
        where = world.a_folder(folder)
        world.mailbox.deliver(name, at, folder=where, headers=headers, text=text)


def _move(world: World, message: int, folder: int) -> None:
    key = world.a_message(message)
    if key:
        world.mailbox.move(key, world.a_folder(folder))


def _remove(world: World, message: int) -> None:
    key = world.a_message(message)
    if key:
        world.mailbox.remove(key)


def _change(world: World, message: int, what: int) -> None:
    key = world.a_message(message)
    changes = (
        {"isRead": True},
        {"categories": [f"Client {what}"]},
        {"inferenceClassification": "other"},
        {"subject": f"Changed {what}"},
    )
    if key:
        world.mailbox.update(key, **changes[what % len(changes)])


def _change_folders(world: World, what: int, one: int, other: int) -> None:
    folder = world.a_made_folder(one)
    if what == 0 or folder is None:
        world.made.append(world.mailbox.add_folder(f"Folder {one}", world.a_folder(other)))
    elif what == 1:
        world.mailbox.rename_folder(folder, f"Renamed {other}")
    elif what == 2:
        # never into itself or below
        world.mailbox.move_folder(folder, FOLDERS[other % len(FOLDERS)])
    else:
        world.mailbox.remove_folder(folder)
        world.made = [made for made in world.made if made in world.mailbox.folders]


def _expire(world: World, folder: int) -> None:
    world.mailbox.expire(None if folder % 4 == 0 else world.a_folder(folder))


def _manners(world: World, sparse: bool, repeats: bool) -> None:
    world.mailbox.sparse, world.mailbox.repeats = sparse, repeats


@dataclass(frozen=True)
class Pull:
    """A pull, and what goes wrong or on meanwhile, by the number of the request."""

    killed_after: int | None
    """Batches; None: it runs to its end."""
    fault: str
    at: int
    times: int
    meanwhile: Act
    moment: int

    def __call__(self, world: World) -> None:
        asked = count()

        def faulty(_number: int, _request: Request) -> Fault | None:
            number = next(asked)
            if number == self.moment:
                self.meanwhile(world)
            return FAULTS[self.fault] if self.at <= number < self.at + self.times else None

        def part(request: Request) -> Response | None:
            failing = self.fault == "broken" and sum(request.path.encode()) % 4 == self.at % 4
            return refused(500, "InternalServerError") if failing else None

        world.server.fault = faulty
        world.server.part_fault = part
        try:
            world.pull(world.records, self.killed_after)
            event("pulled to its end")
        except Transient:
            event("pull failed")
        finally:
            world.server.fault = lambda _number, _request: None
            world.server.part_fault = lambda _request: None


happenings: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda a, b: lambda w: _deliver(w, a, b), numbers, st.integers(0, 100)),
    st.builds(lambda a, b: lambda w: _move(w, a, b), numbers, numbers),
    st.builds(lambda a: lambda w: _remove(w, a), numbers),
    st.builds(lambda a, b: lambda w: _change(w, a, b), numbers, numbers),
    st.builds(
        lambda a, b, c: lambda w: _change_folders(w, a, b, c), st.integers(0, 3), numbers, numbers
    ),
    st.builds(lambda a: lambda w: _expire(w, a), numbers),
    st.builds(lambda a, b: lambda w: _manners(w, a, b), st.booleans(), st.booleans()),
)
pulls: st.SearchStrategy[Act] = st.builds(
    Pull,
    killed_after=st.none() | st.integers(0, 5),
    fault=st.sampled_from(sorted(FAULTS)),
    at=st.integers(0, 12),
    times=st.sampled_from((0, 1, 7)),
    meanwhile=happenings,
    moment=st.integers(0, 20),
)
days = st.tuples(st.lists(happenings, max_size=6), pulls)
"""What happens to the mailbox, then a pull."""


@settings(
    max_examples=300,
)
@given(
    page=st.integers(1, 4), start=st.integers(0, 12), history=st.lists(days, min_size=1, max_size=7)
)
def test_the_records_end_as_a_fresh_sync_has_them(
    page: int, start: int, history: list[tuple[list[Act], Act]]
) -> None:
    with FakeGraph() as server:
        world = World(server, Mailbox(server))
        world.mailbox.largest_page = page
        for number in range(start):
            _deliver(world, number, number + 1)
        for happened, pull in history:
            for act in (*happened, pull):
                act(world)
        world.pull(world.records)
        fresh = Records()
        world.pull(fresh)
        world.graph.close()
    assert world.records.items == fresh.items
    assert not world.records.failures

"""What every connector must do, whatever it reads. Subclass `ConnectorContract` per connector.

A subclass gives a `source` fixture: an object that fills, changes and breaks what the connector
reads, as its user's mail server or calendar would. `Records` stands where the pipeline and the
store are: it commits batches and remembers what is known.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points

import pytest
from pydantic import ValidationError

from syncd.connectors.base import Connector, PullContext
from syncd.errors import CursorExpired, UserError
from syncd.model import Batch, Cursor, Failure, Interaction, Meeting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = frozenset({"camille@cabinet.example"})
MANY = 1200
"""Enough items for several batches."""


class Source(ABC):
    """What a connector reads, in the hands of a test."""

    @abstractmethod
    def connector(self) -> Connector:
        """A connector on this source, as a fresh process would make it."""

    @abstractmethod
    def add(self, name: str, at: datetime) -> None:
        """Put one item there whose subject or title is `name`."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Take the item away again."""

    def add_broken(self, name: str) -> None:
        """Put something there that cannot be read."""
        pytest.skip("nothing in this source can be broken by itself")

    def take_away(self) -> None:
        """Make the whole source unreachable, as an unmounted disk does."""
        pytest.skip("this source cannot be taken away")

    def expired(self, cursor: Cursor) -> Cursor:
        """A cursor that this source has forgotten."""
        pytest.skip("cursors of this source do not expire")


class Records:
    """The committed state of one account: what the store holds after each batch."""

    def __init__(self) -> None:
        self.items: dict[str, Interaction] = {}
        self.failures: dict[str, Failure] = {}
        self.cursor: Cursor | None = None

    def commit(self, batch: Batch) -> None:
        for item in batch.upserts:
            self.items[item.source_id] = item
            self.failures.pop(item.source_id, None)
        for failure in batch.failed:
            self.failures[failure.source_id] = failure
        for source_id in batch.deletions:
            self.items.pop(source_id, None)
            self.failures.pop(source_id, None)
        if batch.cursor is not None:
            # Through JSON, as the store keeps it.
            self.cursor = json.loads(json.dumps(batch.cursor))

    def source_ids(self, folder: str) -> Collection[str]:
        held = (*self.items.values(), *self.failures.values())
        return [item.source_id for item in held if item.folder == folder]

    def folders(self) -> Collection[str]:
        return {item.folder for item in (*self.items.values(), *self.failures.values())}

    def names(self) -> set[str]:
        return set(map(name_of, self.items.values()))


def name_of(item: Interaction) -> str:
    """The subject or title, which is how the contract recognises an item."""
    return item.title if isinstance(item, Meeting) else item.subject


def context(records: Records) -> PullContext:
    """Everything of the last year, no text read."""
    return PullContext(
        now=NOW,
        since=NOW - timedelta(days=365),
        words_since=NOW,
        me=ME,
        known=records,
        reader=None,
    )


def pull(source: Source, records: Records) -> list[Batch]:
    """One whole pull, committed batch by batch."""
    batches = []
    for batch in source.connector().pull(records.cursor, context(records)):
        records.commit(batch)
        batches.append(batch)
    return batches


def upserts(batches: Iterable[Batch]) -> Iterator[Interaction]:
    for batch in batches:
        yield from batch.upserts


class ConnectorContract:
    """The suite. `source` is the subclass's fixture; `name` the word after `connector:`."""

    name: str

    def test_is_registered_under_its_name(self, source: Source) -> None:
        found = {entry.name: entry for entry in entry_points(group="syncd.connectors")}
        connector = source.connector()
        assert connector.name == self.name
        assert found[self.name].load() is type(connector)

    def test_fulfils_the_protocol(self, source: Source) -> None:
        connector = source.connector()
        assert isinstance(connector, Connector)
        assert connector.every

    def test_refuses_unknown_options(self, source: Source) -> None:
        with pytest.raises(ValidationError, match="no_such_option"):
            type(source.connector()).Options.model_validate({"no_such_option": 1})

    def test_an_empty_source_yields_nothing(self, source: Source) -> None:
        records = Records()
        source.connector().check()
        assert not list(upserts(pull(source, records)))
        assert not records.failures

    def test_everything_arrives_once(self, source: Source) -> None:
        names = _fill(source, 5)
        records = Records()
        batches = pull(source, records)
        assert records.names() == names
        assert sorted(map(name_of, upserts(batches))) == sorted(names)

    def test_newest_comes_first(self, source: Source) -> None:
        _fill(source, 5)
        moments = [item.at for item in upserts(pull(source, Records()))]
        assert moments == sorted(moments, reverse=True)

    def test_the_account_and_the_folder_stand_in_every_item(self, source: Source) -> None:
        _fill(source, 2)
        records = Records()
        pull(source, records)
        assert {item.account for item in records.items.values()} == {"work"}
        assert all(item.folder and item.source_id for item in records.items.values())

    def test_pulling_twice_changes_nothing(self, source: Source) -> None:
        _fill(source, 5)
        records = Records()
        pull(source, records)
        before = dict(records.items)
        again = pull(source, records)
        assert records.items == before
        assert not any(batch.deletions or batch.failed for batch in again)

    def test_what_is_new_arrives(self, source: Source) -> None:
        _fill(source, 3)
        records = Records()
        pull(source, records)
        source.add("The late one", NOW - timedelta(hours=1))
        assert "The late one" in set(map(name_of, upserts(pull(source, records))))

    def test_what_is_gone_is_deleted(self, source: Source) -> None:
        names = _fill(source, 3)
        records = Records()
        pull(source, records)
        source.remove("Item 1")
        pull(source, records)
        assert records.names() == names - {"Item 1"}

    def test_additions_come_before_deletions(self, source: Source) -> None:
        _fill(source, 3)
        records = Records()
        pull(source, records)
        source.remove("Item 1")
        source.add("Its successor", NOW - timedelta(hours=1))
        batches = pull(source, records)
        first = next(i for i, batch in enumerate(batches) if batch.upserts)
        last = next(i for i, batch in enumerate(batches) if batch.deletions)
        assert first <= last
        assert not any(batch.upserts for batch in batches[last + 1 :])

    def test_killed_after_any_batch_it_resumes(self, source: Source) -> None:
        names = _fill(source, MANY)
        whole = Records()
        count = len(pull(source, whole))
        assert whole.names() == names
        for committed in range(count):
            records = Records()
            running = source.connector().pull(None, context(records))
            for _ in range(committed):
                records.commit(next(running))
            running.close()  # type: ignore[attr-defined]  # a generator in all connectors
            pull(source, records)
            assert records.items == whole.items

    def test_a_cursor_is_safe_wherever_it_is_given(self, source: Source) -> None:
        """Killed before a commit: the batch is lost, the cursor of the one before it counts."""
        names = _fill(source, MANY)
        batches = list(source.connector().pull(None, context(Records())))
        for kept in range(len(batches)):
            records = Records()
            for batch in batches[:kept]:
                records.commit(batch)
            pull(source, records)
            assert records.names() == names

    def test_an_unreadable_item_is_named_and_the_others_arrive(self, source: Source) -> None:
        names = _fill(source, 3)
        source.add_broken("broken")
        records = Records()
        pull(source, records)
        assert records.names() == names
        assert len(records.failures) == 1
        failure = next(iter(records.failures.values()))
        assert failure.source_id and failure.folder and failure.reason
        assert "\n" not in failure.reason

    def test_fetch_reads_again_what_is_there(self, source: Source) -> None:
        _fill(source, 3)
        records = Records()
        pull(source, records)
        before = dict(records.items)
        wanted = sorted(records.items)[:2]
        batches = list(source.connector().fetch(wanted, context(records)))
        assert {item.source_id: item for item in upserts(batches)} == {
            source_id: before[source_id] for source_id in wanted
        }
        assert all(batch.cursor is None for batch in batches)

    def test_fetch_says_what_is_gone(self, source: Source) -> None:
        _fill(source, 3)
        records = Records()
        pull(source, records)
        gone = next(key for key, item in records.items.items() if name_of(item) == "Item 2")
        source.remove("Item 2")
        batches = list(source.connector().fetch([gone], context(records)))
        assert [source_id for batch in batches for source_id in batch.deletions] == [gone]

    def test_a_missing_source_is_the_users_to_mend_and_deletes_nothing(
        self, source: Source
    ) -> None:
        _fill(source, 3)
        records = Records()
        pull(source, records)
        held = dict(records.items)
        source.take_away()
        with pytest.raises(UserError) as caught:
            source.connector().check()
        assert caught.value.problems[0].hint
        with pytest.raises(UserError):
            pull(source, records)
        assert records.items == held

    def test_an_expired_cursor_raises(self, source: Source) -> None:
        _fill(source, 3)
        records = Records()
        pull(source, records)
        assert records.cursor is not None
        expired = source.expired(records.cursor)
        with pytest.raises(CursorExpired):
            list(source.connector().pull(expired, context(records)))

    def test_progress_ends_at_the_total(self, source: Source) -> None:
        _fill(source, 5)
        records = Records()
        seen: list[tuple[int, int | None]] = []
        observed = replace(
            context(records), progress=lambda done, total: seen.append((done, total))
        )
        list(source.connector().pull(None, observed))
        assert seen
        assert all(total is None or done <= total for done, total in seen)
        assert seen[-1][0] == seen[-1][1]

    def test_nothing_of_the_content_is_logged(
        self, source: Source, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            _fill(source, 3)
            source.add("A confidential matter", NOW - timedelta(hours=1))
            pull(source, Records())
        assert "confidential" not in caplog.text


def _fill(source: Source, count: int) -> set[str]:
    names = [f"Item {number}" for number in range(count)]
    for number, name in enumerate(names):
        source.add(name, NOW - timedelta(days=1, minutes=number))
    return set(names)

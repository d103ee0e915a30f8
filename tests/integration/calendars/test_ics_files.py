"""The ics connector on real folders: vdirs, changes, damage, links, horizons."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from syncd.connectors.base import PullContext
from syncd.connectors.local.ics import Ics
from syncd.errors import UserError
from syncd.model import Batch
from tests.contract.contract import NOW, Records, context
from tests.processor_time import takes_at_most

OLD = time.time_ns() - 3_600_000_000_000
"""An hour ago: files changed just now are read again, lest a change within a tick be missed."""


def write(path: Path, *events: str, age: int = 0) -> Path:
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n", encoding="utf-8")
    os.utime(path, ns=(OLD + age, OLD + age))
    return path


def pull(
    paths: Path | list[Path], records: Records, with_context: PullContext | None = None
) -> list[Batch]:
    connector = Ics("work", Ics.Options.model_validate({"path": paths}))
    batches = []
    for batch in connector.pull(records.cursor, with_context or context(records)):
        records.commit(batch)
        batches.append(batch)
    return batches


def uids(records: Records) -> set[str]:
    return {item.source_id.rpartition("#")[2] for item in records.items.values()}


def deleted(batches: Iterable[Batch]) -> int:
    return sum(len(batch.deletions) for batch in batches)


def test_files_and_folders_together(tmp_path: Path) -> None:
    folder = tmp_path / "vdir" / "travail"
    folder.mkdir(parents=True)
    write(folder / "a.ics", "UID:a\nDTSTART:20261124T100000Z")
    write(folder / "B.ICS", "UID:b\nDTSTART:20261125T100000Z")
    (folder / "color").write_text("#ff0000")
    write(folder / ".tmp.ics", "UID:hidden\nDTSTART:20261125T100000Z")
    single = write(tmp_path / "export.ical", "UID:c\nDTSTART:20261126T100000Z")
    records = Records()
    pull([tmp_path / "vdir", single], records)
    assert uids(records) == {"a", "b", "c"}
    assert {item.folder for item in records.items.values()} == {
        "vdir/travail/a.ics",
        "vdir/travail/B.ICS",
        "export.ical",
    }


def test_nothing_is_read_where_nothing_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ics", "UID:a\nDTSTART:20261124T100000Z")
    records = Records()
    pull(tmp_path, records)
    path.chmod(0)  # for root, too, unchanged means unread:
    path.write_bytes(b"x" * path.stat().st_size)
    os.utime(path, ns=(OLD, OLD))
    assert pull(tmp_path, records) == []
    assert uids(records) == {"a"}


def test_a_changed_file_gains_moves_and_loses_events(tmp_path: Path) -> None:
    path = tmp_path / "work.ics"
    write(path, "UID:a\nDTSTART:20261124T100000Z", "UID:b\nDTSTART:20261125T100000Z")
    records = Records()
    pull(path, records)
    write(path, "UID:b\nDTSTART:20261126T100000Z", "UID:c\nDTSTART:20261127T100000Z", age=1)
    batches = pull(path, records)
    assert uids(records) == {"b", "c"}
    assert deleted(batches) == 1
    moved = next(item for key, item in records.items.items() if key.endswith("#b"))
    assert moved.at == int(datetime(2026, 11, 26, 10, tzinfo=UTC).timestamp())


def test_a_broken_file_keeps_what_was_read_and_is_named_until_it_is_mended(tmp_path: Path) -> None:
    path = write(tmp_path / "work.ics", "UID:a\nDTSTART:20261124T100000Z")
    records = Records()
    pull(path, records)
    path.write_text("<html>502 Bad Gateway</html>")
    batches = pull(path, records)
    assert uids(records) == {"a"}
    assert deleted(batches) == 0
    assert [failure.reason for failure in records.failures.values()] == [
        "this is not an iCalendar file"
    ]
    write(path, "UID:b\nDTSTART:20261124T100000Z", age=2)
    pull(path, records)
    assert uids(records) == {"b"}
    assert not records.failures


def test_a_half_written_file_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "work.ics"
    write(path, "UID:a\nDTSTART:20261124T100000Z", "UID:b\nDTSTART:20261125T100000Z")
    whole = path.read_bytes()
    records = Records()
    pull(path, records)
    path.write_bytes(whole[: whole.index(b"UID:b")])
    pull(path, records)
    assert uids(records) == {"a", "b"}


def test_a_removed_file_takes_its_events_along(tmp_path: Path) -> None:
    write(tmp_path / "a.ics", "UID:a\nDTSTART:20261124T100000Z")
    path = write(tmp_path / "b.ics", "UID:b\nDTSTART:20261124T100000Z\nRRULE:FREQ=DAILY;COUNT=3")
    records = Records()
    pull(tmp_path, records)
    path.unlink()
    assert deleted(pull(tmp_path, records)) == 3
    assert uids(records) == {"a"}


def test_the_horizon_moves_with_time_and_history_stays(tmp_path: Path) -> None:
    write(tmp_path / "a.ics", "UID:a\nDTSTART:20260105T100000Z\nRRULE:FREQ=MONTHLY")
    records = Records()
    pull(tmp_path, records)
    first, last = (edge(item.at for item in records.items.values()) for edge in (min, max))
    soon = replace(context(records), now=NOW + timedelta(days=20), since=NOW - timedelta(days=345))
    assert pull(tmp_path, records, soon) == []
    later = replace(context(records), now=NOW + timedelta(days=90), since=NOW - timedelta(days=275))
    batches = pull(tmp_path, records, later)
    assert deleted(batches) == 0
    assert min(item.at for item in records.items.values()) == first
    assert max(item.at for item in records.items.values()) > last + 80 * 86400


def test_a_longer_history_is_read_when_the_user_asks_for_it(tmp_path: Path) -> None:
    write(tmp_path / "a.ics", "UID:a\nDTSTART:20240105T100000Z")
    records = Records()
    pull(tmp_path, records)
    assert not records.items
    pull(tmp_path, records, replace(context(records), since=NOW - timedelta(days=1500)))
    assert uids(records) == {"a"}


def test_a_new_address_of_mine_changes_my_answers(tmp_path: Path) -> None:
    guests = "ORGANIZER:mailto:c.roy@home.example\nATTENDEE:mailto:ann@client.example"
    write(tmp_path / "a.ics", f"UID:a\nDTSTART:20261124T100000Z\n{guests}")
    records = Records()
    pull(tmp_path, records)
    assert {item.my_response for item in records.items.values()} == {"none"}  # type: ignore[union-attr]
    me = frozenset({"camille@cabinet.example", "c.roy@home.example"})
    pull(tmp_path, records, replace(context(records), me=me))
    assert {item.my_response for item in records.items.values()} == {"accepted"}  # type: ignore[union-attr]


def test_links_in_circles_and_to_nowhere(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner / "a.ics", "UID:a\nDTSTART:20261124T100000Z")
    (inner / "loop").symlink_to(tmp_path, target_is_directory=True)
    (inner / "again.ics").symlink_to(inner / "a.ics")
    (inner / "nowhere.ics").symlink_to(tmp_path / "gone.ics")
    records = Records()
    pull(tmp_path, records)
    assert len(records.items) == 1
    assert not records.failures


def test_a_pipe_does_not_hang_the_pull(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ics")
    records = Records()
    pull(tmp_path, records)
    assert [failure.reason for failure in records.failures.values()] == ["not a regular file"]


def test_a_huge_file_is_refused_in_words_that_help(tmp_path: Path) -> None:
    path = tmp_path / "all.ics"
    with path.open("wb") as file:
        file.truncate(63 * 1024 * 1024)
    records = Records()
    pull(tmp_path, records)
    assert [failure.reason for failure in records.failures.values()] == [
        "larger than 50 MB (63 MB); split it by year"
    ]


def test_what_is_missing_is_said_for_all_paths_at_once(tmp_path: Path) -> None:
    connector = Ics(
        "work", Ics.Options.model_validate({"path": [tmp_path / "a.ics", tmp_path / "b"]})
    )
    with pytest.raises(UserError) as caught:
        connector.check()
    assert len(caught.value.problems) == 2
    assert all(problem.hint for problem in caught.value.problems)


def test_options(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="Europe/Paris"):
        Ics.Options.model_validate({"path": str(tmp_path), "timezone": "Paris"})
    with pytest.raises(ValidationError):
        Ics.Options.model_validate({"path": []})
    assert Ics.Options.model_validate({"path": "~/a.ics"}).path == (Path.home() / "a.ics",)


def test_times_without_a_zone_are_on_the_accounts_clock(tmp_path: Path) -> None:
    write(tmp_path / "a.ics", "UID:a\nDTSTART:20261124T100000")
    records = Records()
    options = Ics.Options.model_validate({"path": tmp_path, "timezone": "America/Toronto"})
    for batch in Ics("work", options).pull(None, context(records)):
        records.commit(batch)
    assert [item.at for item in records.items.values()] == [
        int(datetime(2026, 11, 24, 15, tzinfo=UTC).timestamp())
    ]


def test_a_folder_of_thousands(tmp_path: Path) -> None:
    for number in range(2000):
        day = NOW - timedelta(hours=number)
        write(tmp_path / f"{number}.ics", f"UID:{number}\nDTSTART:{day:%Y%m%dT%H%M%SZ}")

    def first_pull() -> Records:
        records = Records()
        pull(tmp_path, records)
        return records

    records = takes_at_most(5, first_pull)
    assert len(records.items) == 2000
    assert takes_at_most(0.5, lambda: pull(tmp_path, records)) == []

"""What a service costs that waits: Gmail, Google Calendar, Outlook, a Maildir and a calendar file,
with 100,000 records."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.test_service import CHECKOUT, Desk, Running, desk, eventually, start

__all__ = ["desk", "start"]  # fixtures

MESSAGES = 500
"""In each of the two mailboxes at providers."""
RECORDS = 100_000
IDLE = 10.0
"""Seconds."""
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//desk.example//EN
BEGIN:VEVENT
UID:week@desk.example
DTSTAMP:20260105T090000Z
DTSTART;TZID=America/Toronto:20260105T100000
DTEND;TZID=America/Toronto:20260105T110000
RRULE:FREQ=WEEKLY
SUMMARY:Week
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def accounts(desk: Desk) -> Iterator[list[str]]:
    """The accounts at the providers, which run in a process of their own."""
    state = desk.home / "state"
    state.mkdir(mode=0o700)
    providers = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.providers", str(state), str(MESSAGES)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with providers:
        assert providers.stdout is not None
        yield [providers.stdout.readline().strip() for _ in range(3)]
        assert providers.poll() is None
        providers.stdin.close()  # type: ignore[union-attr]


def test_five_accounts_and_a_hundred_thousand_records(
    desk: Desk, start: Callable[..., Running], accounts: list[str]
) -> None:
    desk.write("diary/week.ics", EVENT.replace("\n", "\r\n"))
    path = desk.accounts(*accounts, f"{{name: diary, connector: ics, path: {desk.home / 'diary'}}}")
    path.write_text(path.read_text("utf-8") + "\nholidays: CA-QC\n", "utf-8")
    desk.receive()
    service = start()
    wait_for_all(service)
    eventually(lambda: is_at_rest(service.process.pid))
    after_reading = resident_megabytes(service.process.pid)
    assert service.stop()[0] == 0
    read = languages_read(desk.home / "state" / "records.db")
    assert read.keys() == {"en", "fr"}
    assert sum(read.values()) >= 1000

    # from here on another life: the first compiled all modules, which a user's installation did
    multiply(desk.home / "state" / "records.db")
    service = start()
    to_ready = processor_seconds(service.process.pid)
    service.process.send_signal(signal.SIGUSR1)
    wait_for_all(service)
    # an idle minute, not the end of the work before it
    eventually(lambda: is_at_rest(service.process.pid))
    before = processor_seconds(service.process.pid)
    time.sleep(IDLE)
    used = (processor_seconds(service.process.pid) - before) / IDLE
    memory = resident_megabytes(service.process.pid)
    print(
        f"ready after {to_ready:.2f} s of processor time; {after_reading:.1f} MB after the first "
        f"reading, {memory:.1f} MB in another life, {100 * used:.2f} %"
    )
    report, code = desk.status()
    assert code == 0
    counts = [account["records"] for account in report["accounts"]]  # type: ignore[attr-defined]
    assert sum(counts) > RECORDS
    assert to_ready < 1.5
    assert after_reading < 90
    assert memory < 90
    assert used <= 0.005


def wait_for_all(service: Running) -> None:
    """Until every account was read and a summary written."""

    def complete() -> set[object]:
        pulls = service.events("pulled")
        return {pull["account"] for pull in pulls if pull["state"] == "complete"}

    eventually(lambda: complete() >= {"work", "private", "meetings", "office", "diary"})
    service.wait_for("summary_written")


def multiply(records: Path) -> None:
    """Make many of the messages that Gmail gave, whose history does not list what is stored."""
    with sqlite3.connect(records) as database:
        database.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO interactions (doc_id, doc)
            SELECT 1000000 * i + seq,
                   json_set(doc, '$.key', 'private/all/' || i || '-' || seq,
                                 '$.source_id', i || '-' || seq,
                                 '$.message_id', i || '-' || seq || '@client.example',
                                 '$.thread', 't' || i || '-' || seq,
                                 '$.at', json_extract(doc, '$.at') - i * 300000)
            FROM n, interactions WHERE account = 'private' AND kind = 'message'
            """,
            (RECORDS // MESSAGES,),
        )
    database.close()


def languages_read(records: Path) -> dict[str, int]:
    """How many messages of each language were read, text and all."""
    with sqlite3.connect(records) as database:
        found = database.execute(
            """
            SELECT json_extract(doc, '$.language'), count(*) FROM interactions
            WHERE json_extract(doc, '$.words_read') GROUP BY 1
            """
        ).fetchall()
    database.close()
    return dict(found)


def is_at_rest(pid: int) -> bool:
    """Whether it does nothing for a second, and nobody else for it."""
    before = processor_seconds(pid)
    time.sleep(1)
    return processor_seconds(pid) == before and not children(pid)


def children(pid: int) -> list[int]:
    """The processes that its threads have started, and that have not ended."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for some in lists for child in some.read_text().split()]


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024

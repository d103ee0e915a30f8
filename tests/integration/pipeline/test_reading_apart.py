"""Texts that are read in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.errors import Transient, UserError
from syncd.pipeline.reader import OnDemandReader
from syncd.pipeline.reading_apart import ReadingProcess

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ENGLISH = "Hi Camille,\n\nCould you send me the revised quote by Friday?\n\nAnn\n"
FRENCH = "Bonjour Camille,\n\nJe vous envoie le contrat demain.\n\nAnn\n"


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    made = ReadingProcess()
    yield made
    made.end()


def children() -> set[int]:
    """The processes that this one started, and that have not ended."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for some in lists for child in some.read_text().split()}


def test_it_reads_what_is_read_here(process: ReadingProcess) -> None:
    apart, here = process.reader({}), OnDemandReader({})
    for text in (ENGLISH, FRENCH, "", "\0 \udcff é"):
        about = {"at": AT, "attachments": 1, "subject": "The quote"}
        assert apart.read(text, **about) == here.read(text, **about)  # type: ignore[arg-type]


def test_each_thread_gets_the_reading_of_its_own_text(process: ReadingProcess) -> None:
    names = [f"Client{'abcdefgh'[number % 8]}" for number in range(40)]
    texts = [f"Hi {name},\n\nThank you.\n" for name in names]
    with ThreadPoolExecutor(4) as pool:
        read = pool.map(lambda text: process.reader({}).read(text, at=AT), texts)
        assert [reading.greeting for reading in read] == names


def test_it_is_there_from_the_first_text_until_it_may_rest(process: ReadingProcess) -> None:
    assert process.rest()
    before = children()
    loading = threading.Thread(target=process.load, args=({},))
    loading.start()
    while process.rest():
        assert loading.is_alive()
    loading.join()  # what is at work was left alone
    reading = process.reader({}).read(ENGLISH, at=AT)
    (started,) = children() - before
    assert process.rest(kept=600)
    assert children() - before == {started}
    # killed by somebody, it costs the texts of the moment; the next one starts another
    os.kill(started, signal.SIGKILL)
    with pytest.raises(Transient):
        process.reader({}).read(ENGLISH, at=AT)
    assert process.reader({}).read(ENGLISH, at=AT) == reading
    assert process.rest()
    assert children() == before


def test_words_that_cannot_be_read_are_the_user_s_to_mend(process: ReadingProcess) -> None:
    with pytest.raises(UserError, match="needs at least one whole word"):
        process.reader({"ask": ["..."]}).read(ENGLISH, at=AT)


def test_what_breaks_is_told_without_the_text(process: ReadingProcess) -> None:
    with pytest.raises(RuntimeError, match=r"^\w+ in \w+\.py:\d+$"):
        process.reader({}).read(["secret"], at=AT)  # type: ignore[arg-type]


def test_it_ends_with_a_parent_that_is_killed() -> None:
    work = f"""
import os, signal
from datetime import datetime, UTC
from syncd.pipeline.reading_apart import ReadingProcess
ReadingProcess().reader({{}}).read({ENGLISH!r}, at=datetime.now(UTC))
os.kill(os.getpid(), signal.SIGKILL)
"""
    # whoever holds the other end of the pipes keeps `run` waiting
    done = subprocess.run(
        [sys.executable, "-c", work], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")

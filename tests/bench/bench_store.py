"""Measures the store: `python tests/bench/bench_store.py [RECORDS ...]` (default 10000 100000).

The commit of a batch is compared with plain SQLite: same layout, same indexes, same durability, in
turn in one run, so that both see the same machine.
"""

from __future__ import annotations

import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from tinydb import where

from syncd.model import Address, Due, Message, Signal
from syncd.store import Store, encoding, key_id
from syncd.store.documents import from_document, to_document

START = 1_700_000_000
ME = Address("camille@cabinet.example", "Camille Roy")
FIRST_SCAN_BATCH = 500
NEW, CHANGED = 20, 5
PAIRS = 200


def message(number: int, subject: str = "") -> Message:
    """An invented message; the same number gives the same one."""
    chance = random.Random(number)
    contact = Address(f"contact{chance.randrange(2000)}@client.example", "Ann Lee")
    inbound = chance.random() < 0.6
    asks = chance.random() < 0.3
    return Message(
        account="work",
        source_id=f"{number:016x}",
        folder=f"folder{chance.randrange(20)}",
        at=START + number * 60,
        direction="inbound" if inbound else "outbound",
        sender=contact if inbound else ME,
        to=(ME if inbound else contact,),
        message_id=f"{chance.getrandbits(128):032x}@mail.client.example",
        refs=tuple(f"{number - back}.ref@mail.client.example" for back in range(1, 3)),
        subject=subject or f"Re: offer {number % 5000}",
        words_read=True,
        language="en",
        excerpt="Thank you for the draft. We will look at it on Monday with the team. " * 3,
        signals=(
            Signal(
                "ask",
                "Could you send me the revised quote by Friday?",
                "ask: could you",
                due=Due(date(2026, 11, 27), date(2026, 11, 27), "high", "by Friday"),
            ),
        )
        if asks
        else (),
        provider_thread=f"{number % 5000:x}",
        thread=f"t{number % 5000}",
        answers=contact.email if not inbound else "",
        delay=3600 if not inbound else 0,
        contacts=(f"{'f' if inbound else 't'}:{contact.email}",),
    )


def keyed(numbers: Iterator[int] | range, subject: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The documents of these messages with their keys."""
    messages = (message(number, subject) for number in numbers)
    return [
        (f"work/message/{item.source_id}", to_document(item, subject_key=item.subject[4:]))
        for item in messages
    ]


def seconds(work: Callable[[], Any]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain_commit(store: Store, texts: list[tuple[int, str]]) -> None:
    """What SQLite must do at least: new and changed rows, known beforehand, in one transaction."""
    run = store.storage.connection
    run.execute("BEGIN IMMEDIATE")
    run.executemany(
        "UPDATE interactions SET doc = ? WHERE doc_id = ?",
        [(text, doc_id) for doc_id, text in texts[NEW:]],
    )
    run.executemany("INSERT INTO interactions (doc_id, doc) VALUES (?, ?)", texts[:NEW])
    run.execute("COMMIT")


def commits(ours: Store, plain: Store, records: int) -> None:
    """Print the paired ratio of the commit of NEW + CHANGED documents."""
    chance = random.Random(1)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(PAIRS):
        first = records + turn * NEW
        old = chance.sample(range(records), CHANGED)
        items = keyed(range(first, first + NEW)) + keyed(iter(old), f"Re: changed {turn}")
        texts = [
            (key_id(key), encoding.encode({"key": key, **document})) for key, document in items
        ]
        pair: list[tuple[list[float], Callable[[], Any]]] = [
            (times[0], partial(ours.interactions.put_many, items)),
            (times[1], partial(plain_commit, plain, texts)),
        ]
        for spent, work in pair if turn % 2 else reversed(pair):
            spent.append(seconds(work))
    ratio = statistics.median(a / b for a, b in zip(*times, strict=True))
    mine, theirs = (statistics.median(part) * 1000 for part in times)
    print(
        f"commit of {NEW} new + {CHANGED} changed into {records:,}: {mine:.2f} ms, plain SQLite "
        f"{theirs:.2f} ms, paired ratio {ratio:.2f} (median, n={PAIRS} pairs)"
    )


def reads(store: Store, records: int) -> None:
    """Print how long the queries of the pipeline take."""
    table = store.interactions
    middle, now = START + records * 30, START + records * 60
    month = now - 30 * 86400
    recent = (where("kind") == "message") & (where("at") >= month) & (where("copy") == False)  # noqa: E712 — a query
    folder = (where("account") == "work") & (where("folder") == "folder3")
    some = [message(number).message_id for number in range(0, records, max(1, records // 50))]
    light = ("at", "direction", "thread", "account")
    for name, work in (
        ("get by key", lambda: [table.get_key("work/message/" + f"{middle:016x}")]),
        ("50 message ids", lambda: table.search(where("message_id").one_of(some))),
        (
            "refs of 1 message",
            lambda: table.search(where("refs").any([f"{records // 2}.ref@mail.client.example"])),
        ),
        ("1 thread", lambda: table.search(where("thread") == "t77")),
        (
            "1 person's mail",
            lambda: table.search(where("contacts").any(["f:contact7@client.example"])),
        ),
        ("source ids of 1 folder", lambda: list(table.select(["source_id"], folder))),
        ("folders of 1 account", lambda: table.distinct("folder", where("account") == "work")),
        ("count of 1 account", lambda: [table.count(where("account") == "work")]),
        ("light tuples, last 30 days", lambda: list(table.select(light, recent))),
        ("documents, last 30 days", lambda: table.search(recent)),
        ("light tuples, everything", lambda: list(table.select(light, where("kind") == "message"))),
        (
            "answers and delays",
            lambda: list(
                table.select(
                    ["counterpart", "direction", "delay", "at"], where("counterpart").exists()
                )
            ),
        ),
        (
            "tally, 3 windows",
            lambda: list(table.tally("contacts", until=now, windows=[month, middle, START])),
        ),
    ):
        found = len(work())
        took = statistics.median(seconds(work) for _ in range(3)) * 1000
        print(f"  {name}: {took:.2f} ms ({found:,} results, median of 3)")


def codec(records: int = 2000) -> None:
    """Print how long one message takes to its JSON text and back."""
    messages = [message(number) for number in range(records)]
    documents = [to_document(item) for item in messages]
    texts = [encoding.encode(item) for item in documents]
    steps: tuple[tuple[str, Callable[[Any], Any], list[Any]], ...] = (
        ("to_document", to_document, messages),
        ("from_document", from_document, documents),
        ("encode", encoding.encode, documents),
        ("decode", encoding.decode, texts),
    )
    for name, work, items in steps:
        took = min(seconds(partial(deque, map(work, items), 0)) for _ in range(5))
        print(f"{name}: {took / records * 1e6:.1f} µs a message (best of 5, n={records:,})")


def main(sizes: list[int]) -> None:
    """Measure at each size."""
    codec()
    for records in sizes:
        folder = Path(tempfile.mkdtemp(prefix="syncd-bench-"))
        try:
            measure(folder, records)
        finally:
            shutil.rmtree(folder)


def measure(folder: Path, records: int) -> None:
    """Fill a store, then measure commits and reads."""
    with Store.open(folder / "ours") as ours:
        spent = 0.0
        for first in range(0, records, FIRST_SCAN_BATCH):
            items = keyed(range(first, min(first + FIRST_SCAN_BATCH, records)))
            spent += seconds(partial(ours.interactions.put_many, items))
        print(f"first scan: {records / spent:,.0f} documents/s in batches of {FIRST_SCAN_BATCH}")
    size = (folder / "ours" / "records.db").stat().st_size
    print(f"  {size / 2**20:.0f} MiB, {size / records:.0f} bytes per document")
    shutil.copytree(folder / "ours", folder / "plain")
    took = seconds(lambda: Store.open(folder / "ours").close())
    print(f"  cold open: {took * 1000:.1f} ms")
    with Store.open(folder / "ours") as ours, Store.open(folder / "plain") as plain:
        commits(ours, plain, records)
        reads(ours, records)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak resident: {peak:.0f} MiB")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])

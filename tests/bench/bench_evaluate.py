"""How long findings and summary take over many interactions, and what they need of memory.

    python tests/bench/bench_evaluate.py [COUNT ...]

Each count is written straight into a store (an invented mailbox over five years), then evaluated
by `syncd summary` as a process of its own.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncd.model import Address, Due, Message, Signal
from syncd.normalise.threading import thread
from syncd.store import Store
from syncd.store.documents import to_document

ME = "camille@cabinet.example"
RUNS = 5
MEASURED = """
import sys
from syncd.cli import main
try:
    main()
finally:
    with open("/proc/self/status") as status:
        print(next(line for line in status if line.startswith("VmHWM")), file=sys.stderr)
"""
"""syncd, telling its own peak: what the kernel keeps of a child includes the parent's."""
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CONFIG = f"""
timezone: Europe/Paris
holidays: FR
me: {{names: [Camille Roy], addresses: [{ME}]}}
accounts: [{{name: bench, connector: maildir, path: FOLDER}}]
summary: {{folder: FOLDER}}
"""


def messages(count: int, seed: int = 1) -> list[list[Message]]:
    """Threads of one to six messages, 45 % of all mail newsletters."""
    random_ = random.Random(seed)
    end = int(NOW.timestamp())
    span = 5 * 365 * 86_400
    people = [f"p{n}@firm{n % 300}.example" for n in range(max(200, count // 250))]
    threads: list[list[Message]] = []
    made = 0
    while made < count:
        at = end - random_.randrange(span)
        if random_.random() < 0.7:
            threads.append([_newsletter(random_, made, at)])
            made += 1
            continue
        person = random_.choice(people)
        refs: tuple[str, ...] = ()
        conversation: list[Message] = []
        for _ in range(random_.randrange(1, 7)):
            message = _personal(random_, made, at, person, refs, end)
            conversation.append(message)
            refs = (*refs, message.message_id)[-20:]
            at += random_.randrange(600, 4 * 86_400)
            made += 1
            if at > end:
                break
        threads.append(conversation)
    return threads


def _newsletter(random_: random.Random, number: int, at: int) -> Message:
    return Message(
        account="bench", source_id=f"INBOX/{number}", folder="INBOX", at=at, direction="inbound",
        sender=Address(f"news@shop{random_.randrange(200)}.example", "News"),
        message_id=f"{number}@shop.example", to=(Address(ME),), subject=f"Your week {number}",
        bulk="list: news.shop.example",
    )  # fmt: skip


def _personal(
    random_: random.Random, number: int, at: int, person: str, refs: tuple[str, ...], end: int
) -> Message:
    outbound = random_.random() < 0.45
    me, them = Address(ME, "Camille Roy"), Address(person, f"Person {person[:6]}")
    recent = at > end - 121 * 86_400
    signals: tuple[Signal, ...] = ()
    if recent and random_.random() < 0.3:
        day = (datetime.fromtimestamp(at, UTC) + timedelta(days=3)).date()
        signals = (
            Signal("ask", "Could you send me the revised quote by Friday?", "could you: could you",
                   due=Due(day, day), debtor="reader", creditor="writer"),
        )  # fmt: skip
    return Message(
        account="bench", source_id=f"INBOX/{number}", folder="Sent" if outbound else "INBOX",
        at=at, direction="outbound" if outbound else "inbound",
        sender=me if outbound else them, to=(them if outbound else me,),
        message_id=f"{number}@mail.example", refs=refs, subject=f"The quote {number // 5}",
        words_read=recent, signals=signals, language="en",
        excerpt="The figures came in slightly above what we had planned. " * 3,
    )  # fmt: skip


def fill(folder: Path, count: int) -> None:
    """Write `count` interactions, threaded, into a store below `folder`."""
    me = frozenset({ME})
    with Store.open(folder) as store:
        batch: list[tuple[str, dict[str, object]]] = []
        names: dict[str, str] = {}
        for conversation in messages(count):
            assigned = thread(conversation, me)
            for message in conversation:
                given = assigned[message.account, message.source_id]
                whole = replace(message, **asdict(given))
                batch.append((f"{message.account}/{message.source_id}", to_document(whole)))
                if message.human:
                    names[message.sender.email] = message.sender.name
            if len(batch) >= 5_000:
                store.interactions.put_many(batch)
                batch.clear()
        store.interactions.put_many(batch)
        store.people.put_many(
            (email, {"address": email, "name": name, "at": 0, "list": False})
            for email, name in names.items()
        )


def measure(count: int) -> None:
    """Print the median of RUNS processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config").mkdir()
        text = CONFIG.replace("FOLDER", str(folder / "summary"))
        (folder / "config" / "syncd.yaml").write_text(text, encoding="utf-8")
        started = time.monotonic()
        fill(folder / "state", count)
        with Store.open(folder / "state") as store:
            # as after a complete pass; else the items are held back
            coverage = {"state": "complete", "detail": ""}
            store.meta.put("account bench", {"state": {"complete": True, "coverage": coverage}})
        filled = time.monotonic() - started
        command = [sys.executable, "-c", MEASURED, "summary", "--json", "--config",
                   str(folder / "config"), "--state", str(folder / "state"),
                   "--now", NOW.isoformat()]  # fmt: skip
        seconds = []
        items, peak = 0, 0.0
        for _ in range(RUNS):
            started = time.monotonic()
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds.append(time.monotonic() - started)
            items = done.stdout.count('"rule"')
            peak = max(peak, int(done.stderr.split("VmHWM:")[1].split()[0]) / 1024)
        print(
            f"{count:>9,} interactions: {statistics.median(seconds):.2f} s (n={RUNS}, "
            f"{min(seconds):.2f} to {max(seconds):.2f}), {peak:.0f} MB resident at most, "
            f"{items} items shown; filled in {filled:.0f} s"
        )


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ["100000"]:
        measure(int(wanted))

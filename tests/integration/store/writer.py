"""A process that stores batches until it is killed: `python writer.py FOLDER`.

Each batch and its cursor are one transaction; its number is printed once it is durable.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from syncd.store import Store

BATCH = 25


def main(folder: Path) -> None:
    """Store batches for ever."""
    with Store.open(folder) as store:
        cursor = store.cursors.get_key("work")
        for number in count(cursor["batch"] + 1 if cursor else 1):
            with store.transaction():
                store.interactions.put_many(
                    (
                        f"work/message/{number * BATCH + place}",
                        {
                            "kind": "message",
                            "at": number,
                            "account": "work",
                            "source_id": f"{number}.{place}",
                            "message_id": f"{number}.{place}@mail.client.example",
                            "refs": [f"{number - 1}.{place}@mail.client.example"],
                            "contacts": ["f:ann.lee@client.example"],
                            "excerpt": "We will look at the draft on Monday. " * 8,
                        },
                    )
                    for place in range(BATCH)
                )
                if number > 1:  # an old one goes, another changes
                    store.interactions.delete_keys([f"work/message/{(number - 1) * BATCH}"])
                    store.interactions.put(
                        f"work/message/{(number - 1) * BATCH + 1}",
                        {"kind": "message", "at": number, "source_id": f"changed by {number}"},
                    )
                store.cursors.put("work", {"batch": number})
            print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

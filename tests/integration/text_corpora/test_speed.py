"""How fast the texts of two real mailboxes are read."""

from __future__ import annotations

import email
import email.policy
import os
import time
from pathlib import Path

import pytest

from syncd.text.reading import Reader

from .conftest import AT

SLOWEST = 600
"""Messages per second that even a busy machine must reach; an idle one reads three times that."""


def _texts(mailboxes: Path) -> list[str]:
    texts = []
    for folder, _, names in os.walk(mailboxes):
        for name in names:
            if name.endswith(".json"):
                continue
            message = email.message_from_bytes(
                Path(folder, name).read_bytes(), policy=email.policy.default
            )
            body = message.get_body(("plain", "html"))
            try:
                texts.append(body.get_content() if body else "")
            except (LookupError, KeyError):
                continue
    return texts


@pytest.mark.slow
@pytest.mark.bench
def test_messages_per_second(corpora: Path, reader: Reader) -> None:
    """Zones, sentences and signals, in processor time; parsing the mail is not counted."""
    texts = _texts(corpora / "mail")
    assert len(texts) > 2000
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            reader.read(text, at=AT)
        best = max(best, len(texts) / (time.process_time() - start))
    print(f"{best:.0f} messages/s")
    assert best >= SLOWEST

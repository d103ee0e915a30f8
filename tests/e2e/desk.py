"""A few mails on a desk: a question that waits, and mail of mine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.builders.mails import deliver, message

ME = "camille@cabinet.example"
ANN = "Ann Lee <ann.lee@client.example>"
MONDAY = datetime(2026, 11, 23, 13, tzinfo=UTC)


def question(maildir: Path, **more: str) -> Path:
    """Ann asks for the quote four days before the Monday of evaluation, and I have written before.

    :return: the file of the question
    """
    sent = MONDAY - timedelta(days=30)
    agenda = message(sender=f"Camille Roy <{ME}>", to=ANN, text="Here is the agenda.\n", at=sent)
    deliver(maildir, agenda, sent, folder="Sent")
    at = MONDAY - timedelta(days=4)
    mail = message(
        sender=more.pop("sender", ANN),
        to=ME,
        text="Hi Camille,\n\nCould you send me the revised quote?\n\nAnn\n",
        at=at,
        subject=more.pop("subject", "The quote"),
    )
    return deliver(maildir, mail, at)

"""A third party's connector: a mailbox that is a function of time, with the faults of a script.

It is found by entry point, as any connector that is installed beside syncd. What it holds at a
moment follows from the seed alone, so that a test can say what must be in the records.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from syncd.connectors.base import PullContext, SignInRequest
from syncd.connectors.tokens import Tokens
from syncd.errors import AuthRequired, CursorExpired, RateLimited, Transient
from syncd.model import Address, Batch, Cursor, Message
from syncd.options import StrictModel

ME = "camille@cabinet.example"
HOUR = 3600
DAY = 24 * HOUR
RENEWED = "renewed"
"""The token of a user who has signed in again."""
RENDERS = "SCRIPTED_RENDERS"
"""The variable that names the file in which `render_counted` counts."""
_BATCH = 20


class ScriptedOptions(StrictModel):
    """What happens in the mailbox, and what goes wrong; moments in epoch seconds."""

    seed: int = Field(description="Which mailbox")
    start: int = Field(description="Mail arrives from then on, and 30 days of it are there")
    failing: float = Field(default=0.0, description="The share of pulls that fail")
    expired_at: int = Field(default=0, description="Cursors given before are forgotten from then")
    revoked_at: int = Field(default=2**40, description="From then on only a renewed token is good")
    forgets: bool = Field(default=False, description="No cursor is ever good")
    meets: int = Field(default=0, description="A pull waits until so many are under way")
    log: Path = Field(description="Where every pull writes its moment and how it went")


class Mail(NamedTuple):
    """One message: from `at` on it is there, from `gone` on it is not."""

    number: int
    at: int
    gone: int


@lru_cache(maxsize=8)
def mails(seed: int, start: int, days: int = 150) -> tuple[Mail, ...]:
    """Everything that ever arrives, oldest first."""
    chance = random.Random(seed)
    found, at = [], start - 30 * DAY
    while at < start + days * DAY:
        at += chance.randrange(HOUR, 8 * HOUR)
        gone = at + chance.randrange(DAY, 40 * DAY) if chance.random() < 0.1 else 2**40
        found.append(Mail(len(found), at, gone))
    return tuple(found)


def held(seed: int, start: int, moment: int) -> set[str]:
    """The ids of what is in the mailbox at a moment."""
    return {str(mail.number) for mail in mails(seed, start) if mail.at <= moment < mail.gone}


class Scripted:
    """The mailbox, read-only."""

    name: ClassVar[str] = "scripted"
    Options: ClassVar[type[ScriptedOptions]] = ScriptedOptions
    every: ClassVar[str] = "1 hour"

    def __init__(self, account: str, options: ScriptedOptions, tokens: Tokens) -> None:
        self._account = account
        self._options = options
        self._tokens = tokens

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """What arrived and went since the cursor; all that is there, newest first, without one."""
        options, now = self._options, int(context.now.timestamp())
        chance = random.Random(f"{self._account} {now}")
        fate = self._fate(cursor, now, chance)
        with options.log.open("a", encoding="utf-8") as log:
            log.write(f"{self._account} {now} {fate}\n")
        if options.meets:
            _met(options.meets)
        if fate == "revoked":
            raise AuthRequired("the sign-in was revoked")
        if fate == "expired":
            raise CursorExpired
        since = -1 if cursor is None else int(cursor["at"])
        known = context.known.source_ids("INBOX") if cursor is None else ()
        everything = mails(options.seed, options.start)
        new = [m for m in everything if since < m.at <= now < m.gone]
        gone = [str(m.number) for m in everything if m.at <= since < m.gone <= now]
        if cursor is None:
            gone = sorted(set(known) - held(options.seed, options.start, now))
        new.reverse()
        for start in range(0, len(new), _BATCH):
            if fate == "transient" and start:
                break
            some = new[start : start + _BATCH]
            yield Batch(
                upserts=tuple(self._message(mail) for mail in some),
                done=min(start + _BATCH, len(new)),
                total=len(new),
            )
        if fate == "transient":
            raise Transient("the connection broke")
        if fate == "limited":
            raise RateLimited("too many requests", 2 * HOUR)
        yield Batch(deletions=tuple(gone), cursor={"at": now}, own=("c.roy@alias.example",))

    def _fate(self, cursor: Cursor | None, now: int, chance: random.Random) -> str:
        options = self._options
        if options.revoked_at <= now and self._tokens.read() != RENEWED:
            return "revoked"
        forgotten = options.forgets or (
            cursor is not None and int(cursor["at"]) < options.expired_at <= now
        )
        if cursor is not None and forgotten:
            return "expired"
        if options.forgets:
            return "whole"
        if chance.random() < options.failing:
            return chance.choice(["transient", "transient", "limited"])
        return "fine"

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these again."""
        options, now = self._options, int(context.now.timestamp())
        there = held(options.seed, options.start, now)
        everything = {str(mail.number): mail for mail in mails(options.seed, options.start)}
        wanted = list(source_ids)
        yield Batch(
            upserts=tuple(self._message(everything[i]) for i in wanted if i in there),
            deletions=tuple(i for i in wanted if i not in there),
        )

    def check(self) -> None:
        """There is nothing to check."""

    def sign_in(self, request: SignInRequest) -> str:
        """Not needed: the test writes the token."""
        raise NotImplementedError

    def _message(self, mail: Mail) -> Message:
        chance = random.Random(f"{self._options.seed} {mail.number}")
        other = Address(f"p{chance.randrange(12)}@client.example", "")
        mine = Address(ME, "Camille Roy")
        outbound = chance.random() < 0.4
        topic = chance.randrange(40)
        return Message(
            account=self._account,
            source_id=str(mail.number),
            folder="INBOX",
            at=mail.at,
            direction="outbound" if outbound else "inbound",
            sender=mine if outbound else other,
            message_id=f"{self._options.seed}.{mail.number}@client.example",
            to=(other if outbound else mine,),
            subject=f"Devis {topic}",
            words_read=True,
            language="fr",
        )


def _met(count: int) -> None:
    """Wait for the others."""
    global _meeting
    with _door:
        if _meeting is None or _meeting.parties != count:
            _meeting = threading.Barrier(count, timeout=20)
    _meeting.wait()


_door = threading.Lock()
_meeting: threading.Barrier | None = None


def install(folder: Path) -> None:
    """Make the connector known, as a package that is installed in `folder` would."""
    info = folder / "scripted-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[syncd.connectors]\nscripted = {__name__}:Scripted\n"
        f"[syncd.summaries]\ncounted = {__name__}:render_counted\n"
    )


def render_counted(summary: Any) -> str:
    """A format of the summary that counts how often it is written: a line for each, with the day,
    the moment, and how many problems of the configuration it tells."""
    at: datetime = summary.generated_at
    line = f"{summary.day.isoformat()} {int(at.timestamp())} {len(summary.problems)}\n"
    with Path(os.environ[RENDERS]).open("a", encoding="utf-8") as file:
        file.write(line)
    return line

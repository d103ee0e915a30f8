"""The contract of a connector: a source of mail or calendars, read-only.

A connector is found by name through the entry point group `syncd.connectors`, the built-in ones
as well as third parties'. It gets its own validated options and yields batches; it never touches
the store. tests/contract holds the suite that every connector must pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from syncd.model import Batch, Cursor

if TYPE_CHECKING:
    from syncd.connectors.tokens import Tokens
    from syncd.text.reading import Reading


class Known(Protocol):
    """What the store already holds of this account: connectors that list use it to find what is
    new and what is gone without keeping a second copy of the listing in their cursor."""

    def source_ids(self, folder: str) -> Collection[str]:
        """The source ids stored for one folder, set-aside items included."""
        ...

    def folders(self) -> Collection[str]:
        """The folders that have stored items."""
        ...


def _no_progress(_done: int, _total: int | None) -> None:
    """Nobody is watching."""


class TextReader(Protocol):
    """Analyses the text of one message (text.reading.Reader)."""

    def read(self, text: str, *, at: datetime, attachments: int = 0, subject: str = "") -> Reading:
        """Read the text of a message written at `at` (aware, in the writer's zone)."""
        ...


class Clock(Protocol):
    """Time as a connector that paces itself sees it: real, or simulated in tests."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass.

        :raises Stopping: syncd is being stopped; let it through, cursor and items are safe
        """
        ...


class RealClock:
    """The computer's own clock."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


@dataclass(frozen=True)
class PullContext:
    """What a pull may need to know and must not find out by itself."""

    now: datetime
    """The moment of evaluation, aware."""
    since: datetime
    """Older items need not be read (the user's `history`)."""
    words_since: datetime
    """The text of older mail need not be analysed: no rule can use it any more."""
    me: frozenset[str]
    """My addresses, lower case: the configured ones and those that providers told (Batch.own)."""
    known: Known
    reader: TextReader | None
    """Analyses text; None when the user wants no text read."""
    clock: datetime | None = None
    """The real moment, where `now` looks back: no mail was written after it. None: `now`."""
    excerpt: int = 200
    """Characters of text kept with a message; 0 keeps none."""
    progress: Callable[[int, int | None], None] = field(default=_no_progress)
    pace: Clock = field(default_factory=RealClock)
    """Every pause of a connector goes through this clock."""


@runtime_checkable
class Connector(Protocol):
    """One account of one provider."""

    name: ClassVar[str]
    """The word the user writes after `connector:`."""
    Options: ClassVar[type[BaseModel]]
    """The account's own options, unknown keys forbidden; without `name`, `connector`, `every`."""
    every: ClassVar[str]
    """The default pause between two pulls, e.g. "5 minutes"."""

    def __init__(self, account: str, options: Any) -> None:
        """`account` is the account's name in syncd.yaml; `options` an instance of `Options`.
        No I/O here."""
        ...

    def pull(self, cursor: Cursor | None, context: PullContext) -> Iterator[Batch]:
        """Yield everything that changed since `cursor` (None: from nothing), newest first,
        additions before deletions, and a cursor wherever it is safe to resume.

        :raises CursorExpired: the provider has forgotten the cursor
        :raises Transient: a passing fault; RateLimited names the pause
        :raises AuthRequired: the sign-in is missing or dead
        :raises UserError: the user must act (a folder is missing)
        """
        ...

    def fetch(self, source_ids: Iterable[str], context: PullContext) -> Iterator[Batch]:
        """Read these items again (retries, and texts that became relevant). An id that is gone
        comes back as a deletion. Cursors are not set."""
        ...

    def check(self) -> None:
        """Raise UserError or AuthRequired if the account cannot be read at all; cheap."""
        ...


@dataclass(frozen=True)
class SignInRequest:
    """How the user wants to sign in, and where to show what they must do."""

    say: Callable[[str], None]
    """Shows one line: an address to open, a code to type. Nothing secret is said."""
    browser: bool = True
    """Open a browser on this machine; otherwise only say the address."""
    port: int = 0
    """The loopback port that the provider sends the browser back to, for `ssh -L`; 0: any."""
    device: bool = False
    """Sign in with a code on another device, where the provider has that."""


@runtime_checkable
class SignsIn(Protocol):
    """What a connector has besides `Connector` when its account needs a sign-in of the user's.

    It is made with a third argument: `(account, options, tokens)`.
    """

    def __init__(self, account: str, options: Any, tokens: Tokens) -> None:
        """`tokens` keeps what the sign-in gave. No I/O here."""
        ...

    def sign_in(self, request: SignInRequest) -> str:
        """Let the user sign in, keep the token, and return the address that signed in.

        :raises UserError: refused, timed out, or the account has nothing to sign in with
        :raises Transient: the provider cannot be reached
        """
        ...

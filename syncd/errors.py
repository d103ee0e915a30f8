"""The errors that cross module borders. Each says who must act: the user, the pipeline, or time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing the user must mend: where it is, what is wrong, and what to do."""

    what: str
    where: str = ""
    hint: str = ""
    source: str = ""
    """The offending line itself, where there is one."""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.source:
            lines.append(f"    {self.source}")
        if self.hint:
            lines.append(f"  → {self.hint}")
        return "\n".join(lines)


class SyncdError(Exception):
    """The base of every error that syncd raises on purpose."""


class UserError(SyncdError):
    """The user must act. Carries every problem found; shown without a traceback, exit code 1."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def lines(self) -> tuple[str, ...]:
        """Each problem in one line, without the offending line itself."""
        return tuple(
            " ".join(f"{p.where}: {p.what}".removeprefix(": ").split()) for p in self.problems
        )

    @property
    def in_one_line(self) -> str:
        """Every problem, fit for the log."""
        return "; ".join(self.lines)


class ConfigError(UserError):
    """The configuration cannot be used as it stands."""


class AuthRequired(UserError):
    """An account's sign-in is missing or dead: that account pauses, the others go on."""


class StoreError(UserError):
    """The records cannot be opened or written (locked, full disk, damaged, newer version)."""


class CursorExpired(SyncdError):
    """The provider no longer knows the cursor: the pipeline does one bounded resync."""


class Transient(SyncdError):
    """A passing fault (network, 5xx): the cursor stays, the next pass tries again. Exit code 75."""


class RateLimited(Transient):
    """The provider asks to wait `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Stopping(SyncdError):
    """syncd is being stopped in the middle of something: what was committed stays, no fault."""

"""`python -m syncd` as a user starts it: a process, a home folder of its own, files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
NOW = "2026-11-23T08:00:00-05:00"
ME = "camille@cabinet.example"


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


@dataclass
class CommandLine:
    """A user's terminal, in a home folder with nothing in it."""

    home: Path
    bytecode: Path
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """The variables a command sees: nothing of the developer's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TZ": "America/Toronto",
            "PYTHONPATH": str(CHECKOUT),
            # compiled once for all tests, and not into the checkout
            "PYTHONPYCACHEPREFIX": str(self.bytecode),
            **self.environment,
        }

    def __call__(
        self, *words: str | Path, stdin: str = "", umask: int = -1, timeout: float = 60
    ) -> Answer:
        """Run `syncd WORDS`; a traceback is never an answer."""
        done = subprocess.run(
            [sys.executable, "-m", "syncd", *map(os.fspath, words)],
            input=stdin.encode(),
            capture_output=True,
            check=False,
            cwd=self.home,
            env=self.environ(),
            timeout=timeout,
            umask=umask,
        )
        out, err = (part.decode("utf-8", "backslashreplace") for part in (done.stdout, done.stderr))
        assert "Traceback" not in err, err
        return Answer(done.returncode, out, err)

    def once(self, *words: str | Path, state: str = "state", **more: int) -> Answer:
        """One pass over ~/mail with the records in ~/state, at the usual moment."""
        return self("once", "--maildir", "mail", "--me", ME, "--state", state, "--now", NOW,
                    *words, **more)  # fmt: skip

    def write(self, name: str, text: str | bytes) -> Path:
        """A file below the home folder."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def configure(self, *lines: str, mail: str = "mail", name: str = "config") -> Path:
        """A configuration folder over ~/mail, with more lines of syncd.yaml."""
        text = "\n".join(
            [
                "timezone: America/Toronto",
                f"me: {{names: [Camille Roy], addresses: [{ME}]}}",
                f"accounts: [{{name: work, connector: maildir, path: {self.home / mail}}}]",
                *(lines or (f"summary: {{folder: {self.home / 'summaries'}}}",)),
            ]
        )
        self.write(f"{name}/syncd.yaml", text + "\n")
        return self.home / name


@pytest.fixture
def syncd(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A terminal in a new home folder."""
    home = tmp_path / "home"
    home.mkdir()
    return CommandLine(home, tmp_path_factory.getbasetemp() / "bytecode")


def ids(markdown: str) -> Sequence[str]:
    """The ids at the end of the lines of a summary."""
    return [line.rsplit("`", 2)[1] for line in markdown.splitlines() if line.startswith("- [")]

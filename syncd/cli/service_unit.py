"""The user unit of systemd that `syncd init --service` installs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PACKAGED = Path(__file__).parent / "syncd.service"
_CHECKOUT = Path(__file__).parents[2] / "systemd" / "user" / "syncd.service"
_EXEC_START = re.compile(r"^ExecStart=.*$", re.MULTILINE)


def unit_path(environ: Mapping[str, str]) -> Path:
    """Where systemd finds the user's own units, see systemd.unit(5)."""
    configured = environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path.home() / ".config"
    return folder / "systemd" / "user" / "syncd.service"


def unit(config: Path, state: Path) -> str:
    """The unit that runs this very syncd on these folders (absolute paths)."""
    sample = _PACKAGED if _PACKAGED.exists() else _CHECKOUT
    command = [*_program(), "run", "--config", str(config), "--state", str(state)]
    line = f"ExecStart={' '.join(map(quoted, command))}"
    return _EXEC_START.sub(lambda _: line, sample.read_text("utf-8"), count=1)


def quoted(word: str) -> str:
    """A word of a command line in a unit, see systemd.service(5), "Command lines"."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if re.search(r"[^\w@%+=:,./-]", escaped) else escaped


def _program() -> Sequence[str]:
    """How this syncd is called whatever the working folder and the search path."""
    script = Path(sys.executable).with_name("syncd")
    if os.access(script, os.X_OK):
        return [str(script)]
    return [sys.executable, "-P", "-m", "syncd"]

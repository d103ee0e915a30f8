"""How long `syncd once` takes over a Maildir: the first scan, and a pass with nothing new.

    python tests/bench/bench_scan.py [COUNT ...]

Each count is an invented mailbox over five years (invented_mailbox.py), read by `syncd once` as a
process of its own, as cron starts it: its time includes the start of the interpreter. First scans
go into an empty state folder each. Bytecode is cached, as it is for an installed package.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from invented_mailbox import ME, write_mailbox

FIRST_SCANS = 3
SECOND_PASSES = 7
DAYS = 5 * 365
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


def _pass(mail: Path, state: Path, environment: dict[str, str]) -> tuple[float, float]:
    """One pass: seconds, and megabytes resident at most."""
    command = [sys.executable, "-c", MEASURED, "once", "--maildir", str(mail), "--me", ME,
               "--state", str(state)]  # fmt: skip
    started = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds = time.monotonic() - started
    return seconds, int(done.stderr.split("VmHWM:")[1].split()[0]) / 1024


def _spread(values: Sequence[float]) -> str:
    return (
        f"{statistics.median(values):.2f} s (n={len(values)}, "
        f"{min(values):.2f} to {max(values):.2f})"
    )


def measure(count: int) -> None:
    """Print the medians for a mailbox of `count` messages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = write_mailbox(folder / "mail", count, end=datetime.now(UTC), days=DAYS)
        environment = {
            key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
        } | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        subprocess.run(
            [sys.executable, "-m", "syncd", "--version"], check=True, env=environment,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        first = [
            _pass(folder / "mail", folder / f"state-{number}", environment)
            for number in range(FIRST_SCANS)
        ]
        # Folders that changed within the last seconds are listed once more; then all is settled.
        time.sleep(2)
        state = folder / "state-0"
        _pass(folder / "mail", state, environment)
        second = [_pass(folder / "mail", state, environment) for _ in range(SECOND_PASSES)]
    scan, again = [s for s, _ in first], [s for s, _ in second]
    print(f"{count:>9,} messages of {written / count / 1000:.1f} KB")
    print(
        f"    first scan: {_spread(scan)}, {count / statistics.median(scan):.0f} messages/s, "
        f"{max(peak for _, peak in first):.0f} MB resident at most"
    )
    print(
        f"    nothing new: {_spread(again)}, "
        f"{100 * statistics.median(again) / statistics.median(scan):.1f} % of the first scan, "
        f"{max(peak for _, peak in second):.0f} MB resident at most"
    )


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ["25000"]:
        measure(int(wanted))

"""Telling systemd how the service is: sd_notify(3), over the socket in $NOTIFY_SOCKET.

Without that variable everything here does nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping

_MICRO = 1_000_000


class Notifier:
    """Sends the service's state; never fails, for a deaf manager is no reason to stop."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_seconds = _watchdog_seconds(environ) if self._address else None
        """How often systemd wants a sign of life, at least; None: not at all."""
        self._alive_at = float("-inf")

    def ready(self, status: str) -> None:
        """Started, or done with reloading."""
        self._send("READY=1", f"STATUS={_line(status)}")

    def reloading(self) -> None:
        """Reading the configuration again; `ready` ends it."""
        # CLOCK_MONOTONIC, which systemd compares with the moment at which it asked
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={_line(status)}")

    def alive(self) -> None:
        """The watchdog may wait again from now on."""
        if self.watchdog_seconds is None:
            return
        moment = time.monotonic()
        if moment - self._alive_at >= self.watchdog_seconds / 4:
            self._alive_at = moment
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """On the way out."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if self._address is None:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel,
        ):
            # a manager that does not read must not hold the service up
            channel.setblocking(False)
            channel.sendto("\n".join(lines).encode(), self._address)


def _address(name: str) -> str | None:
    """The socket's address: a path, or after `@` a name in Linux's abstract namespace."""
    if name.startswith("@"):
        return "\0" + name[1:]
    return name if name.startswith("/") else None


def _watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    usec, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not usec.isascii() or not usec.isdigit() or int(usec) == 0:
        return None
    if pid and pid != str(os.getpid()):
        return None
    return int(usec) / _MICRO


def _line(text: str) -> str:
    return " ".join(text.split())

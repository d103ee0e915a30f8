"""What a sign-in left behind: one private file for each account.

A service may be given a token by systemd instead (LoadCredential=ACCOUNT.token); a token that is
refreshed later is kept in the state folder, for systemd's folder cannot be written.
https://systemd.io/CREDENTIALS/
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncd.private_files import write_private


class Tokens:
    """The token of one account.

    :param folder: `tokens` in the state folder; made with mode 0700 when first written to
    :param account: the account's name, which is also a safe file name
    """

    def __init__(self, folder: Path, account: str) -> None:
        self._folder = folder
        self._account = account
        self.path = folder / f"{account}.json"

    def read(self) -> str | None:
        """What was last written, else what systemd was given; None where there is neither."""
        for path in (self.path, self._credential()):
            try:
                return path.read_text(encoding="utf-8") if path else None
            except FileNotFoundError:
                continue
        return None

    def write(self, text: str) -> None:
        """Replace the token atomically and durably, readable by its owner alone."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.path, text)

    def remove(self) -> None:
        """Forget the token."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Hold while reading, refreshing and writing: two processes that refresh at once can undo
        each other's token, for a provider may give a new refresh token each time."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / f".{self._account}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _credential(self) -> Path | None:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        return Path(folder) / f"{self._account}.token" if folder else None

"""Texts read in a process of its own, which is there only while texts come in.

Lexicons are megabytes of small objects. Dropped, they would still lie among what stays, and Python
could not give their memory back; a process gives back everything when it ends. The first one leaves
its lexicons behind, packed: the next is ready in a quarter of the time.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from syncd import log
from syncd.errors import Transient, UserError

if TYPE_CHECKING:
    from syncd.text.reading import Reader, Reading

_CUT_SHORT = (EOFError, OSError, pickle.UnpicklingError)
"""What comes of a pipe whose other end is gone."""


class ReadingProcess:
    """Reads texts in another process, which starts with the first of them.

    Threads may read at the same time: one text goes after the other.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._words: Mapping[str, Sequence[str]] = {}
        self._packed = b""
        """A reader with these words, its lexicons loaded."""

    def reader(self, words: Mapping[str, Sequence[str]]) -> ReaderApart:
        """What reads in that process, with the user's own words."""
        return ReaderApart(self, words)

    def load(self, words: Mapping[str, Sequence[str]]) -> None:
        """Start the process, so that the first text need not wait.

        :raises UserError: the user's own words cannot be read
        :raises Transient: the process cannot be started, or ended early
        """
        with self._turn:
            self._be_ready(words)

    def read(self, words: Mapping[str, Sequence[str]], **text: Any) -> Reading:
        """Have one text read; see text.reading.Reader, and `load`."""
        with self._turn:
            self._be_ready(words)
            reading: Reading = self._ask(text)
        return reading

    def rest(self, *, kept: float = 0.0) -> bool:
        """End the process, unless it was started within the last `kept` seconds.

        :return: False: it is at work, and was left alone
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if time.monotonic() - self._started >= kept:
                self._leave()
        finally:
            self._turn.release()
        return True

    def end(self) -> None:
        """End the process, whoever waits for it."""
        process = self._process
        if process is not None:
            process.kill()
        with self._turn:
            self._leave()

    def _be_ready(self, words: Mapping[str, Sequence[str]]) -> None:
        if self._words != words:
            self._leave()
            self._words, self._packed = words, b""
        if self._process is None:
            self._packed = self._ask((words, self._packed)) or self._packed

    def _ask(self, request: object) -> Any:
        try:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None  # noqa: S101
            pickle.dump(request, process.stdin)
            process.stdin.flush()
            answer, problem = pickle.load(process.stdout)  # noqa: S301 - from our own process
        except _CUT_SHORT as error:
            self._leave()
            raise Transient("the process that reads texts ended early") from error
        if problem is not None:
            self._leave()
            raise problem
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._started = time.monotonic()
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter and this module
                # -P: nothing is imported from the folder in which the service happens to stand
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                process_group=0,  # Ctrl-C is for the service, which then ends this one
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        return self._process

    def _leave(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


@dataclass(frozen=True, slots=True)
class ReaderApart:
    """A text.reading.Reader that reads in another process."""

    process: ReadingProcess
    words: Mapping[str, Sequence[str]]

    def read(self, text: str, *, at: datetime, attachments: int = 0, subject: str = "") -> Reading:
        """Read the text of a message written at `at` (aware, in the writer's zone)."""
        return self.process.read(
            self.words, text=text, at=at, attachments=attachments, subject=subject
        )


def _work() -> None:
    """What the process does until its parent ends it, or is gone itself."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # systemd sends it to all, and one answers
    reader: Reader | None = None
    answer: Reading | bytes | None
    problem: Exception | None
    try:
        while True:
            request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the service itself
            answer = problem = None
            try:
                if reader is None:
                    reader, answer = _loaded(*request)
                else:
                    answer = reader.read(**request)
            except UserError as error:
                problem = error
            except Exception as bug:
                problem = RuntimeError(log.place(bug))  # its words may be the text's
            pickle.dump((answer, problem), sys.stdout.buffer)
            sys.stdout.buffer.flush()
    except _CUT_SHORT:
        os._exit(0)


def _loaded(words: Mapping[str, Sequence[str]], packed: bytes) -> tuple[Reader, bytes]:
    """A reader with these words, and what it is packed, if it was not."""
    from syncd.text.reading import Reader

    if packed:
        return pickle.loads(zlib.decompress(packed)), b""  # noqa: S301 - packed below
    reader = Reader(words=words)
    reader.load()
    return reader, zlib.compress(pickle.dumps(reader), 1)


if __name__ == "__main__":
    _work()

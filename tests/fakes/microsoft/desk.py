"""A user who signs in: their options, their state folder, their browser or their phone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syncd.connectors.base import SignInRequest
from syncd.connectors.microsoft.graph import Graph
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.sign_in import sign_in
from syncd.connectors.tokens import Tokens
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.login import CLIENT, USER, FakeLogin
from tests.fakes.microsoft.server import FakeGraph


@dataclass
class Desk:
    """One account, before or after its sign-in."""

    folder: Path
    graph: FakeGraph
    login: FakeLogin
    account: str = "work"
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    said: list[str] = field(default_factory=list)
    browser: Callable[[str], None] | None = None
    """Opens the address that is said; None: signs in."""
    phone: Callable[[str], None] | None = None
    """Types the code that is said; None: accepts."""
    errors: list[BaseException] = field(default_factory=list)
    """What went wrong in the browser."""

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.folder / "tokens", self.account)
        self.graph.tokens.clear()

    def options(self, **values: Any) -> OutlookOptions:
        usual = {
            "user": USER,
            "client_id": CLIENT,
            "authority": self.login.authority,
            "endpoint": self.graph.url,
        }
        return OutlookOptions.model_validate({**usual, **values})

    def sign_in(self, *, device: bool = False, port: int = 0, **values: Any) -> str:
        request = SignInRequest(say=self._say, browser=False, device=device, port=port)
        return sign_in(self.account, self.options(**values), self.tokens, request, self.clock)

    def connect(self, **values: Any) -> Graph:
        """What a fresh process would read with."""
        return Graph(self.account, self.options(**values), self.tokens, self.clock)

    def whose(self, **values: Any) -> str:
        """Whose mailbox a fresh process reads."""
        graph = self.connect(**values)
        try:
            return str(graph.get(graph.mailbox, {"$select": "mail"})["mail"])
        finally:
            graph.close()

    def _say(self, line: str) -> None:
        self.said.append(line)
        code = re.search(r"type the code (\S+)", line)
        if code:
            (self.phone or self.login.type_code)(code[1])
        elif line.startswith("http"):
            threading.Thread(target=self._browse, args=(line,), daemon=True).start()

    def _browse(self, address: str) -> None:
        try:
            (self.browser or self.login.browse)(address)
        except BaseException as error:  # told in the test's own thread
            self.errors.append(error)

"""What the service does with accounts that fail, hang, sign out or come back. In simulated time,
except where a thread really hangs."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock_time
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syncd.config import Account, Configuration, Me, SummaryPlan
from syncd.connectors.tokens import Tokens
from syncd.daemon.clock import SystemClock
from syncd.daemon.notify import Notifier
from syncd.daemon.report import report
from syncd.daemon.service import Service
from syncd.errors import ConfigError, Problem
from syncd.pipeline.passes import run_pass
from syncd.pipeline.pull import TOKENS
from syncd.registry import connectors
from syncd.store import Store
from tests.integration.daemon.scripted import DAY, HOUR, ME, RENEWED, held
from tests.integration.daemon.simulated import SharedNumber, SimulatedClock

pytestmark = pytest.mark.usefixtures("installed")

ZONE = ZoneInfo("Europe/Paris")
BEGIN = datetime(2026, 11, 23, 7, tzinfo=ZONE)
START = int(BEGIN.timestamp())


@dataclass
class Shop:
    """A service over scripted accounts; what it did is in the log of their pulls."""

    root: Path
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    at: str = "07:30"

    def configuration(self) -> Configuration:
        made = []
        for name, options in self.accounts.items():
            found = connectors()[options.get("connector", "scripted")]
            given = {key: value for key, value in options.items() if key != "connector"}
            if found.name == "scripted":
                given = {"seed": 1, "start": START, "log": self.root / "pulls", **given}
            made.append(Account(name, found.name, found.Options(**given)))
        return Configuration(
            ZONE,
            Me(addresses=frozenset({ME})),
            accounts=tuple(made),
            summary=SummaryPlan(
                at=clock_time.fromisoformat(self.at),
                days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
                folder=self.root / "summaries",
                formats=("markdown", "counted"),
            ),
        )

    def run(
        self,
        days: float,
        events: list[tuple[float, Callable[[Service], None]]] | None = None,
        load: Callable[[], Configuration] | None = None,
        begin: float = START,
    ) -> None:
        """Serve for so many days; `events` happen so many seconds after the beginning."""
        now = SharedNumber(begin)
        clock = SimulatedClock(now, SharedNumber(0))
        with Store.open(self.root / "state") as store:
            service = Service(
                store,
                self.configuration(),
                load=load or self.configuration,
                clock=clock,
                notifier=Notifier({}),
                chance=random.Random(1),
            )
            happenings = [
                (begin + after, lambda act=act: act(service)) for after, act in events or []
            ]
            clock.events = [*happenings, (begin + days * DAY, service.request_stop)]
            assert service.run()

    def pulls(self, account: str) -> list[tuple[int, str]]:
        """When the account was pulled (seconds after the beginning), and how it went."""
        lines = (self.root / "pulls").read_text().splitlines()
        found = [line.split() for line in lines]
        return [(int(at) - START, fate) for name, at, fate in found if name == account]

    def renders(self) -> list[tuple[str, int]]:
        """The day of each summary, and how many problems it told."""
        lines = (self.root / "renders").read_text().splitlines()
        return [(line.split()[0], int(line.split()[2])) for line in lines]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_each_account_keeps_its_own_pace(shop: Shop) -> None:
    shop.accounts = {"good": {}, "bad": {"failing": 1.0, "seed": 2}}
    shop.run(2)
    good, bad = shop.pulls("good"), shop.pulls("bad")
    assert {fate for _, fate in good} == {"fine"}
    assert 40 <= len(good) <= 52  # every hour, and for the summaries
    # after some quick tries the breaker is open: at most one in an hour, once the pause is long
    pauses = [b - a for (a, _), (b, _) in pairwise(bad)]
    assert pauses[0] < 60 or bad[0][1] == "limited"
    assert len(bad) < 60
    with Store.open(shop.root / "state", read_only=True) as store:
        found = report(store, shop.configuration(), (), now=START + 2 * DAY)
    states = {account.account: account for account in found.accounts}
    assert states["good"].coverage.state == "complete"
    assert states["bad"].attempt is not None
    assert states["bad"].attempt.failures == len(bad)
    assert states["bad"].attempt.succeeded_at is None


def test_a_dead_sign_in_pauses_that_account_until_the_user_signs_in(shop: Shop) -> None:
    shop.accounts = {"work": {}, "private": {"seed": 2, "revoked_at": START + 5 * HOUR}}
    tokens = Tokens(shop.root / "state" / TOKENS, "private")
    shop.run(3, [(2 * DAY, lambda _service: tokens.write(RENEWED))])
    private = shop.pulls("private")
    revoked = [after for after, fate in private if fate == "revoked"]
    assert len(revoked) == 1
    assert min(after for after, _ in private if after > revoked[0]) - 2 * DAY < HOUR
    assert len(shop.pulls("work")) > 70
    with Store.open(shop.root / "state") as store:
        ids = {d["source_id"] for d in store.interactions.all() if d["account"] == "private"}
    assert ids == held(2, START, START + private[-1][0])


@pytest.mark.parametrize("ask", [Service.request_sync, Service.request_reload])
def test_a_dead_sign_in_is_tried_again_when_the_user_asks(
    shop: Shop, ask: Callable[[Service], None]
) -> None:
    shop.accounts = {"work": {"revoked_at": 0}}
    shop.run(2, [(DAY, ask)])
    (first, _), (second, _) = shop.pulls("work")
    assert (first, second) == (0, DAY)
    with Store.open(shop.root / "state", read_only=True) as store:
        found = report(store, shop.configuration(), (), now=START + 2 * DAY)
    assert found.accounts[0].coverage.state == "sign_in"
    assert found.needs_user


def test_a_changed_account_alone_is_started_anew(shop: Shop) -> None:
    shop.accounts = {"work": {}, "private": {"seed": 2}}

    def change(service: Service) -> None:
        shop.accounts["private"] = {"seed": 2, "failing": 0.0001}
        service.request_reload()

    shop.run(0.45, [(10 * HOUR + 1000, change)])
    moment = 10 * HOUR + 1000
    assert [at for at, _ in shop.pulls("private") if at == moment] == [moment]
    assert [at for at, _ in shop.pulls("work") if at == moment] == []


def test_an_invalid_configuration_is_told_until_it_is_mended(shop: Shop) -> None:
    shop.accounts = {"work": {}}
    broken = [False]

    def load() -> Configuration:
        if broken[0]:
            raise ConfigError(Problem("unknown key `nonsense`", "syncd.yaml:3:1"))
        return shop.configuration()

    def change(to: bool) -> Callable[[Service], None]:
        def act(service: Service) -> None:
            broken[0] = to
            service.request_reload()

        return act

    shop.run(4, [(HOUR, change(True)), (1.5 * DAY, change(False))], load)
    problems = dict(shop.renders())
    assert problems == {"2026-11-23": 0, "2026-11-24": 1, "2026-11-25": 0, "2026-11-26": 0}
    assert len(shop.pulls("work")) > 90


def test_a_folder_that_cannot_be_written_is_tried_again(shop: Shop) -> None:
    shop.accounts = {"work": {}}
    (shop.root / "summaries").write_text("in the way")
    shop.run(0.5, [(4 * HOUR, lambda _: (shop.root / "summaries").unlink())])
    (line,) = (shop.root / "renders").read_text().splitlines()
    written = int(line.split()[1]) - START
    assert 4 * HOUR <= written <= 4.6 * HOUR
    assert (shop.root / "summaries" / "2026-11-23.md").exists()


def test_a_summary_does_not_wait_for_ever_for_an_account(shop: Shop) -> None:
    shop.accounts = {"work": {}, "away": {"failing": 1.0, "seed": 2}}
    shop.run(1)
    moments = [
        int(line.split()[1]) - START for line in (shop.root / "renders").read_text().splitlines()
    ]
    due = int(HOUR / 2)
    assert any(due <= at <= due + 150 for at in moments)


def test_addresses_that_the_provider_told_are_mine(shop: Shop) -> None:
    shop.accounts = {"work": {}}
    with Store.open(shop.root / "state") as store:
        first = run_pass(store, shop.configuration(), now=BEGIN)
        assert "c.roy@alias.example" in first.snapshot.me
    with Store.open(shop.root / "state") as store:
        assert "c.roy@alias.example" in run_pass(store, shop.configuration(), now=BEGIN).snapshot.me


def test_a_provider_that_always_forgets_is_not_asked_for_everything_each_time(shop: Shop) -> None:
    shop.accounts = {"work": {"forgets": True}}
    shop.run(2)
    first, *whole = [at for at, fate in shop.pulls("work") if fate == "whole"]
    assert first == 0
    assert 3 <= len(whole) <= 8  # once in six hours at most
    assert all(b - a >= 6 * HOUR for a, b in pairwise(whole))


def test_accounts_are_read_side_by_side_and_written_by_one(shop: Shop) -> None:
    """Two accounts that each wait for the other to begin: one after the other would never end."""
    shop.accounts = {
        name: {"seed": seed, "meets": 2} for name, seed in (("work", 1), ("private", 2))
    }
    with Store.open(shop.root / "state") as store:
        result = run_pass(store, shop.configuration(), now=BEGIN)
        assert [one.coverage.state for one in result.pulled] == ["complete", "complete"]
        assert [one.account for one in result.pulled] == ["work", "private"]


@dataclass
class Silence:
    """A server that takes connections and says nothing."""

    server: socket.socket
    taken: threading.Event

    @property
    def port(self) -> int:
        port: int = self.server.getsockname()[1]
        return port


@pytest.fixture
def silence(request: pytest.FixtureRequest) -> Silence:
    server, taken, kept = socket.create_server(("127.0.0.1", 0)), threading.Event(), []

    def accept() -> None:
        kept.append(server.accept())
        taken.set()

    threading.Thread(target=accept, daemon=True).start()

    def release() -> None:
        server.close()
        for connection, _ in kept:
            connection.close()

    request.addfinalizer(release)
    return Silence(server, taken)


def test_a_hanging_pull_stops_the_signs_of_life_and_nothing_else(
    shop: Shop, silence: Silence, tmp_path: Path
) -> None:
    shop.accounts = {"far": {"connector": "deaf", "port": silence.port}, "work": {}}
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(20)
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
    with Store.open(shop.root / "state") as store:
        service = Service(
            store,
            shop.configuration(),
            load=shop.configuration,
            clock=SystemClock(),
            notifier=Notifier(environment),
            stuck_after=1.0,
        )
        heard: list[tuple[float, str]] = []
        hung: list[float] = []

        def listen() -> None:
            assert silence.taken.wait(20)
            hung.append(time.monotonic())
            until = hung[0] + 3
            while time.monotonic() < until:
                heard.append((time.monotonic(), manager.recv(4096).decode()))
                manager.settimeout(max(0.01, until - time.monotonic()))
            service.request_stop()

        def listen_until_silence() -> None:
            try:
                listen()
            except TimeoutError:
                service.request_stop()

        listener = threading.Thread(target=listen_until_silence)
        listener.start()
        all_left = service.run()
        listener.join()
    assert silence.taken.is_set()
    assert not all_left
    signs = [at - hung[0] for at, text in heard if text == "WATCHDOG=1"]
    assert signs
    assert max(signs) < 2
    assert shop.pulls("work")

"""Ninety days of the service in simulated time, with everything that may go wrong in between."""

from __future__ import annotations

import gc
import os
import random
import resource
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from syncd import log
from syncd.config import Configuration, load
from syncd.connectors.tokens import Tokens
from syncd.daemon.notify import Notifier
from syncd.daemon.service import Service
from syncd.errors import ConfigError
from syncd.pipeline.passes import run_pass
from syncd.pipeline.publish import publish
from syncd.pipeline.pull import TOKENS
from syncd.registry import OptionsOf, connectors, rules, summaries
from syncd.store import Store
from tests.integration.daemon import scripted
from tests.integration.daemon.simulated import SharedNumber, SimulatedClock

DAY, HOUR = scripted.DAY, scripted.HOUR
ZONE = ZoneInfo("Africa/Casablanca")
"""Its clocks go back on 15 February and forward on 22 March 2026."""
BEGIN = datetime(2026, 1, 20, 1, tzinfo=ZONE)
START = int(BEGIN.timestamp())
DAYS = 90
KILLS = 40
KILLED_DAYS = 60
"""After these nothing is killed any more, so that growth within one process can be seen."""
EXPIRED = START + 30 * DAY + 5 * HOUR
REVOKED = START + 40 * DAY + 3 * HOUR
RENEWED = REVOKED + 2 * DAY
BROKEN = [(START + days * DAY, START + days * DAY + 18 * HOUR) for days in (12, 55)]
"""When syncd.yaml was invalid. Shorter than a day, for a service that is killed meanwhile starts
only when it is mended."""
SUSPENDS = [(START + days * DAY + 23 * HOUR, 8 * HOUR) for days in range(2, DAYS, 7)]
"""When the machine slept, over the hour of the summary, and for how long."""


def moment(line: str) -> tuple[date, int, int]:
    day, at, problems = line.split()
    return date.fromisoformat(day), int(at), int(problems)


@dataclass
class Household:
    """A user's folders, and the process that serves them."""

    root: Path
    now: SharedNumber
    happened: SharedNumber

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def pulls(self) -> list[list[str]]:
        return [line.split() for line in (self.root / "pulls").read_text().splitlines()]

    def write(self, *more: str) -> None:
        """Write syncd.yaml; `more` are further lines."""
        accounts = [
            {"name": name, "connector": "scripted", "every": every, "seed": seed, "start": START,
             "failing": 0.05, "log": str(self.root / "pulls"),
             "expired_at": EXPIRED, "revoked_at": REVOKED if name == "prive" else 2**40}
            for name, every, seed in (("cabinet", "3 hours", 1), ("prive", "5 hours", 2))
        ]  # fmt: skip
        settings = {
            "timezone": ZONE.key,
            "language": "fr",
            "me": {"addresses": [scripted.ME]},
            "accounts": accounts,
            "summary": {
                # on 22 March there is no such time, on 15 February it comes twice
                "at": "02:30",
                "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "folder": str(self.root / "summaries"),
                "formats": ["markdown", "counted"],
            },
        }
        folder = self.root / "config"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "new").open("w", encoding="utf-8") as file:
            YAML().dump(settings, file)
            file.write("".join(f"{line}\n" for line in more))
        (folder / "new").rename(folder / "syncd.yaml")

    def load(self) -> Configuration:
        return load(
            self.root / "config",
            connectors=OptionsOf(connectors()),
            rules=OptionsOf(rules()),
            summaries=tuple(summaries()),
        )

    def serve(self) -> None:
        """Be the service until the ninety days are over. Runs in a process of its own."""
        clock = SimulatedClock(self.now, self.happened)
        service: list[Service] = []

        def reload(*lines: str) -> None:
            self.write(*lines)
            if service:
                service[0].request_reload()

        clock.events = sorted(
            [
                *((at, lambda: reload("nonsense: true")) for at, _ in BROKEN),
                *((at, lambda: reload()) for _, at in BROKEN),
                *((at, lambda s=seconds: clock.sleep(s)) for at, seconds in SUSPENDS),
                (RENEWED, lambda: Tokens(self.state / TOKENS, "prive").write(scripted.RENEWED)),
                *((START + days * DAY, self.measure) for days in range(1, DAYS)),
                (START + DAYS * DAY, lambda: service[0].request_stop()),
            ],
            key=lambda event: event[0],
        )
        while True:
            try:
                configuration = self.load()
                break
            except ConfigError:
                clock.rest(_Nothing(), 60.0, busy=False)  # systemd starts it again
        with Store.open(self.state) as store:
            made = Service(
                store,
                configuration,
                load=self.load,
                clock=clock,
                notifier=Notifier({}),
                chance=random.Random(),
            )
            service.append(made)
            made.run()

    def measure(self) -> None:
        """Note what this process uses."""
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        with (self.root / "uses").open("a") as file:
            descriptors = len(list(Path("/proc/self/fd").iterdir()))
            memory, threads = pages * resource.getpagesize(), threading.active_count()
            file.write(f"{os.getpid()} {memory} {threads} {descriptors}\n")


class _Nothing:
    """A desk where nobody asks."""

    def serve(self, _timeout: float | None) -> bool:
        return False


def _forked(work: Callable[[], None], errors: Path) -> int:
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    try:
        channel = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(channel, 2)
        sys.stderr = os.fdopen(2, "w", buffering=1)  # not what the test runner put there
        gc.freeze()  # nor is what it keeps in memory ours to go through again and again
        log.configure("info")
        work()
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


@pytest.fixture
def household(installed: None, tmp_path: Path) -> Household:
    made = Household(tmp_path, SharedNumber(START), SharedNumber(0))
    made.write()
    return made


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc and fork")
def test_ninety_days(household: Household) -> None:
    _import_everything(household)
    chance = random.Random(os.environ.get("SYNCD_SOAK_SEED", "soak"))
    errors = household.root / "errors"
    killed: list[float] = []
    every = KILLED_DAYS * DAY / KILLS
    code = None
    while code is None:
        process = _forked(household.serve, errors)
        wanted = START + every * (len(killed) + chance.random())
        while code is None:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
            elif len(killed) < KILLS and household.now.get() >= wanted:
                time.sleep(chance.uniform(0, 0.05))
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                killed.append(household.now.get())
                household.now.set(household.now.get() + chance.choice([10, 60, 600, 5 * HOUR]))
                break
            else:
                time.sleep(0.004)
    assert code == 0, errors.read_text()[-3000:]
    assert len(killed) == KILLS

    _one_summary_for_each_day(household, killed)
    _problems_were_told(household)
    _records_are_what_there_is(household)
    _faults_were_met(household, killed)
    _nothing_grew(household)


def _import_everything(household: Household) -> None:
    """Make a summary, so that what every child needs is imported once."""
    configuration, now = household.load(), datetime.fromtimestamp(START, ZONE)
    with Store.open(household.root / "aside") as store:
        result = run_pass(store, configuration, now=now)
        plan = replace(configuration.summary, folder=household.root / "aside" / "summaries")
        publish(
            result.records,
            result.snapshot,
            replace(configuration, summary=plan),
            store,
            coverage=result.coverage,
        )
    for name in ("renders", "pulls"):
        (household.root / name).unlink()


def _one_summary_for_each_day(household: Household, killed: list[float]) -> None:
    lines = (household.root / "renders").read_text().splitlines()
    days = Counter(moment(line)[0] for line in lines)
    wanted = {BEGIN.date() + timedelta(days=n) for n in range(DAYS)}
    assert set(days) == wanted
    # killed in the middle of it, the same file is written once more, with the same ticks
    kill_days = {datetime.fromtimestamp(at, ZONE).date() for at in killed}
    again = {day for day, count in days.items() if count > 1} - kill_days
    # accounts that were read to their end for the first time are worth a new summary at once
    assert again <= {BEGIN.date()}
    told = Counter(
        line.partition('"day": ')[2].partition(",")[0]
        for line in (household.root / "errors").read_text().splitlines()
        if "summary_written" in line and '"day": null' not in line
    )
    assert max(told.values()) == 1
    assert len(told) >= DAYS - KILLS


def _problems_were_told(household: Household) -> None:
    for line in (household.root / "renders").read_text().splitlines():
        _, at, problems = moment(line)
        broken = any(begun <= at < mended for begun, mended in BROKEN)
        # one that was started meanwhile had nothing to serve, and was late
        assert problems == (1 if broken else 0), line


def _records_are_what_there_is(household: Household) -> None:
    with Store.open(household.state) as store:
        assert store.check_integrity() == []
        found = [(d["account"], d["source_id"]) for d in store.interactions.all()]
        assert len(found) == len(set(found))
        last = {name: int(at) for name, at, fate in household.pulls if fate == "fine"}
        for name, seed in (("cabinet", 1), ("prive", 2)):
            ids = {source_id for account, source_id in found if account == name}
            assert ids == scripted.held(seed, START, last[name])
        store.storage.run("VACUUM")
    fresh = household.root / "fresh"
    Tokens(fresh / TOKENS, "prive").write(scripted.RENEWED)
    with Store.open(fresh) as store:
        now = datetime.fromtimestamp(household.now.get(), ZONE)
        run_pass(store, household.load(), now=now)
        expected = len(store.interactions)
        store.storage.run("VACUUM")
    assert abs(expected - len(found)) < 20
    sizes = [(folder / "records.db").stat().st_size for folder in (household.state, fresh)]
    assert sizes[0] < 1.5 * sizes[1]
    shutil.rmtree(fresh)


def _faults_were_met(household: Household, killed: list[float]) -> None:
    fates = Counter(fate for _, _, fate in household.pulls)
    assert fates["transient"] > 10
    assert fates["limited"] > 3
    for name in ("cabinet", "prive"):
        # forgotten once, and read again from the beginning until that went well once
        pulls = [(int(at), fate) for n, at, fate in household.pulls if n == name]
        after = [(at, fate) for at, fate in pulls if at >= EXPIRED]
        assert after[0][1] == "expired"
        for (at, fate), (following, next_fate) in pairwise(after):
            if (fate, next_fate) == ("fine", "expired"):
                assert any(at <= moment <= following for moment in killed), "read in vain"
    # a dead sign-in is tried when it dies and when the service starts, and never by the clock
    starts = (household.root / "errors").read_text().count('"event": "started"')
    assert 1 <= fates["revoked"] <= 1 + starts
    after = [int(at) for name, at, _ in household.pulls if name == "prive" and int(at) >= RENEWED]
    assert min(after) < RENEWED + 2 * HOUR
    for name in ("cabinet", "prive"):
        pulls = [(int(at), fate) for account, at, fate in household.pulls if account == name]
        for (at, fate), (following, _) in pairwise(pulls):
            if fate == "limited" and not any(at <= moment <= at + 60 for moment in killed):
                assert following - at >= 2 * HOUR - 60


def _nothing_grew(household: Household) -> None:
    uses = [
        list(map(int, line.split())) for line in (household.root / "uses").read_text().splitlines()
    ]
    last = [use[1:] for use in uses if use[0] == uses[-1][0]]
    assert len(last) > 20
    settled = last[3:]
    memory = [use[0] for use in settled]
    print(f"memory {memory[0] / 2**20:.1f} to {memory[-1] / 2**20:.1f} MB over {len(memory)} days")
    assert memory[-1] - memory[0] < 3 * 2**20
    assert {use[1] for use in settled} == {settled[0][1]}
    assert {use[2] for use in settled} == {settled[0][2]}

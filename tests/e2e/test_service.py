"""`syncd run` as a process: its signals, what it tells systemd, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders.mails import deliver, message
from tests.e2e.conftest import CHECKOUT, ME, CommandLine
from tests.integration.daemon import deaf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the service is run by systemd")

ANN = "Ann Lee <ann.lee@client.example>"
EARLIER = datetime.now(UTC) - timedelta(days=7)
SLOW = 30.0
"""Seconds within which anything happens on a busy machine."""


@dataclass
class Manager:
    """systemd's side of the notification socket."""

    channel: socket.socket
    address: str
    heard: list[dict[str, str]] = field(default_factory=list)

    def listen(self, seconds: float) -> None:
        """Hear everything for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.channel.settimeout(left)
            with contextlib.suppress(TimeoutError):
                self._hear()

    def wait(self, name: str, value: str = "1") -> dict[str, str]:
        """Hear until a message says NAME=VALUE."""
        self.channel.settimeout(SLOW)
        while True:
            told = self._hear()
            if told.get(name) == value:
                return told

    def _hear(self) -> dict[str, str]:
        text = self.channel.recv(65536).decode()
        told = dict(line.split("=", 1) for line in text.splitlines())
        self.heard.append(told)
        return told


@dataclass
class Running:
    """A service that was started."""

    process: subprocess.Popen[bytes]
    manager: Manager
    log: Path
    started: float

    def events(self, name: str = "") -> list[dict[str, object]]:
        """What it logged so far, or the events of one name."""
        lines = self.log.read_text("utf-8").splitlines()
        assert not any("Traceback" in line for line in lines), lines
        found = [json.loads(re.sub(r"^<\d>", "", line)) for line in lines]
        return [event for event in found if name in ("", event["event"])]

    def wait_for(self, name: str, count: int = 1) -> dict[str, object]:
        """Until it has logged so many events of a name; the last of them."""
        eventually(lambda: len(self.events(name)) >= count)
        return self.events(name)[count - 1]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; exit code, and seconds until the end."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(SLOW), time.monotonic() - begun


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    until = time.monotonic() + SLOW
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


class Desk(CommandLine):
    """A user's home folder in which a service can be started."""

    def accounts(self, *more: str, at: str = "00:00") -> Path:
        """syncd.yaml with the account `work` in ~/mail, and more accounts."""
        maildir = self.home / "mail" / "INBOX"
        for name in ("cur", "new", "tmp"):
            (maildir / name).mkdir(parents=True, exist_ok=True)
        own = f"{{name: work, connector: maildir, path: {self.home / 'mail'}}}"
        return self.write(
            "config/syncd.yaml",
            "\n".join(
                [
                    "timezone: America/Toronto",
                    f"me: {{names: [Camille Roy], addresses: [{ME}]}}",
                    f"accounts: [{', '.join([own, *more])}]",
                    f"summary: {{folder: {self.home / 'summaries'}, at: '{at}', days: "
                    "[mon, tue, wed, thu, fri, sat, sun]}",
                ]
            ),
        )

    def receive(self, subject: str = "The quote", folder: str = "INBOX") -> Path:
        """Ann asks; I have written before."""
        sent = EARLIER - timedelta(days=30)
        agenda = message(sender=f"Camille Roy <{ME}>", to=ANN, text="The agenda.\n", at=sent)
        deliver(self.home / "mail", agenda, sent, folder="Sent")
        text = "Hi Camille,\n\nCould you send me the revised quote?\n\nAnn\n"
        mail = message(sender=ANN, to=ME, text=text, at=EARLIER, subject=subject)
        return deliver(self.home / "mail", mail, EARLIER, folder=folder)

    def status(self) -> tuple[dict[str, object], int]:
        """`syncd status --json` and its exit code."""
        answer = self("status", "--config", "config", "--state", "state", "--json")
        return json.loads(answer.out), answer.code


@pytest.fixture
def desk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path / "home"
    home.mkdir()
    return Desk(home, tmp_path_factory.getbasetemp() / "bytecode")


@pytest.fixture
def start(desk: Desk, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts the service, and waits until it is ready; ends it when the test ends."""
    running: list[Running] = []

    def begin(address: str = "", *, journal: bool = False, **environment: str) -> Running:
        number = len(running)
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = address or str(tmp_path / f"notify{number}")
        channel.bind("\0" + address[1:] if address.startswith("@") else address)
        log = tmp_path / f"log{number}"
        with log.open("wb") as file:
            if journal:
                status = os.fstat(file.fileno())
                environment["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
            started = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-m", "syncd", "run", "--config", "config", "--state", "state"],
                cwd=desk.home,
                stderr=file,
                env={**desk.environ(), "NOTIFY_SOCKET": address, **environment},
            )
        running.append(Running(process, Manager(channel, address), log, started))
        running[-1].manager.wait("READY")
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        one.manager.channel.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_from_ready_to_the_end(
    desk: Desk, start: Callable[..., Running], number: signal.Signals
) -> None:
    desk.accounts()
    desk.receive()
    service = start()
    assert service.manager.heard[0]["STATUS"].startswith("1 account; next summary ")
    # a summary is due from the start: it has never been written
    service.wait_for("summary_written")
    assert "revised quote" in (desk.home / "summaries" / "latest.md").read_text("utf-8")
    report, code = desk.status()
    assert code == 0
    assert report["service"]["pid"] == service.process.pid  # type: ignore[index]
    (account,) = report["accounts"]  # type: ignore[misc]
    assert account["records"] == 2
    assert account["last_success"] < account["next"]
    code, seconds = service.stop(number)
    assert (code, seconds < 5) == (0, True)
    service.manager.wait("STOPPING")
    report, _ = desk.status()
    assert report["service"] == {"running": False, "pid": None, "since": None}
    assert [event["event"] for event in service.events()][-1] == "stopped"


def test_status_tells_the_summary_s_time_as_the_user_does(
    desk: Desk, start: Callable[..., Running]
) -> None:
    desk.environment["TZ"] = "Asia/Tokyo"
    desk.accounts(at="23:59")
    service = start()
    assert service.manager.heard[0]["STATUS"].endswith(" 23:59")
    answer = desk("status", "--config", "config", "--state", "state")
    assert re.search(r"^next summary: .* 23:59$", answer.out, re.MULTILINE)


def test_the_abstract_socket_and_the_watchdog(desk: Desk, start: Callable[..., Running]) -> None:
    desk.accounts()
    service = start(f"@syncd-test-{os.getpid()}", WATCHDOG_USEC="1500000")
    service.wait_for("pulled")
    service.manager.listen(0.5)
    service.manager.heard.clear()  # from before it had come to its work
    service.manager.listen(3)
    signs = [told for told in service.manager.heard if "WATCHDOG" in told]
    assert 2 <= len(signs) <= 12


def test_usr1_reads_and_writes_at_once(desk: Desk, start: Callable[..., Running]) -> None:
    desk.accounts()
    service = start()
    service.wait_for("summary_written")
    written = (desk.home / "summaries" / "latest.md").read_text("utf-8")
    assert "revised quote" not in written
    desk.receive()
    service.process.send_signal(signal.SIGUSR1)
    eventually(
        lambda: "revised quote" in (desk.home / "summaries" / "latest.md").read_text("utf-8")
    )


def test_hup_applies_a_good_configuration_and_survives_a_bad_one(
    desk: Desk, start: Callable[..., Running]
) -> None:
    path = desk.accounts()
    desk.receive()
    service = start()
    service.wait_for("summary_written")
    good = path.read_text("utf-8")

    path.write_text(good + "\nlanguage: klingon\n", "utf-8")
    service.process.send_signal(signal.SIGHUP)
    begun = service.manager.wait("RELOADING")
    assert abs(time.clock_gettime(time.CLOCK_MONOTONIC) - int(begun["MONOTONIC_USEC"]) / 1e6) < SLOW
    assert "configuration has problems" in service.manager.wait("READY")["STATUS"]
    problems = service.events("configuration_invalid")[-1]["problems"]
    assert "syncd.yaml:" in str(problems)
    report, code = desk.status()
    assert code == 1
    assert report["configuration"]["older_in_use"] is True  # type: ignore[index]
    service.process.send_signal(signal.SIGUSR1)
    eventually(
        lambda: (
            "last good one is in use" in (desk.home / "summaries" / "latest.md").read_text("utf-8")
        )
    )

    (desk.home / "archive" / "INBOX" / "cur").mkdir(parents=True)
    (desk.home / "archive" / "INBOX" / "new").mkdir()
    desk.accounts(f"{{name: archive, connector: maildir, path: {desk.home / 'archive'}}}")
    pulls = len(service.events("pulled"))
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: any(e["account"] == "archive" for e in service.events("pulled")[pulls:]))
    report, code = desk.status()
    assert code == 0
    assert [a["account"] for a in report["accounts"]] == ["work", "archive"]  # type: ignore[attr-defined, index]
    assert report["configuration"] == {"problems": [], "older_in_use": False}


def test_an_invalid_configuration_does_not_start(desk: Desk) -> None:
    desk.write("config/syncd.yaml", "accounts: []\n")
    answer = desk("run", "--config", "config", "--state", "state")
    assert answer.code == 1
    assert "syncd.yaml:" in answer.err


def test_it_ends_in_time_while_an_account_waits_for_the_network(
    desk: Desk, start: Callable[..., Running], tmp_path: Path
) -> None:
    deaf.install(tmp_path / "site")
    server = socket.create_server(("127.0.0.1", 0))
    accepted = threading.Event()
    kept = []

    def accept() -> None:
        connection, _ = server.accept()
        kept.append(connection)
        accepted.set()

    threading.Thread(target=accept, daemon=True).start()
    desk.accounts(f"{{name: far, connector: deaf, port: {server.getsockname()[1]}}}")
    desk.receive()
    paths = os.pathsep.join([str(tmp_path / "site"), str(CHECKOUT)])
    service = start(PYTHONPATH=paths)
    assert accepted.wait(SLOW)
    service.wait_for("pulled")  # the other account does not wait
    code, seconds = service.stop()
    assert code == 0
    assert seconds < 5
    server.close()


def test_killed_it_goes_on_where_it_was(desk: Desk, start: Callable[..., Running]) -> None:
    desk.accounts()
    for number in range(300):
        sent = EARLIER - timedelta(hours=number)
        text = f"Notes number {number}.\n"
        deliver(desk.home / "mail", message(sender=ANN, to=ME, text=text, at=sent), sent)
    desk.receive()
    for kill in range(3):
        service = start()
        time.sleep(0.15 * kill)
        service.process.kill()
        assert service.process.wait() == -signal.SIGKILL
    service = start()
    service.wait_for("pulled")
    service.stop()
    with sqlite3.connect(desk.home / "state" / "records.db") as records:
        (count,) = records.execute("SELECT count(*) FROM interactions").fetchone()
        (distinct,) = records.execute(
            "SELECT count(DISTINCT source_id) FROM interactions"
        ).fetchone()
    assert count == distinct == 302


def test_records_that_turn_out_damaged_are_made_anew_while_it_runs(
    desk: Desk, start: Callable[..., Running]
) -> None:
    desk.accounts()
    desk.receive()
    service = start()
    service.wait_for("summary_written")
    path = desk.home / "state" / "records.db"
    with sqlite3.connect(path) as records:
        records.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    service.process.send_signal(signal.SIGUSR1)
    service.wait_for("records_rebuilt")
    service.wait_for("started", 2)
    eventually(lambda: sum(e.get("upserts") == 2 for e in service.events("pulled")) == 2)
    assert service.process.poll() is None
    report, _ = desk.status()
    assert report["accounts"][0]["records"] == 2  # type: ignore[index]
    assert list((desk.home / "state").glob("records.db.damaged-*"))
    assert service.stop()[0] == 0


def test_the_journal_gets_priorities_and_nothing_of_the_mail(
    desk: Desk, start: Callable[..., Running]
) -> None:
    desk.accounts("{name: lost, connector: maildir, path: /nonexistent/mail}")
    desk.receive(subject="A confidential merger")
    service = start(journal=True)
    service.wait_for("summary_written")
    service.stop()
    text = service.log.read_text("utf-8")
    for line in text.splitlines():
        assert re.match(r"<[46]>\{", line), line
    priorities = {line[1] for line in text.splitlines() if '"pull_failed"' in line}
    assert priorities == {"4"}
    for words in ("confidential", "quote", "ann.lee", "Ann Lee"):
        assert words not in text
    runs = [event["run"] for event in service.events("pulled")]
    assert len(set(runs)) == len(runs)


def test_what_it_makes_is_for_the_user_alone(desk: Desk, start: Callable[..., Running]) -> None:
    desk.accounts()
    service = start()
    service.wait_for("summary_written")
    for path in [*(desk.home / "state").rglob("*"), *(desk.home / "summaries").rglob("*")]:
        assert not stat.S_IMODE(path.lstat().st_mode) & 0o077, path


def test_only_one_serves(desk: Desk, start: Callable[..., Running]) -> None:
    desk.accounts()
    service = start()
    answer = desk("run", "--config", "config", "--state", "state")
    assert answer.code == 1
    assert f"in use by syncd process {service.process.pid}" in answer.err


def test_an_answer_by_command_reaches_the_running_service(
    desk: Desk, start: Callable[..., Running]
) -> None:
    desk.accounts()
    desk.receive()
    service = start()
    service.wait_for("summary_written")
    latest = desk.home / "summaries" / "latest.md"
    line = next(line for line in latest.read_text("utf-8").splitlines() if "- [ ]" in line)
    item = line.rsplit("`", 2)[1]
    where = ("--config", "config", "--state", "state")
    answer = desk("done", item, *where)
    assert answer.code == 0, answer.err
    assert "Ann Lee" in answer.out
    service.wait_for("answers")
    assert service.stop()[0] == 0
    again = desk("summary", "--json", *where)
    assert [one["state"] for one in json.loads(again.out)["items"] if one["id"] == item] == ["done"]
    unknown = desk("done", "zzzz", *where)
    assert unknown.code == 1
    assert "there is no item 'zzzz'" in unknown.err

"""`syncd auth`, `once` and `status` as a user starts them, with a mailbox at Microsoft."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import CommandLine
from tests.e2e.desk import question
from tests.fakes.microsoft.calendar import FakeCalendars
from tests.fakes.microsoft.login import CLIENT, FakeLogin
from tests.fakes.microsoft.mail import Mailbox
from tests.fakes.microsoft.server import FakeGraph

NOW = "2026-11-23T08:00:00-05:00"
MONDAY = datetime(2026, 11, 23, 13, tzinfo=UTC)


class Office:
    """A user's terminal, a mailbox at Microsoft and a Maildir on this machine."""

    def __init__(self, syncd: CommandLine, graph: FakeGraph, login: FakeLogin) -> None:
        self.syncd = syncd
        self.login = login
        graph.tokens.clear()
        login.interval = 1
        self.mailbox = Mailbox(graph)
        FakeCalendars(graph)
        self.mailbox.send("The agenda", MONDAY - timedelta(days=30), text="Here is the agenda.")
        self.mailbox.deliver(
            "The contract",
            MONDAY - timedelta(days=4),
            text="Hi Camille,\nCould you send me the signed contract?\nAnn",
        )
        question(syncd.home / "mail", subject="The quote")
        syncd.write(
            "config/syncd.yaml",
            f"""
timezone: America/Toronto
me: {{names: [Camille Roy], addresses: [camille@cabinet.example]}}
accounts:
  - {{name: local, connector: maildir, path: {syncd.home / "mail"}}}
  - name: work
    connector: outlook
    user: camille@cabinet.example
    client_id: {CLIENT}
    authority: {login.authority}
    endpoint: {graph.url}
summary: {{folder: {syncd.home / "summaries"}}}
""",
        )
        self.said = ""
        """Everything that was printed so far."""
        self.processes = ""
        """The command lines and environments of the processes so far."""

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "syncd", *words, "--config", "config", "--state", "state"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.syncd.home,
            env=self.syncd.environ(),
        )

    def end(self, process: subprocess.Popen[str]) -> int:
        out, err = process.communicate(timeout=60)
        self.said += out + err
        assert "Traceback" not in err, err
        return process.returncode

    def sign_in(self, *words: str, accept: bool = True) -> int:
        """`syncd auth work`, and the user does what it says."""
        process = self.start("auth", "work", *words)
        assert process.stderr is not None
        for line in process.stderr:
            self.said += line
            self.look(process.pid)
            code = re.search(r"type the code (\S+)", line)
            if code:
                self.login.type_code(code[1], accept=accept)
                break
            if line.startswith("http"):
                self.login.browse(line.strip(), accept=accept)
                break
        return self.end(process)

    def once(self) -> tuple[dict[str, str], str]:
        """`syncd once`: each account's coverage, and the items as text."""
        process = self.start("once", "--json", "--now", NOW)
        out, err = process.communicate(timeout=60)
        self.said += out + err
        summary = json.loads(out)
        coverage = {account["account"]: account["state"] for account in summary["coverage"]}
        return coverage, json.dumps(summary["items"])

    def look(self, pid: int) -> None:
        for name in ("cmdline", "environ"):
            self.processes += Path(f"/proc/{pid}/{name}").read_text(errors="replace")


@pytest.fixture
def office(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path / "home"
    home.mkdir()
    syncd = CommandLine(home, tmp_path_factory.getbasetemp() / "bytecode")
    with FakeGraph() as graph, FakeLogin(graph) as login:
        yield Office(syncd, graph, login)


@pytest.mark.parametrize("how", [("--device",), ("--no-browser",)])
def test_from_the_sign_in_to_the_summary_and_nothing_secret_on_the_way(
    office: Office, how: tuple[str, ...]
) -> None:
    assert office.sign_in(*how) == 0
    assert "signed in as camille@cabinet.example" in office.said
    office.login.expire()
    coverage, items = office.once()
    assert coverage == {"local": "complete", "work": "complete"}
    assert "signed contract" in items
    assert "revised quote" in items
    assert len(office.processes) > 100
    for secret in office.login.issued:
        assert secret not in office.said
        assert secret not in office.processes
    holding = {
        path.relative_to(office.syncd.home).as_posix()
        for path in office.syncd.home.rglob("*")
        if path.is_file()
        and any(secret.encode() in path.read_bytes() for secret in office.login.issued)
    }
    assert holding == {"state/tokens/work.json"}


def test_a_revoked_sign_in_pauses_its_account_alone(office: Office) -> None:
    office.sign_in("--device")
    office.once()
    office.login.revoke()
    question(office.syncd.home / "mail", sender="Jo Park <jo@client.example>")
    coverage, items = office.once()
    assert coverage == {"local": "complete", "work": "sign_in"}
    assert "Jo Park" in items
    assert "syncd auth work" in office.said
    process = office.start("status")
    office.said = ""
    office.end(process)
    assert "syncd auth work" in office.said
    assert office.sign_in("--device") == 0
    assert office.once()[0] == {"local": "complete", "work": "complete"}


def test_a_refused_sign_in_is_the_users_to_mend(office: Office) -> None:
    assert office.sign_in("--device", accept=False) == 1
    assert "refused or cancelled" in office.said
    assert not (office.syncd.home / "state" / "tokens" / "work.json").exists()
    assert office.once()[0] == {"local": "complete", "work": "sign_in"}

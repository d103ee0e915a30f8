"""Changes of real files, and how soon the watcher tells of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from syncd.config import Account, Configuration
from syncd.connectors.local.mbox import Mbox
from syncd.daemon import watcher as watching
from syncd.daemon.watcher import Watcher
from tests.builders.mails import deliver, message
from tests.builders.offices import MONDAY, Office
from tests.integration.watcher import editor

SOON = 2.0
QUIET = 1.5
"""Seconds: longer than any pause for events, and than the time between two looks."""
MAIL = message(sender="Ann Lee <ann.lee@client.example>", to="camille@cabinet.example",
               text="Could you call me?\n", at=MONDAY).as_bytes()  # fmt: skip


@dataclass
class Told:
    """What the watcher said, and when."""

    calls: list[tuple[str, float]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, what: str) -> None:
        with self.changed:
            self.calls.append((what, time.monotonic()))
            self.changed.notify_all()

    def count(self, what: str) -> int:
        return sum(1 for said, _ in self.calls if said == what)

    def after(self, change: Callable[[], object], within: float = SOON) -> set[str]:
        """What is told first of a change, in time."""
        before = len(self.calls)
        change()
        changed = time.monotonic()
        with self.changed:
            told = self.changed.wait_for(lambda: len(self.calls) > before, timeout=within)
        assert told, f"nothing was told within {within} s"
        time.sleep(0.1)
        calls = self.calls[before:]
        assert calls[0][1] - changed < within
        return {what for what, _ in calls}


@dataclass
class Watched:
    """An office under watch."""

    office: Office
    told: Told
    watcher: Watcher
    configuration: Configuration


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watched(office: Office, told: Told) -> Iterator[Watched]:
    """Mail in a Maildir and in an mbox file, a calendar, and a summary with one item."""
    office.correspond("Ann Lee <ann.lee@client.example>")
    ann = "Ann Lee <ann.lee@client.example>"
    office.receive(ann, "Could you send me the quote?\n", MONDAY - timedelta(days=7))
    office.meet("Lunch", MONDAY + timedelta(days=1), [ann])
    office.once()
    configuration = office.configuration()
    watcher = Watcher(lambda: told.tell("configuration"), lambda: told.tell("summary"), told.tell)
    watcher.start(configuration, office.config)
    yield Watched(office, told, watcher, configuration)
    watcher.stop()
    assert not [t for t in threading.enumerate() if t.name == "watcher"]


def _account(watched: Watched, connector: str) -> str:
    return next(a.name for a in watched.configuration.accounts if a.connector == connector)


def test_every_way_to_save_the_configuration_is_told_once(watched: Watched) -> None:
    path = watched.office.config / "syncd.yaml"
    for way in editor.WAYS:
        text = path.read_text("utf-8") + "# a remark\n"
        assert watched.told.after(partial(editor.save, way, path, text)) == {"configuration"}
        time.sleep(QUIET)
    assert watched.told.count("configuration") == len(editor.WAYS)


def test_every_way_to_save_a_summary_is_told(watched: Watched) -> None:
    path = watched.office.summaries / "latest.md"
    text = path.read_text("utf-8").replace("- [ ]", "- [x]")
    for way in editor.WAYS:
        assert watched.told.after(partial(editor.save, way, path, text)) == {"summary"}
        time.sleep(0.5)


def test_new_mail_is_told_and_a_storm_of_it_in_few_calls(watched: Watched) -> None:
    account = _account(watched, "maildir")
    mail = watched.office.mail
    assert watched.told.after(lambda: deliver(mail, MAIL, MONDAY)) == {account}
    assert watched.told.after(lambda: deliver(mail, MAIL, MONDAY, folder="Clients/New")) == {
        account
    }
    before = watched.told.count(account)

    def storm() -> None:
        for number in range(300):
            deliver(mail, MAIL, MONDAY + timedelta(seconds=number))
            time.sleep(0.005)

    watched.told.after(storm, within=4)
    assert watched.told.count(account) - before < 8


def test_a_calendar_that_is_replaced_is_told(watched: Watched) -> None:
    account = _account(watched, "ics")
    calendar = watched.office.calendar

    def replaced() -> None:
        new = calendar.with_suffix(".part")
        new.write_bytes(calendar.read_bytes() + b"\r\n")
        new.replace(calendar)

    assert watched.told.after(replaced) == {account}


def test_reading_and_what_others_leave_beside_it_tells_nothing(watched: Watched) -> None:
    before = len(watched.told.calls)
    for folder in (watched.office.mail, watched.office.config, watched.office.summaries):
        for path in folder.rglob("*"):
            if path.is_file():
                path.read_bytes()
    inbox = watched.office.mail / "INBOX"
    (inbox / "dovecot.index.log").write_text("x")
    (inbox / "tmp" / "1.half").write_text("x")
    (watched.office.config / ".syncd.yaml.swp").write_text("x")
    (watched.office.summaries / "notes.txt").write_text("x")
    time.sleep(QUIET)
    assert watched.told.calls[before:] == []


def test_folders_that_vanish_and_come_back_are_watched_again(watched: Watched) -> None:
    account, mail = _account(watched, "maildir"), watched.office.mail
    away = mail.with_name("unmounted")
    assert watched.told.after(lambda: mail.rename(away)) == {account}
    assert watched.told.after(lambda: away.rename(mail)) == {account}
    assert watched.told.after(lambda: deliver(mail, MAIL, MONDAY)) == {account}

    def made_anew() -> None:
        shutil.rmtree(watched.office.config)
        watched.office.configuration()

    watched.told.after(made_anew)
    path = watched.office.config / "syncd.yaml"
    assert watched.told.after(lambda: path.write_text(path.read_text() + "#\n")) == {
        "configuration"
    }


def test_a_file_behind_a_link_is_watched(watched: Watched, tmp_path: Path) -> None:
    real, path = tmp_path / "dotfiles.yaml", watched.office.config / "syncd.yaml"

    def link() -> None:
        path.rename(real)
        path.symlink_to(real)

    assert watched.told.after(link) == {"configuration"}
    assert watched.told.after(lambda: real.write_text(real.read_text() + "# there\n")) == {
        "configuration"
    }


def test_accounts_come_and_go_with_the_configuration(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "later" / "old.mbox"
    options = Mbox.Options(path=file)
    accounts = (*watched.configuration.accounts[:1], Account("old", "mbox", options))
    watched.watcher.restart(replace(watched.configuration, accounts=accounts))
    file.parent.mkdir()

    def begin() -> None:
        file.write_bytes(b"From MAILER Mon Nov 23 13:00:00 2026\n" + MAIL + b"\n")

    assert watched.told.after(begin) == {"old"}

    def grow() -> None:
        with file.open("ab") as mailbox:
            mailbox.write(b"From MAILER Mon Nov 23 13:00:00 2026\n" + MAIL + b"\n")

    assert watched.told.after(grow) == {"old"}
    before = len(watched.told.calls)
    watched.office.calendar.touch()
    time.sleep(QUIET)
    assert watched.told.calls[before:] == []


def test_a_network_folder_is_looked_at_again_and_again(
    office: Office, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.correspond("Ann Lee <ann.lee@client.example>")
    office.once()
    configuration = office.configuration()
    root = str(office.root.resolve()).replace(" ", "\\040")
    mounts = f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {root} rw - nfs4 server:/home rw\n"
    monkeypatch.setattr(watching, "_mountinfo", lambda: mounts)
    watcher = Watcher(lambda: told.tell("configuration"), lambda: told.tell("summary"), told.tell)
    watcher.start(configuration, office.config)
    try:
        account = next(a.name for a in configuration.accounts if a.connector == "maildir")
        for folder in ("INBOX", "Clients/New"):
            delivery = partial(deliver, office.mail, MAIL, MONDAY, folder=folder)
            assert told.after(delivery, within=5) == {account}
        path = office.config / "syncd.yaml"
        told.after(lambda: path.write_text(path.read_text() + "# far\n"))
        assert not [t for t in threading.enumerate() if "InotifyEmitter" in t.name]
    finally:
        watcher.stop()


_FEW_WATCHES = """
import sys, threading
from pathlib import Path
Path("/proc/sys/user/max_inotify_watches").write_text("4")
from syncd.config import load
from syncd.daemon.watcher import Watcher
from syncd.registry import OptionsOf, connectors, rules, summaries
folder = Path(sys.argv[1])
settings = load(folder, connectors=OptionsOf(connectors()), rules=OptionsOf(rules()),
                summaries=tuple(summaries()))
told = threading.Event()
watcher = Watcher(lambda: None, lambda: None, lambda account: told.set())
watcher.start(settings, folder)
print("watching", flush=True)
told.wait(8)
print(told.is_set(), flush=True)
watcher.stop()
"""


def test_without_inotify_watches_left_it_looks_instead(office: Office) -> None:
    for number in range(5):
        deliver(office.mail, MAIL, MONDAY, folder=f"Clients/{number}")
    office.correspond("Ann Lee <ann.lee@client.example>")
    office.configuration()
    limited = ["unshare", "--user", "--map-root-user"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*limited, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a user namespace to lower the limit of inotify watches in")
    with subprocess.Popen(
        [*limited, sys.executable, "-c", _FEW_WATCHES, str(office.config)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        if process.stdout.readline() != "watching\n":
            pytest.fail(process.stderr.read())
        deliver(office.mail, MAIL, MONDAY + timedelta(hours=1), folder="Clients/4")
        assert process.stdout.readline() == "True\n"
        assert "watching_by_looking" in process.stderr.read()

"""The maildir connector fulfils the contract."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.local.maildir import Maildir
from syncd.errors import UserError
from tests.contract.contract import NOW, ConnectorContract, Records, Source, context, pull
from tests.processor_time import takes_at_most


class MaildirSource(Source):
    """A Maildir as a delivery agent and a mail program leave it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, Path] = {}
        for place in ("cur", "new", "tmp"):
            (root / place).mkdir(parents=True)

    def connector(self) -> Connector:
        return Maildir("work", Maildir.Options(path=self.root))

    def add(self, name: str, at: datetime, place: str = "cur") -> None:
        stamp = int(at.timestamp())
        info = ":2,S" if place == "cur" else ""
        path = self.root / place / f"{stamp}.M{len(self._files)}P7.host{info}"
        path.write_bytes(
            f"From: Ann Lee <ann.lee@client.example>\nTo: camille@cabinet.example\n"
            f"Subject: {name}\nDate: {format_datetime(at)}\n"
            f"Message-ID: <{stamp}.{len(self._files)}@client.example>\n\nHello\n".encode()
        )
        self._files[name] = path

    def rename(self, name: str, info: str) -> None:
        """Give the file other flags, as a mail program does."""
        base = self._files[name].name.partition(":")[0]
        self._files[name] = self._files[name].rename(self.root / "cur" / (base + info))

    def settle(self) -> None:
        """Let the folder have been at rest for an hour."""
        for place in ("new", "cur"):
            then = time.time() - 3600
            os.utime(self.root / place, (then, then))

    def remove(self, name: str) -> None:
        self._files.pop(name).unlink()

    def add_broken(self, name: str) -> None:
        (self.root / "new" / "1795400000.M9P7.host").write_bytes(b"")

    def take_away(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))


class TestMaildir(ConnectorContract):
    name = "maildir"

    @pytest.fixture
    def source(self, tmp_path: Path) -> MaildirSource:
        return MaildirSource(tmp_path / "Maildir")

    def test_a_changed_flag_updates_the_message_under_its_id(self, source: MaildirSource) -> None:
        source.add("Quote", NOW)
        records = Records()
        pull(source, records)
        source.rename("Quote", ":2,RS")
        pull(source, records)
        (message,) = records.items.values()
        assert message.labels == ("\\Answered", "\\Seen")

    def test_a_message_moved_from_new_to_cur_keeps_its_id(self, source: MaildirSource) -> None:
        source.add("Quote", NOW, place="new")
        records = Records()
        pull(source, records)
        before = set(records.items)
        source.rename("Quote", ":2,")
        pull(source, records)
        assert set(records.items) == before

    @pytest.mark.parametrize("flags", [":2,ST", ":2,D"])
    def test_trashed_and_unfinished_mail_is_left_out(
        self, source: MaildirSource, flags: str
    ) -> None:
        source.add("Quote", NOW)
        records = Records()
        pull(source, records)
        source.rename("Quote", flags)
        pull(source, records)
        assert not records.items

    def test_an_unchanged_folder_is_not_listed(self, source: MaildirSource) -> None:
        source.add("Quote", NOW)
        source.settle()
        records = Records()
        pull(source, records)
        # Hidden from the store: a listing would bring it back, a stat does not.
        records.items.clear()
        assert pull(source, records) == []

    def test_a_change_within_the_same_time_stamp_is_seen(self, source: MaildirSource) -> None:
        source.add("One", NOW)
        records = Records()
        pull(source, records)
        before = (source.root / "cur").stat()
        source.add("Two", NOW)
        os.utime(source.root / "cur", ns=(before.st_atime_ns, before.st_mtime_ns))
        pull(source, records)
        assert records.names() == {"One", "Two"}

    def test_older_mail_than_wanted_is_not_read(self, source: MaildirSource) -> None:
        source.add("Long ago", NOW - timedelta(days=800))
        records = Records()
        pull(source, records)
        assert not records.items

    def test_what_is_no_file_is_set_aside(self, source: MaildirSource) -> None:
        os.mkfifo(source.root / "cur" / "1795400000.pipe:2,S")
        (source.root / "cur" / "1795400001.directory:2,S").mkdir()
        (source.root / "cur" / "1795400002.loop:2,S").symlink_to("1795400002.loop:2,S")
        (source.root / "cur" / "1795400003.dangling:2,S").symlink_to("nowhere")
        source.add("Quote", NOW)
        records = Records()
        pull(source, records)
        assert records.names() == {"Quote"}
        assert {failure.source_id for failure in records.failures.values()} == {
            "INBOX/1795400000.pipe",
            "INBOX/1795400001.directory",
            "INBOX/1795400002.loop",
        }

    def test_names_that_are_no_text_are_kept_apart(self, source: MaildirSource) -> None:
        for byte in (b"\xe9", b"\xe8"):
            path = os.fsencode(source.root / "cur") + b"/1795400000." + byte
            Path(os.fsdecode(path)).write_bytes(b"From: ann@client.example\n\n" + byte)
        records = Records()
        pull(source, records)
        assert len(records.items) == 2
        json.dumps(sorted(records.items)).encode("ascii")
        fetched = list(source.connector().fetch(list(records.items), context(records)))
        assert sum(len(batch.upserts) for batch in fetched) == 2

    def test_a_folder_that_cannot_be_listed_loses_nothing(
        self, source: MaildirSource, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source.add("Quote", NOW)
        records = Records()
        pull(source, records)
        listdir = os.listdir

        def refused(path: Path) -> list[str]:
            if path == source.root / "cur":
                raise PermissionError(13, "Permission denied")
            return listdir(path)

        # Root may list anything, and tests may run as root.
        monkeypatch.setattr(os, "listdir", refused)
        pull(source, records)
        assert records.names() == {"Quote"}
        assert records.failures["INBOX/"].reason == "permission denied"
        monkeypatch.undo()
        for batch in source.connector().fetch(["INBOX/"], context(records)):
            records.commit(batch)
        assert not records.failures

    def test_ten_thousand_empty_files_are_set_aside_in_no_time(self, source: MaildirSource) -> None:
        count = 10_000
        for number in range(count):
            (source.root / "new" / f"1795400000.{number}").touch()

        def first_pull() -> Records:
            records = Records()
            pull(source, records)
            return records

        records = takes_at_most(2, first_pull)
        assert len(records.failures) == count
        assert all(failure.permanent for failure in records.failures.values())


class TestLayouts:
    """Where Maildirs lie, and what their folders are called."""

    def test_folders_in_every_layout(self, tmp_path: Path) -> None:
        for folder in (
            "INBOX",
            "Sent",
            "Clients/North",
            "Old/.Archive.2024",
            "Old/.&AMk-t&AOk-",
        ):
            (tmp_path / folder / "cur").mkdir(parents=True)
            _write(tmp_path / folder / "cur" / "1795400000.1:2,", folder)
        (tmp_path / "owner.json").write_text("{}")
        (tmp_path / "Clients" / "loop").symlink_to(tmp_path)
        records = _pulled(tmp_path)
        assert {item.folder for item in records.items.values()} == {
            "INBOX",
            "Sent",
            "Clients/North",
            "Old/Archive/2024",
            "Old/Été",
        }
        assert len(records.items) == 5

    def test_the_maildir_itself_is_the_inbox(self, tmp_path: Path) -> None:
        for folder in (".", ".Sent"):
            (tmp_path / folder / "cur").mkdir(parents=True)
            _write(tmp_path / folder / "cur" / "1795400000.1:2,S", folder)
        records = _pulled(tmp_path)
        assert sorted(records.items) == ["INBOX/1795400000.1", "Sent/1795400000.1"]

    def test_trash_spam_and_drafts_are_left_out(self, tmp_path: Path) -> None:
        for folder in ("INBOX", "Corbeille", ".Spam", "Entwürfe"):
            (tmp_path / folder / "cur").mkdir(parents=True)
            _write(tmp_path / folder / "cur" / "1795400000.1:2,", folder)
        assert _pulled(tmp_path).folders() == {"INBOX"}

    def test_folders_are_chosen_by_patterns(self, tmp_path: Path) -> None:
        for folder in ("INBOX", "Clients/North", "Clients/South", "Lists"):
            (tmp_path / folder / "cur").mkdir(parents=True)
            _write(tmp_path / folder / "cur" / "1795400000.1:2,", folder)
        some = _pulled(tmp_path, folders=("inbox", "clients/*"), leave_out=("*/South",))
        assert some.folders() == {"INBOX", "Clients/North"}
        with pytest.raises(UserError, match="no folder to read"):
            _pulled(tmp_path, folders=("None such",))

    def test_a_folder_that_is_gone_takes_its_messages_along(self, tmp_path: Path) -> None:
        for folder in ("INBOX", "Project"):
            (tmp_path / folder / "cur").mkdir(parents=True)
            _write(tmp_path / folder / "cur" / "1795400000.1:2,", folder)
        records = _pulled(tmp_path)
        shutil.rmtree(tmp_path / "Project")
        _pulled(tmp_path, records=records)
        assert records.folders() == {"INBOX"}

    def test_a_folder_without_a_maildir_is_the_users_to_mend(self, tmp_path: Path) -> None:
        (tmp_path / "letters").mkdir()
        with pytest.raises(UserError, match="holds no Maildir"):
            Maildir("work", Maildir.Options(path=tmp_path)).check()

    def test_the_home_folder_may_be_written_short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/home/camille")
        assert Maildir.Options(path="~/Mail").path == Path("/home/camille/Mail")


def _write(path: Path, subject: str) -> None:
    path.write_text(
        f"From: ann@client.example\nSubject: {subject}\nMessage-ID: <{subject}@x>\n"
        "Date: Mon, 23 Nov 2026 09:00:00 +0000\n\nHello\n"
    )


def _pulled(path: Path, records: Records | None = None, **options: object) -> Records:
    records = records or Records()
    connector = Maildir("work", Maildir.Options.model_validate({"path": path, **options}))
    for batch in connector.pull(records.cursor, context(records)):
        records.commit(batch)
    return records

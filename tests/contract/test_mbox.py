"""The mbox connector fulfils the contract."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from syncd.connectors.base import Connector
from syncd.connectors.local import mbox
from syncd.connectors.local.mbox import Mbox
from syncd.errors import Transient, UserError
from syncd.model import Message
from syncd.text.reading import Reader
from tests.contract.contract import (
    NOW,
    ConnectorContract,
    Records,
    Source,
    context,
    name_of,
    pull,
    upserts,
)


class MboxSource(Source):
    """A folder with one mbox file, appended to by delivery and rewritten by deletion."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.file = root / "Archive.mbox"
        self.file.touch()
        self._messages: dict[str, bytes] = {}

    def connector(self) -> Connector:
        return Mbox("work", Mbox.Options(path=self.root))

    def add(self, name: str, at: datetime) -> None:
        self._messages[name] = (
            f"From ann.lee@client.example {at:%a %b %d %H:%M:%S %Y}\n"
            f"From: Ann Lee <ann.lee@client.example>\nTo: camille@cabinet.example\n"
            f"Subject: {name}\nDate: {format_datetime(at)}\n"
            f"Message-ID: <{len(self._messages)}@client.example>\n\nHello\n\n"
        ).encode()
        with self.file.open("ab") as file:
            file.write(self._messages[name])

    def remove(self, name: str) -> None:
        del self._messages[name]
        self.file.write_bytes(b"".join(self._messages.values()))

    def add_broken(self, name: str) -> None:
        (self.root / "Other.mbox").write_bytes(b"\x1f\x8b\x08\x00 compressed")

    def settle(self) -> None:
        """Let the file have been at rest for an hour."""
        then = time.time() - 3600
        os.utime(self.file, (then, then))

    def take_away(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))


class TestMbox(ConnectorContract):
    name = "mbox"

    @pytest.fixture
    def source(self, tmp_path: Path) -> MboxSource:
        return MboxSource(tmp_path / "mail")

    def test_a_grown_file_is_read_from_its_old_end(
        self, source: MboxSource, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(200):
            source.add(f"Item {number}", NOW - timedelta(hours=number))
        source.settle()
        records = Records()
        pull(source, records)
        old_end = source.file.stat().st_size
        source.add("Late", NOW)
        offsets = _offsets_read(monkeypatch)
        assert [name_of(item) for item in upserts(pull(source, records))] == ["Late"]
        # The beginning and the old end are compared; messages before the last are not read.
        assert min(filter(None, offsets)) > old_end - 8192

    def test_an_unchanged_file_is_not_opened_further(
        self, source: MboxSource, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source.add("One", NOW)
        source.settle()
        records = Records()
        pull(source, records)
        offsets = _offsets_read(monkeypatch)
        assert pull(source, records) == []
        assert not offsets

    def test_a_message_that_was_still_being_written_is_read_again(self, source: MboxSource) -> None:
        source.add("One", NOW - timedelta(hours=1))
        with source.file.open("ab") as file:
            file.write(_message("Two", "The beginning"))
        source.settle()
        records = Records()
        pull(source, records)
        with source.file.open("ab") as file:
            file.write(b" and the end\n\n")
        assert [name_of(item) for item in upserts(pull(source, records))] == ["Two"]

    def test_marking_as_read_keeps_every_id(self, source: MboxSource) -> None:
        source.file.write_bytes(
            _message("One", "Hello\n\n", "X-Mozilla-Status: 0000\n")
            + _message("Two", "Hello\n\n", "X-Mozilla-Status: 0000\n")
        )
        records = Records()
        pull(source, records)
        before = dict(records.items)
        source.file.write_bytes(source.file.read_bytes().replace(b": 0000", b": 0001"))
        pull(source, records)
        assert records.items == before

    def test_what_thunderbird_marked_as_deleted_is_gone(self, source: MboxSource) -> None:
        source.file.write_bytes(_message("One", "Hello\n\n", "X-Mozilla-Status: 0001\n"))
        records = Records()
        pull(source, records)
        assert records.names() == {"One"}
        source.file.write_bytes(source.file.read_bytes().replace(b": 0001", b": 0009"))
        pull(source, records)
        assert not records.items

    def test_a_file_that_became_shorter_meanwhile_is_left_for_later(
        self, source: MboxSource
    ) -> None:
        for number in range(1200):
            source.add(f"Item {number}", NOW - timedelta(minutes=number))
        records = Records()
        running = source.connector().pull(None, context(records))
        records.commit(next(running))
        source.file.write_bytes(source.file.read_bytes()[:2000])
        with pytest.raises(Transient):
            list(running)
        assert records.cursor is None

    def test_one_message_many_times_is_one_item(self, source: MboxSource) -> None:
        source.file.write_bytes(_message("One", "Hello\n\n") * 3)
        records = Records()
        assert len(list(upserts(pull(source, records)))) == 1


class TestFormats:
    """The dialects of mbox."""

    @pytest.mark.parametrize(
        "separator",
        [
            "From ann@client.example Mon Nov 23 09:00:00 2026",
            "From - Mon Nov 23 09:00:00 2026",
            "From MAILER-DAEMON Mon Nov 23 09:00:00 2026",
            "From 1839475@xxx Mon Nov 23 09:00:00 +0000 2026",
            "From ann@client.example  Mon Nov  2 09:00 CET 2026",
            "From ann@client.example Mon, 23 Nov 2026 09:00:00 +0100",
            'From "ann lee"@client.example Mon Nov 23 09:00:00 2026 remote from x',
            "From ???@??? Mon Nov 23 09:00:00 2026",
        ],
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_separator_lines(self, tmp_path: Path, separator: str, end: str) -> None:
        one = f"{separator}\nFrom: ann@client.example\nSubject: One\n\nHello\n\n"
        two = one.replace("One", "Two")
        path = tmp_path / "a.mbox"
        path.write_bytes((one + two).replace("\n", end).encode())
        assert _pulled(path).names() == {"One", "Two"}

    def test_lines_of_text_that_look_like_separators_split_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mbox"
        text = (
            "Hello\n\nFrom my side it is fine.\n"
            "From Ann at 12:30 in 2026\nwe go to lunch.\n\n>From there, home.\n\n"
        )
        path.write_bytes(_message("One", text) + _message("Two", "Hi\n\n"))
        assert _pulled(path).names() == {"One", "Two"}

    def test_quoted_from_lines_are_unquoted_in_the_text(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mbox"
        path.write_bytes(_message("One", ">From Friday on I am away.\n\n"))
        (message,) = _pulled(path, reader=Reader()).items.values()
        assert isinstance(message, Message)
        assert message.excerpt == "From Friday on I am away."

    def test_a_wrong_content_length_misleads_nobody(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mbox"
        path.write_bytes(
            _message("One", "Hello\n\n", "Content-Length: 999999\n") + _message("Two", "Hi\n\n")
        )
        assert _pulled(path).names() == {"One", "Two"}

    def test_separators_across_the_stretches_of_reading(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "a.mbox"
        path.write_bytes(b"".join(_message(f"Item {n}", "x" * n + "\n\n") for n in range(60)))
        for size in (1300, 2048, 4096):
            monkeypatch.setattr(mbox, "_CHUNK", size)
            assert len(_pulled(path).items) == 60

    def test_google_takeout(self, tmp_path: Path) -> None:
        path = tmp_path / "Tous les messages.mbox"
        fields = "X-GM-THRID: 1849{}\nX-Gmail-Labels: {}\n"
        path.write_bytes(
            _message("Mine", "x\n\n", fields.format(1, "=?UTF-8?Q?Envoy=C3=A9s,Ouvert?="))
            + _message("News", "x\n\n", fields.format(2, '"Cat\u00e9gorie : promotions",Clients'))
            + _message("Gone", "x\n\n", fields.format(3, "Corbeille"))
            + _message("Junk", "x\n\n", fields.format(4, "Spam,Non lus"))
            + _message("Half", "x\n\n", fields.format(5, "Brouillons"))
            + _message("Chat", "x\n\n", fields.format(6, "Chat"))
        )
        found = {name_of(item): item for item in _pulled(path).items.values()}
        assert set(found) == {"Mine", "News"}
        mine, news = found["Mine"], found["News"]
        assert isinstance(mine, Message) and isinstance(news, Message)
        assert (mine.direction, mine.provider_thread) == ("outbound", "18491")
        assert mine.labels == ("Envoyés", "Ouvert")
        assert news.labels == ("CATEGORY_PROMOTIONS", "Clients")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"From: ann@client.example\n\nHello\n", "does not begin"),
            (b"\x1f\x8b\x08", "gzip archive"),
            (b"PK\x03\x04", "zip archive"),
        ],
    )
    def test_what_is_no_mbox_is_said_to_be_none(
        self, tmp_path: Path, content: bytes, said: str
    ) -> None:
        path = tmp_path / "a.mbox"
        path.write_bytes(content)
        with pytest.raises(UserError, match=said):
            Mbox("work", Mbox.Options(path=path)).check()
        with pytest.raises(UserError, match=said):
            _pulled(path)

    def test_a_folder_of_files(self, tmp_path: Path) -> None:
        for name in ("INBOX.mbox", "Sent.mbox", "Trash.mbox", "Old/2024.mbox", "Apple.mbox/mbox"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(_message(name, "x\n\n"))
        (tmp_path / "notes.txt").write_text("none")
        os.mkfifo(tmp_path / "pipe.mbox")
        records = _pulled(tmp_path)
        assert records.names() == {"INBOX.mbox", "Sent.mbox", "Old/2024.mbox", "Apple.mbox/mbox"}
        assert [failure.folder for failure in records.failures.values()] == ["pipe.mbox"]


def _message(subject: str, text: str, fields: str = "") -> bytes:
    return (
        f"From ann@client.example Mon Nov 23 09:00:00 2026\n{fields}"
        f"From: Ann Lee <ann@client.example>\nSubject: {subject}\n"
        f"Date: Mon, 23 Nov 2026 09:00:00 +0000\n\n{text}"
    ).encode()


def _pulled(path: Path, reader: Reader | None = None) -> Records:
    records = Records()
    asked = replace(context(records), reader=reader, words_since=NOW - timedelta(days=30))
    for batch in Mbox("work", Mbox.Options(path=path)).pull(None, asked):
        records.commit(batch)
    return records


def _offsets_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where in its files the connector reads from now on."""
    offsets: list[int] = []
    pread = os.pread

    def watched(handle: int, length: int, offset: int) -> bytes:
        offsets.append(offset)
        return pread(handle, length, offset)

    monkeypatch.setattr(os, "pread", watched)
    return offsets

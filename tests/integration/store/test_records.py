"""The store as the pipeline uses it, on real files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tinydb import where

from syncd.errors import StoreError
from syncd.model import Address, Message
from syncd.store import Store, key_id
from syncd.store.documents import from_document, to_document

NOON = 1_795_000_000


def mail(number: int, **fields: Any) -> dict[str, Any]:
    """The document of an invented message."""
    values: dict[str, Any] = {
        "account": "work",
        "source_id": f"m{number}",
        "folder": "INBOX",
        "at": NOON + number,
        "direction": "inbound",
        "sender": Address("ann.lee@client.example", "Ann Lee"),
    }
    return to_document(Message(**values | fields))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state") as store:
        yield store


# --- documents under keys ------------------------------------------------------------------------


def test_a_document_is_found_by_its_key_and_carries_it(store: Store) -> None:
    document = mail(1, subject="Devis révisé")

    assert store.interactions.put("work/message/m1", document)

    found = store.interactions.get_key("work/message/m1")
    assert found == document | {"key": "work/message/m1"}
    assert found.doc_id == key_id("work/message/m1")
    assert from_document(found) == from_document(document)
    assert store.interactions.get_key("work/message/m2") is None


def test_an_unchanged_document_writes_nothing(store: Store) -> None:
    assert store.interactions.put_many((f"m{n}", mail(n)) for n in range(3)) == 3
    before = store.storage.connection.total_changes

    assert not store.interactions.put("m1", mail(1))
    assert store.interactions.put_many((f"m{n}", mail(n)) for n in range(3)) == 0
    assert store.storage.connection.total_changes == before

    assert store.interactions.put_many([("m0", mail(0)), ("m1", mail(1, subject="New"))]) == 1
    assert store.interactions.get_key("m1")["subject"] == "New"  # type: ignore[index]


def test_of_two_documents_under_one_key_the_last_stays(store: Store) -> None:
    assert store.cursors.put_many([("work", {"page": 1}), ("work", {"page": 2})]) == 1
    assert store.cursors.get_key("work") == {"key": "work", "page": 2}


def test_many_keys_are_read_and_deleted_at_once(store: Store) -> None:
    keys = [f"work/message/{number}" for number in range(1200)]
    store.interactions.put_many((key, mail(number)) for number, key in enumerate(keys))

    found = store.interactions.get_keys([*keys, "missing"])
    assert list(found) == keys
    assert all(found[key]["key"] == key for key in keys)

    assert store.interactions.delete_keys([*keys[:1100], "missing"]) == 1100
    assert len(store.interactions) == 100
    assert store.check_integrity() == []


def test_two_keys_with_one_id_do_not_overwrite_each_other(store: Store) -> None:
    store.meta.put("a", {"value": 1})
    store.storage.connection.execute(
        "UPDATE meta SET doc_id = ? WHERE doc_id = ?", (key_id("b"), key_id("a"))
    )

    with pytest.raises(ValueError, match="'a' and 'b' have the same doc_id"):
        store.meta.put("b", {"value": 2})
    assert [item["value"] for item in store.meta] == [1]


def test_a_document_that_breaks_the_schema_stores_nothing_of_its_batch(store: Store) -> None:
    with pytest.raises(ValueError, match=r"interactions\.at"):
        store.interactions.put_many([("m1", mail(1)), ("m2", mail(2) | {"at": None})])
    assert len(store.interactions) == 0


def test_hostile_text_is_stored_and_found(store: Store) -> None:
    subject = "half \ud83d of a pair, a NUL \0 and the end"
    store.interactions.put("hostile \udcff", mail(1, subject=subject, refs=("a\0b@x.example",)))

    found = store.interactions.get_key("hostile \udcff")
    assert found is not None
    assert found["subject"] == "half \ufffd of a pair, a NUL \ufffd and the end"
    assert store.interactions.count(where("refs").any(["a\ufffdb@x.example"])) == 1
    assert store.check_integrity() == []


# --- transactions --------------------------------------------------------------------------------


def test_a_batch_and_its_cursor_are_one(store: Store, tmp_path: Path) -> None:
    with store.transaction():
        store.interactions.put("m1", mail(1))
        store.cursors.put("work", {"page": 1})
        with Store.open(tmp_path / "state", read_only=True) as reader:
            assert len(reader.interactions) == 0

    with Store.open(tmp_path / "state", read_only=True) as reader:
        assert len(reader.interactions) == len(reader.cursors) == 1


def test_an_exception_undoes_everything_inside(store: Store) -> None:
    store.cursors.put("work", {"page": 1})

    with pytest.raises(KeyboardInterrupt), store.transaction():
        store.interactions.put("m1", mail(1))
        store.runs.insert({"at": NOON})
        store.db.table("notes").insert({"text": "made inside"})
        store.cursors.put("work", {"page": 2})
        raise KeyboardInterrupt

    assert len(store.interactions) == len(store.runs) == 0
    assert "notes" not in store.db.tables()
    assert store.cursors.get_key("work") == {"key": "work", "page": 1}
    assert store.interactions.put("m1", mail(1))


def test_a_part_that_fails_is_undone_and_the_rest_can_go_on(store: Store) -> None:
    with store.transaction():
        store.interactions.put("m1", mail(1))
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.interactions.put("m2", mail(2))
            _ = 1 / 0
        store.interactions.put("m3", mail(3))

    assert [item["source_id"] for item in store.interactions] == ["m1", "m3"]


def test_undoing_does_not_hide_the_first_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.storage.connection.execute("ROLLBACK")
        _ = 1 / 0
    with pytest.raises(StoreError, match="already undone"), store.transaction():
        store.storage.connection.execute("ROLLBACK")
        store.meta.put("a", {})
    with pytest.raises(StoreError, match="already undone"), store.transaction():
        store.storage.connection.execute("ROLLBACK")
    assert len(store.meta) == 0


def test_an_upsert_is_one_transaction(store: Store) -> None:
    assert store.findings.upsert({"state": "open", "id": "a7f3"}, where("id") == "a7f3")
    assert store.findings.upsert({"state": "done", "id": "a7f3"}, where("id") == "a7f3")
    assert [dict(item) for item in store.findings] == [{"state": "done", "id": "a7f3"}]


# --- reads that leave the documents closed -------------------------------------------------------


@pytest.fixture
def filled(store: Store) -> Store:
    """Three mails of work, one of them bulk, one private; what Ann and Bob take part in."""
    both = ("f:ann.lee@client.example", "g:bob@client.example")
    store.interactions.put_many(
        [
            ("w1", mail(1, contacts=both, thread="t1", refs=("r@x.example",))),
            ("w2", mail(2, contacts=both[:1], thread="t1", answers="ann.lee@client.example")),
            ("w3", mail(3, folder="News", bulk="List-Id")),
            ("p4", mail(4, account="private", contacts=both[:1])),
        ]
    )
    return store


def test_select_reads_fields_in_order(filled: Store) -> None:
    recent = (where("kind") == "message") & (where("at") >= NOON + 2)
    select = filled.interactions.select

    assert sorted(select(["at", "thread", "human"], recent)) == [
        (NOON + 2, "t1", 1),
        (NOON + 3, None, 0),
        (NOON + 4, None, 1),
    ]
    assert list(select(["source_id"], recent, order_by="at", descending=True, limit=2)) == [
        ("m4",),
        ("m3",),
    ]
    assert list(select(["doc_id"], where("account") == "private")) == [(key_id("p4"),)]
    assert list(select(["counterpart", "delay"], where("counterpart").exists())) == [
        ("ann.lee@client.example", 0)
    ]


def test_select_gives_the_same_from_open_documents(filled: Store) -> None:
    def found(*extra: str, **options: Any) -> list[tuple[Any, ...]]:
        options = {"order_by": "at", **options}
        rows = filled.interactions.select(["source_id", "thread", "human", *extra], **options)
        return [row[:3] for row in rows]

    assert found() == found("subject")
    assert found(descending=True, limit=2) == found("subject", descending=True, limit=2)
    assert found(order_by="thread")[:2] == found("subject", order_by="thread")[:2]
    opened = ~(where("account") == "private")
    assert found(cond=where("account") == "work") == found(cond=opened)


def test_distinct_and_count_answer_from_the_index(filled: Store) -> None:
    work = where("account") == "work"

    assert filled.interactions.distinct("folder", work) == ["INBOX", "News"]
    assert filled.interactions.distinct("folder", ~work) == ["INBOX"]
    assert filled.interactions.distinct("direction") == ["inbound"]
    assert filled.interactions.count(work) == 3


def test_tally_counts_each_contact_until_a_moment(filled: Store) -> None:
    tally = filled.interactions.tally

    assert list(tally("contacts", until=NOON + 9, windows=[NOON + 2, NOON + 4])) == [
        ("f:ann.lee@client.example", 3, NOON + 1, NOON + 4, (2, 1)),
        ("g:bob@client.example", 1, NOON + 1, NOON + 1, (0, 0)),
    ]
    assert list(tally("contacts", until=NOON + 2, windows=[NOON + 2])) == [
        ("f:ann.lee@client.example", 2, NOON + 1, NOON + 2, (1,)),
        ("g:bob@client.example", 1, NOON + 1, NOON + 1, (0,)),
    ]
    with pytest.raises(ValueError, match="declares no list field 'to'"):
        list(tally("to", until=NOON))


def test_writing_between_the_documents_of_a_scan_does_no_harm(store: Store) -> None:
    store.interactions.put_many((f"m{number}", mail(number)) for number in range(1100))

    seen = 0
    for seen, document in enumerate(store.interactions, start=1):
        if seen % 100 == 0:
            store.interactions.put(document["key"], document | {"thread": "t1"})
            store.interactions.put(f"more {document['key']}", mail(1))

    assert seen == 1100
    assert len(store.interactions) == 1111
    assert store.interactions.count(where("thread") == "t1") == 11


@pytest.mark.parametrize(
    "query",
    [
        (where("account") == "work") & (where("folder") == "INBOX"),
        where("message_id").one_of(["a@x.example", "b@x.example"]),
        where("refs").any(["a@x.example", "b@x.example"]),
        where("contacts").any(["f:ann.lee@client.example"]),
        where("thread").one_of(["t1", "t2"]),
        where("provider_thread") == "18c",
        (where("subject_key") == "devis") & (where("at") >= NOON) & (where("at") < NOON + 9),
        (where("kind") == "meeting") & (where("at") >= NOON) & (where("at") < NOON + 9),
        (where("kind") == "message") & (where("at") >= NOON) & (where("copy") == False),  # noqa: E712 — a query
        where("uid") == "uid-1",
        where("counterpart") > "",
    ],
)
def test_the_pipelines_queries_use_an_index(store: Store, query: Any) -> None:
    plans: list[str] = []
    store.storage.connection.set_trace_callback(plans.append)
    store.interactions.search(query)
    store.storage.connection.set_trace_callback(None)
    (sql,) = [sql for sql in plans if "SELECT doc_id" in sql]

    lines = [row[3] for row in store.storage.query(f"EXPLAIN QUERY PLAN {sql}")]
    assert not [line for line in lines if line.startswith("SCAN") and "json_each" not in line]


# --- the file ------------------------------------------------------------------------------------


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "state"
    before = os.umask(0)
    try:
        with Store.open(folder) as store:
            store.interactions.put("m1", mail(1))
            names = {path.name for path in folder.iterdir()}
            modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)

    assert names == {"records.db", "records.db-wal", "records.db-shm", "records.lock"}
    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    (tmp_path / "records.db").chmod(0o644)

    with Store.open(tmp_path):
        assert stat.S_IMODE((tmp_path / "records.db").stat().st_mode) == 0o600


def test_a_second_writer_is_told_who_holds_the_records(tmp_path: Path) -> None:
    with Store.open(tmp_path), pytest.raises(StoreError, match=f"process {os.getpid()}"):
        Store.open(tmp_path)
    with Store.open(tmp_path):
        pass


def test_every_commit_waits_for_the_disk(store: Store) -> None:
    settings = {"journal_mode": "wal", "synchronous": 2}
    assert {name: next(store.storage.query(f"PRAGMA {name}"))[0] for name in settings} == settings


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.close()


def test_readers_need_no_lock_and_cannot_write(tmp_path: Path) -> None:
    with Store.open(tmp_path) as writer:
        writer.interactions.put("m1", mail(1))
        with Store.open(tmp_path, read_only=True) as reader:
            assert len(reader.interactions) == 1
            with reader.snapshot():
                assert len(reader.interactions) == 1
                writer.interactions.put("m2", mail(2))
                assert len(reader.interactions) == 1
            assert len(reader.interactions) == 2
            with pytest.raises(RuntimeError, match="for reading only"):
                reader.interactions.put("m3", mail(3))
        writer.interactions.put("m3", mail(3))


def test_a_reader_in_another_thread_sees_what_is_committed(store: Store, tmp_path: Path) -> None:
    found: list[tuple[str]] = []

    def read() -> None:
        with Store.open(tmp_path / "state", read_only=True) as reader:
            found.extend(reader.interactions.select(["source_id"]))

    store.interactions.put("m1", mail(1))
    thread = Thread(target=read)
    thread.start()
    thread.join()
    assert found == [("m1",)]


def test_reading_before_there_is_anything_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no records in .* yet\n.*run `syncd once` first"):
        Store.open(tmp_path / "nowhere", read_only=True)
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "records.db").touch()  # what a writer killed at its start leaves
    with pytest.raises(StoreError, match="no records in"):
        Store.open(tmp_path, read_only=True)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file/state cannot be used: Not a directory"):
        Store.open(tmp_path / "file" / "state")


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "records.db") as foreign:
        foreign.execute("CREATE TABLE photos (name)")
    foreign.close()
    before = (tmp_path / "records.db").read_bytes()

    with pytest.raises(StoreError, match="not one of syncd's"):
        Store.open(tmp_path)
    assert (tmp_path / "records.db").read_bytes() == before


def test_another_program_that_writes_for_too_long_is_named(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.storage.connection.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program"):
            store.meta.put("a", {})
        other.execute("ROLLBACK")
        other.close()
        store.meta.put("a", {})


BY_HAND = """
UPDATE interactions SET doc = json_set(doc, '$.contacts', json('["t:bob@client.example"]'),
    '$.at', 5, '$.thread', 't9') WHERE source_id = 'm1';
DELETE FROM interactions WHERE source_id = 'm2';
"""


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 shell on this machine")
def test_a_change_in_the_sqlite3_shell_keeps_the_indexes_right(
    filled: Store, tmp_path: Path
) -> None:
    subprocess.run(["sqlite3", tmp_path / "state" / "records.db", BY_HAND], check=True)
    _changed_by_hand(filled)


def test_a_change_by_hand_keeps_the_indexes_right(filled: Store, tmp_path: Path) -> None:
    hand = sqlite3.connect(tmp_path / "state" / "records.db")
    hand.executescript(BY_HAND)
    hand.close()
    _changed_by_hand(filled)


def _changed_by_hand(store: Store) -> None:
    table = store.interactions
    assert [item["key"] for item in table.search(where("thread") == "t9")] == ["w1"]
    assert list(table.tally("contacts", until=NOON + 9)) == [
        ("f:ann.lee@client.example", 1, NOON + 4, NOON + 4, ()),
        ("t:bob@client.example", 1, 5, 5, ()),
    ]
    assert store.check_integrity() == []


def test_what_is_not_a_document_is_refused_by_the_file_itself(filled: Store) -> None:
    for text in ("no JSON", "[1]"):
        with pytest.raises(sqlite3.Error):
            filled.storage.connection.execute("UPDATE interactions SET doc = ?", (text,))


def test_the_check_finds_rows_that_should_not_be_there(filled: Store) -> None:
    filled.storage.connection.execute("INSERT INTO interactions_refs VALUES ('r', 1, 99)")
    filled.storage.connection.execute("DELETE FROM interactions_contacts WHERE value LIKE 'g:%'")

    assert filled.check_integrity() == [
        "interactions_refs has too many: 1 rows",
        "interactions_contacts lacks 1 rows",
    ]

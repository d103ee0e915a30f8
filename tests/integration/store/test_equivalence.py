"""The same calls on our tables and on TinyDB's own memory storage give the same answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from tinydb import Query, TinyDB, where
from tinydb.queries import QueryInstance
from tinydb.storages import MemoryStorage
from tinydb.table import Document, Table

from syncd.store.keyed import RecordDB
from syncd.store.schema import Index, ListField, TableSchema

SCHEMA = TableSchema(
    "letters",
    indexes=(
        Index(("at", "folder")),
        Index(("subject", "at"), sparse=True),
        Index(("copy", "at")),
        Index(("count",)),
    ),
    lists=(ListField("refs", stamp="at"), ListField("contacts", stamp="at")),
)

# Few different values, so that queries match; some at the limits of what SQLite holds.
INTEGERS = st.sampled_from([-(2**63), -1, 0, 1, 2, 2**53 + 1, 2**63 - 1])
NUMBERS = INTEGERS | st.sampled_from([0.5, 1.0, -1e300, 2.0**53, 2**63, 10**30])
TEXTS = st.sampled_from(
    ["", "a", "A", "ab", "é", "e\u0301", "1", "INBOX", "😀", "\uffff", "%", "'"]
)
LISTS = st.lists(TEXTS, max_size=3)
FREE = st.none() | st.booleans() | NUMBERS | TEXTS | LISTS | st.dictionaries(TEXTS, TEXTS)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "at": INTEGERS | st.booleans(),
        "count": INTEGERS,
        "folder": TEXTS,
        "subject": TEXTS,
        "copy": st.booleans(),
        "refs": LISTS,
        "contacts": LISTS,
        "free": FREE,
    },
)
NUMERIC, TEXTUAL = st.sampled_from(["at", "count"]), st.sampled_from(["folder", "subject"])
LISTED = st.sampled_from(["refs", "contacts"])


def ranges(field: str, value: Any) -> st.SearchStrategy[QueryInstance]:
    """One of the four comparisons."""
    of = where(field)
    return st.sampled_from([of < value, of <= value, of > value, of >= value])


TESTS: st.SearchStrategy[QueryInstance] = st.one_of(
    st.builds(lambda f, v: where(f) == v, NUMERIC | TEXTUAL | LISTED | st.just("free"), FREE),
    st.builds(lambda f, v: where(f) != v, NUMERIC | TEXTUAL, FREE),
    st.tuples(NUMERIC, NUMBERS).flatmap(lambda drawn: ranges(*drawn)),
    st.tuples(TEXTUAL, TEXTS).flatmap(lambda drawn: ranges(*drawn)),
    st.builds(lambda f, v: where(f).one_of(v), NUMERIC | TEXTUAL, st.lists(FREE, max_size=4)),
    st.builds(lambda f: where(f).exists(), NUMERIC | TEXTUAL | LISTED | st.just("free")),
    st.builds(lambda f, v: where(f).any(v), LISTED, st.lists(FREE, max_size=3)),
    st.builds(lambda f, v: where(f).any(v), LISTED, TEXTS),
    st.builds(lambda f, v: where(f).all(v), LISTED, LISTS),
    st.builds(lambda f, v: where(f).search(v), TEXTUAL, st.sampled_from(["a", "^A", "[é1]"])),
    st.builds(lambda v: where("copy") == v, st.booleans()),
    st.builds(lambda part: Query().fragment(part), DOCUMENTS),
    st.builds(lambda: Query().noop()),
)
QUERIES = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=5,
)


def contents(documents: list[Document]) -> list[tuple[int, str]]:
    """Ids and documents, comparable: True is not 1 here."""
    return [(item.doc_id, json.dumps(item, sort_keys=True)) for item in documents]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> RecordDB:
    """A database for all examples: opening one for each would take most of the time."""
    return RecordDB(tmp_path_factory.mktemp("equivalence") / "records.db", schemas=(SCHEMA,))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(documents=st.lists(DOCUMENTS, max_size=8), queries=st.lists(QUERIES, max_size=5))
def test_queries_find_what_tinydb_finds(
    ours: RecordDB, documents: list[dict[str, Any]], queries: list[QueryInstance]
) -> None:
    ours.drop_tables()
    table, other = ours.table("letters"), TinyDB(storage=MemoryStorage).table("letters")
    assert table.insert_multiple(documents) == other.insert_multiple(documents)
    for query in queries:
        expected = contents(other.search(query))
        assert contents(table.search(query)) == expected
        assert table.count(query) == len(expected)
        assert table.contains(query) == bool(expected)
        first = table.get(query)
        assert (contents([first]) if first is not None else []) == expected[:1]
        fields = ["doc_id", "at", "subject"]
        found = {(item.doc_id, item.get("at"), item.get("subject")) for item in other.search(query)}
        assert set(table.select(fields, query)) == found  # type: ignore[attr-defined]
    for doc_id in (0, 1, -1, 2**70, float("nan"), 1.0):
        assert table.get(doc_id=doc_id) == other.get(doc_id=doc_id)  # type: ignore[arg-type]
    assert table.get(doc_ids=[3, 2**70, 1]) == other.get(doc_ids=[3, 2**70, 1])


class SameWrites(RuleBasedStateMachine):
    """Any sequence of TinyDB's writes leaves the same documents in the same order."""

    ids: Bundle[int] = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "records.db"
        self.ours = RecordDB(path, schemas=(SCHEMA,))
        self.theirs = TinyDB(storage=MemoryStorage)

    def both(self, name: str, *args: Any, **kwargs: Any) -> Any:
        answers = []
        for db in (self.ours, self.theirs):
            table: Table = db.table("letters")
            try:
                answers.append(getattr(table, name)(*args, **kwargs))
            except ValueError as error:
                answers.append(str(error))
        assert answers[0] == answers[1], name
        return answers[0]

    @rule(target=ids, document=DOCUMENTS)
    def insert(self, document: Mapping[str, Any]) -> Any:
        inserted = self.both("insert", document)
        return inserted if isinstance(inserted, int) else multiple()

    @rule(doc_id=st.integers(1, 40), document=DOCUMENTS)
    def insert_with_id(self, doc_id: int, document: Mapping[str, Any]) -> None:
        self.both("insert", Document(document, doc_id))

    @rule(documents=st.lists(DOCUMENTS, max_size=3))
    def insert_multiple(self, documents: list[Mapping[str, Any]]) -> None:
        self.both("insert_multiple", documents)

    @rule(fields=DOCUMENTS, query=QUERIES)
    def update(self, fields: Mapping[str, Any], query: QueryInstance) -> None:
        self.both("update", fields, query)

    @rule(fields=DOCUMENTS, doc_ids=st.lists(st.integers(1, 10), max_size=3, unique=True))
    def update_ids(self, fields: Mapping[str, Any], doc_ids: list[int]) -> None:
        self.both("update", fields, doc_ids=doc_ids)

    @rule(value=TEXTS)
    def update_all(self, value: str) -> None:
        def transform(document: MutableMapping[str, Any]) -> None:
            document["folder"] = value

        self.both("update", transform)

    @rule(fields=DOCUMENTS, query=QUERIES)
    def update_multiple(self, fields: Mapping[str, Any], query: QueryInstance) -> None:
        self.both("update_multiple", [(fields, query), ({"at": 7}, where("at") == 1)])

    @rule(document=DOCUMENTS, query=QUERIES)
    def upsert(self, document: Mapping[str, Any], query: QueryInstance) -> None:
        self.both("upsert", document, query)

    @rule(doc_id=ids, document=DOCUMENTS)
    def upsert_id(self, doc_id: int, document: Mapping[str, Any]) -> None:
        self.both("upsert", Document(document, doc_id))

    @rule(query=QUERIES)
    def remove(self, query: QueryInstance) -> None:
        self.both("remove", query)

    @rule(doc_id=consumes(ids))
    def remove_id(self, doc_id: int) -> None:
        self.both("remove", doc_ids=[doc_id])

    @rule()
    def truncate(self) -> None:
        self.both("truncate")

    @rule()
    def drop(self) -> None:
        self.ours.drop_table("letters")
        self.theirs.drop_table("letters")

    @invariant()
    def same_documents(self) -> None:
        ours, theirs = self.ours.table("letters"), self.theirs.table("letters")
        assert contents(ours.all()) == contents(theirs.all())
        assert len(ours) == len(theirs)
        for field in ("refs", "contacts"):
            for value in ("a", "é"):
                query = where(field).any([value])
                assert contents(ours.search(query)) == contents(theirs.search(query))

    def teardown(self) -> None:
        self.ours.close()
        self.folder.cleanup()


TestSameWrites = SameWrites.TestCase
TestSameWrites.settings = settings(max_examples=30, stateful_step_count=20)

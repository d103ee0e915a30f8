"""Which queries become SQL, and which are left to a scan."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tinydb import Query, where
from tinydb.queries import QueryInstance

from syncd.store import pushdown
from syncd.store.schema import Index, ListField, TableSchema

SCHEMA = TableSchema(
    "letters",
    indexes=(Index(("at", "folder")), Index(("subject",), sparse=True)),
    lists=(ListField("refs", stamp="at"),),
)


@pytest.mark.parametrize(
    ("query", "sql", "parameters"),
    [
        (where("at") == 5, '"at" = ?', (5,)),
        (where("at") == 5.0, '"at" = ?', (5,)),
        (where("at") >= 5.5, '"at" >= ?', (5.5,)),
        (where("subject") == "Devis révisé", '"subject" = ?', ("Devis révisé",)),
        (where("at").one_of([1, 2]), '"at" IN (SELECT value FROM json_each(?))', ("[1, 2]",)),
        (
            where("refs").any(["a@client.example"]),
            'seq IN (SELECT seq FROM "letters_refs" WHERE value IN'
            " (SELECT value FROM json_each(?)))",
            ('["a@client.example"]',),
        ),
    ],
)
def test_a_test_of_a_declared_field_becomes_sql(
    query: QueryInstance, sql: str, parameters: tuple[Any, ...]
) -> None:
    clause = pushdown.Clause(sql, parameters)
    assert pushdown.superset(query, SCHEMA) == clause
    assert pushdown.exact(query, SCHEMA) == clause


@pytest.mark.parametrize(
    "query",
    [
        where("at") != 5,
        ~(where("at") == 5),
        where("at") == None,  # noqa: E711 — a query
        where("at") == float("nan"),
        where("at") == 2**63,
        where("subject") == "nul \0",
        where("subject") == "half a \ud83d pair",
        where("subject") == ["a", "list"],
        where("subject").matches("Re: .*"),
        where("subject").search("quote", re.IGNORECASE),
        where("subject").test(lambda text: True),
        where("subject").map(len) == 3,
        where("subject").one_of("letters of a word"),  # type: ignore[arg-type]  # works in TinyDB
        where("subject").one_of([None]),
        where("refs").any("letters of a word"),  # type: ignore[arg-type]  # works in TinyDB
        where("refs").any([1]),
        where("refs").any(where("id") == 1),
        where("refs").all(["a"]),
        where("refs") == ["a"],
        where("undeclared") == 1,
        where("subject")["nested"] == 1,
        Query().fragment({"at": 5}),
        Query().subject.fragment({"at": 5}),
        lambda document: True,
    ],
)
def test_what_sql_would_answer_differently_is_left_to_a_scan(query: object) -> None:
    assert pushdown.superset(query, SCHEMA) is None
    assert pushdown.exact(query, SCHEMA) is None


def test_a_superset_drops_the_part_of_an_and_that_it_cannot_say() -> None:
    query = (where("at") >= 5) & ~(where("folder") == "Spam")

    assert pushdown.superset(query, SCHEMA) == pushdown.Clause('("at" >= ?)', (5,))
    assert pushdown.exact(query, SCHEMA) is None


def test_an_or_needs_both_of_its_sides() -> None:
    known, unknown = where("at") == 5, where("undeclared") == 1

    assert pushdown.superset(known | unknown, SCHEMA) is None
    assert pushdown.superset(known | (where("folder") == "INBOX"), SCHEMA) is not None


def test_a_superset_takes_a_rounded_bound_in_and_exact_does_not() -> None:
    query = where("at") < 5

    assert pushdown.superset(query, SCHEMA) == pushdown.Clause('"at" <= ?', (5,))
    assert pushdown.exact(query, SCHEMA) == pushdown.Clause('"at" < ?', (5,))


def test_exists_is_exact_only_for_what_the_schema_promises() -> None:
    query = where("subject").exists()

    assert pushdown.exact(query, SCHEMA) == pushdown.Clause('"subject" IS NOT NULL')
    assert pushdown.superset(query, SCHEMA) is None


def test_noop_is_always_true() -> None:
    query = Query().noop() & (where("at") == 5)

    assert pushdown.superset(query, SCHEMA) == pushdown.Clause('("at" = ?)', (5,))
    exact = pushdown.exact(query, SCHEMA)
    assert exact is not None
    assert exact.parameters == (5,)


def test_without_tinydbs_private_attribute_everything_is_a_scan() -> None:
    query = where("at") == 5
    del query._hash

    assert pushdown.superset(query, SCHEMA) is None


def test_a_query_too_deep_for_sqlite_is_a_scan() -> None:
    query = where("at") == 0
    for number in range(1, 200):
        query = query | (where("at") == number)

    assert pushdown.superset(query, SCHEMA) is None

"""The tables of syncd's records and what their documents are found by.

A change here is a change of the file on disk: it needs an upgrade in migrations.py.
"""

from __future__ import annotations

from syncd.store.schema import Index, ListField, TableSchema

INTERACTIONS = TableSchema(
    "interactions",
    indexes=(
        # What a connector that lists already has; the count of an account.
        Index(("account", "folder", "source_id")),
        # Threading: the relatives of a message.
        Index(("message_id",), sparse=True),
        Index(("thread", "at"), sparse=True),
        Index(("provider_thread",), sparse=True),
        Index(("subject_key", "at"), sparse=True),
        # The same meeting in several calendars.
        Index(("uid", "at"), sparse=True),
        # How long each person usually takes; the index alone answers.
        Index(("counterpart", "at", "direction", "delay"), sparse=True),
        # A stretch of time; the index alone answers with these fields.
        Index(("kind", "at", "human", "copy", "direction", "thread", "account")),
    ),
    lists=(ListField("refs", stamp="at"), ListField("contacts", stamp="at")),
)
PEOPLE = TableSchema("people")
FINDINGS = TableSchema("findings", indexes=(Index(("state",)),))
CURSORS = TableSchema("cursors")
RETRIES = TableSchema(
    "retries",
    indexes=(
        Index(("account", "folder", "source_id")),
        # What may be tried again; what is set aside. There may be very many.
        Index(("account", "permanent", "attempts", "source_id")),
        Index(("account", "kept")),
    ),
)
RUNS = TableSchema("runs", indexes=(Index(("at",)),))
META = TableSchema("meta")

LAYOUT: tuple[TableSchema, ...] = (INTERACTIONS, PEOPLE, FINDINGS, CURSORS, RETRIES, RUNS, META)

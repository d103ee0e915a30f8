"""Documents to JSON text and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.store import encoding
from syncd.store.schema import Index, ListField, TableSchema

SCHEMA = TableSchema("letters", (Index(("at", "folder")),), (ListField("refs", stamp="at"),))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abé\\u0 "), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc\\u0 é"), JSON))
def test_a_document_comes_back_as_it_was(document: dict[str, Any]) -> None:
    assert encoding.decode(encoding.encode(document)) == document


@given(st.text(st.sampled_from('\0\\u0"\ud83d\ude00\udcffé ')))
def test_nul_and_lone_surrogates_become_the_replacement_character(text: str) -> None:
    encoded = encoding.encode({"subject": text})

    encoded.encode()  # SQLite takes UTF-8 only
    found = encoding.decode(encoded)["subject"]
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if text.isascii() or joined == text:
        assert found == text.replace("\0", "\ufffd")
    assert "\0" not in found
    assert len(found) <= len(text)


def test_a_backslash_before_u0000_is_text_not_nul() -> None:
    document = {"subject": "C:\\u0000 \\\0"}

    assert encoding.decode(encoding.encode(document)) == {"subject": "C:\\u0000 \\\ufffd"}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_does_not_know_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        encoding.encode({"delay": value})


@pytest.mark.parametrize(
    "document",
    [
        {"at": None},
        {"at": 1.5},
        {"at": 2**63},
        {"folder": ["INBOX"]},
        {"refs": "a@client.example"},
        {"refs": [1]},
        {"refs": None},
    ],
)
def test_a_document_that_breaks_its_schema_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"letters\.(at|folder|refs)"):
        encoding.check(document, SCHEMA)


@pytest.mark.parametrize("document", [{}, {"at": 5, "folder": "INBOX", "refs": []}, {"at": True}])
def test_a_document_that_keeps_to_its_schema_passes(document: dict[str, Any]) -> None:
    encoding.check(json.loads(json.dumps(document)), SCHEMA)

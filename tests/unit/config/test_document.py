"""Texts that are not YAML, or more YAML than syncd reads, are refused where the fault is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.config.document import MAX_DEPTH, MAX_NODES, Document
from tests.processor_time import takes_at_most


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a:\n\tb: 1\n", "2:1", "a tab"),
        ("a: b: c\n", "1:5", "a colon is not expected"),
        ("a: 1\n  b: 2\n", "2:4", "a colon is not expected"),
        ("a: [1, 2\nb: 3\n", "1:4", "not closed"),
        ("a: {b: 1\n", "1:4", "not closed"),
        ("a: 'x\nb: 1\n", "1:4", "never closed"),
        ("- a\nb: 1\n", "2:1", "does not fit the lines above"),
        ("a: @x\n", "1:4", "cannot begin with this character"),
        ('a: "C:\\q"\n', "1:8", "backslash"),
        ('a: "\\ud800"\n', "1:4", "half a character"),
        ("a: \x07\n", "1:4", "does not belong in a text file"),
        ("a: 1\na: 2\n", "2:1", "here twice (first on line 1"),
        ("a: {b: 1, b: 2}\n", "1:11", "here twice"),
        ("a: &x 1\n", "1:4", "anchor"),
        ("a: *x\n", "1:4", "anchor"),
        ("a: !!python/object:os.system x\n", "1:4", "tag"),
        ("a: 1\n---\nb: 1\n", "2:1", "second document"),
        ("? [a]\n: b\n", "1:3", "a key must be plain text"),
        ("- a\n", "1:1", "must be made of `key: value`"),
        ("just text\n", "1:1", "must be made of `key: value`"),
        ("a: " + "[" * 40 + "]" * 40, f"1:{3 + MAX_DEPTH}", "levels inside each other"),
    ],
)
def test_a_fault_is_told_in_plain_words_at_its_place(text, place, what):
    document = Document("rules.yaml", text)
    (problem,) = document.problems
    assert problem.where == f"rules.yaml:{place}"
    assert what in problem.what


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null\n", "~"])
def test_an_empty_file_says_so(text):
    (problem,) = Document("people.yaml", text).problems
    assert problem.what == "the file is empty"


def test_bad_utf8_and_too_long_files_are_told(faults):
    (told,) = faults(people="people:\n  - name: Zoé".encode("latin-1"))
    assert told.startswith("people.yaml:2:13: this is not UTF-8 text")
    (told,) = faults(people="people:\nx: caf".encode("utf-16"))
    assert "not UTF-8" in told
    (told,) = faults(people=b"#" * 1_000_001)
    assert told == "people.yaml: the file is longer than 1,000,000 bytes"


def test_an_alias_bomb_is_refused_at_once():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (problem,) = takes_at_most(1, lambda: Document("rules.yaml", bomb).problems)
    assert "alias" in problem.what


def test_too_many_values_are_refused():
    (problem,) = Document("rules.yaml", "a: [" + "1," * (MAX_NODES + 10) + "]").problems
    assert "values in one file" in problem.what


def test_values_keep_their_kind_and_dates_stay_text():
    text = "{a: 1, b: 1.5, c: true, d: no, e: 07:30, f: 2027-03-01, g: ~, h: '1', i: <<, j: 0x1f}"
    root = Document("x.yaml", text).root
    assert root is not None
    assert root.plain() == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": "no",
        "e": "07:30",
        "f": "2027-03-01",
        "g": None,
        "h": "1",
        "i": "<<",
        "j": "0x1f",
    }


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), plain, min_size=1))
def test_json_is_yaml_and_comes_back_as_it_was(value):
    root = Document("x.yaml", json.dumps(value)).root
    assert root is not None
    assert root.plain() == value


@given(st.text(alphabet="ab:-[]{}'\"\n\t #&*!|>%@`,?.\\0", max_size=60))
def test_whatever_is_in_a_file_the_outcome_is_values_or_problems(text):
    document = Document("x.yaml", text)
    assert (document.root is None) <= bool(document.problems)
    for problem in document.problems:
        line, column = map(int, problem.where.split(":")[1:]) if ":" in problem.where else (1, 1)
        assert line >= 1
        assert column >= 1

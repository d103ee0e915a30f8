"""The ids of calendar items can be taken apart again, whatever stands in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncd.normalise.calendar_ids import folder_of, parts_of, source_id

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(texts, texts, st.sampled_from(["", "20261124", "20261124T090000Z", "note"]))
def test_an_id_can_be_taken_apart(folder: str, uid: str, key: str) -> None:
    identifier = source_id(folder, uid, key)
    assert folder_of(identifier) == folder
    assert parts_of(identifier) == (uid, key)


def test_a_folders_own_id_has_no_parts() -> None:
    assert parts_of(source_id("holidays#ca")) == ("", "")

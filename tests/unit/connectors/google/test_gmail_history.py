"""Gmail's history records, replayed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from syncd.connectors.google.gmail_history import Changes, changes


def _record(kind: str, message_id: str, labels: list[str], *changed: str) -> dict[str, Any]:
    message = {"id": message_id, "labelIds": labels}
    entry: dict[str, Any] = {"message": message}
    if changed:
        entry["labelIds"] = list(changed)
    return {"id": "1", "messages": [message], kind: [entry]}


def test_the_latest_change_comes_first() -> None:
    found = changes(
        [
            _record("messagesAdded", "a", ["INBOX"]),
            _record("messagesAdded", "b", ["INBOX"]),
            _record("labelsAdded", "a", ["INBOX", "STARRED"], "STARRED"),
        ]
    )
    assert found.arrived == ("a", "b")
    assert found.labels == {"INBOX", "STARRED"}


def test_a_change_of_unread_is_none() -> None:
    assert changes([_record("labelsRemoved", "a", [], "UNREAD")]) == Changes()


def test_the_untyped_list_of_a_record_says_nothing() -> None:
    assert changes([{"id": "1", "messages": [{"id": "a"}]}]) == Changes()


def test_what_left_the_trash_has_arrived() -> None:
    assert changes([_record("labelsRemoved", "a", ["INBOX"], "TRASH")]).arrived == ("a",)


def test_a_draft_that_was_sent_under_its_own_id_has_arrived() -> None:
    found = changes(
        [
            _record("messagesAdded", "a", ["DRAFT"]),
            _record("labelsRemoved", "a", [], "DRAFT"),
            _record("labelsAdded", "a", ["SENT"], "SENT"),
        ]
    )
    assert found.arrived == ("a",)
    assert not found.gone


LABELS = ("INBOX", "STARRED", "TRASH", "SPAM", "DRAFT", "UNREAD", "Label_1")
EDITS = st.lists(
    st.tuples(
        st.sampled_from(("add", "label", "unlabel", "delete")),
        st.integers(0, 4),
        st.sampled_from(LABELS),
    ),
    max_size=40,
)


@given(EDITS, st.booleans())
def test_the_replay_ends_where_the_mailbox_does(
    edits: list[tuple[str, int, str]], labels_of_now: bool
) -> None:
    """Whether Gmail writes the labels of then or those of now into its records."""
    mailbox: dict[str, set[str]] = {f"m{n}": {"INBOX"} for n in range(3)}
    before = {key: set(labels) for key, labels in mailbox.items()}
    records: list[tuple[str, str, list[str], tuple[str, ...]]] = []
    arrivals = 0
    for kind, number, label in edits:
        key = f"m{number}"
        if kind == "add":
            arrivals += 1
            key = f"new{arrivals}"
            mailbox[key] = {label}
            records.append(("messagesAdded", key, sorted(mailbox[key]), ()))
        elif key in mailbox and kind == "label" and label not in mailbox[key]:
            mailbox[key].add(label)
            records.append(("labelsAdded", key, sorted(mailbox[key]), (label,)))
        elif key in mailbox and kind == "unlabel" and label in mailbox[key]:
            mailbox[key].remove(label)
            records.append(("labelsRemoved", key, sorted(mailbox[key]), (label,)))
        elif key in mailbox and kind == "delete":
            records.append(("messagesDeleted", key, sorted(mailbox.pop(key)), ()))
    found = changes(
        _record(kind, key, sorted(mailbox.get(key, ())) if labels_of_now else labels, *changed)
        for kind, key, labels, changed in records
    )
    hidden = {"TRASH", "SPAM", "DRAFT"}
    seen = {key for key, labels in mailbox.items() if not labels & hidden}
    known = set(before)
    after = (known - set(found.gone)) | set(found.arrived)
    assert after == seen
    # whatever else looks different now is read again
    for key in known & seen:
        different = (mailbox[key] ^ before[key]) - {"UNREAD"}
        assert not different or key in (*found.arrived, *found.relabelled)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(("messagesAdded", "labelsAdded", "messagesDeleted", "id")),
            st.recursive(
                st.none() | st.text(max_size=3),
                lambda inner: (
                    st.lists(inner, max_size=2)
                    | st.dictionaries(st.sampled_from(("message", "id", "labelIds")), inner)
                ),
                max_leaves=6,
            ),
        ),
        max_size=5,
    )
)
def test_no_record_breaks_it(records: list[dict[str, Any]]) -> None:
    assert isinstance(changes(records), Changes)

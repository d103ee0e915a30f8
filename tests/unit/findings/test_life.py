"""What becomes of findings, whatever the order in which they are found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.findings import life
from syncd.findings.documents import from_document, to_document
from syncd.findings.life import Record, identity, settle, short_id
from syncd.model import Evidence, Finding, PersonRef

NOW, TODAY = 1_795_400_000, date(2026, 11, 23)
DAY = 86_400


def _finding(key: str = "m1", **more: object) -> Finding:
    finding = Finding(
        rule="my-replies",
        type="unanswered",
        key=key,
        people=(PersonRef("ann@client.example", "Ann Lee", ("ann@client.example",)),),
        section="owe",
        say="unanswered.inbound",
        facts={"quote": "Could you call?"},
        since=NOW - DAY,
        due=TODAY,
        direction="inbound",
        evidence=(Evidence("Could you call?", "", NOW - DAY, "work/1"),),
        account="work",
        anchor=NOW - DAY,
    )
    return replace(finding, **more)  # type: ignore[arg-type] # fields of Finding


def _first(finding: Finding | None = None) -> Record:
    (record,) = settle({}, [finding or _finding()], now=NOW, today=TODAY)
    return record


def _next(record: Record, *found: Finding, days: int = 1, held: tuple[str, ...] = ()) -> Record:
    moved = settle(
        {record.identity: record},
        found,
        now=NOW + days * DAY,
        today=TODAY + timedelta(days=days),
        held=held,
    )
    return moved[0] if moved else record


_FINDINGS = st.lists(
    st.builds(
        _finding,
        st.integers(0, 400).map(str),
        rule=st.sampled_from(["a", "b"]),
        direction=st.sampled_from(["inbound", "outbound"]),
    ),
    max_size=40,
)


@given(_FINDINGS)
def test_every_identity_gets_one_record_and_an_id_of_its_own(found: list[Finding]) -> None:
    records = settle({}, found, now=NOW, today=TODAY)
    assert {record.identity for record in records} == {identity(one) for one in found}
    assert len({record.id for record in records}) == len(records)
    assert all(4 <= len(record.id) <= 26 for record in records)


@given(_FINDINGS)
def test_a_second_evaluation_of_the_same_changes_nothing(found: list[Finding]) -> None:
    records = {record.identity: record for record in settle({}, found, now=NOW, today=TODAY)}
    assert settle(records, found, now=NOW, today=TODAY) == []


@given(_FINDINGS)
def test_of_two_rules_that_find_the_same_the_first_says_it(found: list[Finding]) -> None:
    for record in settle({}, found, now=NOW, today=TODAY):
        first = next(one for one in found if identity(one) == record.identity)
        assert record.finding == first


@given(st.sets(st.text(max_size=5), max_size=200))
def test_short_ids_give_way_to_those_taken(texts: set[str]) -> None:
    taken: set[str] = set()
    for text in sorted(texts):
        taken.add(short_id(text, taken))
    assert len(taken) == len(texts)


def test_a_short_id_grows_where_four_characters_are_taken() -> None:
    usual = short_id("x", ())
    longer = short_id("x", {usual})
    assert longer.startswith(usual)
    assert len(longer) == len(usual) + 1


@pytest.mark.parametrize("answer", [life.done, life.dismiss])
def test_an_answered_finding_stays_answered_while_nothing_changes(answer: life.State) -> None:
    record = answer(_first(), NOW + 60)  # type: ignore[operator] # a function of two
    assert _next(record, _finding(), days=30).state == record.state


def test_something_newer_reopens_what_was_done() -> None:
    record = life.done(_first(), NOW + 2 * DAY)
    again = _next(record, _finding(anchor=NOW), days=3)
    assert (again.state, again.introduced) == ("reopened", None)
    assert [event.state for event in again.history] == ["new", "done", "reopened"]


def test_a_cadence_comes_back_after_its_time() -> None:
    finding = _finding(renew_after=30 * DAY)
    record = life.done(_first(finding), NOW)
    assert _next(record, finding, days=29).state == "done"
    assert _next(record, finding, days=30).state == "reopened"


def test_what_rests_on_an_incomplete_account_is_left_as_it_is() -> None:
    record = _first()
    assert _next(record, held=("work",)) is record
    assert settle({}, [_finding()], now=NOW, today=TODAY, held=("work",)) == []


def test_what_is_no_longer_found_is_resolved_and_may_come_back() -> None:
    gone = _next(_first())
    assert gone.state == "resolved"
    assert _next(gone, _finding(), days=2).state == "reopened"


def test_what_the_user_answered_is_not_resolved_over_it() -> None:
    for record in (life.done(_first(), NOW), life.dismiss(_first(), NOW)):
        assert _next(record) is record


def test_a_history_is_bounded() -> None:
    record = _first()
    for number in range(200):
        record = (life.done if number % 2 else life.reopen)(
            life.done(record, NOW + number), NOW + number
        )
    assert len(record.history) <= 50


@given(
    st.sampled_from(["new", "open", "snoozed", "done", "dismissed", "resolved", "reopened"]),
    st.none() | st.dates(),
    st.sampled_from(["", "in_person", "virtual"]),
    st.text(max_size=20),
)
def test_a_record_survives_its_document(
    state: life.State, snoozed: date | None, place: str, quote: str
) -> None:
    record = replace(
        _first(_finding(facts={"quote": quote, "days": 3, "goal": None})),
        state=state,
        snoozed_until=snoozed,
        place=place,
    )
    assert from_document(json.loads(json.dumps(to_document(record)))) == record

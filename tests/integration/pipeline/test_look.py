"""`syncd summary`: the records looked at again, without the accounts."""

from __future__ import annotations

import json
from datetime import timedelta

from syncd.pipeline.passes import look, run_pass
from syncd.pipeline.publish import publish
from syncd.store import Store
from tests.builders.mailboxes import fill
from tests.builders.offices import MONDAY, Office


def test_a_look_says_what_the_pass_said_and_keeps_the_ticks(office: Office) -> None:
    fill(office, 40)
    said = office.once()
    office.tick(said.items[0]["id"], "x")
    office.mail.rename(office.root / "unmounted")
    configuration = office.configuration()
    with Store.open(office.state) as store:
        seen = look(store, configuration, now=MONDAY)
        published = publish(
            seen.records, seen.snapshot, configuration, store, coverage=seen.coverage
        )
    assert [item.id for item in published.summary.items] == [item["id"] for item in said.items]
    assert published.summary.items[0].mark == "x"
    document = json.loads((office.summaries / "latest.json").read_text("utf-8"))
    assert document["coverage"] == said.document["coverage"]


def test_a_tick_typed_while_a_pass_runs_is_not_lost(office: Office) -> None:
    fill(office, 40)
    first = office.once().items[0]["id"]
    configuration = office.configuration()
    with Store.open(office.state) as store:
        later = run_pass(store, configuration, now=MONDAY + timedelta(hours=1))
        office.tick(first, "x")
        published = publish(
            later.records, later.snapshot, configuration, store, coverage=later.coverage
        )
    assert {item.id: item.mark for item in published.summary.items}[first] == "x"
    assert first not in {item["id"] for item in office.once(MONDAY + timedelta(days=1)).items}


def test_a_problem_of_the_configuration_stands_at_the_top(office: Office) -> None:
    fill(office, 12)
    office.once()
    configuration = office.configuration()
    problem = "rules.yaml:7:5 there is no such type of rule [x](https://evil.example)"
    with Store.open(office.state) as store:
        seen = look(store, configuration, now=MONDAY)
        publish(
            seen.records,
            seen.snapshot,
            configuration,
            store,
            coverage=seen.coverage,
            problems=[problem],
        )
    markdown = (office.summaries / "latest.md").read_text("utf-8")
    assert markdown.split("\n\n")[1] == "## Not everything was read"
    assert "the last good one is in use: rules" in markdown.split("\n\n")[2]
    assert "](https://evil" not in markdown
    html = (office.summaries / "latest.html").read_text("utf-8")
    assert html.index("the last good one is in use") < html.index("<code>")

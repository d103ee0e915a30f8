"""Three good files become one configuration."""

from __future__ import annotations

from datetime import date
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syncd.config import config_folder, load, local_zone
from syncd.errors import ConfigError
from syncd.model import Goal, Note, Step
from tests.processor_time import takes_at_most

SYNCD = """\
timezone: America/Toronto
language: fr
holidays: ca-QC
me:
  names: [Camille Roy]
  addresses: [Camille@Cabinet.example, c.roy@mail.example]
accounts:
  - {name: archive, connector: maildir, path: ~/Mail, every: 10 minutes}
  - {name: old, connector: maildir, path: ~/Old}
history: 6 months
summary:
  at: 6:05
  days: [mon, sun]
  folder: summaries
  formats: [markdown, html]
words:
  ask: [des nouvelles de]
text: no
excerpt: 0
"""

PEOPLE = """\
tags:
  client: {keep_in_touch: 30 days, meet_in_person: 90 days}
  mentor: {keep_in_touch: 3 weeks}
  friend:
people:
  - name: Ann Lee
    addresses: [Ann.Lee@Client.example, ann@home.example]
    tags: [client, mentor]
    language: en
    birthday: 04-17
    plan:
      - goal: Renew the framework contract
        by: 2027-03-01
        steps:
          - {do: Lunch with her new CFO, by: 2026-12-15}
          - {do: Call, done: true}
    notes:
      - {on: 2026-11-02, text: "2026-11-02: her daughter started university"}
  - name: Bruno Petit
    tags: [client, friend]
    keep_in_touch: 2 months
    birthday: 1980-02-29
"""


def test_syncd_yaml(loaded, tmp_path, connectors):
    config = loaded(syncd=SYNCD)
    assert config.timezone == ZoneInfo("America/Toronto")
    assert (config.language, config.holidays) == ("fr", "CA-QC")
    assert config.me.names == ("Camille Roy",)
    assert config.me.addresses == {"camille@cabinet.example", "c.roy@mail.example"}
    first, second = config.accounts
    assert (first.name, first.connector, str(first.every)) == ("archive", "maildir", "10 minutes")
    assert first.options == connectors["maildir"].model_validate({"path": "~/Mail"})
    assert second.every is None
    assert config.history.delta.days == 180
    assert config.summary.at == clock(6, 5)
    assert config.summary.days == ("mon", "sun")
    assert config.summary.folder == tmp_path / "summaries"
    assert config.summary.formats == ("markdown", "html")
    assert config.words == {"ask": ("des nouvelles de",)}
    assert (config.text, config.excerpt) == (False, 0)


def test_what_is_left_out_has_the_documented_value(loaded):
    config = loaded()
    assert config.timezone == local_zone()
    assert (config.language, config.holidays, str(config.history)) == ("en", None, "2 years")
    assert config.summary.at == clock(7, 30)
    assert config.summary.days == ("mon", "tue", "wed", "thu", "fri")
    assert config.summary.folder == Path.home() / "syncd"
    assert (config.words, config.text, config.excerpt) == ({}, True, 200)
    assert config.people == ()


def test_people_yaml_with_the_intervals_of_the_tags(loaded):
    ann, bruno = loaded(people=PEOPLE).people
    assert ann.addresses == ("ann.lee@client.example", "ann@home.example")
    assert (ann.tags, ann.language, ann.birthday) == (("client", "mentor"), "en", "04-17")
    # The shortest of the tags' intervals; a person's own goes before all.
    assert (ann.keep_in_touch, ann.meet_in_person) == (21, 90)
    assert (bruno.keep_in_touch, bruno.meet_in_person) == (60, 90)
    assert bruno.birthday == "1980-02-29"
    steps = (
        Step("Lunch with her new CFO", by=date(2026, 12, 15)),
        Step("Call", done=True),
    )
    assert ann.plan == (Goal("Renew the framework contract", date(2027, 3, 1), steps),)
    assert ann.notes == (Note(date(2026, 11, 2), "2026-11-02: her daughter started university"),)


def test_rules_yaml(loaded):
    rules = """\
rules:
  - {name: clients, type: unanswered, who: {tags: [client], people: [ann lee, x@y.example]}}
  - {name: off, type: plan, enabled: no}
"""
    (entry,) = loaded(rules=rules, people=PEOPLE).rules
    assert entry.type == "unanswered"
    assert entry.options.name == "clients"
    assert entry.options.who.tags == ["client"]


def test_without_rules_yaml_the_sample_s_rules_apply(loaded):
    sample = (Path(__file__).parents[3] / "config" / "rules.yaml").read_text()
    assert loaded().rules == loaded(rules=sample).rules
    assert {entry.type for entry in loaded().rules} >= {"unanswered", "promises", "plan"}


def test_an_empty_list_of_rules_means_none(loaded):
    assert loaded(rules="rules: []\n").rules == ()


def test_sections_with_nothing_but_comments_are_empty(loaded):
    config = loaded(people="tags:\npeople:\n## nobody yet\n", rules="rules:\n")
    assert (config.people, config.rules) == ((), ())


def test_a_byte_order_mark_and_windows_line_ends_are_fine(loaded):
    raw = b"\xef\xbb\xbf" + PEOPLE.replace("\n", "\r\n").encode()
    assert len(loaded(people=raw).people) == 2


def test_a_missing_folder_or_file_leads_to_init(tmp_path, connectors, rules):
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ConfigError) as raised:
            load(folder, connectors=connectors, rules=rules)
        (problem,) = raised.value.problems
        assert problem.where.startswith(str(folder))
        assert "syncd init" in problem.hint


def test_the_folder_is_the_option_then_the_variable_then_the_platform_s(tmp_path):
    environ = {"SYNCD_CONFIG": str(tmp_path)}
    assert config_folder(Path("~/mine"), environ) == Path.home() / "mine"
    assert config_folder(None, environ) == tmp_path
    assert config_folder(None, {}).name == "syncd"


def test_loading_is_fast(loaded, tmp_path, connectors, rules):
    loaded(syncd=SYNCD, people=PEOPLE)
    takes_at_most(0.06, lambda: load(tmp_path, connectors=connectors, rules=rules))

"""Every problem at its line and column, with the line itself, what is allowed, what is near."""

from __future__ import annotations

import pytest

from syncd.errors import ConfigError

ME = "me: {addresses: [camille@cabinet.example]}\n"
ACCOUNTS = "accounts: [{name: a, connector: maildir, path: ~/Mail}]\n"


def in_syncd(line):
    return {"syncd": line + "\n" + ME + ACCOUNTS}


def in_account(line):
    return {"syncd": f"{ME}accounts:\n  - name: a\n    connector: maildir\n    path: x\n    {line}"}


def in_rules(line):
    return {"rules": f"rules:\n  - name: a\n    type: unanswered\n    {line}\n"}


def in_people(line):
    return {"people": f"tags: {{client: }}\npeople:\n  - name: Ann Lee\n    {line}\n"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # unknown keys
        (in_syncd("langage: fr"), ("syncd.yaml:1:1: unknown key `langage`", '"language"')),
        (in_syncd("summary: {att: 1}"), ("syncd.yaml:1:11: unknown key `att`", '"at"? Allowed')),
        (
            in_account("pth: x"),
            ("syncd.yaml:6:5: unknown key `pth`", '"path"? Allowed: name, conn'),
        ),
        (in_rules("afer: 1 day"), ("rules.yaml:4:5: unknown key `afer`", '"after"')),
        (in_rules("who: {tag: [x]}"), ("rules.yaml:4:11: unknown key `tag`", '"tags"')),
        (in_people("tag: [client]"), ("people.yaml:4:5: unknown key `tag`", '"tags"')),
        # unknown names
        (
            {"syncd": ME + "accounts: [{name: a, connector: maildirr}]\n"},
            ("syncd.yaml:2:33: there is no such connector", '"maildir"? Allowed: '),
        ),
        (
            {"rules": "rules: [{name: a, type: promise}]\n"},
            ("rules.yaml:1:25: there is no such type of rule", '"promises"? Allowed: '),
        ),
        (
            in_syncd("summary: {formats: [markdwn]}"),
            ("syncd.yaml:1:21: there is no such format", '"markdown"? Allowed: html, json'),
        ),
        (
            in_syncd("words: {promises: [x]}"),
            ("syncd.yaml:1:9: there is no such key as `promises` here", '"promise"? Allowed: ask'),
        ),
        # words from a list
        (in_syncd("language: de"), ('syncd.yaml:1:11: `language` cannot be "de"', "en, fr")),
        (in_people("language: francais"), ("people.yaml:4:15: `language`", "allowed: en, fr")),
        (in_rules("severity: hig"), ('rules.yaml:4:15: `severity` cannot be "hig"', '"high"')),
        (
            in_rules("closed_by: [meetin]"),
            ('rules.yaml:4:17: an entry of `closed_by` cannot be "meetin"', '"meeting"'),
        ),
        (
            in_syncd("summary: {days: [mon, tuesday]}"),
            ("syncd.yaml:1:23: an entry of `days` cannot be", '"tue"? Allowed: mon, tue'),
        ),
        # lengths of time
        (in_syncd("history: 2 yeers"), ("syncd.yaml:1:10: `history`: '2 yeers'", '"2 years"')),
        (in_syncd("history: 0 days"), ("syncd.yaml:1:10: `history`", '"1 day" to "50 years"')),
        (in_account("every: 0 minutes"), ("syncd.yaml:6:12: `every`", '"10 minutes"')),
        (in_account("every: 2 business days"), ("syncd.yaml:6:12: `every`", '"10 minutes"')),
        (in_people("keep_in_touch: 5 business days"), ("people.yaml:4:20: `keep", "whole days")),
        (in_people("keep_in_touch: 6 hours"), ("people.yaml:4:20: `keep", "whole days")),
        # days, times, zones, holidays
        (
            in_people("plan: [{goal: x, by: 2027-02-30}]"),
            ("people.yaml:4:26: `by`: there is no such day", "month and day"),
        ),
        (
            in_people("plan: [{goal: x, steps: [{do: y, by: tomorrow}]}]"),
            ("people.yaml:4:42: `by`: this is not a date", "2027-03-01"),
        ),
        (in_people("birthday: 17 April"), ("people.yaml:4:15: `birthday`: this is not", "04-17")),
        (in_people("birthday: 02-30"), ("people.yaml:4:15: `birthday`: there is no", "month and")),
        (in_people("birthday: 2001-02-29"), ("people.yaml:4:15: `birthday`: there is no", "")),
        (in_syncd("summary: {at: 7h30}"), ("syncd.yaml:1:15: `at`: this is not a time", '"07:30"')),
        (in_syncd("summary: {at: '24:00'}"), ("syncd.yaml:1:15: `at`: this is not a", '"07:30"')),
        (in_syncd("summary: {at: 730}"), ("syncd.yaml:1:15: `at`: this is not a time", '"07:30"')),
        (in_syncd("timezone: America/Torronto"), ("syncd.yaml:1:11: `timez", '"America/Toronto"')),
        (in_syncd("timezone: America"), ("syncd.yaml:1:11: `timezone`: this time zone is not", "")),
        (in_syncd("timezone: ../../etc/passwd"), ("syncd.yaml:1:11: `timezone`: this time", "")),
        (
            in_syncd("holidays: CA-QX"),
            ("syncd.yaml:1:11: `holidays`: no such region", "ON, PE, QC"),
        ),
        (in_syncd("holidays: FR-Alsac"), ("syncd.yaml:1:11: `holidays`", '"FR-Alsace"')),
        (in_syncd("holidays: Quebec"), ("syncd.yaml:1:11: `holidays`: no holidays", '"CA-QC"')),
        (in_syncd("holidays: Canada"), ("syncd.yaml:1:11: `holidays`: no holidays", '"CA"? ')),
        # texts, numbers, lists, groups
        (
            in_people("addresses: ann@x.example"),
            ("people.yaml:4:16: `addresses` must be a list", ""),
        ),
        (
            in_people("addresses: [ann]"),
            ("people.yaml:4:17: an entry of `addresses`: this is not an e-m", ""),
        ),
        (
            in_people("addresses: ['a b@c.example']"),
            ("people.yaml:4:17: an entry of `addresses`: this is", ""),
        ),
        (in_syncd("words: {ask: ['']}"), ("syncd.yaml:1:15: an entry of `ask` must not be e", "")),
        (in_syncd("text: maybe"), ("syncd.yaml:1:7: `text` must be true or false", "")),
        (in_syncd("excerpt: -1"), ("syncd.yaml:1:10: `excerpt` must be at least 0", "")),
        (in_syncd("excerpt: many"), ("syncd.yaml:1:10: `excerpt` must be a whole number", "")),
        (in_syncd("summary: [07:30]"), ("syncd.yaml:1:10: `summary` must be a group of", "")),
        (
            in_syncd("summary: {folder: 7}"),
            ("syncd.yaml:1:19: `folder`: this is not a p", "~/Mail"),
        ),
        (in_syncd("summary: {folder: ~nobody-here/x}"), ("syncd.yaml:1:19: `folder`: there", "~")),
        (in_syncd("summary: {folder: }"), ("syncd.yaml:1:18: `folder`", "")),
        (in_rules("match: {subject: ((}"), ("rules.yaml:4:22: `subject`: not a regular exp", "")),
        (in_rules("limit: 1000"), ("rules.yaml:4:12: `limit` must be at most 200", "")),
        (
            {"people": "people: [{name: 12}]"},
            ("people.yaml:1:17: `name` must be text", 'put it in quotes: "12"'),
        ),
        ({"rules": "rules: [plan]\n"}, ("rules.yaml:1:9: an entry of `rules` must be a group", "")),
        # what is missing
        ({"syncd": ACCOUNTS}, ("syncd.yaml:1:1: `me` is missing", "Who you are")),
        ({"syncd": ME + "accounts: []\n"}, ("syncd.yaml:2:11: `accounts` needs at least 1", "")),
        ({"syncd": ME + "accounts: [{name: a}]"}, ("syncd.yaml:2:12: `connector` is miss", "")),
        ({"rules": "rules: [{name: a}]\n"}, ("rules.yaml:1:9: `type` is missing", "unanswered")),
        ({"rules": "rules: [{type: plan}]\n"}, ("rules.yaml:1:9: `name` is missing", "")),
        (in_people("notes: [{on: 2026-11-02, text: }]"), ("people.yaml:4:35: `text` has no", "")),
        # the same name or address twice; names of what is not there
        (
            {"rules": "rules:\n- {name: a, type: plan}\n- {name: A, type: plan}\n"},
            ("rules.yaml:3:10: a rule of this name is already there (rules.yaml:2:10)", ""),
        ),
        (in_rules("who: {tags: [clint]}"), ("rules.yaml:4:18: no such tag", "add it under")),
        (
            {**in_people("tags: [client]"), **in_rules("who: {tags: [clint]}")},
            ("rules.yaml:4:18: no such tag in people.yaml", '"client"'),
        ),
        (
            {**in_people("tags: [client]"), **in_rules("who: {people: [An Lee]}")},
            ("rules.yaml:4:20: nobody in people.yaml has this name", '"Ann Lee"'),
        ),
        (in_people("tags: [clint]"), ("people.yaml:4:12: this tag is not declared", '"client"')),
        (
            in_people("addresses: [Camille@cabinet.example]"),
            ("people.yaml:4:17: this is your own address", "syncd.yaml:3:15"),
        ),
    ],
)
def test_one_problem_is_told_once_with_place_and_advice(faults, files, expected):
    (told,) = faults(**files)
    place, advice = expected
    assert told.startswith(place)
    assert advice in told


def test_an_address_of_two_people_names_both_places(faults):
    people = """\
people:
  - name: Ann Lee
    addresses: [ann@client.example]
  - name: Anne Le
    addresses: [anne@client.example, ANN@client.example]
"""
    (told,) = faults(people=people)
    assert told.startswith("people.yaml:5:38: this address already belongs to Ann Lee")
    assert "(people.yaml:3:17)" in told


def test_all_problems_of_all_files_are_told_together_in_the_order_of_the_files(faults):
    told = faults(
        syncd="langage: fr\n" + ME + "accounts: [{name: a, connector: maildir, pth: x}]\n",
        rules="rules:\n  - {name: a, type: plan, limit: 0}\n  - {name: a, type: nothing}\n",
        people="people:\n  - {name: Ann, birthday: x, tags: [y]}\n",
    )
    places = [line.partition(": ")[0] for line in told]
    assert places == [
        "syncd.yaml:1:1",
        "syncd.yaml:3:12",
        "syncd.yaml:3:42",
        "rules.yaml:2:34",
        "rules.yaml:3:12",
        "rules.yaml:3:21",
        "people.yaml:2:27",
        "people.yaml:2:37",
    ]


def test_a_problem_shows_the_line_itself(loaded):
    with pytest.raises(ConfigError) as raised:
        loaded(rules="rules:\n  - {name: a, type: plan, severity: hgh}\n")
    (problem,) = raised.value.problems
    assert problem.source == "- {name: a, type: plan, severity: hgh}"
    assert problem.where == "rules.yaml:2:37"
    assert problem.hint.startswith('did you mean "high"? Allowed: high, normal, low')


def test_pydantic_s_own_words_and_addresses_do_not_reach_the_user(faults):
    told = "\n".join(
        faults(
            syncd="text: {}\nexcerpt: []\nsummary: {at: [], days: 3, formats: [1]}\n" + ME,
            rules="rules: {a: b}\n",
            people="people: {}\ntags: []\n",
        )
    )
    assert "pydantic" not in told
    assert "Input should" not in told
    assert "input should" not in told


def test_tags_are_not_asked_for_while_people_yaml_cannot_be_read(faults):
    (told,) = faults(people="people: [", **in_rules("who: {tags: [client]}"))
    assert told.startswith("people.yaml:1:10: a value is missing here, or a bracket")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("3 dayz", "3 days"), ("1 busines day", "1 business day"), ("12 mont", "12 months")],
)
def test_a_misspelt_unit_of_time_is_guessed(faults, written, meant):
    (told,) = faults(**in_rules(f"after: {written}"))
    assert f'did you mean "{meant}"?' in told


def test_a_long_value_is_not_repeated_in_full(faults):
    (told,) = faults(**in_rules(f"after: {'9' * 5000}"))
    assert len(told) < 500
    (told,) = faults(**in_rules("after: 99999 years"))
    assert "at most 100 years" in told

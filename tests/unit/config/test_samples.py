"""The sample files load as they are, load with every example switched on, and show every option."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from syncd.config import FILES, Configuration, load, sample
from syncd.config.models import PeopleFile, SyncdFile

SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=\w+\.schema\.json\n")


def switched_on(text: str) -> str:
    """A sample with every example in force: one # deleted wherever there is exactly one."""
    head = SCHEMA_LINE.match(text)
    assert head
    return re.sub(r"(?m)^#(?!#)", "", text[head.end() :])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_text(sample(name), encoding="utf-8")
    return tmp_path


@pytest.fixture
def everything(folder: Path, connectors, rules) -> Configuration:
    for name in FILES:
        path = folder / name
        path.write_text(switched_on(path.read_text(encoding="utf-8")), encoding="utf-8")
    return load(folder, connectors=connectors, rules=rules)


def test_the_samples_load_as_they_are(folder, connectors, rules):
    config = load(folder, connectors=connectors, rules=rules)
    assert config.people == ()
    assert [account.connector for account in config.accounts] == ["maildir"]
    assert len(config.rules) == len({entry.options.name for entry in config.rules})


def test_the_samples_load_with_every_example_switched_on(everything):
    (ann,) = everything.people
    assert ann.name == "Ann Lee"
    assert everything.holidays == "CA-QC"


def test_every_connector_and_rule_type_has_an_example(everything, connectors, rules):
    assert {account.connector for account in everything.accounts} == set(connectors)
    assert {entry.type for entry in everything.rules} == set(rules)


def unset(model: type[BaseModel], instances: list[BaseModel]) -> set[str]:
    """The fields that none of the instances was given."""
    return set(model.model_fields).difference(*(i.model_fields_set for i in instances))


def shared(model: type[BaseModel], options: BaseModel) -> set[str]:
    """The fields given in `options` that `model` has from the same class."""
    return {
        field
        for base in model.__mro__
        if issubclass(base, BaseModel) and isinstance(options, base)
        for field in options.model_fields_set & base.model_fields.keys()
    }


def test_every_option_of_every_connector_and_rule_type_is_shown(everything, connectors, rules):
    """What several connectors share (GoogleOptions) is shown once."""
    for name, model in connectors.items():
        shown = set().union(*(shared(model, a.options) for a in everything.accounts))
        assert set(model.model_fields) - shown == set(), name
    common = {"enabled", "severity", "who", "match", "ignore", "limit"}
    for name, model in rules.items():
        examples = [entry.options for entry in everything.rules if entry.type == name]
        assert unset(model, examples) <= common, name
    shown = {field for entry in everything.rules for field in entry.options.model_fields_set}
    assert shown >= common


@pytest.mark.parametrize(("name", "model"), [("syncd", SyncdFile), ("people", PeopleFile)])
def test_every_key_of_the_files_themselves_is_shown(name, model):
    text = switched_on(sample(f"{name}.yaml"))
    schema = model.model_json_schema()
    keys = {
        key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", ())
    }
    assert {key for key in keys if not re.search(rf"(?m)(^|[\s{{,-]){key}:", text)} == set()


def test_prose_and_examples_are_told_apart_by_their_hashes():
    for name in FILES:
        for line in sample(name).splitlines()[1:]:
            assert not re.match(r"\s*#(?!#) ?[A-Z]", line), line
            assert len(line) <= 100

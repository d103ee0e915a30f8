"""Whatever a slip makes of a file, the outcome is a configuration or a list of problems."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import field_validator

from syncd.config import FILES, Configuration, load, sample
from syncd.errors import ConfigError
from syncd.options import StrictModel

TEXTS = {name: re.sub(r"(?m)^#(?!#)", "", sample(name).partition("\n")[2]) for name in FILES}
SLIPS = [
    "",
    " ",
    "\t",
    "\n",
    ":",
    "- ",
    "[",
    "}",
    '"',
    "'",
    "#",
    "*",
    "&",
    "|",
    "~",
    "0",
    "-1",
    "x",
]
SLIPS += ["null", "true", "1e400", "2027-02-30", "~nobody-here/x", "\\", "\u2028", "[]", "{}", "é"]


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), name=st.sampled_from(FILES), slips=st.integers(1, 4))
def test_any_slip_is_a_configuration_or_problems(connectors, rules, data, name, slips):
    text = TEXTS[name]
    for _ in range(slips):
        begin = data.draw(st.integers(0, len(text)))
        end = begin + data.draw(st.integers(0, 12))
        text = text[:begin] + data.draw(st.sampled_from(SLIPS)) + text[end:]
    with tempfile.TemporaryDirectory() as folder:
        for file in FILES:
            (Path(folder) / file).write_text(text if file == name else TEXTS[file], "utf-8")
        try:
            config = load(Path(folder), connectors=connectors, rules=rules)
        except ConfigError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.what
                assert "\n" not in problem.what + problem.hint + problem.source
        else:
            assert isinstance(config, Configuration)


def test_a_connector_that_breaks_on_its_options_is_a_problem_among_others(tmp_path, rules):
    class Broken(StrictModel):
        path: str

        @field_validator("path")
        @classmethod
        def break_down(cls, value: str) -> str:
            raise RuntimeError(f"no good: {value}")

    text = """\
langage: fr
me: {addresses: [camille@cabinet.example]}
accounts: [{name: a, connector: broken, path: hunter2-or-not}]
"""
    (tmp_path / "syncd.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, connectors={"broken": Broken}, rules=rules)
    unknown, broken = raised.value.problems
    assert unknown.where == "syncd.yaml:1:1"
    assert broken.where == "syncd.yaml:3:12"
    assert broken.what == "`broken` broke while it looked at this entry (RuntimeError)"

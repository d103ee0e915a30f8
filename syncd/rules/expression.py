"""The user's own rules: a CEL expression over the facts of one person.

CEL (https://cel.dev) is a published, side-effect free language; it is evaluated by a library,
never by Python's eval.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from syncd.model import Facts, Finding, Person, Snapshot
from syncd.people.facts import DAY
from syncd.rules.base import RuleOptions

_FACT_NAMES = tuple(f.name for f in fields(Facts))
_LASTS = tuple(name for name in _FACT_NAMES if name.startswith("last_"))
NAMES = frozenset(
    {"name", "addresses", "domains", "tags", "correspondent", *_FACT_NAMES}
    | {f"days_since_{name.removeprefix('last_')}" for name in _LASTS}
)
"""What an expression may ask of `person`."""

_MEMBER = re.compile(r"\bperson\.([A-Za-z_][A-Za-z0-9_]*)")
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


def person_variables(person: Person, now: int) -> dict[str, Any]:
    """The value of `person` in an expression. Instants are epoch seconds; never is null.
    `days_since_contact` and its kin are whole days, and 100000 where it never happened, so that
    comparisons need no null check."""
    values: dict[str, Any] = {name: getattr(person.facts, name) for name in _FACT_NAMES}
    for name in _LASTS:
        at = values[name]
        days = 100_000 if at is None else (now - at) // DAY
        values[f"days_since_{name.removeprefix('last_')}"] = days
    return {
        **values,
        "name": person.name,
        "addresses": list(person.addresses),
        "domains": sorted({address.rpartition("@")[2] for address in person.addresses}),
        "tags": list(person.profile.tags) if person.profile else [],
        "correspondent": person.correspondent,
    }


@lru_cache(maxsize=64)
def _program(source: str) -> Any:
    """:raises ValueError: not a CEL expression, or it names something other than `person`"""
    from cel_expr_python import cel  # 13 MB: only who writes expressions pays for it

    environment = cel.NewEnv(variables={"person": cel.Type.Map(cel.Type.STRING, cel.Type.DYN)})
    try:
        return environment.compile(source)
    except RuntimeError as error:
        what = str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ERROR: ")
        raise ValueError(f"not a CEL expression over `person` ({what})") from None


def _expression(source: str) -> str:
    for member in _MEMBER.findall(_STRING.sub("''", source)):
        if member not in NAMES:
            near = difflib.get_close_matches(member, NAMES, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(NAMES))}"
            raise ValueError(f"nobody has a fact called {member!r}; {hint}")
    _program(source)
    return source


def _say(template: str) -> str:
    for _, name, format_spec, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if name not in NAMES:
            raise ValueError(f"{{{name}}} is not known; there are {sorted(NAMES)}")
        if format_spec or conversion:
            raise ValueError(f"write {{{name}}} alone, without a format")
    return template


class Expression:
    """`type: expression`."""

    type: ClassVar[str] = "expression"

    class Options(RuleOptions):
        """Your own rule over the facts of a person."""

        when: Annotated[str, Field(max_length=1000), AfterValidator(_expression)] = Field(
            description="A CEL expression over `person`; true makes a finding"
        )
        say: Annotated[str, Field(max_length=300), AfterValidator(_say)] = Field(
            description="What the summary says; {name} and the facts are filled in"
        )

    def horizon(self, options: Options) -> int:
        """Needs no words."""
        return 0

    def find(self, snapshot: Snapshot, options: Options) -> Iterable[Finding]:
        """One finding per person for whom the expression is true. A person for whom it cannot be
        evaluated (a comparison with null, say) is left out."""
        program = _program(options.when)
        for person in snapshot.persons():
            if not options.who.fits(person):
                continue
            variables = person_variables(person, snapshot.now)
            if not _is_true(program, variables):
                continue
            yield Finding(
                rule=options.name,
                type=self.type,
                key=person.key,
                people=(person.ref,),
                section="other",
                say="expression",
                facts={"text": _without_name(options, variables), "when": options.when},
                severity=options.severity,
                anchor=0,
                renew_after=90 * DAY,
                closes="expression",
            )


def _is_true(program: Any, variables: Mapping[str, Any]) -> bool:
    # an error (a comparison with null, say) comes back as a value of type ERROR
    return program.eval(data={"person": dict(variables)}).value() is True


def _without_name(options: Expression.Options, variables: Mapping[str, Any]) -> str:
    """What the user wants said; the summary begins each line with the name anyway."""
    text = options.say.format_map(_shown(variables))
    return text.removeprefix(variables["name"]).lstrip(" ,:")


def _shown(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in variables.items()
    }

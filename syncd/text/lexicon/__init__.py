"""The words that say something, per language: read from <language>.yaml (see README.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from itertools import groupby
from typing import Any, Final, TypeAlias, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from syncd.errors import Problem, UserError
from syncd.model import SignalKind
from syncd.text.patterns import START, Option, Pattern, PatternError, Vocabulary, parse
from syncd.text.words import spell_out, tokens

KINDS: Final[tuple[str, ...]] = get_args(SignalKind)
FLAGS: Final = frozenset(
    {"question", "weak", "dated", "attachment", "sure", "not", "never", "weaken"}
)
GUARDS: Final = frozenset({"not", "never", "weaken"})
"""Flags of rules that find nothing, but overrule or weaken what others of their kind found."""
_HEADING = re.compile(r"(?P<name>[\w ,'-]+?)\s*(?:\((?P<flags>[\w, ]+)\))?")
_PARTS = frozenset(
    {
        "language",
        "common",
        "frequent",
        "elisions",
        "spelling",
        "lists",
        "openers",
        "not_names",
        "greetings",
        "signals",
    }
)


@dataclass(slots=True)
class Rule:
    """One pattern of one kind of signal. Its expression is compiled when first needed."""

    kind: str
    name: str
    flags: frozenset[str]
    source: str
    order: int
    """Its place in the lexicon: of two that say the same of the same words, the first counts."""
    compiled: re.Pattern[str] | None = None

    def expression(self) -> re.Pattern[str]:
        """The compiled pattern."""
        if self.compiled is None:
            self.compiled = re.compile(self.source)
        return self.compiled


Filed: TypeAlias = tuple[str, frozenset[str], tuple[frozenset[str], ...], Rule]
"""A rule, where the first word is present, all of the next and one of each of the other sets."""


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by the words one of which they cannot do without, and those words."""

    filed: Mapping[str, list[Filed]]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words, ready to match. Rules are filed under words they cannot do without.

    The guards are filed apart, per kind: they are asked only where something was found to guard.
    """

    language: str
    common: frozenset[str]
    elisions: frozenset[str]
    spelling: Mapping[str, list[str]]
    openers: frozenset[str]
    not_names: frozenset[str]
    greetings: frozenset[str]
    finders: Index
    questions: Index
    """Finders that only hold in questions."""
    guards: Mapping[str, Index]

    def spell(self, words: list[str]) -> list[str]:
        """`words` with this language's short forms spelled out."""
        return spell_out(words, self.spelling, self.elisions)


def load(language: str, words: Mapping[str, Sequence[str]] | None = None) -> Lexicon:
    """The lexicon that syncd ships for `language`, with the user's own `words` per kind of signal.

    Raises UserError for an unknown language and for words that cannot be read.
    """
    source = resources.files(__package__).joinpath(f"{language}.yaml")
    if not language.isalpha() or not source.is_file():
        raise UserError(Problem(f"no lexicon for the language {language!r}"))
    return parse_lexicon(source.read_text("utf-8"), f"{language}.yaml", words or {})


def parse_lexicon(text: str, where: str, words: Mapping[str, Sequence[str]]) -> Lexicon:
    """Read a lexicon from YAML `text`. Raises UserError with every problem found."""
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise UserError(Problem(f"not YAML: {error}", where)) from error
    if not isinstance(data, dict) or not isinstance(data.get("signals"), dict):
        raise UserError(Problem("a lexicon is a mapping with `language` and `signals`", where))
    problems = [Problem(f"unknown key {key!r}", where) for key in data.keys() - _PARTS]
    common = str(data.get("common", "")).split()
    elisions = frozenset(str(data.get("elisions", "")).split())
    spelling = _spelling(str(data.get("spelling", "")), where, problems)
    vocabulary = Vocabulary(
        {name: _entries(entries) for name, entries in data.get("lists", {}).items()},
        partial(spell_out, spelling=spelling, elisions=elisions),
        {word: rank for rank, word in enumerate(str(data.get("frequent", "")).split(), 1)},
    )
    rules: list[tuple[Rule, Pattern]] = []
    for kind, groups in _groups(data["signals"], words):
        if kind not in KINDS:
            problems.append(Problem(f"unknown kind of signal {kind!r}", where, _one_of(KINDS)))
            continue
        for heading, patterns in groups.items():
            rules += _rules(kind, heading, patterns, vocabulary, where, problems, len(rules))
    if problems:
        raise UserError(*problems)
    finders, questions, guards = _filed(rules, vocabulary)
    return Lexicon(
        language=str(data.get("language", "")),
        common=frozenset(common),
        elisions=elisions,
        spelling=spelling,
        openers=frozenset(str(data.get("openers", "")).split()),
        not_names=frozenset(str(data.get("not_names", "")).split()) | set(common),
        greetings=frozenset(str(data.get("greetings", "")).split()),
        finders=finders,
        questions=questions,
        guards=guards,
    )


def _groups(
    signals: Mapping[str, Any], words: Mapping[str, Sequence[str]]
) -> list[tuple[str, Mapping[str, Any]]]:
    groups = [(str(kind), groups or {}) for kind, groups in signals.items()]
    return groups + [(kind, {"your words": "\n".join(phrases)}) for kind, phrases in words.items()]


def _entries(entries: str) -> list[str]:
    return [entry for entry in re.split(r"\s*[,\n]\s*", entries.strip()) if entry]


def _spelling(text: str, where: str, problems: list[Problem]) -> dict[str, list[str]]:
    spelling = {}
    for line in text.splitlines():
        short, equals, long = line.partition("=")
        if not equals or len(tokens(short)) != 1:
            problems.append(Problem(f"spelling: {line!r} is not `short = long form`", where))
            continue
        spelling[tokens(short)[0]] = tokens(long)
    return spelling


def _rules(
    kind: str,
    heading: str,
    patterns: Any,
    vocabulary: Vocabulary,
    where: str,
    problems: list[Problem],
    first: int,
) -> list[tuple[Rule, Pattern]]:
    found = _HEADING.fullmatch(str(heading))
    flags = frozenset(((found and found["flags"]) or "").replace(",", " ").split())
    if not found or flags - FLAGS:
        problems.append(Problem(f"{kind}: cannot read {heading!r}", where, _one_of(sorted(FLAGS))))
        return []
    rules: list[tuple[Rule, Pattern]] = []
    for line in str(patterns).splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            pattern = parse(line, vocabulary)
        except PatternError as error:
            problems.append(Problem(f"{kind}: {heading}: {error}", where))
        else:
            order = first + len(rules)
            rules.append((Rule(kind, found["name"], flags, pattern.expression, order), pattern))
    return rules


def _filed(
    rules: Sequence[tuple[Rule, Pattern]], vocabulary: Vocabulary
) -> tuple[Index, Index, dict[str, Index]]:
    """The finders, those of questions, and the guards of each kind."""
    finders: dict[str, list[Filed]] = {}
    questions: dict[str, list[Filed]] = {}
    guards: dict[str, dict[str, list[Filed]]] = {}
    # Patterns share their words and lists: equal sets are kept once.
    kept: dict[frozenset[str], frozenset[str]] = {}
    demands: dict[tuple[frozenset[str], ...], tuple[frozenset[str], ...]] = {}
    for rule, pattern in rules:
        entries: dict[tuple[str, frozenset[str], tuple[frozenset[str], ...]], Filed] = {}
        if rule.flags & GUARDS:
            filed = guards.setdefault(rule.kind, {})
        else:
            filed = questions if "question" in rule.flags else finders
        for option in _least(pattern.options):
            rarest = vocabulary.rarest(option)
            others = [group for group in option if group is not rarest]
            alone = [word for group in others if len(group) == 1 for word in group]
            second = min(alone, key=vocabulary.often, default=START)
            needed = frozenset(alone) - {second}
            all_of = kept.setdefault(needed, needed)
            one_of = tuple(kept.setdefault(group, group) for group in others if len(group) > 1)
            asked = (second, all_of, demands.setdefault(one_of, one_of))
            entry = entries.setdefault(asked, (*asked, rule))
            for word in rarest:
                filed.setdefault(word, []).append(entry)
    by_kind = {kind: _indexed(filed) for kind, filed in guards.items()}
    return _indexed(finders), _indexed(questions), by_kind


def _least(options: Sequence[Option]) -> list[Option]:
    """The options without those that ask for all that another asks for, and more."""
    least: dict[frozenset[frozenset[str]], Option] = {}
    for _, alike in groupby(sorted(options, key=len), key=len):
        shorter = tuple(least)
        for option in alike:
            groups = frozenset(option)
            if groups not in least and not any(other <= groups for other in shorter):
                least[groups] = option
    return list(least.values())


def _indexed(filed: Mapping[str, list[Filed]]) -> Index:
    return Index(filed, frozenset(filed))


def _one_of(names: Sequence[str]) -> str:
    return "one of: " + ", ".join(names)

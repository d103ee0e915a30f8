"""The three files of a folder to one Configuration, or to every problem in them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from syncd.config.configuration import Account, Configuration, Me, RuleEntry, SummaryPlan
from syncd.config.crosschecks import check_accounts, check_formats, check_people, check_rules
from syncd.config.document import Document, Node
from syncd.config.explain import explain
from syncd.config.local_zone import local_zone
from syncd.config.models import (
    AccountEntry,
    PeopleFile,
    PersonEntry,
    RulesFile,
    SyncdFile,
    TagEntry,
)
from syncd.config.nearest import one_of
from syncd.config.samples import sample
from syncd.errors import ConfigError, Problem, UserError
from syncd.model import Goal, Note, Profile, Step
from syncd.options import Duration

MAX_BYTES = 1_000_000
SUMMARIES = ("markdown", "html", "json")

Model = TypeVar("Model", bound=BaseModel)
OptionsByName = Mapping[str, type[BaseModel]]


def load(
    folder: Path,
    *,
    connectors: OptionsByName,
    rules: OptionsByName,
    summaries: Collection[str] = SUMMARIES,
) -> Configuration:
    """Read syncd.yaml, rules.yaml and people.yaml.

    `connectors` and `rules` map each registered name to its options; `summaries` are the formats
    that can be written. Without rules.yaml the rules of the sample file apply; without
    people.yaml nobody is named.

    :raises ConfigError: with every problem of all three files
    """
    problems: list[Problem] = []
    if not (folder / "syncd.yaml").exists():
        missing = folder if not folder.is_dir() else folder / "syncd.yaml"
        problems.append(
            Problem("there is no configuration here", str(missing), "`syncd init` writes one")
        )
    syncd = _read(folder / "syncd.yaml", problems)
    people = _read(folder / "people.yaml", problems)
    own_rules = _read(folder / "rules.yaml", problems)
    rule_file = own_rules
    if own_rules is None and not (folder / "rules.yaml").exists():
        rule_file = Document("rules.yaml", sample("rules.yaml"))

    settings = _validate(syncd, SyncdFile, folder)
    accounts = _accounts(syncd, settings, connectors, folder)
    known = _validate(people, PeopleFile, folder)
    entries = _rules(rule_file, rules, folder)
    check_accounts(syncd)
    check_formats(syncd, summaries)
    check_people(people, syncd)
    check_rules(rule_file, people, people_readable=people is None or people.root is not None)

    for document in (syncd, rule_file, people):
        problems += document.problems if document is not None else []
    if problems or settings is None:
        raise ConfigError(*problems)
    return Configuration(
        timezone=settings.timezone or local_zone(),
        me=Me(tuple(settings.me.names), frozenset(settings.me.addresses)),
        accounts=accounts,
        rules=entries,
        people=_profiles(known),
        language=settings.language,
        holidays=settings.holidays,
        history=settings.history,
        summary=SummaryPlan(
            settings.summary.at,
            tuple(settings.summary.days),
            settings.summary.folder,
            tuple(settings.summary.formats),
        ),
        words={kind: tuple(phrases) for kind, phrases in settings.words.items()},
        text=settings.text,
        excerpt=settings.excerpt,
    )


def default_rules(rules: OptionsByName) -> tuple[RuleEntry, ...]:
    """The rules that apply where there is no rules.yaml: those of the sample file.

    :raises ConfigError: a rule type of the sample is not among `rules`
    """
    document = Document("rules.yaml", sample("rules.yaml"))
    entries = _rules(document, rules, Path())
    if document.problems:
        raise ConfigError(*document.problems)
    return entries


def _read(path: Path, problems: list[Problem]) -> Document | None:
    """A file of the folder; None where there is none or it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        problems.append(Problem(f"the file cannot be read: {reason}", path.name))
        return None
    if len(raw) > MAX_BYTES:
        problems.append(Problem(f"the file is longer than {MAX_BYTES:,} bytes", path.name))
        return None
    try:
        return Document(path.name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        problems.append(
            Problem(
                "this is not UTF-8 text",
                f"{path.name}:{line}:{column}",
                "save the file as UTF-8 in your editor",
            )
        )
        return None


def _validate(document: Document | None, model: type[Model], folder: Path) -> Model | None:
    if document is None or document.root is None:
        return None
    try:
        return model.model_validate(document.root.plain(), context={"folder": folder})
    except ValidationError as error:
        explain(document, error, model)
        return None


def _accounts(
    document: Document | None,
    settings: SyncdFile | None,
    connectors: OptionsByName,
    folder: Path,
) -> tuple[Account, ...]:
    """Every account with its connector's options. Goes through the values themselves, so that an
    account's own problems are found even where another part of the file is wrong."""
    accounts: list[Account] = []
    own = tuple(AccountEntry.model_fields)
    for index, node in enumerate(_list(document, "accounts")):
        options = _options(
            document, node, ("accounts", index), "connector", connectors, own, folder
        )
        if options is not None and settings is not None:
            head = settings.accounts[index]
            accounts.append(Account(head.name, head.connector, options, head.every))
    return tuple(accounts)


def _rules(document: Document | None, rules: OptionsByName, folder: Path) -> tuple[RuleEntry, ...]:
    """Every rule that is switched on."""
    _validate(document, RulesFile, folder)
    entries: list[RuleEntry] = []
    for index, node in enumerate(_list(document, "rules")):
        options = _options(document, node, ("rules", index), "type", rules, ("type",), folder)
        chosen = node.get("type")
        if options is not None and chosen is not None and getattr(options, "enabled", True):
            entries.append(RuleEntry(str(chosen.content), options))
    return tuple(entries)


def _options(
    document: Document | None,
    node: Node,
    at: Sequence[str | int],
    chooser: str,
    known: OptionsByName,
    beside: tuple[str, ...],
    folder: Path,
) -> BaseModel | None:
    """The own options of an account or a rule, by the model that the key `chooser` names; None
    after reporting why there are none."""
    assert document is not None  # noqa: S101  a node comes from a document
    plain: Any = node.plain()
    if not isinstance(plain, dict):
        return None  # the file's own model has told
    chosen = node.get(chooser)
    if chosen is None:
        if chooser == "type":
            document.report(node.at, "`type` is missing", one_of("", sorted(known)))
        return None
    if chosen.content not in list(known):  # a registry's own `in` would load the class
        document.report(
            chosen.at,
            f"there is no such {'connector' if chooser == 'connector' else 'type of rule'}",
            one_of(str(chosen.content), sorted(known)),
        )
        return None
    try:
        model = known[str(chosen.content)]
    except UserError as error:
        document.report(chosen.at, error.problems[0].what, error.problems[0].hint)
        return None
    try:
        return model.model_validate(
            {key: value for key, value in plain.items() if key not in beside},
            context={"folder": folder},
        )
    except ValidationError as error:
        explain(document, error, model, at=at, beside=beside)
    except Exception as error:
        # Third parties' validators run here: one that breaks must not hide the other problems.
        # Its message stays unsaid, for it may quote a secret.
        document.report(
            node.at,
            f"`{chosen.content}` broke while it looked at this entry ({type(error).__name__})",
            "look over the values; if they are right, this is a bug",
        )
    return None


def _list(document: Document | None, key: str) -> list[Node]:
    if document is None or document.root is None:
        return []
    node = document.root.get(key)
    return node.entries() if node is not None else []


def _profiles(known: PeopleFile | None) -> tuple[Profile, ...]:
    if known is None:
        return ()
    return tuple(_profile(entry, known.tags or {}) for entry in known.people or ())


def _profile(entry: PersonEntry, declared: Mapping[str, TagEntry | None]) -> Profile:
    """A person with the intervals of their tags; the shortest wins, their own goes before all."""
    tags = [declared.get(tag) for tag in entry.tags]

    def days(name: str) -> int | None:
        own: Duration | None = getattr(entry, name)
        if own is not None:
            return own.delta.days
        found = [getattr(tag, name).delta.days for tag in tags if tag and getattr(tag, name)]
        return min(found, default=None)

    return Profile(
        name=entry.name,
        addresses=tuple(dict.fromkeys(entry.addresses)),
        tags=tuple(dict.fromkeys(entry.tags)),
        language=entry.language or "",
        birthday=entry.birthday or "",
        keep_in_touch=days("keep_in_touch"),
        meet_in_person=days("meet_in_person"),
        plan=tuple(
            Goal(
                goal.goal,
                goal.by,
                tuple(Step(step.do, step.by, step.done) for step in goal.steps),
                goal.done,
            )
            for goal in entry.plan
        ),
        notes=tuple(Note(note.on, note.text) for note in entry.notes),
    )

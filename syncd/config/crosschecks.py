"""What no single entry can know: names used twice, and names of what does not exist.

Works on the values as written, so it also finds these problems in a file that has others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from syncd.config.document import Document, Node
from syncd.config.nearest import did_you_mean, one_of


def check_accounts(syncd: Document | None) -> None:
    """Account names are unique: tokens, cursors and records are kept under them."""
    if syncd is not None:
        _unique_names(syncd, _entries(syncd, "accounts"), "an account")


def check_formats(syncd: Document | None, summaries: Collection[str]) -> None:
    """The formats of the summary are registered ones."""
    if syncd is not None:
        for entry in _texts(_section(syncd, "summary"), "formats"):
            if entry.content not in summaries:
                hint = one_of(str(entry.content), sorted(summaries))
                syncd.report(entry.at, "there is no such format", hint)


def check_rules(rules: Document | None, people: Document | None, *, people_readable: bool) -> None:
    """Rule names are unique, and the tags and people a rule names exist. The latter is not asked
    while people.yaml itself cannot be read."""
    if rules is None:
        return
    entries = _entries(rules, "rules")
    _unique_names(rules, entries, "a rule")
    if not people_readable:
        return
    tags = list(_tags(people))
    named = [text for person in _entries(people, "people") for text in _identities(person)]
    folded = {text.casefold() for text in named}
    for entry in entries:
        who = entry.get("who")
        for tag in _texts(who, "tags"):
            if tag.content not in tags:
                rules.report(
                    tag.at, "no such tag in people.yaml", _missing(str(tag.content), tags, "tags")
                )
        for name in _texts(who, "people"):
            text = str(name.content)
            # An address need not be in people.yaml: it already says exactly who is meant.
            if "@" not in text and text.casefold() not in folded:
                rules.report(
                    name.at, "nobody in people.yaml has this name", _missing(text, named, "people")
                )


def check_people(people: Document | None, syncd: Document | None) -> None:
    """An address belongs to one person, and not to the user; tags are declared."""
    if people is None:
        return
    tags = list(_tags(people))
    mine = {
        str(address.content).strip().lower(): syncd.where(address.at)
        for address in _texts(_section(syncd, "me"), "addresses")
        if syncd is not None
    }
    seen: dict[str, tuple[Node, str]] = {}
    for person in _entries(people, "people"):
        for tag in _texts(person, "tags"):
            if tag.content not in tags:
                people.report(
                    tag.at,
                    "this tag is not declared under `tags:`",
                    _missing(str(tag.content), tags, "tags"),
                )
        for address in _texts(person, "addresses"):
            email = str(address.content).strip().lower()
            if email in mine:
                people.report(
                    address.at, "this is your own address", f"it is in `me:` at {mine[email]}"
                )
            elif email in seen and seen[email][0] is not person:
                first, where = seen[email]
                people.report(
                    address.at,
                    f"this address already belongs to {_name(first)} ({where})",
                    "one address is one person: delete it in one of the two places",
                )
            seen.setdefault(email, (person, people.where(address.at)))


def _unique_names(document: Document, entries: Iterable[Node], kind: str) -> None:
    seen: dict[str, Node] = {}
    for entry in entries:
        name = entry.get("name")
        if name is None or not isinstance(name.content, str):
            continue
        # Names become parts of file names, and some file systems do not tell cases apart.
        first = seen.setdefault(name.content.casefold(), name)
        if first is not name:
            document.report(
                name.at,
                f"{kind} of this name is already there ({document.where(first.at)})",
                "give it a name of its own",
            )


def _missing(text: str, names: list[str], section: str) -> str:
    near = did_you_mean(text, names)
    if near:
        return near
    if names and len(names) <= 20:
        return f"{section} there: {', '.join(names)}"
    return f"add it under `{section}:` in people.yaml"


def _section(document: Document | None, key: str) -> Node | None:
    return document.root.get(key) if document is not None and document.root is not None else None


def _entries(document: Document | None, key: str) -> list[Node]:
    section = _section(document, key)
    return section.entries() if section is not None else []


def _texts(node: Node | None, key: str) -> list[Node]:
    """The text entries of a list under a key."""
    listed = node.get(key) if node is not None else None
    return [
        entry
        for entry in (listed.entries() if listed is not None else [])
        if isinstance(entry.content, str)
    ]


def _tags(people: Document | None) -> Iterable[str]:
    section = _section(people, "tags")
    return section.content if section is not None and isinstance(section.content, dict) else ()


def _identities(person: Node) -> list[str]:
    name = person.get("name")
    own = [str(name.content)] if name is not None and name.content is not None else []
    return own + [str(address.content) for address in _texts(person, "addresses")]


def _name(person: Node) -> str:
    name = person.get("name")
    return str(name.content) if name is not None else "another person"

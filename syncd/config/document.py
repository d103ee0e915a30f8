"""YAML text to plain values that remember where they stand. Nothing but mappings, lists and
scalars: tags, anchors and aliases are refused, so no object is built and nothing can expand.

Built on the events of ruamel.yaml's parser instead of its constructors: an event carries its
position, and size and depth are bounded before anything is built. Dates stay text; the models
say where a date is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from syncd.config.secrets import masked
from syncd.errors import Problem

MAX_NODES = 50_000
MAX_DEPTH = 32
_MAX_DIGITS = 18
_SOURCE_WIDTH = 160

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and column, both counted from 1; the column in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """One value and where it begins."""

    at: Position
    content: Scalar | list[Node] | dict[str, tuple[Position, Node]]
    """Of a mapping: each key's own position beside its value."""

    def plain(self) -> Any:
        """The value alone: dicts, lists and scalars."""
        if isinstance(self.content, dict):
            return {key: node.plain() for key, (_, node) in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return self.content

    def get(self, key: str) -> Node | None:
        """The value under a key; None where there is no mapping or no such key."""
        if isinstance(self.content, dict) and key in self.content:
            return self.content[key][1]
        return None

    def entries(self) -> list[Node]:
        """The entries of a list; none where this is not a list."""
        return self.content if isinstance(self.content, list) else []


class Document:
    """One file of the configuration: its name, lines and values, and what is wrong with it."""

    def __init__(self, name: str, text: str) -> None:
        """Read the text. A syntax problem goes to `problems`, and then `root` is None."""
        self.name = name
        self.root: Node | None = None
        self._found: list[tuple[Position, Problem]] = []
        # str.splitlines would also break at form feeds, which YAML does not count as line ends.
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._shown: Sequence[str] | None = None
        builder = _Builder(text)
        try:
            root = builder.build()
        except _Refused as refused:
            self.report(refused.at, refused.what, refused.hint)
            return
        for fault in builder.repeated:
            self.report(fault.at, fault.what, fault.hint)
        if root is None or root.content is None:
            empty = Problem("the file is empty", name, "`syncd init` writes one with comments")
            self._found.append((Position(1, 1), empty))
        elif not isinstance(root.content, dict):
            self.report(root.at, "the file must be made of `key: value` lines")
        else:
            self.root = root

    def report(self, at: Position, what: str, hint: str = "") -> None:
        """Add a problem at a place in this file, with the line itself, secrets masked."""
        if self._shown is None:
            self._shown = masked(self._lines)
        source = self._shown[at.line - 1].strip() if at.line <= len(self._shown) else ""
        if len(source) > _SOURCE_WIDTH:
            source = source[: _SOURCE_WIDTH - 1] + "…"
        self._found.append((at, Problem(what, self.where(at), hint, source)))

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the file."""
        return [problem for _, problem in sorted(self._found, key=lambda entry: entry[0])]

    def where(self, at: Position) -> str:
        """`rules.yaml:7:5`."""
        return f"{self.name}:{at.line}:{at.column}"


class _Refused(Exception):
    """The text is not YAML that syncd reads. No word of the file is in the message: it may be
    a secret that stands in the wrong place."""

    def __init__(self, at: Position, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.at, self.what, self.hint = at, what, hint


class _Builder:
    """Builds nodes from the events of ruamel's parser."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._yaml = YAML(typ="safe", pure=True)
        self._count = 0
        self.repeated: list[_Refused] = []
        """Keys that are there twice: reported, and the file is still read to its end."""

    def build(self) -> Node | None:
        """:raises _Refused: at the first fault"""
        root: Node | None = None
        try:
            events = iter(self._yaml.parse(self._text))
            for event in events:
                if isinstance(event, DocumentStartEvent) and root is not None:
                    raise _Refused(
                        Position(event.start_mark.line + 1, 1),
                        "a second document begins here",
                        "one file holds one document: delete the line `---` or `...`",
                    )
                if isinstance(event, NodeEvent):
                    root = self._node(event, events, 1)
        except MarkedYAMLError as error:
            raise _syntax(error, self._text) from None
        except ReaderError as error:
            raise _Refused(
                _position(self._text, error.position),
                "a character that does not belong in a text file",
                "delete it and type the line again",
            ) from None
        except YAMLError:
            raise _Refused(Position(1, 1), "this is not YAML that syncd can read") from None
        return root

    def _node(self, event: NodeEvent, events: Iterator[Any], depth: int) -> Node:
        at = _at(event.start_mark)
        self._count += 1
        if self._count > MAX_NODES:
            raise _Refused(at, f"more than {MAX_NODES:,} values in one file")
        if depth > MAX_DEPTH:
            raise _Refused(at, f"more than {MAX_DEPTH} levels inside each other")
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise _Refused(
                at,
                "`&` and `*` at the start of a value have a special meaning in YAML "
                "(anchor, alias), and syncd does not read them",
                "put the text in quotes, or write the value out",
            )
        if getattr(event, "tag", None) is not None:
            raise _Refused(
                at,
                "`!` at the start of a value has a special meaning in YAML (tag), "
                "and syncd does not read it",
                "put the text in quotes",
            )
        if isinstance(event, MappingStartEvent):
            return Node(at, self._mapping(events, depth))
        if isinstance(event, SequenceStartEvent):
            return Node(at, self._sequence(events, depth))
        assert isinstance(event, ScalarEvent)  # noqa: S101  the only other kind of node event
        tag = str(self._yaml.resolver.resolve(ScalarNode, event.value, event.implicit))
        return Node(at, _scalar(tag, _joined(event.value, at)))

    def _sequence(self, events: Iterator[Any], depth: int) -> list[Node]:
        nodes = []
        while isinstance(event := next(events), NodeEvent):
            nodes.append(self._node(event, events, depth + 1))
        return nodes

    def _mapping(self, events: Iterator[Any], depth: int) -> dict[str, tuple[Position, Node]]:
        pairs: dict[str, tuple[Position, Node]] = {}
        while isinstance(event := next(events), NodeEvent):
            key = self._node(event, events, depth + 1)
            if not isinstance(event, ScalarEvent):
                raise _Refused(key.at, "a key must be plain text, not a list or a group")
            node = self._node(next(events), events, depth + 1)
            name = _joined(event.value, key.at)
            if name in pairs:
                first = pairs[name][0]
                self.repeated.append(
                    _Refused(
                        key.at,
                        f"this key is here twice (first on line {first.line})",
                        "keep one of the two",
                    )
                )
                continue
            pairs[name] = (key.at, node)
        return pairs


def _joined(text: str, at: Position) -> str:
    """The text with the two halves of an escaped character ("\\ud83d\\ude00") joined, which ruamel
    leaves apart.

    :raises _Refused: a half stands alone; no file could be written with it
    """
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise _Refused(at, "half a character (a lone surrogate) is in this text") from None


def _scalar(tag: str, text: str) -> Scalar:
    """The value of a scalar under YAML's core schema; whatever is not exactly that stays text."""
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float") and len(text) <= _MAX_DIGITS:
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            return text
    return text


def _at(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _position(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def _syntax(error: MarkedYAMLError, text: str) -> _Refused:
    """A syntax error in kinder words than the parser's, which also quote the file."""
    said = str(error.problem or "")
    mark = error.problem_mark or error.context_mark
    at = _at(mark) if mark is not None else Position(1, 1)
    opened = _at(error.context_mark) if error.context_mark is not None else at
    lines = text.split("\n")
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or r"'\t'" in said:
        return _Refused(at, "a tab; YAML is indented with spaces", "replace the tab by spaces")
    if "quoted scalar" in str(error.context) and "end of stream" in said:
        return _Refused(opened, "a quote opens here and is never closed")
    if "',' or ']'" in said:
        return _Refused(opened, "a list opens here with [ and is not closed with ]")
    if "',' or '}'" in said:
        return _Refused(opened, "a group opens here with { and is not closed with }")
    if "cannot start any token" in said:
        return _Refused(
            at, "a value cannot begin with this character", "put the whole value in quotes"
        )
    if "mapping values are not allowed" in said:
        return _Refused(
            at,
            "a colon is not expected here",
            "the line is indented differently from the lines above, or a text with a colon "
            "needs quotes",
        )
    if "flow" in str(error.context):
        return _Refused(at, "a value is missing here, or a bracket above is not closed")
    if "escape character" in said:
        return _Refused(
            at,
            r"a backslash in double quotes begins a special character",
            "use single quotes",
        )
    if "block" in str(error.context) or "document start" in said:
        return _Refused(
            at,
            "this line does not fit the lines above",
            "entries of one list or group begin in the same column; check quotes and brackets too",
        )
    return _Refused(at, "YAML expects something else here", "check quotes, colons and indentation")

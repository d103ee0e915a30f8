"""Pydantic's errors in kind and exact words, each at its place in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from syncd.config.document import Document, Node, Position
from syncd.config.nearest import one_of
from syncd.config.secrets import is_secret

_SHOWN = 60

_WRONG_SHAPE = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "dict_type": "must be a group of `key: value`",
    "mapping_type": "must be a group of `key: value`",
    "model_type": "must be a group of `key: value`",
    "model_attributes_type": "must be a group of `key: value`",
}
_LIMITS = {
    "greater_than": ("must be more than {}", "gt"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than": ("must be less than {}", "lt"),
    "less_than_equal": ("must be at most {}", "le"),
    "string_too_short": ("must have at least {} characters", "min_length"),
    "string_too_long": ("must have at most {} characters", "max_length"),
    "too_short": ("needs at least {}", "min_length"),
    "too_long": ("may have at most {} entries", "max_length"),
}

Step = str | int


def explain(
    document: Document,
    error: ValidationError,
    model: type[BaseModel],
    *,
    at: Sequence[Step] = (),
    beside: Iterable[str] = (),
) -> None:
    """Report every problem of a failed validation to the document.

    `at` leads from the file's root to what was validated; `beside` names the keys that are
    allowed there besides the model's own.
    """
    assert document.root is not None  # noqa: S101  nothing is validated without values
    root, _ = _follow(document.root, at)
    allowed = _Allowed(model, beside)
    found = [(detail, *_follow(root, detail["loc"])) for detail in error.errors(include_url=False)]
    # Of the members of a union that all failed, the most exact complaint is what was meant.
    found.sort(key=lambda entry: entry[0]["type"] in _WRONG_SHAPE)
    told: set[tuple[Position, str]] = set()
    for detail, node, path in found:
        kind = detail["type"]
        if kind in _WRONG_SHAPE and any(
            len(deeper) > len(path) and deeper[: len(path)] == path for _, _, deeper in found
        ):
            continue
        about_key = kind == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
        place = _key_position(root, path) if about_key else node.at
        topic = str(detail["loc"][-1]) if kind == "missing" else ""
        if (place, topic) not in told:
            told.add((place, topic))
            document.report(place, *_words(detail, node, path, allowed))


def _follow(root: Node, loc: Sequence[Step]) -> tuple[Node, list[Step]]:
    """The deepest node that a pydantic location names, and the steps that lead there. Steps that
    stand for the member of a union lead nowhere and are left out."""
    node, path = root, []
    for step in loc:
        content = node.content
        if isinstance(content, dict) and step in content:
            node = content[str(step)][1]
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            node = content[step]
        else:
            continue
        path.append(step)
    return node, path


def _key_position(root: Node, path: Sequence[Step]) -> Position:
    parent, _ = _follow(root, path[:-1])
    if path and isinstance(parent.content, dict):
        return parent.content[str(path[-1])][0]
    return parent.at


def _words(detail: Any, node: Node, path: Sequence[Step], allowed: _Allowed) -> tuple[str, str]:
    """What is wrong and what to do about one error."""
    kind, context = detail["type"], detail.get("ctx") or {}
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    secret = any(is_secret(step) for step in path if isinstance(step, str))
    if kind == "missing":
        return f"`{detail['loc'][-1]}` is missing", allowed.about([*path, detail["loc"][-1]])
    if kind == "extra_forbidden":
        names = allowed.keys(path[:-1])
        return f"unknown key `{_short(key)}`", one_of(str(key), names)
    if detail["loc"][-1:] == ("[key]",):
        return f"there is no such key as `{_short(key)}` here", one_of(str(key), _listed(detail))
    entry = "an entry of " if path and isinstance(path[-1], int) else ""
    subject = f"{entry}`{key}` " if key else ""
    if node.content is None and kind != "value_error":
        return f"{subject}has no value", allowed.about(path) or "write one, or delete the line"
    if kind in ("literal_error", "enum"):
        given = "this value" if secret else f'"{_short(node.content)}"'
        return f"{subject}cannot be {given}", one_of(str(node.content), _listed(detail))
    if kind in _WRONG_SHAPE:
        return f"{subject}{_WRONG_SHAPE[kind]}", _shape_hint(kind, node, secret)
    if kind in _LIMITS:
        text, name = _LIMITS[kind]
        if context[name] == 1 and kind == "string_too_short":
            return f"{subject}must not be empty", ""
        return subject + text.format(context[name]), ""
    if kind == "value_error":
        what, _, hint = str(context["error"]).partition("; ")
        if secret:
            return f"{subject}is not right", ""
        return f"{subject.strip()}: {what}" if key else what, hint
    if kind == "string_pattern_mismatch":
        return f"{subject}is not written as expected", f"expected: {context['pattern']}"
    message = str(detail["msg"])
    return f"{subject}is not right", "" if secret else message[:1].lower() + message[1:]


def _listed(detail: Any) -> list[str]:
    """The words that pydantic says a value may be: `'high', 'normal' or 'low'`."""
    return re.findall(r"'([^']*)'", str((detail.get("ctx") or {}).get("expected", "")))


def _shape_hint(kind: str, node: Node, secret: bool) -> str:
    content = node.content
    scalar = not isinstance(content, (dict, list))
    if kind == "string_type" and scalar:
        return "put it in quotes" if secret else f'put it in quotes: "{_short(content)}"'
    if kind in ("list_type", "tuple_type", "set_type", "frozen_set_type") and scalar:
        return "put it in brackets" if secret else f"put it in brackets: [{_short(content)}]"
    return ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class _Allowed:
    """What a model allows at a place, read from its JSON Schema (only built when asked)."""

    def __init__(self, model: type[BaseModel], beside: Iterable[str]) -> None:
        self._model = model
        self._beside = list(beside)
        self._schema: dict[str, Any] | None = None

    def keys(self, path: Sequence[Step]) -> list[str]:
        """The keys that may stand in the group at a place."""
        names = [name for schema in self._at(path) for name in schema.get("properties", {})]
        return list(dict.fromkeys([*(self._beside if not path else ()), *names]))

    def about(self, path: Sequence[Step]) -> str:
        """What a value means, in the words of its description."""
        for schema in self._at(path):
            if "description" in schema:
                return str(schema["description"])
        return ""

    def _at(self, path: Sequence[Step]) -> list[dict[str, Any]]:
        if self._schema is None:
            self._schema = self._model.model_json_schema()
        schemas = list(self._branches(self._schema))
        for step in path:
            schemas = [
                branch
                for schema in schemas
                for below in _below(schema, step)
                for branch in self._branches(below)
            ]
        return schemas

    def _branches(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The schema and every member of its unions, references followed."""
        yield schema
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            yield from self._branches((self._schema or {}).get("$defs", {}).get(name, {}))
        for union in ("anyOf", "oneOf", "allOf"):
            for member in schema.get(union, ()):
                yield from self._branches(member)


def _below(schema: dict[str, Any], step: Step) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        candidates = [schema.get("items")]
    elif step in schema.get("properties", {}):
        candidates = [schema["properties"][step]]
    else:
        candidates = [schema.get("additionalProperties")]
    return (candidate for candidate in candidates if isinstance(candidate, dict))

"""Google's discovery documents as judges: what may be asked, and what an answer may hold.

They ship with google-api-python-client; nobody here wrote them.
https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from googleapiclient.discovery_cache import get_static_doc

_INTEGER = re.compile(r"-?\d+")


@dataclass(frozen=True)
class Method:
    """One method of an API."""

    id: str
    http_method: str
    pattern: re.Pattern[str]
    description: Mapping[str, Any]


class Discovery:
    """One API's document."""

    def __init__(self, name: str, version: str) -> None:
        self._document: dict[str, Any] = json.loads(get_static_doc(name, version))
        self.methods = list(self._methods(self._document))

    def match(self, http_method: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """The method that a request calls, with its path parameters."""
        for method in self.methods:
            found = method.pattern.fullmatch(path)
            if method.http_method == http_method and found:
                return method, found.groupdict()
        return None

    def problems_of_request(self, method: Method, query: Mapping[str, list[str]]) -> list[str]:
        """Every parameter that the method does not have or take like that."""
        known = {**self._document["parameters"], **method.description.get("parameters", {})}
        problems = [f"{method.id}: unknown parameter {name}" for name in query.keys() - known]
        for name, parameter in known.items():
            values = query.get(name, [])
            if parameter.get("required") and parameter["location"] == "query" and not values:
                problems.append(f"{method.id}: {name} is missing")
            if len(values) > 1 and not parameter.get("repeated"):
                problems.append(f"{method.id}: {name} is given twice")
            problems += [
                f"{method.id}: {name} cannot be {value}"
                for value in values
                if not _is_allowed(value, parameter)
            ]
        return problems

    def problems_of_response(self, method: Method, body: Any) -> list[str]:
        """Every field of an answer that the method's schema does not have like that."""
        reference = method.description.get("response", {}).get("$ref")
        if reference is None:
            return [] if body is None else [f"{method.id}: answers nothing"]
        return list(self._mismatches({"$ref": reference}, body, method.id))

    def mask(self, method: Method, body: Any, fields: str) -> Any:
        """The part of an answer that the `fields` parameter selects.

        :raises ValueError: it selects what the schema does not have
        """
        tree, rest = _parse_mask(fields)
        if rest:
            raise ValueError(f"Invalid field selection {fields}")
        return self._masked({"$ref": method.description["response"]["$ref"]}, body, tree)

    def _methods(self, resource: Mapping[str, Any]) -> Iterator[Method]:
        base = self._document["servicePath"]
        for description in resource.get("methods", {}).values():
            template = re.escape("/" + base + description["path"])
            pattern = re.sub(r"\\\{\\?\+?(\w+)\\\}", r"(?P<\1>[^/]+)", template)
            yield Method(
                description["id"], description["httpMethod"], re.compile(pattern), description
            )
        for child in resource.get("resources", {}).values():
            yield from self._methods(child)

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._document["schemas"][schema["$ref"]]
        return schema

    def _mismatches(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        schema = self._resolve(schema)
        kind = schema.get("type", "any")
        if kind == "object":
            if not isinstance(value, dict):
                yield f"{where} is no object"
                return
            properties = schema.get("properties", {})
            for name, inner in value.items():
                described = properties.get(name, schema.get("additionalProperties"))
                if described is None:
                    yield f"{where}.{name} is unknown"
                else:
                    yield from self._mismatches(described, inner, f"{where}.{name}")
        elif kind == "array":
            if not isinstance(value, list):
                yield f"{where} is no array"
                return
            for number, inner in enumerate(value):
                yield from self._mismatches(schema["items"], inner, f"{where}[{number}]")
        elif not _fits(value, schema):
            yield f"{where} cannot be {value!r}"

    def _masked(self, schema: Mapping[str, Any], value: Any, tree: Mapping[str, Any]) -> Any:
        schema = self._resolve(schema)
        if schema.get("type") == "array":
            return [self._masked(schema["items"], inner, tree) for inner in value]
        properties = schema.get("properties", {})
        for name in tree:
            if name not in properties:
                raise ValueError(f"Invalid field selection {name}")
        return {
            name: self._masked(properties[name], inner, tree[name]) if tree[name] else inner
            for name, inner in value.items()
            if name in tree
        }


@cache
def discovery(name: str, version: str) -> Discovery:
    """The document of an API, read once."""
    return Discovery(name, version)


def _is_allowed(value: str, parameter: Mapping[str, Any]) -> bool:
    if "enum" in parameter and value not in parameter["enum"]:
        return False
    if parameter["type"] == "integer":
        if not _INTEGER.fullmatch(value):
            return False
        low, high = parameter.get("minimum"), parameter.get("maximum")
        return (low is None or int(value) >= int(low)) and (high is None or int(value) <= int(high))
    if parameter["type"] == "boolean":
        return value in ("true", "false")
    if parameter.get("format") in ("uint64", "int64"):
        return bool(_INTEGER.fullmatch(value))
    return True


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type", "any")
    if kind == "string":
        if not isinstance(value, str) or ("enum" in schema and value not in schema["enum"]):
            return False
        return schema.get("format") not in ("int64", "uint64") or bool(_INTEGER.fullmatch(value))
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    return True


def _parse_mask(text: str) -> tuple[dict[str, Any], str]:
    """`a,b/c,d(e,f)` as a tree of names; and what could not be read."""
    tree: dict[str, Any] = {}
    while text:
        found = re.match(r"(\w+(?:/\w+)*)", text)
        if not found:
            break
        text = text[found.end() :]
        inner: dict[str, Any] = {}
        if text.startswith("("):
            inner, text = _parse_mask(text[1:])
            if not text.startswith(")"):
                return tree, text or "("
            text = text[1:]
        branch = tree
        *path, last = found[1].split("/")
        for name in path:
            branch = branch.setdefault(name, {})
        branch[last] = inner
        if not text.startswith(","):
            break
        text = text[1:]
    return tree, text

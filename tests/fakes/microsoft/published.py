"""Holds the fake's answers against Microsoft's own models, those of its SDK for Python.

A property that Microsoft does not have stays behind as additional data; one of a wrong type, or a
word that an enumeration does not have, is lost on the way into the model and out again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from kiota_abstractions.serialization import Parsable
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer_factory import (
    JsonSerializationWriterFactory,
)
from msgraph.generated.models.calendar import Calendar
from msgraph.generated.models.event import Event
from msgraph.generated.models.mail_folder import MailFolder
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User

JSON = "application/json"
MODELS: tuple[tuple[str, type[Parsable]], ...] = (
    (r"/me", User),
    (r".*/messages(/delta|/\{\w+\})?", Message),
    (r"/me/mail[fF]olders(/delta|/\{\w+\})?", MailFolder),
    (r"/me/calendars", Calendar),
    (r".*/calendarView/delta", Event),
    (r".*/events/\{\w+\}(/instances)?", Event),
)
"""What a route answers with, by its pattern."""
_MOST = 25
"""Answers of one route that are looked at in one test; more would only cost time."""


class Published:
    """Looks at answers and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.seen: dict[str, int] = {}
        """Answers by the pattern of their route."""
        self._known: set[Hashable] = set()

    def look(self, pattern: str, body: Any) -> None:
        """A witness for FakeGraph."""
        self.seen[pattern] = self.seen.get(pattern, 0) + 1
        if self.seen[pattern] > _MOST or not isinstance(body, dict):
            return
        model = model_of(pattern)
        if model is None:
            return
        model = ODataError if "error" in body else model
        items = body["value"] if isinstance(body.get("value"), list) else [body]
        for item in items:
            shape = (model, shape_of(item))
            if shape not in self._known:
                self._known.add(shape)
                self.problems += [f"{pattern}: {problem}" for problem in problems(model, item)]

    def reset(self) -> None:
        """Begin a new test; what has been found good stays known."""
        self.problems.clear()
        self.seen.clear()


def model_of(pattern: str) -> type[Parsable] | None:
    """The model of a route's answers; None where it is not one of Microsoft's."""
    return next((model for known, model in MODELS if re.fullmatch(known, pattern)), None)


def problems(model: type[Parsable], item: dict[str, Any]) -> Iterator[str]:
    """What Microsoft's model does not take over of this object."""
    node = JsonParseNodeFactory().get_root_parse_node(JSON, json.dumps(item).encode())
    parsed = node.get_object_value(model)
    yield from _unknown(parsed, "")
    writer = JsonSerializationWriterFactory().get_serialization_writer(JSON)
    parsed.serialize(writer)
    yield from _lost(item, json.loads(writer.get_serialized_content()), "")


def _unknown(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for element in value:
            yield from _unknown(element, path)
    elif is_dataclass(value):
        for name in getattr(value, "additional_data", None) or {}:
            if not name.startswith("@"):
                yield f"{path}/{name} is not published"
        for each in fields(value):
            if each.name not in ("additional_data", "backing_store"):
                yield from _unknown(getattr(value, each.name), f"{path}/{each.name}")


def _lost(given: Any, kept: Any, path: str) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(kept, dict):
        for name, value in given.items():
            if not name.startswith("@") and value is not None:
                yield from _lost(value, kept.get(name), f"{path}/{name}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for one, other in zip(given, kept, strict=True):
            yield from _lost(one, other, path)
    elif given != kept and not _same_moment(given, kept):
        yield f"{path} is lost: {given!r} became {kept!r}"


def _same_moment(given: Any, kept: Any) -> bool:
    try:
        return datetime.fromisoformat(given) == datetime.fromisoformat(kept)
    except (TypeError, ValueError):
        return False


def shape_of(value: Any) -> Hashable:
    """What decides whether a value fits: names and types, and words that may be enumerations'."""
    if isinstance(value, dict):
        return frozenset((name, shape_of(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return (list, frozenset(map(shape_of, value)))
    if isinstance(value, str) and value.isalpha():
        return value
    return type(value)

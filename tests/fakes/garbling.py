"""Answers in JSON that no provider documents: fields are missing, null, or of another type."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

_ODD: tuple[Any, ...] = (
    None, 0, -1, 10**20, 1.5, True, "", "x", "\0é", [], {}, [None], {"a": 1}, [["x"]],
    {"dateTime": 5}, {"emailAddress": None}, "9999-12-31", "0001-01-01T00:00:00Z",
)  # fmt: skip


def garbler(seed: int, share: float, only: str = "") -> Callable[[str, Any], Any]:
    """Spoils one place in that share of the answers.

    :param only: answers of other methods or routes are left alone
    """
    chance = random.Random(seed)

    def garble(name: str, body: Any) -> Any:
        if (only and name != only) or chance.random() >= share:
            return body
        spoilt = json.loads(json.dumps(body))
        places = list(_places(spoilt))
        inside, key = chance.choice(places)
        if chance.random() < 0.25:
            del inside[key]
        else:
            inside[key] = json.loads(json.dumps(chance.choice(_ODD)))
        return spoilt

    return garble


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, as what it lies in and its key there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in inner:
        yield value, key
        if isinstance(held, dict | list):
            yield from _places(held)

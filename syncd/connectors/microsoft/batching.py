"""JSON batches: up to twenty requests in one, each with its own answer.

https://learn.microsoft.com/graph/json-batching
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncd.connectors.microsoft.transport import retry_after
from syncd.errors import Transient

LARGEST_BATCH = 20


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one request of a batch. Header names are lower case."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def passing(self) -> bool:
        """Whether another try may help."""
        return self.status == 429 or self.status >= 500


def request(paths: Mapping[int, str], headers: Mapping[str, str]) -> dict[str, Any]:
    """The body of `POST /$batch` that gets these paths, each with the same headers.

    :param paths: at most LARGEST_BATCH paths below the version, by the number that tells them apart
    """
    return {
        "requests": [
            {"id": str(number), "method": "GET", "url": path, "headers": dict(headers)}
            for number, path in paths.items()
        ]
    }


def parts(body: Mapping[str, Any], asked: Sequence[int]) -> dict[int, Part]:
    """The parts by their number, in no particular order; a part that was lost counts as 503.

    :raises Transient: this is no answer to a batch
    """
    responses = body.get("responses")
    if not isinstance(responses, list):
        raise Transient("Microsoft's answer to a batch has no parts")
    found: dict[int, Part] = {}
    for response in responses[:LARGEST_BATCH]:
        if not isinstance(response, dict) or not isinstance(response.get("status"), int):
            continue
        headers = response.get("headers")
        found[_number(response.get("id"))] = Part(
            response["status"],
            response.get("body"),
            {str(name).lower(): str(value) for name, value in headers.items()}
            if isinstance(headers, dict)
            else {},
        )
    lost = Part(503, None, {})
    return {number: found.get(number, lost) for number in asked}


def pause(part: Part, usual: float) -> float:
    """Seconds to wait before this part is asked for again: what it says, else `usual`."""
    if not part.passing:
        return 0.0
    wanted = retry_after(part.headers)
    return usual if wanted is None else wanted


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

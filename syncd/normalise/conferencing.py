"""The links of meeting services and of maps in a text. Pure, but for reading its own table once.

The table is conferencing.toml: hosts and beginnings of paths, in words anybody can correct.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import islice
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

MAX_LINKS = 200
"""Links looked at per text."""

_URL = re.compile(
    r"(?:https?|zoommtg|msteams|discord|facetime|webex)://[^\s<>\"\\\]]{1,4000}"
    # or without its scheme, as people type it: at least a host and a path
    r"|(?<![\w@/.-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}/[^\s<>\"\\\]]{1,500}",
    re.IGNORECASE,
)
_SCHEMES = {
    "zoommtg": "Zoom",
    "msteams": "Microsoft Teams",
    "discord": "Discord",
    "facetime": "FaceTime",
    "webex": "Webex",
}
_TRAILING = ".,;:!?'’»)>*_"
# Self-hosted services keep to these host names and paths.
_SELF_HOSTED = re.compile(
    r"(?:meet|join|jitsi|visio|webconf|bbb|meeting|meetings|conf)\.[^/]+/.", re.I
)

LinkKind = Literal["meeting", "perhaps", "map", "other"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link and what it leads to: a meeting; `perhaps` one, if it stands as the place; a map."""

    url: str
    kind: LinkKind
    service: str = ""
    """Its name as people know it, empty for `other`."""
    written: str = ""
    """As it stands in the text, wrapper and all."""


def links(text: str) -> list[Link]:
    """The links of a text in order, with what each leads to. Wrappers that mail filters put around
    links are taken off."""
    return [replace(_classified(_unwrapped(url)), written=url) for url in _urls(text)]


def meeting_link(text: str) -> Link | None:
    """The first link to a meeting, wherever in the text it stands."""
    return next((link for link in links(text) if link.kind == "meeting"), None)


def _urls(text: str) -> Iterator[str]:
    for match in islice(_URL.finditer(text), MAX_LINKS):
        yield match[0].rstrip(_TRAILING)


def _unwrapped(url: str) -> str:
    """The link inside Outlook's "safe link", Google's redirect or Proofpoint's defence."""
    parts = _split(url)
    if parts is None:
        return url
    host, path, query = parts
    inner = ""
    if host.endswith("safelinks.protection.outlook.com"):
        inner = query.get("url", "")
    elif host in ("www.google.com", "google.com") and path == "/url":
        inner = query.get("q", "") or query.get("url", "")
    elif host.endswith("urldefense.com") and "__" in path:
        inner = url.split("__")[1]
    elif host.endswith("urldefense.proofpoint.com"):
        inner = unquote(query.get("u", "").replace("-", "%").replace("_", "/"))
    return inner if "://" in inner[:12] else url


def _split(url: str) -> tuple[str, str, Mapping[str, str]] | None:
    """Host, path and the first value of each query field; None where it is no URL."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").rstrip(".")
        query = {key: values[0] for key, values in parse_qs(parts.query, max_num_fields=50).items()}
    except ValueError:
        return None
    return (host, parts.path, query) if host else None


def _classified(url: str) -> Link:
    scheme = url.partition("://")[0].lower()
    if scheme in _SCHEMES:
        return Link(url, "meeting", _SCHEMES[scheme])
    parts = _split(url)
    if parts is None:
        return Link(url, "other")
    host, path, _ = parts
    steps = [step for step in path.split("/") if step]
    for kind, by_host in _table().items():
        for suffix in _suffixes(host):
            for service, wanted in by_host.get(suffix, ()):
                if len(steps) >= len(wanted) and all(
                    want in ("*", step.lower()) for want, step in zip(wanted, steps, strict=False)
                ):
                    return Link(url, kind, service)
    if _SELF_HOSTED.match(f"{host}{path}"):
        return Link(url, "perhaps", host)
    return Link(url, "other")


def _suffixes(host: str) -> Iterator[str]:
    """`a.b.c`, `b.c`, `c`, and each with its last label open: `a.b.*`."""
    labels = host.lower().split(".")[-6:]
    for start in range(len(labels)):
        yield ".".join(labels[start:])
        if start + 1 < len(labels):
            yield ".".join([*labels[start:-1], "*"])


_Table = dict[LinkKind, dict[str, list[tuple[str, tuple[str, ...]]]]]


@cache
def _table() -> _Table:
    text = resources.files("syncd.normalise").joinpath("conferencing.toml").read_text("utf-8")
    data = tomllib.loads(text)
    table: _Table = {"meeting": {}, "perhaps": {}, "map": {}}
    sections: dict[str, LinkKind] = {
        "services": "meeting",
        "place_only": "perhaps",
        "maps": "map",
    }
    for section, kind in sections.items():
        for service, entries in data[section].items():
            for entry in entries:
                host, *steps = entry.lower().split("/")
                table[kind].setdefault(host, []).append((service, tuple(steps)))
    return table

"""Single messages of an Outlook mailbox, read in batches with what each of them needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote

from syncd.connectors.base import Known
from syncd.connectors.microsoft.batching import LARGEST_BATCH
from syncd.connectors.microsoft.graph import Forbidden, Graph, GraphError, NotFound
from syncd.connectors.microsoft.mail_folders import Folders
from syncd.errors import Transient, UserError
from syncd.model import Failure, Message
from syncd.normalise.graph_mail import (
    FIELDS,
    HEADERS,
    TEXT,
    Reading,
    is_complete,
    read_item,
    received_at,
)

PREFIX = "m:"
"""Begins the source id of every message; events of the same account have another."""


@dataclass
class Found:
    """What asking for some messages came to."""

    upserts: dict[str, Message] = field(default_factory=dict)
    """By the id that Graph gives."""
    places: dict[str, str] = field(default_factory=dict)
    """The ids of the folders that hold them."""
    failed: list[Failure] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    """Ids that are gone, or lie in a folder that is not read, with where they were seen last."""
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Ids that lie in a folder nobody has told of: it is new, or hidden."""


def newest_first(found: Found) -> tuple[Message, ...]:
    """The messages that were found."""
    return tuple(sorted(found.upserts.values(), key=lambda message: message.at, reverse=True))


def known_ids(known: Known, path: str) -> set[str]:
    """The ids, as Graph has them, of the messages stored under a folder's path."""
    return {
        source_id.removeprefix(PREFIX)
        for source_id in known.source_ids(path)
        if source_id.startswith(PREFIX)
    }


class _Wanted(NamedTuple):
    """What to ask of one message."""

    folder: str
    """The id of the folder where it was seen; may be empty."""
    item: Mapping[str, Any]
    """What is known of it."""
    select: str
    """The properties to ask for, separated by commas."""


class Items:
    """Reads messages for one pull.

    :param since: older messages that a delta lists are passed over (epoch seconds)
    """

    def __init__(self, graph: Graph, folders: Folders, reading: Reading, since: int = 0) -> None:
        self._graph = graph
        self._folders = folders
        self._paths = folders.followed()
        self._reading = reading
        self._since = since

    def take(self, listed: Iterable[tuple[str, Mapping[str, Any]]]) -> Found:
        """Read messages as delta lists them, each with the folder that listed it.

        What the listing leaves open (header fields, text, the properties that an update did not
        bring) is asked for. Of a message that is listed twice, the last counts.
        """
        found = Found()
        wanted: dict[str, _Wanted] = {}
        for key, (folder, item) in {
            str(item["id"]): (folder, item) for folder, item in listed
        }.items():
            if not is_complete(item):
                wanted[key] = _Wanted(folder, item, self._everything())
                continue
            message = self._add(key, item, folder, found, self._since)
            if message is not None and (missing := self._missing(message)):
                wanted[key] = _Wanted(folder, item, missing)
                del found.upserts[key]
        self._complete(wanted, found, self._since)
        return found

    def read(self, ids: Iterable[str], folder: str = "") -> Found:
        """Read messages of which only the ids are known; `folder` is where they were last seen."""
        found = Found()
        wanted = {key: _Wanted(folder, {}, self._everything()) for key in ids}
        self._complete(wanted, found, 0)
        return found

    def locate(self, ids: Iterable[str]) -> Found:
        """Where messages are now: `places` and `absent`; what gives no answer is in neither."""
        found = Found()
        wanted = {key: _Wanted("", {}, "parentFolderId,isDraft") for key in ids}
        for key, _, answer in self._ask(wanted):
            if isinstance(answer, NotFound):
                found.absent[key] = ""
            elif isinstance(answer, dict):
                place = self._place(key, answer, "", found)
                if place is not None:
                    found.places[key] = place
        return found

    def _complete(self, wanted: Mapping[str, _Wanted], found: Found, since: int) -> None:
        for key, (folder, item, _), answer in self._ask(wanted):
            if isinstance(answer, NotFound):
                found.absent[key] = folder
            elif isinstance(answer, GraphError):
                found.failed.append(self._failure(key, folder, str(answer)))
            else:
                self._add(key, {**item, **answer}, folder, found, since)

    def _ask(
        self, wanted: Mapping[str, _Wanted]
    ) -> Iterator[tuple[str, _Wanted, dict[str, Any] | GraphError]]:
        """Each id with the properties asked for, or with the error it gave.

        :raises Transient: not one of several could be read: the service, not the items, is ill;
            likewise Forbidden
        """
        waiting = iter(wanted.items())
        while some := list(islice(waiting, LARGEST_BATCH)):
            answers = self._graph.batch(
                [
                    f"{self._graph.mailbox}/messages/{quote(key, safe='')}?$select={one.select}"
                    for key, one in some
                ]
            )
            ill = [answer for answer in answers if isinstance(answer, (Transient, Forbidden))]
            if len(ill) == len(answers) > 1:
                raise ill[0]
            for (key, one), answer in zip(some, answers, strict=True):
                yield key, one, answer

    def _add(
        self, key: str, item: Mapping[str, Any], folder: str, found: Found, since: int
    ) -> Message | None:
        """File one item where it belongs in `found`; the message if it became one."""
        place = self._place(key, item, folder, found)
        if place is not None and (received_at(item) or since) >= since:
            try:
                found.upserts[key] = read_item(
                    item,
                    self._reading,
                    source_id=PREFIX + key,
                    folder=self._paths[place],
                    sent=self._folders.is_sent(place),
                )
                found.places[key] = place
            except UserError:
                raise  # a mistake in the user's own words, the same for every message
            except Exception as error:
                # One message that trips a fault in syncd must not stop the thousands behind it; it
                # is set aside by name, shown to the user, and tried again after an update.
                reason = f"syncd failed on it ({type(error).__name__})"
                found.failed.append(self._failure(key, place, reason))
        return found.upserts.get(key)

    def _place(self, key: str, item: Mapping[str, Any], folder: str, found: Found) -> str | None:
        """The folder that holds an item, which `folder` listed; None where it is not to be read."""
        parent = item.get("parentFolderId")
        place = parent if isinstance(parent, str) and parent else folder
        if not self._folders.knows(place):
            found.elsewhere[key] = place
        elif place not in self._paths or item.get("isDraft") is True:
            found.absent[key] = folder
        else:
            return place
        return None

    def _missing(self, message: Message) -> str:
        wanted = [HEADERS] if self._reading.wants_headers(message) else []
        if self._reading.wants_text(message):
            wanted.append(TEXT)
        return ",".join(wanted)

    def _everything(self) -> str:
        return ",".join((*FIELDS, HEADERS, *((TEXT,) if self._reading.words else ())))

    def _failure(self, key: str, folder: str, reason: str) -> Failure:
        return Failure(PREFIX + key, self._paths.get(folder, folder), reason)

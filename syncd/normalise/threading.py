"""Which messages belong together, which hold the same mail, and who answered whom. Pure.

Every result follows from the set of messages alone, never from their order or from how they were
split into batches. `affected` gathers the part of a stored set that a change can touch; running
`thread` over that part gives the same as running it over everything.

Threads are the connected components of three relations: Message-ID, References and In-Reply-To
(ids of mail that nobody has connect too); the provider's own thread; and, as a last resort for a
reply without any reference, the latest mail with the same base subject and a correspondent in
common.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol, TypeAlias

from syncd.model import Message
from syncd.normalise.addresses import canonical, is_one_of
from syncd.normalise.base_subject import base_subject, is_reply
from syncd.normalise.folders import is_sent

SUBJECT_WINDOW: Final = 14 * 86400
"""Seconds within which a reply without references joins mail of the same base subject."""
MOST_MESSAGES: Final = 10_000
"""Messages of one component; beyond, each hangs on its own first reference alone."""

Key: TypeAlias = tuple[str, str]
"""(account, source_id): one record."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What threading says of one record: the fields of the same names in model.Message."""

    thread: str
    copy: bool
    answers: str
    delay: int
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """By what the stored relatives of some messages are found: any one match suffices."""

    ids: frozenset[str] = frozenset()
    """Message-IDs: of messages that have one of them, or name one in `refs`."""
    provider_threads: frozenset[str] = frozenset()
    """Provider threads, of any account."""
    threads: frozenset[str] = frozenset()
    """Thread keys given before."""
    subjects: frozenset[tuple[str, int, int]] = frozenset()
    """(subject key, from, to): messages of that `subject_key` written in that stretch, both ends
    included, epoch seconds."""


class Lookup(Protocol):
    """How the store finds relatives."""

    def __call__(self, wanted: Wanted, /) -> Iterable[Message]: ...


def subject_key(message: Message) -> str:
    """By what the store finds messages of one base subject; empty for those without one."""
    base = base_subject(message.subject)
    return _digest(base) if base else ""


def thread(messages: Iterable[Message], me: frozenset[str]) -> dict[Key, Assignment]:
    """Thread keys, copies, answers and contact codes for a whole set of messages.

    :param messages: all that are to be considered; each (account, source_id) once
    :param me: the user's addresses
    """
    records = sorted(messages, key=_key)
    primaries = _primaries(records)
    threads = _components(records, me)
    by_id: dict[str, list[Message]] = defaultdict(list)
    for message in records:
        if primaries[_key(message)] and message.message_id:
            by_id[message.message_id].append(message)
    return {
        _key(message): _assignment(
            message, threads[_key(message)], primaries[_key(message)], by_id, me
        )
        for message in records
    }


def affected(
    changed: Iterable[Message], removed: Iterable[Message], lookup: Lookup
) -> list[Message]:
    """Every message whose assignment a change can touch, as it is after the change.

    :param changed: the new and the updated messages, as they will be stored
    :param removed: what the store held and no longer will: deleted messages, and the former
        versions of updated ones
    :param lookup: finds stored messages; what it says of changed or removed keys is ignored
    """
    current = {_key(message): message for message in changed}
    former = {_key(message): message for message in removed}
    gathered = dict(current)
    asked = Wanted()
    fresh: list[Message] = [*current.values(), *former.values()]
    first = True
    while fresh and len(gathered) <= MOST_MESSAGES:
        wanted = _minus(_wanted(fresh, changed=first), asked)
        if wanted == Wanted():
            break
        asked = _plus(asked, wanted)
        fresh = []
        for message in lookup(wanted):
            key = _key(message)
            if key not in gathered and key not in former:
                gathered[key] = message
                fresh.append(message)
        first = False
    return [gathered[key] for key in sorted(gathered)]


def _wanted(messages: Iterable[Message], *, changed: bool) -> Wanted:
    """What may be related to these: for changed messages every relation; of stored ones their
    thread says it already."""
    ids: set[str] = set()
    provider_threads: set[str] = set()
    threads: set[str] = set()
    subjects: set[tuple[str, int, int]] = set()
    for message in messages:
        if message.thread:
            threads.add(message.thread)
            if not changed:
                continue
        ids.update(x for x in (message.message_id, *message.refs) if _usable(x))
        if message.provider_thread:
            provider_threads.add(message.provider_thread)
        subject = subject_key(message)
        if subject:
            # Replies that may join this one, and what they, or it, may have joined instead.
            window = message.at - SUBJECT_WINDOW, message.at + SUBJECT_WINDOW
            subjects.add((subject, *window))
    return Wanted(
        frozenset(ids), frozenset(provider_threads), frozenset(threads), frozenset(subjects)
    )


def _minus(one: Wanted, other: Wanted) -> Wanted:
    return Wanted(
        one.ids - other.ids,
        one.provider_threads - other.provider_threads,
        one.threads - other.threads,
        one.subjects - other.subjects,
    )


def _plus(one: Wanted, other: Wanted) -> Wanted:
    return Wanted(
        one.ids | other.ids,
        one.provider_threads | other.provider_threads,
        one.threads | other.threads,
        one.subjects | other.subjects,
    )


def _key(message: Message) -> Key:
    return message.account, message.source_id


def _usable(message_id: str) -> bool:
    return bool(message_id.strip("<> "))


def _joins_by_subject(message: Message) -> bool:
    return not message.refs and not message.provider_thread and is_reply(message.subject)


def _primaries(records: list[Message]) -> dict[Key, bool]:
    """For each record whether it stands for its mail; the other copies of it do not.

    Copies share Message-ID and sender: an id alone may be reused by a broken or a hostile sender.
    A human's direct mail comes before what a list made of it, the Sent folder before an archive,
    a record whose text was read before one that was not.
    """
    best: dict[tuple[str, str], Message] = {}
    for message in records:
        if message.message_id:
            group = message.message_id, message.sender.email
            if group not in best or _rank(message) < _rank(best[group]):
                best[group] = message
    return {
        _key(message): not message.message_id
        or best[message.message_id, message.sender.email] is message
        for message in records
    }


def _rank(message: Message) -> tuple[bool, bool, bool, Key]:
    filed = message.direction != "inbound" and is_sent(message.folder, message.labels)
    return not message.human, not filed, not message.words_read, _key(message)


class _Union:
    """Disjoint sets of names."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        root = name
        while (above := self._parent.setdefault(root, root)) != root:
            root = above
        while (above := self._parent[name]) != root:
            self._parent[name] = root
            name = above
        return root

    def join(self, one: str, other: str) -> None:
        self._parent[self.find(one)] = self.find(other)


def _components(records: list[Message], me: frozenset[str]) -> dict[Key, str]:
    union = _Union()
    nodes = {_key(message): f"m {message.account}\0{message.source_id}" for message in records}
    for message in records:
        node = nodes[_key(message)]
        for message_id in (message.message_id, *message.refs):
            if _usable(message_id):
                union.join(node, f"i {message_id}")
        if message.provider_thread:
            union.join(node, f"t {message.account}\0{message.provider_thread}")
    for reply, earlier in _subject_links(records, me):
        union.join(nodes[_key(reply)], nodes[_key(earlier)])
    members: dict[str, list[Message]] = defaultdict(list)
    for message in records:
        members[union.find(nodes[_key(message)])].append(message)
    threads: dict[Key, str] = {}
    for component in members.values():
        if len(component) > MOST_MESSAGES:
            threads.update((_key(message), _digest(_origin(message))) for message in component)
            continue
        name = _digest(_root(component))
        threads.update((_key(message), name) for message in component)
    return threads


def _origin(message: Message) -> str:
    """The oldest id that a message knows of its thread."""
    ids = (*message.refs[:1], message.message_id)
    return next(filter(_usable, ids), f"{message.account}\0{message.source_id}")


def _root(component: list[Message]) -> str:
    """The id that names a thread: the first one, as far as its messages know.

    The same before and after a further answer, so that what is remembered about a thread keeps.
    """
    answered = {message.message_id for message in component if message.refs}
    origins = set(map(_origin, component))
    return min(origins - answered or origins)


def _subject_links(records: list[Message], me: frozenset[str]) -> Iterator[tuple[Message, Message]]:
    """(reply without references, the latest earlier mail it can belong to)."""
    replies = [message for message in records if _joins_by_subject(message)]
    if not replies:
        return
    wanted = {base_subject(message.subject) for message in replies} - {""}
    earlier: dict[str, list[tuple[int, Key, Message]]] = defaultdict(list)
    for message in records:
        base = base_subject(message.subject)
        if base in wanted:
            earlier[base].append((message.at, _key(message), message))
    for found in earlier.values():
        found.sort(key=lambda entry: entry[:2])
    for reply in replies:
        found = earlier.get(base_subject(reply.subject), [])
        own = _correspondents(reply, me)
        position = bisect_left(found, (reply.at, _key(reply)), key=lambda entry: entry[:2])
        for at, _, candidate in reversed(found[max(0, position - 200) : position]):
            if at < reply.at - SUBJECT_WINDOW:
                break
            if own & _correspondents(candidate, me):
                yield reply, candidate
                break


def _correspondents(message: Message, me: frozenset[str]) -> frozenset[str]:
    people = (message.sender, *message.to, *message.cc)
    return frozenset(canonical(x.email) for x in people if x.email and not is_one_of(x.email, me))


def _assignment(
    message: Message,
    thread_key: str,
    primary: bool,
    by_id: Mapping[str, list[Message]],
    me: frozenset[str],
) -> Assignment:
    if not primary:
        return Assignment(thread_key, True, "", 0, ())
    answered = None if message.automatic else _answered(message, by_id)
    answers = answered.sender.email if answered else ""
    delay = max(0, message.at - answered.at) if answered else 0
    return Assignment(thread_key, False, answers, delay, _contacts(message, answers, me))


def _answered(message: Message, by_id: Mapping[str, list[Message]]) -> Message | None:
    """The nearest ancestor by the other side: what I answered, or what of mine was answered.

    Mail of one's own side between (a nudge) is passed over; that of a third person ends the search.
    """
    if message.direction == "self":
        return None
    for ref in reversed(message.refs):
        for ancestor in by_id.get(ref, ()):
            if ancestor.message_id == message.message_id or ancestor.direction == "self":
                continue
            if ancestor.direction != message.direction:
                return ancestor
            if ancestor.sender.email != message.sender.email and message.direction == "inbound":
                return None
    return None


def _contacts(message: Message, answers: str, me: frozenset[str]) -> tuple[str, ...]:
    if not message.human or message.direction == "self":
        return ()
    if message.direction == "inbound":
        directly = any(is_one_of(address.email, me) for address in message.to)
        return (f"{'f' if directly else 'g'}:{message.sender.email}",)
    codes = [f"t:{address.email}" for address in message.to if not is_one_of(address.email, me)]
    codes += [f"c:{address.email}" for address in message.cc if not is_one_of(address.email, me)]
    if answers:
        codes.append(f"r:{answers}")
    return tuple(dict.fromkeys(codes))


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=10).hexdigest()

"""Batches into records: one transaction for a batch, its cursor, and what it changes in the
threads around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from tinydb import where

from syncd.errors import Problem, UserError
from syncd.model import Batch, Coverage, Cursor, Failure, Interaction, Message
from syncd.normalise.addresses import is_one_of
from syncd.normalise.automatic import is_hint
from syncd.normalise.threading import Wanted, affected, subject_key, thread
from syncd.store import Store
from syncd.store.documents import from_document, to_document

_LOOKUP = 500
_MOST = 0.5
"""A pull that would delete more than this share of an account stops and asks."""


class MassDeletion(UserError):
    """A pull would delete most of an account: it stops and asks."""


class Intake:
    """Writes what one account's connector yields."""

    def __init__(self, store: Store, account: str, me: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._account = account
        self._me = me

    # --- what is remembered of the account ------------------------------------------------------

    def cursor(self) -> Cursor | None:
        """Where the last pull stopped."""
        document = self._store.cursors.get_key(self._account)
        cursor: Cursor | None = document["cursor"] if document else None
        return cursor

    def state(self) -> dict[str, Any]:
        """What the pipeline itself remembers: `complete`, `words_since`, `coverage`, `own` (my
        addresses that the provider told), `read_as` (see `read_as`), `resynced_at`."""
        document = self._store.meta.get_key(f"account {self._account}")
        return dict(document["state"]) if document else {}

    def remember(self, state: Mapping[str, Any]) -> None:
        """Keep `state` for the next pass."""
        self._store.meta.put(f"account {self._account}", {"state": dict(state)})

    def read_as(self) -> frozenset[str] | None:
        """My addresses that any provider had told when the records were read; None before."""
        addresses = self.state().get("read_as")
        return None if addresses is None else frozenset(addresses)

    def remember_read_as(self, addresses: Iterable[str]) -> None:
        """Keep by which of my told addresses the records were read."""
        self.remember({**self.state(), "read_as": sorted(addresses)})

    def naming(self, addresses: frozenset[str]) -> Iterator[list[str]]:
        """The source ids of the stored interactions that name one of these addresses, in any
        spelling, a step's at a time: whoever waits for the store waits for one step."""
        query = where("account") == self._account
        ids = [row[0] for row in self._store.interactions.select(("source_id",), query)]
        for some in _chunks(ids):
            found = self._store.interactions.get_keys(map(self._key, some)).values()
            named = (from_document(document) for document in found)
            yield [one.source_id for one in named if _names_one_of(one, addresses)]

    def coverage(self) -> Coverage:
        """The coverage after the last pull."""
        kept = self.state().get("coverage")
        if not kept:
            return Coverage(self._account, "partial", "not read yet", "not_read")
        return Coverage(self._account, kept["state"], kept["detail"], kept.get("reason", ""))

    def forget(self) -> None:
        """Drop every record of the account and its cursor; findings keep the user's answers."""
        query = where("account") == self._account
        with self._store.transaction():
            self._store.interactions.remove(query)
            self._store.retries.remove(query)
            self._store.cursors.delete_keys([self._account])
            self._store.meta.delete_keys([f"account {self._account}"])

    # --- set-aside items ------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many items could not be read and are set aside."""
        return self._store.retries.count(
            (where("account") == self._account) & (where("kept") == False)  # noqa: E712 - a query
        )

    def retriable(self, *, max_attempts: int, limit: int) -> list[str]:
        """The set-aside items that deserve another try."""
        query = (
            (where("account") == self._account)
            & (where("permanent") == False)  # noqa: E712 - a TinyDB query, not a comparison
            & (where("attempts") < max_attempts)
        )
        return [row[0] for row in self._store.retries.select(("source_id",), query, limit=limit)]

    # --- batches --------------------------------------------------------------------------------

    def check_plausible(self, deletions: Sequence[str], *, accepted: bool, few: int) -> None:
        """:raises MassDeletion: the deletions would take most of the account"""
        have = self._store.interactions.count(where("account") == self._account)
        if accepted or len(deletions) <= few or len(deletions) <= have * _MOST:
            return
        # names that forgotten mail left behind are no records
        gone = sum(map(self._count_stored, _chunks(list(deletions))))
        if gone <= few or gone <= have * _MOST:
            return
        raise MassDeletion(
            Problem(
                f"{gone} of {have} records are gone at the source; nothing was deleted",
                self._account,
                f"if that is right, run `syncd once --accept-deletions {self._account}`; "
                "else bring the source back (is the disk mounted?)",
            )
        )

    def _count_stored(self, source_ids: Iterable[str]) -> int:
        return len(self._store.interactions.get_keys(map(self._key, source_ids)))

    def commit(self, batch: Batch, *, now: int) -> None:
        """Store one batch durably, all of it or nothing."""
        store = self._store
        with store.transaction():
            if batch.own:
                self._remember_own(batch.own)
            if batch.upserts or batch.deletions:
                self._apply(batch.upserts, batch.deletions)
            self._set_aside(batch.failed, now)
            if batch.cursor is not None:
                store.cursors.put(self._account, {"cursor": dict(batch.cursor)})

    def _remember_own(self, addresses: Iterable[str]) -> None:
        """Keep my addresses as the provider last told them."""
        state = self.state()
        own = sorted({address.lower() for address in addresses})
        self._me = self._me.union(own)
        if state.get("own") == own:
            return
        if not self._store.interactions.count(where("account") == self._account):
            # told before anything was read: the connector reads everything by them
            state["read_as"] = sorted({*state.get("read_as", ()), *own})
        self.remember({**state, "own": own})

    def _apply(self, upserts: Sequence[Interaction], deletions: Sequence[str]) -> None:
        store = self._store
        keys = [self._key(interaction.source_id) for interaction in upserts]
        gone = [self._key(source_id) for source_id in deletions]
        former = [
            interaction
            for document in store.interactions.get_keys([*keys, *gone]).values()
            if _is_message(interaction := from_document(document))
        ]
        store.interactions.delete_keys(gone)
        store.retries.delete_keys([*keys, *gone])
        messages = [interaction for interaction in upserts if _is_message(interaction)]
        store.interactions.put_many(
            (self._key(interaction.source_id), to_document(interaction))
            for interaction in upserts
            if not _is_message(interaction)
        )
        relatives = affected(messages, former, self._relatives)
        assignments = thread(relatives, self._me)
        stored: list[tuple[str, dict[str, Any]]] = []
        fresh = {message.source_id for message in messages}
        for message in relatives:
            assigned = assignments[message.account, message.source_id]
            placed = replace(
                message,
                thread=assigned.thread,
                copy=assigned.copy,
                answers=assigned.answers,
                delay=assigned.delay,
                contacts=assigned.contacts or _doubtful_contact(message, assigned.copy),
            )
            own = message.account == self._account and message.source_id in fresh
            if own or placed != message:
                key = f"{message.account}/{message.source_id}"
                stored.append((key, to_document(placed, subject_key=subject_key(placed))))
        store.interactions.put_many(stored)
        self._remember_names(messages)

    def _relatives(self, wanted: Wanted) -> Iterable[Message]:
        interactions = self._store.interactions
        queries = [
            where(field).one_of(some)
            for field, values in (
                ("message_id", wanted.ids),
                ("provider_thread", wanted.provider_threads),
                ("thread", wanted.threads),
            )
            for some in _chunks(sorted(values))
        ]
        queries += [where("refs").any(some) for some in _chunks(sorted(wanted.ids))]
        queries += [
            (where("subject_key") == subject) & (where("at") >= start) & (where("at") <= end)
            for subject, start, end in sorted(wanted.subjects)
        ]
        for query in queries:
            for document in interactions.search(query):
                interaction = from_document(document)
                if _is_message(interaction):
                    yield interaction

    def _remember_names(self, messages: Iterable[Message]) -> None:
        """Keep the display name last used for each human correspondent, and which addresses are
        mailing lists."""
        lists = {address for message in messages for address in _lists(message)}
        latest: dict[str, tuple[int, str]] = {}
        for message in messages:
            if not message.human:
                continue
            # a name that its owner gives counts before one that others give them
            named = [(message.sender, 1)]
            if message.direction == "outbound":
                named += [(address, 0) for address in (*message.to, *message.cc)]
            for address, own in named:
                stamp = (message.at if own else 0, address.name)
                if address.email not in self._me and stamp > latest.get(address.email, (-1, "")):
                    latest[address.email] = stamp
        known = self._store.people.get_keys([*latest, *lists])
        changed: dict[str, dict[str, Any]] = {}
        for email in {*latest, *lists}:
            before = known.get(email) or {"address": email, "name": "", "at": -1, "list": False}
            at, name = max(latest.get(email, (-1, "")), (before["at"], before["name"]))
            is_list = before["list"] or email in lists
            after = {"address": email, "name": name, "at": at, "list": is_list}
            if after != before:
                changed[email] = after
        self._store.people.put_many(changed.items())

    def _set_aside(self, failed: Sequence[Failure], now: int) -> None:
        retries = self._store.retries
        before = retries.get_keys(self._key(failure.source_id) for failure in failed)
        documents: dict[str, dict[str, Any]] = {}
        for failure in failed:
            key = self._key(failure.source_id)
            documents[key] = {
                "account": self._account,
                "folder": failure.folder,
                "source_id": failure.source_id,
                "reason": failure.reason,
                "permanent": failure.permanent,
                "kept": failure.kept,
                "attempts": (before[key]["attempts"] if key in before else 0) + 1,
                "at": now,
            }
        retries.put_many(documents.items())

    def _key(self, source_id: str) -> str:
        return f"{self._account}/{source_id}"


def own_addresses(store: Store, accounts: Iterable[str]) -> frozenset[str]:
    """My addresses that the providers of these accounts told, lower case."""
    return frozenset(
        address for account in accounts for address in Intake(store, account).state().get("own", ())
    )


def _doubtful_contact(message: Message, copy: bool) -> tuple[str, ...]:
    """The contact that a mail with a mere hint of being bulk is, if I know the sender: `h`."""
    if copy or message.direction != "inbound" or message.automatic or not is_hint(message.bulk):
        return ()
    return (f"h:{message.sender.email}",)


def _lists(message: Message) -> Iterable[str]:
    """The addresses of the mailing list that a message came through, by its reason for `bulk`."""
    what, _, name = message.bulk.partition(": ")
    if what != "list":
        return
    name = name.partition(" ")[0]
    for address in (*message.to, *message.cc):
        if name in (address.email, address.email.replace("@", ".")):
            yield address.email


def _names_one_of(interaction: Interaction, addresses: frozenset[str]) -> bool:
    if isinstance(interaction, Message):
        people = [interaction.sender, *interaction.to, *interaction.cc]
    else:
        people = [guest.address for guest in interaction.attendees]
        people += [interaction.organizer] if interaction.organizer else []
    return any(is_one_of(person.email, addresses) for person in people)


def _is_message(interaction: Interaction) -> TypeGuard[Message]:
    return isinstance(interaction, Message)


def _chunks(values: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(values), _LOOKUP):
        yield values[start : start + _LOOKUP]

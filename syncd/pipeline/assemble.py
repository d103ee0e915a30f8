"""From the records to the snapshot that the rules see: everything as of one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tinydb import where

from syncd.config import Configuration
from syncd.model import Meeting, Message, Person, Place, PlaceVerdict, Snapshot, Thread
from syncd.normalise.addresses import is_one_of
from syncd.normalise.automatic import is_hint
from syncd.people.facts import DAY, WINDOWS, Answer, Tally, gather
from syncd.people.identities import identify
from syncd.store import Store
from syncd.store.documents import from_document
from syncd.workdays import Workdays

_MEETING_YEARS = 3 * 366 * DAY
_AHEAD = 400 * DAY
_LOOKUP = 500


def assemble(
    store: Store, configuration: Configuration, *, now: int, horizon_days: int
) -> Snapshot:
    """The snapshot at `now`.

    :param horizon_days: how far back any rule reads conversations
    """
    meetings = _meetings(store, now)
    names, lists = _names(store)
    me = _mine(configuration.me.addresses, names, meetings)
    away = [
        (meeting.at, meeting.end)
        for meeting in meetings
        if meeting.purpose == "out_of_office"
        and meeting.status != "cancelled"
        and meeting.my_response == "accepted"
    ]
    real = tuple(
        meeting
        for meeting in meetings
        if meeting.purpose == "meeting"
        and meeting.status != "cancelled"
        and meeting.my_response != "declined"
        and not meeting.all_day
    )
    tallies = tuple(_tallies(store, now))
    people = gather(
        identify(
            configuration.people,
            {address: name for address, name in names.items() if address not in me | lists},
        ),
        tallies,
        _answers(store, now),
        real,
        me,
        now,
        lists=lists,
    )
    trusted = _trusted(tallies, people)
    threads = tuple(_threads(store, now, now - horizon_days * DAY, trusted))
    written_to = (
        address.email
        for thread in threads
        for message in thread.messages
        for address in (*message.to, *message.cc)
    )
    me = _mine(me, written_to, ())
    return Snapshot(
        now=now,
        zone=configuration.timezone,
        me=me,
        my_names=configuration.me.names or _my_names(threads, me),
        people=people,
        threads=threads,
        meetings=real,
        workdays=Workdays(configuration.timezone, configuration.holidays, away),
        words=configuration.text,
        wordless=frozenset(
            account.name
            for account in configuration.accounts
            if getattr(account.options, "text", True) is False
        ),
        birthdays=tuple(
            meeting
            for meeting in meetings
            if meeting.purpose == "birthday"
            and meeting.status != "cancelled"
            and meeting.my_response != "declined"
        ),
    )


def _mine(
    configured: frozenset[str], written: Iterable[str], meetings: Iterable[Meeting]
) -> frozenset[str]:
    """My addresses in every spelling in which they occur: with plus-tags, with Gmail's dots."""
    invited = (guest.address.email for meeting in meetings for guest in meeting.attendees)
    hosts = (meeting.organizer.email for meeting in meetings if meeting.organizer)
    return configured | {
        address for address in (*written, *invited, *hosts) if is_one_of(address, configured)
    }


def _trusted(tallies: Iterable[Tally], people: Mapping[str, Person]) -> frozenset[str]:
    """The correspondents whose mail a single hint of being bulk does not hide."""
    senders = {tally.contact[2:] for tally in tallies if tally.contact.startswith("h:")}
    return frozenset(
        sender for sender in senders if sender in people and people[sender].correspondent
    )


def _threads(store: Store, now: int, oldest: int, trusted: frozenset[str]) -> Iterator[Thread]:
    """The conversations in which a human wrote since `oldest`, whole up to `now`."""
    recent = (where("at") >= oldest) & (where("at") <= now)
    by_humans = (
        (where("kind") == "message")
        & recent
        & (where("human") == True)  # noqa: E712 - a TinyDB query, not a comparison
        & (where("copy") == False)  # noqa: E712 - the same
    )
    found_keys = set(store.interactions.distinct("thread", by_humans))
    doubtful = sorted(f"h:{sender}" for sender in trusted)
    for start in range(0, len(doubtful), _LOOKUP):
        by_trusted = where("contacts").any(doubtful[start : start + _LOOKUP]) & recent
        found_keys.update(store.interactions.distinct("thread", by_trusted))
    keys = sorted(found_keys)
    for start in range(0, len(keys), _LOOKUP):
        some = keys[start : start + _LOOKUP]
        found: dict[str, list[Message]] = defaultdict(list)
        query = where("thread").one_of(some) & (where("at") <= now)
        for document in store.interactions.search(query):
            message = from_document(document)
            if isinstance(message, Message) and not message.copy:
                if message.sender.email in trusted and is_hint(message.bulk):
                    message = replace(message, bulk="")
                found[message.thread].append(message)
        for key in some:
            messages = sorted(found[key], key=lambda message: (message.at, message.message_id))
            if messages:
                yield Thread(key, tuple(messages))


def _meetings(store: Store, now: int) -> list[Meeting]:
    placed = _placed(store)
    query = (
        (where("kind") == "meeting")
        & (where("at") >= now - _MEETING_YEARS)
        & (where("at") <= now + _AHEAD)
    )
    meetings: dict[tuple[str, int], Meeting] = {}
    for document in store.interactions.search(query):
        meeting = from_document(document)
        if not isinstance(meeting, Meeting):
            continue
        key = (meeting.uid, meeting.at)
        verdict = placed.get(f"{meeting.uid}|{meeting.at}")
        if verdict is not None:
            meeting = replace(meeting, place=Place(verdict, "high", "your word"))
        meetings[key] = _clearer(meeting, meetings.get(key))
    return sorted(meetings.values(), key=lambda meeting: (meeting.at, meeting.uid))


def _clearer(one: Meeting, other: Meeting | None) -> Meeting:
    """Of one meeting in two calendars: cancelled or declined in either is so; else the copy that
    says more about the place and the guests."""
    if other is None:
        return one

    def weight(meeting: Meeting) -> tuple[bool, bool, bool, int, str]:
        return (
            meeting.status == "cancelled",
            meeting.my_response == "declined",
            meeting.place.verdict != "unknown",
            len(meeting.attendees),
            meeting.account,
        )

    return max(one, other, key=weight)


def _placed(store: Store) -> dict[str, PlaceVerdict]:
    """The user's word on where meetings took place, by `uid|start`."""
    document = store.meta.get_key("places")
    places: Mapping[str, PlaceVerdict] = document["places"] if document else {}
    return dict(places)


def _names(store: Store) -> tuple[dict[str, str], frozenset[str]]:
    """The display name last seen with each address, and which addresses are mailing lists."""
    documents = store.people.all()
    return (
        {document["address"]: document["name"] for document in documents},
        frozenset(document["address"] for document in documents if document["list"]),
    )


def _tallies(store: Store, now: int) -> Iterator[Tally]:
    windows = [now - days * DAY for days in WINDOWS]
    for contact, total, first, last, counts in store.interactions.tally(
        "contacts", until=now, windows=windows
    ):
        yield Tally(contact, first, last, total, counts)


def _answers(store: Store, now: int) -> Iterator[Answer]:
    measured = (where("counterpart") > "") & (where("at") >= now - 365 * DAY) & (where("at") <= now)
    for address, direction, delay in store.interactions.select(
        ("counterpart", "direction", "delay"), measured
    ):
        yield Answer(address, direction == "outbound", delay)


def _my_names(threads: Iterable[Thread], me: frozenset[str]) -> tuple[str, ...]:
    """What my own mail calls me, where the configuration does not say."""
    names = {
        message.sender.name
        for thread in threads
        for message in thread.messages
        if message.sender.email in me and message.sender.name
    }
    local_parts = {address.partition("@")[0].replace(".", " ") for address in me}
    return tuple(sorted(names | local_parts))

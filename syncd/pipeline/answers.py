"""The user's answers, read back from the summary's files into the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from syncd.findings import life
from syncd.findings.life import Record
from syncd.pipeline.evaluate import load_records, save_records
from syncd.pipeline.recovered import Recovered, recover
from syncd.pipeline.replacing import Aside, Content, asides, read_settled
from syncd.pipeline.shelf import Shelf
from syncd.pipeline.written import Written
from syncd.store import Store
from syncd.summary.marks import Answer, answers, read_marks, read_version

PATIENCE = 0.2
"""Seconds to wait for whoever is writing a summary file before it is read as it is."""
_KEPT_SECONDS = 600
"""For how long a file that was swapped out must say the same before it is removed: an editor may be
stopped between finding it and opening it, and no file system tells of that."""
_KEPT_ASIDES = 60
"""The most that are kept of them, besides those that somebody has open for writing."""


def take_over_answers(store: Store, folder: Path, *, now: int, today: date) -> int:
    """Apply what the user ticked in the summary files since syncd wrote them, also in those that
    newer ones have taken the place of.

    :return: how many records changed
    """
    recover(store, folder, now=now)
    written = Written(store)
    recovered = Recovered(store, now)
    shelf = Shelf(store)
    aside = [
        (one, content)
        for one in asides(folder)
        if (content := read_settled(one.path, patience=_patience(shelf, one)))
    ]
    current = [
        (name, content)
        for name in written.names
        if (content := read_settled(folder / name, patience=PATIENCE))
    ]
    news = [
        (one.name, content)
        for one, content in aside
        if shelf.is_news(one.path.name, content.text, now)
    ]
    edits = [(recovered.taken, recovered.answers)] if recovered.answers else []
    edits += [
        (base, found)
        for name, content in (*news, *current)  # what was swapped out is older
        if (version := read_version(content.text)) or not content.writing  # else: a part of a file
        if (base := written.base(name, version)) is not None
        if (found := answers(read_marks(content.text), base))
    ]
    outlived = _outlived(shelf, aside, now)
    changed = _applied(store, edits, now, today) if edits else {}
    if edits or news or outlived:
        with store.transaction():
            save_records(store, changed.values())
            remember_places(store, changed.values())
            written.save()
            recovered.save()
            shelf.save({one.path.name for one, _ in aside} - {path.name for path in outlived})
    for path in outlived:
        path.unlink(missing_ok=True)
    return len(changed)


def _patience(shelf: Shelf, aside: Aside) -> float:
    """What was read before is not waited for: its writer may take hours."""
    return 0.0 if shelf.knows(aside.path.name) else PATIENCE


def _outlived(shelf: Shelf, read: Sequence[tuple[Aside, Content]], now: int) -> list[Path]:
    """What was swapped out, read, and need not be read again; `read` has the oldest first."""
    left = [one.path for one, content in read if not content.writing]
    surplus = len(left) - _KEPT_ASIDES
    return [
        path
        for number, path in enumerate(left)
        if number < surplus or shelf.quiet_seconds(path.name, now) >= _KEPT_SECONDS
    ]


def _applied(
    store: Store,
    edits: Sequence[tuple[dict[str, str], Mapping[str, Answer]]],
    now: int,
    today: date,
) -> dict[str, Record]:
    """The records that the answers move on, by id. Each answer is noted in what it was held
    against, so that it counts once."""
    changed: dict[str, Record] = {}
    by_id = {record.id: record for record in load_records(store).values()}
    for base, found in edits:
        for item, answer in found.items():
            if item not in by_id:
                continue  # the user's own line, or an item that is not yet found again
            base[item] = str(answer)
            moved = _answered(by_id[item], answer, now, today)
            if moved != by_id[item]:
                by_id[item] = changed[item] = moved
    return changed


def _answered(record: Record, answer: Answer, now: int, today: date) -> Record:
    if answer.mark == "x":
        return life.done(record, now)
    if answer.mark == "-":
        return life.dismiss(record, now)
    if answer.mark == ">":
        return life.snooze(record, now, answer.until or today + life.SNOOZE)
    if answer.mark in ("p", "v") and record.finding.say == "meet.place":
        return life.placed(record, now, "in_person" if answer.mark == "p" else "virtual")
    if answer.mark == " ":
        return life.reopen(record, now)
    return record


def remember_places(store: Store, records: Collection[Record]) -> None:
    """Keep the user's word on meetings where the snapshot finds it."""
    said = {
        f"{record.finding.facts['uid']}|{record.finding.facts['at']}": record.place
        for record in records
        if record.place
    }
    if said:
        document = store.meta.get_key("places")
        places = {**(document["places"] if document else {}), **said}
        store.meta.put("places", {"places": places})

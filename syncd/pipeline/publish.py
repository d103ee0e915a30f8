"""The summary's files, written without losing what the user types into them meanwhile."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from syncd.config import Configuration
from syncd.errors import Problem, UserError
from syncd.findings import life
from syncd.findings.life import Record
from syncd.model import Coverage, Snapshot
from syncd.pipeline import journal
from syncd.pipeline.answers import take_over_answers
from syncd.pipeline.evaluate import load_records, save_records
from syncd.pipeline.replacing import read_settled, swap_in
from syncd.pipeline.written import Written
from syncd.private_files import write_private
from syncd.registry import summaries
from syncd.store import Store
from syncd.summary.build import Summary, build
from syncd.summary.marks import Answer, versioned

_ENDINGS = {"markdown": ".md", "html": ".html", "json": ".json"}
_REWRITES = 5


@dataclass(frozen=True, slots=True)
class Published:
    """What was written."""

    summary: Summary
    files: tuple[Path, ...]


def summarise(
    records: Mapping[str, Record],
    snapshot: Snapshot,
    configuration: Configuration,
    store: Store,
    *,
    coverage: Sequence[Coverage],
    problems: Sequence[str] = (),
    everything: bool = False,
) -> Summary:
    """The summary of `snapshot.today`, not yet written anywhere."""
    return build(
        records.values(),
        snapshot,
        coverage=coverage,
        problems=problems,
        language=configuration.language,
        since=_last_summary(store, before=snapshot.today),
        limits={
            entry.options.name: entry.options.limit
            for entry in configuration.rules
            if hasattr(entry.options, "name") and hasattr(entry.options, "limit")
        },
        everything=everything,
        listed=Written(store).base(f"{snapshot.today.isoformat()}.md", "") or (),
        health=journal.health(store, before=snapshot.today),
    )


def publish(
    records: Mapping[str, Record],
    snapshot: Snapshot,
    configuration: Configuration,
    store: Store,
    *,
    coverage: Sequence[Coverage],
    problems: Sequence[str] = (),
    everything: bool = False,
) -> Published:
    """Write the day's files and `latest.*`, without losing an edit made meanwhile.

    :raises UserError: the folder cannot be written
    """
    folder = configuration.summary.folder
    records = dict(records)
    if take_over_answers(store, folder, now=snapshot.now, today=snapshot.today):
        records = load_records(store)
    for _ in range(_REWRITES):
        summary = summarise(
            records,
            snapshot,
            configuration,
            store,
            coverage=coverage,
            problems=problems,
            everything=everything,
        )
        files = _write(summary, store, folder, configuration.summary.formats)
        if not take_over_answers(store, folder, now=snapshot.now, today=snapshot.today):
            break
        records = load_records(store)
    listed = {item.id for item in summary.items}
    with store.transaction():
        save_records(
            store,
            [
                life.listed(record, summary.day)
                for record in records.values()
                if record.id in listed and record.introduced is None
            ],
        )
        _remember_summary(store, summary.day, snapshot.now)
    return Published(summary, tuple(files))


def _write(summary: Summary, store: Store, folder: Path, formats: Sequence[str]) -> list[Path]:
    files: list[Path] = []
    marks = {item.id: str(Answer(item.mark, item.until)) for item in summary.items}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in formats:
            text = summaries()[name](summary)
            ending = _ENDINGS.get(name, f".{name}")
            for stem in (summary.day.isoformat(), "latest"):
                path = folder / f"{stem}{ending}"
                if ending == ".md":
                    _write_answerable(store, path, text, marks)
                else:
                    write_private(path, text)
                files.append(path)
    except OSError as error:
        raise UserError(
            Problem(
                f"the summary cannot be written to {folder}: {error.strerror}",
                hint="free some space"
                if error.errno == errno.ENOSPC
                else "make the folder writable, or set summary.folder in syncd.yaml",
            )
        ) from error
    return files


def _write_answerable(store: Store, path: Path, text: str, marks: Mapping[str, str]) -> None:
    """Write a file that the user may be editing, unless it already says the same. Its marks are
    remembered first: a file is never there without what it is held against."""
    current = read_settled(path, patience=0)
    written = Written(store)
    version = written.add(path.name, text, marks)
    written.save()
    if marks:  # without an item there is nothing to answer
        text = versioned(text, version)
    if current is None or current.text != text:
        swap_in(path, text)


def _last_summary(store: Store, *, before: date) -> int:
    """When the last summary of an earlier day was written (epoch seconds), 0 if never."""
    document = store.meta.get_key("summaries")
    days: Mapping[str, int] = document["days"] if document else {}
    earlier = [at for day, at in days.items() if day < before.isoformat()]
    return max(earlier, default=0)


def _remember_summary(store: Store, day: date, now: int) -> None:
    document = store.meta.get_key("summaries")
    days: dict[str, int] = dict(document["days"]) if document else {}
    days[day.isoformat()] = now
    oldest = (day - timedelta(days=60)).isoformat()
    store.meta.put("summaries", {"days": {d: at for d, at in days.items() if d >= oldest}})

"""The summary's files: answers are read back from them before they are written again."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from syncd.config import Configuration
from syncd.errors import Problem, UserError
from syncd.findings import life
from syncd.findings.life import Record
from syncd.model import Coverage, Snapshot
from syncd.pipeline.evaluate import load_records, save_records
from syncd.registry import summaries
from syncd.store import Store
from syncd.summary.build import Summary, build
from syncd.summary.marks import Answer, answers, read_marks

_ENDINGS = {"markdown": ".md", "html": ".html", "json": ".json"}
_REWRITES = 5
_KEPT_FILES = 14


@dataclass(frozen=True, slots=True)
class Published:
    """What was written."""

    summary: Summary
    files: tuple[Path, ...]


def take_over_answers(store: Store, folder: Path, *, now: int, today: date) -> int:
    """Apply what the user ticked in the summary files since syncd wrote them.

    :return: how many records changed
    """
    written = _written(store)
    changed: dict[str, Record] = {}
    by_id = {record.id: record for record in load_records(store).values()}
    for name, marks in written.items():
        text = _read(folder / name)
        if text is None:
            continue
        for item, answer in answers(read_marks(text), marks).items():
            record = changed.get(item) or by_id.get(item)
            if record is None:
                continue
            moved = _answered(record, answer, now, today)
            if moved != record:
                changed[item] = moved
    with store.transaction():
        save_records(store, changed.values())
        remember_places(store, changed.values())
        for name, marks in written.items():
            text = _read(folder / name)
            if text is not None:
                marks.update({item: str(a) for item, a in read_marks(text).items()})
        _remember_written(store, written)
    return len(changed)


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
        listed=_written(store).get(f"{snapshot.today.isoformat()}.md", {}),
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
        if not take_over_answers(store, folder, now=snapshot.now, today=snapshot.today):
            break
        records = load_records(store)
    files = _write(summary, folder, configuration.summary.formats)
    shown = {item.id: item.mark for item in summary.items}
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
        written = _written(store)
        for file in files:
            if file.suffix == ".md":
                written[file.name] = dict(shown)
        _remember_written(store, written)
        _remember_summary(store, summary.day, snapshot.now)
    return Published(summary, tuple(files))


def _write(summary: Summary, folder: Path, formats: Sequence[str]) -> list[Path]:
    files: list[Path] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in formats:
            text = summaries()[name](summary)
            ending = _ENDINGS.get(name, f".{name}")
            for stem in (summary.day.isoformat(), "latest"):
                path = folder / f"{stem}{ending}"
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


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically, readable by its owner alone."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        return None


def _written(store: Store) -> dict[str, dict[str, str]]:
    """The marks in each summary file as syncd wrote them or last read them, by file name."""
    document = store.meta.get_key("written")
    files: Mapping[str, Mapping[str, str]] = document["files"] if document else {}
    return {name: dict(marks) for name, marks in files.items()}


def _remember_written(store: Store, written: Mapping[str, Mapping[str, str]]) -> None:
    dated = sorted(name for name in written if name != "latest.md")
    kept = {*dated[-_KEPT_FILES:], "latest.md"}
    files: dict[str, Any] = {name: dict(m) for name, m in written.items() if name in kept}
    store.meta.put("written", {"files": files})


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

"""`syncd explain`: why an item is there, from the message to the rule."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from syncd.cli.common import folders, now_option, settings_for, state_folder
from syncd.cli.terminal import plain_line
from syncd.config import Configuration
from syncd.errors import ConfigError, Problem, UserError
from syncd.findings.life import Record
from syncd.model import Evidence, Meeting, Message, Signal

_CLOSES = {
    "reply": "your reply in the thread (or a new mail to them, or a meeting held with them, "
    "see closed_by), or a tick",
    "answer": "a human answer of theirs, or a tick; automatic replies do not count",
    "meet": "a meeting in person, or one planned soon, or a tick",
    "place": "your word: [p] in person or [v] virtual",
    "contact": "a mail from them, your answer to one, a held or planned meeting, or a tick",
    "plan": "`done: true` in people.yaml, or a tick",
    "promise.mine": "what you promised, sent in the thread (a file, “as promised”), or a tick",
    "promise.theirs": "what they promised sent to you, or a tick",
    "news": "a kind word of yours, a meeting with them, or time",
    "birthday": "the day itself",
    "care": "a mail of yours that gives, thanks or asks how they are",
    "expression": "the expression no longer being true, or a tick",
}


@click.command()
@click.argument("id_", metavar="ID")
@folders
@now_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(
    id_: str, config: Path | None, state: Path | None, now: datetime | None, as_json: bool
) -> None:
    """Why an item is in the summary: messages, sentences, words, dates, rule, what closes it."""
    from syncd.pipeline.evaluate import load_records
    from syncd.store import Store

    with Store.open(state_folder(state), read_only=True) as store:
        records = {record.id: record for record in load_records(store).values()}
        record = records.get(id_)
        if record is None:
            raise UserError(
                Problem(f"there is no item {id_!r}", hint="the id stands at the end of its line")
            )
        sources = [_source(store, evidence) for evidence in record.finding.evidence]
    try:
        settings = settings_for(config, state, now)
    except ConfigError:
        if config is not None:
            raise
        settings = None
    chain = _chain(record, sources, settings, now)
    if as_json:
        click.echo(json.dumps(chain, ensure_ascii=False, indent=2, default=str))
    else:
        _show(chain)


def _source(store: Any, evidence: Evidence) -> Message | Meeting | None:
    from syncd.store.documents import from_document

    document = store.interactions.get_key(evidence.source) if evidence.source else None
    return from_document(document) if document is not None else None


def _chain(
    record: Record,
    sources: list[Message | Meeting | None],
    settings: Configuration | None,
    now: datetime | None,
) -> dict[str, Any]:
    finding = record.finding
    rule = next(
        (
            entry.options.model_dump(mode="json", exclude_none=True)
            for entry in (settings.rules if settings else ())
            if getattr(entry.options, "name", None) == finding.rule
        ),
        {},
    )
    return {
        "id": record.id,
        "type": finding.type,
        "people": [f"{p.name} <{', '.join(p.addresses)}>" for p in finding.people],
        "state": record.state,
        "since": _iso(finding.since),
        "due": finding.due.isoformat() if finding.due else None,
        "evaluated": now.isoformat() if now is not None else None,
        "rests on": [
            _evidence(evidence, source)
            for evidence, source in zip(finding.evidence, sources, strict=True)
        ],
        "facts": {k: v for k, v in finding.facts.items() if v not in (None, "", False)},
        "rule": {"name": finding.rule, "options": rule},
        "closes": _CLOSES.get(finding.closes, "a tick"),
        "history": [f"{_iso(e.at)} {e.state}: {e.why}" for e in record.history],
    }


def _evidence(evidence: Evidence, source: Message | Meeting | None) -> dict[str, Any]:
    told: dict[str, Any] = {"quote": evidence.quote, "source": evidence.source}
    if evidence.link:
        told["link"] = evidence.link
    if isinstance(source, Message):
        told["message"] = {
            "from": f"{source.sender.name} <{source.sender.email}>",
            "to": [address.email for address in source.to],
            "cc": len(source.cc),
            "at": _iso(source.at),
            "subject": source.subject,
            "folder": source.folder,
            "greets": source.greeting,
            "language": source.language,
        }
        told["signals"] = [
            _signal(signal) for signal in source.signals if signal.quote == evidence.quote
        ]
    elif isinstance(source, Meeting):
        told["meeting"] = {
            "title": source.title,
            "at": _iso(source.at),
            "place": f"{source.place.verdict} ({source.place.confidence}): {source.place.evidence}",
            "guests": [attendee.address.email for attendee in source.attendees],
        }
    elif evidence.at:
        told["at"] = _iso(evidence.at)
    return told


def _signal(signal: Signal) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": signal.kind,
        "strength": signal.strength,
        "fired": signal.fired,
        "zone": "new text",
        "characters": f"{signal.start}–{signal.end}",
    }
    if signal.due is not None:
        told["due"] = (
            f"{signal.due.phrase}: {signal.due.start} to {signal.due.end} ({signal.due.certainty})"
        )
    if signal.to:
        told["speaks to"] = signal.to
    return told


def _iso(at: int | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).astimezone().isoformat() if at is not None else None


def _show(value: Any, depth: int = 0) -> None:
    indent = "  " * depth
    for key, entry in value.items():
        if entry in (None, "", [], {}):
            continue
        if isinstance(entry, dict):
            click.echo(plain_line(f"{indent}{key}:"))
            _show(entry, depth + 1)
        elif isinstance(entry, list):
            click.echo(plain_line(f"{indent}{key}:"))
            for element in entry:
                if isinstance(element, dict):
                    _show(element, depth + 1)
                    click.echo()
                else:
                    click.echo(plain_line(f"{indent}  {element}"))
        else:
            click.echo(plain_line(f"{indent}{key}: {entry}"))

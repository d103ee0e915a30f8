"""`syncd read`: what syncd sees in one message, or in sentences, for tuning the reading."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from syncd.cli.common import Moment, config_option, configuration, moment
from syncd.cli.terminal import plain
from syncd.errors import ConfigError, UserError
from syncd.model import Due, Signal
from syncd.normalise.rfc5322 import NotAMessage, read_message_text
from syncd.text.reading import Reader, Reading, Sentence

LONGEST_LINE = 64 * 1024
"""Bytes of one line that are read with --lines."""


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--lines", is_flag=True, help="Read one sentence per line; answer each with JSON.")
@click.option(
    "--at",
    "at",
    type=Moment(),
    help="When it was written, for words like Friday. Default: the message's date, or now.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON (always so into a pipe).")
@config_option
def read(file: Any, lines: bool, at: datetime | None, as_json: bool, config: Path | None) -> None:
    """Show what syncd reads in a message: its zones, sentences and signals.

    FILE is a message file (RFC 5322); without it, or with -, standard input.
    """
    reader = Reader(words=_own_words(config))
    if lines:
        written = moment(at)
        for line in _lines(file):
            click.echo(
                json.dumps(_line(reader.read_sentence(line, at=written)), ensure_ascii=False)
            )
            sys.stdout.flush()
        return
    now = datetime.now(UTC)
    try:
        text, date, subject, attachments = read_message_text(file.read(), now=int(now.timestamp()))
    except NotAMessage as error:
        raise UserError(f"{file.name}: not a message: {error}") from error
    reading = reader.read(text, at=at or date, attachments=attachments, subject=subject)
    if as_json or not sys.stdout.isatty():
        click.echo(json.dumps(_document(reading), ensure_ascii=False, indent=2))
    else:
        click.echo(plain(_view(reading, text)))


def _own_words(config: Path | None) -> Mapping[str, Sequence[str]]:
    """The words in the user's configuration; none where there is no configuration to read."""
    try:
        return configuration(config).words
    except ConfigError:
        if config is not None:
            raise
        return {}


def _lines(file: Any) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _document(reading: Reading) -> dict[str, Any]:
    return {
        "language": reading.language,
        "zones": [
            {"kind": zone.kind, "start": zone.start, "end": zone.end} for zone in reading.zones
        ],
        "sentences": [_line(sentence) for sentence in reading.sentences],
    }


def _line(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "language": sentence.language,
        "signals": [_signal(signal) for signal in sentence.signals],
    }


def _signal(signal: Signal) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": signal.kind,
        "strength": signal.strength,
        "quote": signal.quote,
        "due": _due(signal.due),
        "debtor": signal.debtor,
        "fired": signal.fired,
    }
    document |= {name: value for name in ("to", "topic") if (value := getattr(signal, name))}
    return document


def _due(due: Due | None) -> dict[str, str] | None:
    if due is None:
        return None
    return {
        "from": due.start.isoformat(),
        "to": due.end.isoformat(),
        "certainty": due.certainty,
    }


def _view(reading: Reading, text: str) -> str:
    """The message's zones, and under each sentence what it says."""
    lines = [f"language: {reading.language or 'unknown'}"]
    for zone in reading.zones:
        first = " ".join(text[zone.start : min(zone.end, zone.start + 120)].split())[:60]
        lines.append(f"  {zone.kind:<12} {zone.start:>6}–{zone.end:<6} {first}")
    for sentence in reading.sentences:
        lines.append(f"\n[{sentence.language or '?'}] {sentence.text}")
        lines += [f"    → {_told(signal)}" for signal in sentence.signals]
    return "\n".join(lines)


def _told(signal: Signal) -> str:
    parts = [signal.kind if signal.strength == "firm" else f"{signal.kind} (weak)"]
    if signal.topic:
        parts.append(signal.topic)
    if signal.debtor:
        parts.append(f"by the {signal.debtor}")
    if signal.due:
        days = {signal.due.start.isoformat(): None, signal.due.end.isoformat(): None}
        parts.append(f"due {' to '.join(days)} ({signal.due.certainty})")
    return ", ".join(parts) + f"  [{signal.fired}]"

"""`syncd people`: the facts about each person."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from syncd.cli.common import folders, moment, now_option, settings_for, state_folder
from syncd.cli.terminal import plain_line
from syncd.errors import Problem, UserError
from syncd.model import Facts, Person, Snapshot

_SHOWN = 50
_DELAYS = ("their_delay", "my_delay")


@click.command()
@click.argument("who", required=False)
@folders
@now_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def people(
    who: str | None,
    config: Path | None,
    state: Path | None,
    now: datetime | None,
    as_json: bool,
) -> None:
    """The facts about everybody, or about WHO (part of a name or address)."""
    from syncd.pipeline.assemble import assemble
    from syncd.store import Store

    settings = settings_for(config, state, now)
    with Store.open(state_folder(state), read_only=True) as store:
        at = int(moment(now).timestamp())
        snapshot = assemble(store, settings, now=at, horizon_days=0)
    persons = [person for person in snapshot.persons() if _fits(person, who)]
    if who is not None and not persons:
        raise UserError(Problem(f"nobody is called {who!r}", hint="try a part of the name"))
    persons.sort(key=lambda person: -(person.facts.last_contact or 0))
    if as_json:
        click.echo(
            json.dumps([_document(p, snapshot) for p in persons], ensure_ascii=False, indent=2)
        )
    elif who is not None and len(persons) == 1:
        _show_one(persons[0], snapshot)
    else:
        _show_all(persons, snapshot)


def _fits(person: Person, who: str | None) -> bool:
    if who is None:
        return person.facts.first_contact is not None or person.profile is not None
    wanted = who.casefold()
    return wanted in person.name.casefold() or any(wanted in a for a in person.addresses)


def _is_instant(name: str) -> bool:
    return name.startswith(("last_", "next_", "first_"))


def _document(person: Person, snapshot: Snapshot) -> dict[str, Any]:
    facts = asdict(person.facts)
    for name, value in facts.items():
        if _is_instant(name) and value is not None:
            facts[name] = datetime.fromtimestamp(value, snapshot.zone).isoformat()
    return {
        "name": person.name,
        "addresses": list(person.addresses),
        "tags": list(person.profile.tags) if person.profile else [],
        "facts": facts,
    }


def _say(name: str, value: int | None, snapshot: Snapshot) -> str:
    if value is None:
        return "–"
    if _is_instant(name):
        return snapshot.day(value).isoformat()
    if name in _DELAYS:
        days = value / 86_400
        return f"{days:.1f} days" if days >= 1 else f"{value / 3600:.1f} hours"
    return str(value)


def _show_one(person: Person, snapshot: Snapshot) -> None:
    click.echo(plain_line(person.name))
    click.echo(plain_line(f"  {', '.join(person.addresses)}"))
    if person.profile is not None:
        if person.profile.tags:
            click.echo(plain_line(f"  tags: {', '.join(person.profile.tags)}"))
        for goal in person.profile.plan:
            click.echo(plain_line(f"  goal: {goal.goal}" + (f" by {goal.by}" if goal.by else "")))
        for note in person.profile.notes:
            click.echo(plain_line(f"  {note.on}: {note.text}"))
    for field in fields(Facts):
        value = getattr(person.facts, field.name)
        click.echo(f"  {field.name.replace('_', ' '):<20} {_say(field.name, value, snapshot)}")


def _show_all(persons: list[Person], snapshot: Snapshot) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = (
        "last_contact",
        "last_inbound",
        "last_outbound",
        "last_in_person",
        "last_virtual",
        "next_meeting",
        "their_delay",
    )
    table = Table("person", *(name.replace("_", " ") for name in columns), "in / out", box=None)
    for person in persons[:_SHOWN]:
        table.add_row(
            Text(plain_line(person.name)),
            *(_say(name, getattr(person.facts, name), snapshot) for name in columns),
            f"{person.facts.inbound} / {person.facts.outbound}",
        )
    Console(width=None if os.isatty(1) else 160, highlight=False).print(table)
    if len(persons) > _SHOWN:
        click.echo(f"… and {len(persons) - _SHOWN} more: give a part of a name, or --json")

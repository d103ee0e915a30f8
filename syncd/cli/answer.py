"""`syncd done`, `snooze`, `dismiss`, `place`: answers to items, as ticks in the file are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from syncd.cli.common import folders, moment, now_option, state_folder
from syncd.cli.terminal import plain_line
from syncd.errors import Problem, UserError
from syncd.findings import life
from syncd.findings.life import Record

Answer = Callable[[Record, int], Record]


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@folders
@now_option
def done(
    ids: tuple[str, ...], config: Path | None, state: Path | None, now: datetime | None
) -> None:
    """Say that an item is dealt with. It comes back when something new comes in."""
    _answer(ids, state, now, life.done, "done")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@folders
@now_option
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which to see it again; a week from now if left out.",
)
def snooze(
    ids: tuple[str, ...],
    config: Path | None,
    state: Path | None,
    now: datetime | None,
    until: datetime | None,
) -> None:
    """Put an item away until a later day."""
    today = moment(now).astimezone().date()
    day: date = until.date() if until else today + life.SNOOZE
    if day <= today:
        raise click.UsageError(f"--until {day} is not in the future")
    _answer(ids, state, now, lambda record, at: life.snooze(record, at, day), f"until {day}")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@folders
@now_option
def dismiss(
    ids: tuple[str, ...], config: Path | None, state: Path | None, now: datetime | None
) -> None:
    """Never show an item again."""
    _answer(ids, state, now, life.dismiss, "dismissed")


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("where", type=click.Choice(["in_person", "virtual"]))
@folders
@now_option
def place(
    id_: str,
    where: Literal["in_person", "virtual"],
    config: Path | None,
    state: Path | None,
    now: datetime | None,
) -> None:
    """Say where a meeting took place."""

    def placed(record: Record, at: int) -> Record:
        if record.finding.say != "meet.place":
            raise UserError(Problem(f"{record.id} is not a question about a meeting's place"))
        return life.placed(record, at, where)

    _answer((id_,), state, now, placed, where.replace("_", " "))


def _answer(
    ids: tuple[str, ...], state: Path | None, now: datetime | None, answer: Answer, said: str
) -> None:
    from syncd.pipeline.answers import remember_places
    from syncd.pipeline.evaluate import load_records, save_records
    from syncd.store import Store

    at = int(moment(now).timestamp())
    with Store.open(state_folder(state)) as store:
        records = {record.id: record for record in load_records(store).values()}
        problems = [
            Problem(f"there is no item {item!r}", hint="the id stands at the end of its line")
            for item in ids
            if item not in records
        ]
        if problems:
            raise UserError(*problems)
        answered = [answer(records[item], at) for item in ids]
        with store.transaction():
            save_records(store, answered)
            remember_places(store, answered)
    for record in answered:
        names = ", ".join(person.name for person in record.finding.people)
        click.echo(plain_line(f"{record.id} {said} · {names}"))

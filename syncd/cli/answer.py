"""`syncd done`, `snooze`, `dismiss`, `place`: answers to items, as ticks in the file are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from syncd.cli.common import folders, moment, now_option, settings_for, state_folder
from syncd.cli.terminal import plain_line
from syncd.errors import Problem, UserError
from syncd.findings import life
from syncd.findings.life import Record
from syncd.summary.marks import Answer

if TYPE_CHECKING:
    from syncd.store import Store

Step = Callable[[Record, int], Record]


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@folders
@now_option
def done(
    ids: tuple[str, ...], config: Path | None, state: Path | None, now: datetime | None
) -> None:
    """Say that an item is dealt with. It comes back when something new comes in."""
    _answer(ids, config, state, now, life.done, Answer("x"), "done")


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
    _answer(
        ids,
        config,
        state,
        now,
        lambda record, at: life.snooze(record, at, day),
        Answer(">", day),
        f"until {day}",
    )


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@folders
@now_option
def dismiss(
    ids: tuple[str, ...], config: Path | None, state: Path | None, now: datetime | None
) -> None:
    """Never show an item again."""
    _answer(ids, config, state, now, life.dismiss, Answer("-"), "dismissed")


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

    _answer(
        (id_,),
        config,
        state,
        now,
        placed,
        Answer("p" if where == "in_person" else "v"),
        where.replace("_", " "),
    )


def _answer(
    ids: tuple[str, ...],
    config: Path | None,
    state: Path | None,
    now: datetime | None,
    step: Step,
    mark: Answer,
    said: str,
) -> None:
    """Answer in the records; while the service has them, in the summary's file as a user does."""
    from syncd.store import InUse, Store

    at = int(moment(now).timestamp())
    folder = state_folder(state)
    try:
        with Store.open(folder) as store:
            answered = _answered(store, ids, step, at)
            _save(store, answered)
    except InUse:
        with Store.open(folder, read_only=True) as store:
            answered = _answered(store, ids, step, at)
        _mark(settings_for(config, state).summary.folder / "latest.md", ids, mark)
        said = f"{said}, as soon as the running syncd has read it"
    for record in answered:
        names = ", ".join(person.name for person in record.finding.people)
        click.echo(plain_line(f"{record.id} {said} · {names}"))


def _answered(store: Store, ids: tuple[str, ...], step: Step, at: int) -> list[Record]:
    from syncd.pipeline.evaluate import load_records

    records = {record.id: record for record in load_records(store).values()}
    problems = [
        Problem(f"there is no item {item!r}", hint="the id stands at the end of its line")
        for item in ids
        if item not in records
    ]
    if problems:
        raise UserError(*problems)
    return [step(records[item], at) for item in ids]


def _save(store: Store, answered: Sequence[Record]) -> None:
    from syncd.pipeline.answers import remember_places
    from syncd.pipeline.evaluate import save_records

    with store.transaction():
        save_records(store, answered)
        remember_places(store, answered)


def _mark(file: Path, ids: tuple[str, ...], mark: Answer) -> None:
    from syncd.pipeline.replacing import swap_in
    from syncd.summary.marks import marked

    try:
        text: str | None = file.read_text(encoding="utf-8")
        missing = ""
        for item in ids:
            missing = item
            text = marked(text, item, mark) if text is not None else None
        if text is not None:
            swap_in(file, text)
            return
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "not UTF-8 text").lower()
        raise UserError(Problem(f"{file} cannot be changed: {reason}")) from None
    raise UserError(
        Problem(
            f"the service has the records, and {missing} is not in {file}",
            hint="stop the service first, or answer it when the summary shows it",
        )
    )

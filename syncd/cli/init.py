"""`syncd init`: writes the three commented files, asking what it must."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import click

from syncd.cli.common import EmailAddress, folders, state_folder
from syncd.cli.service_unit import unit, unit_path
from syncd.cli.terminal import plain_line
from syncd.config import FILES, config_folder, sample
from syncd.errors import Problem, UserError
from syncd.private_files import write_private

_SOURCES = ("maildir", "mbox", "ics")


class PlainText(click.ParamType[str]):
    """Text that a YAML file can hold and an editor shows."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """:raises click.BadParameter: with control characters, line breaks or broken bytes in it"""
        text = str(value)
        if plain_line(text) != text:
            self.fail(f"{plain_line(text)!r}: write it in plain letters, on one line", param, ctx)
        return text


@click.command()
@folders
@click.option("--name", type=PlainText(), help="Your name as people write it.")
@click.option(
    "--me",
    multiple=True,
    type=EmailAddress(),
    metavar="ADDRESS",
    help="An address of yours; repeatable.",
)
@click.option(
    "--maildir", multiple=True, type=PlainText(), metavar="DIR", help="A folder of mail to read."
)
@click.option(
    "--mbox",
    multiple=True,
    type=PlainText(),
    metavar="FILE",
    help="An mbox file or folder to read.",
)
@click.option(
    "--ics",
    multiple=True,
    type=PlainText(),
    metavar="FILE",
    help="A calendar file or folder to read.",
)
@click.option("--language", type=click.Choice(["en", "fr"]), help="The language of the summary.")
@click.option(
    "--service",
    is_flag=True,
    help="Also install the unit that lets systemd run syncd for you.",
)
def init(
    config: Path | None,
    state: Path | None,
    name: str | None,
    me: tuple[str, ...],
    maildir: tuple[str, ...],
    mbox: tuple[str, ...],
    ics: tuple[str, ...],
    language: str | None,
    service: bool,
) -> None:
    """Write syncd.yaml, rules.yaml and people.yaml, with comments. Files that exist are kept."""
    folder = config_folder(config, os.environ)
    sources = [
        (kind, _absolute(path))
        for kind, paths in zip(_SOURCES, (maildir, mbox, ics), strict=True)
        for path in paths
    ]
    if not (folder / "syncd.yaml").exists():
        if sys.stdin.isatty():
            name = name or click.prompt("Your name, as people write it")
            me = me or tuple(click.prompt("Your addresses, separated by spaces").split())
            if not sources:
                sources = [("maildir", click.prompt("Your mail folder", default="~/Mail"))]
            language = language or click.prompt(
                "Language of the summary", type=click.Choice(["en", "fr"]), default="en"
            )
        text = _filled(sample("syncd.yaml"), name, me, sources, language)
    else:
        text = ""
        if name or me or sources or language:
            click.echo(
                f"{plain_line(str(folder / 'syncd.yaml'))} exists and is kept: "
                "your answers were not written; edit the file",
                err=True,
            )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in FILES:
            _write(folder / file, text if file == "syncd.yaml" else sample(file))
        for schema in ("syncd", "rules", "people"):
            _write(folder / f"{schema}.schema.json", sample(f"{schema}.schema.json"), quiet=True)
    except OSError as error:
        raise UserError(
            Problem(f"{folder} cannot be written: {error.strerror}", hint="choose another --config")
        ) from error
    named = plain_line(shlex.quote(str(folder)))
    click.echo(f"Look over syncd.yaml, then run: syncd check --config {named}")
    if service:
        _install_service(folder.absolute(), state_folder(state).absolute())


def _install_service(config: Path, state: Path) -> None:
    """:raises UserError: no systemd here, or its folder cannot be written"""
    if not sys.platform.startswith("linux"):
        raise UserError(Problem("systemd is a thing of Linux", "--service", "run `syncd run`"))
    path = unit_path(os.environ)
    text = unit(config, state)
    try:
        known = path.exists() and path.read_text("utf-8", "replace") == text
        if not known:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private(path, text)
    except OSError as error:
        raise UserError(Problem(f"{path} cannot be written: {error.strerror}")) from error
    click.echo(plain_line(f"{'kept ' if known else 'wrote'} {path}"))
    click.echo("When `syncd check` is content, start it, and follow what it does:")
    click.echo("  systemctl --user daemon-reload && systemctl --user enable --now syncd")
    click.echo("  journalctl --user --unit syncd --follow")
    click.echo("To keep it running while you are logged out: loginctl enable-linger")


def _write(path: Path, text: str, *, quiet: bool = False) -> None:
    if path.exists():
        if not quiet:
            click.echo(plain_line(f"kept  {path}"))
        return
    write_private(path, text)
    if not quiet:
        click.echo(plain_line(f"wrote {path}"))


def _filled(
    text: str,
    name: str | None,
    me: tuple[str, ...],
    sources: list[tuple[str, str]],
    language: str | None,
) -> str:
    """The sample with the user's answers; JSON strings are YAML strings (YAML 1.2, 1.3)."""
    if name:
        text = text.replace("names: [Your Name]", f"names: [{_quoted(name)}]")
    if me:
        addresses = ", ".join(_quoted(address) for address in me)
        text = text.replace("addresses: [you@example.org]", f"addresses: [{addresses}]")
    if language:
        text = text.replace("language: en\n", f"language: {language}\n", 1)
    if sources:
        entries = "".join(
            f"  - name: {kind}{'' if place == 0 else f'-{place + 1}'}\n"
            f"    connector: {kind}\n    path: {_quoted(path)}\n"
            for place, (kind, path) in enumerate(sources)
        )
        text = re.sub(
            r"  - name: archive\n    connector: maildir\n    path: ~/Mail\n",
            lambda _: entries,
            text,
        )
    return text


def _absolute(path: str) -> str:
    """A path from the command line starts where the user is; one in a file, at that file."""
    return path if path.startswith("~") else str(Path(path).absolute())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

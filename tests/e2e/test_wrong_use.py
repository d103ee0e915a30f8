"""Wrong use: what was wrong, where, and what to do, with the exit code that README promises."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import CommandLine
from tests.e2e.desk import question


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--lag info once", "Did you mean '--log'?"),
        ("onse", "No such command 'onse'"),
        ("--log loud once", "'debug', 'info', 'warning', 'error'"),
        ("once --maildir mail", "--me you@example.org"),
        ("once --me ann@client.example", "--me goes with --maildir, --mbox or --ics"),
        ("once --maildir mail --me Camille", "'Camille': this is not an e-mail address"),
        ("once --maildir mail --me a@b.example --config c", "either --config or files"),
        ("once --maildir= --me a@b.example", "the path is empty"),
        ("once --state ~nobody-here/x", "'~nobody-here/x': there is no such user"),
        ("once --state file", "'file' is a file"),
        ("summary --now soon", "'soon' is not a timestamp; write it like 2026-11-23T08:00:00"),
        ("summary --now 0001-01-01", "the year must be from 1980"),
        ("snooze a7f3 --until tomorrow", "'tomorrow' does not match the format"),
        ("snooze a7f3 --until 2020-01-01", "--until 2020-01-01 is not in the future"),
        ("place a7f3 outside", "'in_person', 'virtual'"),
        ("done", "Missing argument 'ID...'"),
        ("export", "Missing argument 'FILE'"),
        ("export .", "'.' is a directory"),
        ("read missing.eml", "'missing.eml': No such file"),
        ("schema mail", "'syncd', 'rules', 'people', 'summary'"),
        ("init --me Camille", "'Camille': this is not an e-mail address"),
    ],
)
def test_wrong_usage_says_what_is_right(syncd: CommandLine, line: str, said: str) -> None:
    syncd.write("file", "")
    answer = syncd(*line.split())
    assert answer.code == 2
    assert said in " ".join(answer.err.split())
    assert answer.out == ""
    assert [path.name for path in syncd.home.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("once", "there is no configuration here\n  → `syncd init` writes one"),
        ("check", "there is no configuration here\n  → `syncd init` writes one"),
        ("people", "there is no configuration here\n  → `syncd init` writes one"),
        ("status", "there are no records in {home}/.local/state/syncd yet\n  → run `syncd once`"),
        ("explain a7f3", "there are no records in {home}/.local/state/syncd yet"),
        ("export file.json", "there are no records in {home}/.local/state/syncd yet"),
        (
            "once --maildir mail --ics cal.ics --me a@b.example",
            "maildir: {home}/mail is not a folder",
        ),
        ("once --ics cal.ics --me a@b.example", "ics: "),
        ("once --mbox old --me a@b.example", "mbox: "),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(
    syncd: CommandLine, line: str, said: str
) -> None:
    answer = syncd(*line.split())
    assert answer.code == 1
    assert said.format(home=syncd.home) in answer.err
    assert "→" in answer.err
    assert answer.out == ""
    assert not any(path.is_file() for path in syncd.home.rglob("*"))


def test_every_file_that_cannot_be_read_is_named_at_once(syncd: CommandLine) -> None:
    answer = syncd("once", "--maildir", "a", "--mbox", "b", "--ics", "c", "--me", "a@b.example")
    assert answer.code == 1
    assert [line.split(":")[0] for line in answer.err.splitlines() if line[0] != " "] == [
        "maildir",
        "mbox",
        "ics",
    ]


def test_every_unknown_item_is_named_at_once_and_none_is_answered(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    assert syncd.once().code == 0
    answer = syncd("done", "zzzz", "yyyy", "--state", "state")
    assert answer.code == 1
    assert answer.err.count("→ the id stands at the end of its line") == 2
    assert syncd("explain", "zzzz", "--state", "state").code == 1
    assert syncd("people", "nobody", "--state", "state").err == (
        "nobody is called 'nobody'\n  → try a part of the name\n"
    )


def test_an_account_that_is_not_there_cannot_have_its_deletions_accepted(
    syncd: CommandLine,
) -> None:
    question(syncd.home / "mail")
    answer = syncd.once("--accept-deletions", "mail")
    assert answer.code == 2
    assert "there is no account 'mail'; there are: maildir" in answer.err


def test_an_export_is_refused_where_it_cannot_or_must_not_be(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    syncd.once()
    records = syncd.home / "state" / "records.db"
    before = records.read_bytes()
    missing = syncd("export", "nowhere/file.json", "--state", "state")
    assert missing.code == 1
    assert "\n  → choose a file in a folder that exists" in missing.err
    over = syncd("export", "state/records.db", "--state", "state")
    assert over.code == 1
    assert "the folder of the records themselves" in over.err
    assert records.read_bytes() == before


def test_a_summary_folder_that_is_a_file_is_told_by_check_and_by_once(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    taken = syncd.write("taken", "")
    config = syncd.configure(f"summary: {{folder: {taken}}}")
    told = syncd("check", "--config", config, "--state", "state")
    assert told.code == 1
    assert told.err.startswith(f"summary.folder: {taken} is not a folder you may write to\n  →")
    once = syncd("once", "--config", config, "--state", "state")
    assert once.code == 1
    assert f"the summary cannot be written to {taken}" in once.err
    assert once.out == ""

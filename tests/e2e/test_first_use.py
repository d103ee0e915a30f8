"""A first look at one's own mail, without a configuration, and how it goes on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from tests.builders.mails import deliver, message
from tests.e2e.conftest import NOW, CommandLine, ids
from tests.e2e.desk import ANN, ME, MONDAY, question


def test_every_command_goes_on_with_the_records_of_a_first_look(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    first = syncd.once()
    assert first.code == 0
    (item,) = ids(first.out)
    assert first.err.splitlines()[-1] == (
        "to go on: syncd explain ID (or done, snooze, people, status, summary) --state state"
    )
    there = ("--state", "state")
    explained = syncd("explain", item, *there)
    assert "Could you send me the revised quote?" in explained.out
    assert "subject: The quote" in explained.out
    assert "options:" in explained.out  # of the rule: those of the default rules
    person = json.loads(syncd("people", "ann", "--json", *there, "--now", NOW).out)
    assert person[0]["addresses"] == ["ann.lee@client.example"]
    assert person[0]["facts"]["last_inbound"] == "2026-11-19T08:00:00-05:00"
    status = syncd("status", *there)
    assert status.code == 0
    assert "complete" in status.out
    assert syncd("check", *there).code == 0
    assert ids(syncd("summary", *there, "--now", NOW).out) == [item]
    assert syncd("done", item, *there, "--now", NOW).out == f"{item} done · Ann Lee\n"
    again = syncd("once", *there, "--now", NOW)
    assert "- [x] " in again.out
    assert again.code == 0


def test_the_default_folder_keeps_looks_at_different_files_apart(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    question(syncd.home / "other", sender="Paul Girard <paul@atelier.example>")
    looks = [syncd("once", "--maildir", m, "--me", ME, "--now", NOW) for m in ("mail", "other")]
    assert ["Ann Lee" in look.out for look in looks] == [True, False]
    folders = {look.err.splitlines()[-1].rpartition(" ")[2] for look in looks}
    assert len(folders) == 2
    assert all(folder.startswith(str(syncd.home / ".local/state/syncd/once")) for folder in folders)


def test_only_json_is_on_standard_output_and_it_follows_its_schema(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    schema = json.loads(syncd("schema", "summary").out)
    for answer in (
        syncd.once("--json"),
        syncd("summary", "--json", "--state", "state", "--now", NOW),
    ):
        document = json.loads(answer.out)
        Draft202012Validator(schema).validate(document)
        assert [item["people"][0]["name"] for item in document["items"]] == ["Ann Lee"]
        assert "wrote" in answer.err


@pytest.mark.parametrize(
    "me", ["Camille@Cabinet.Example", "camille+clients@cabinet.example"], ids=["capitals", "tag"]
)
def test_an_address_is_mine_however_it_is_written(syncd: CommandLine, me: str) -> None:
    question(syncd.home / "mail")
    twice = ("--maildir", "mail", "--maildir", "./mail", "--me", me, "--me", ME)
    answer = syncd("once", *twice, "--now", NOW)
    assert answer.code == 0
    assert len(ids(answer.out)) == 1


def test_a_single_maildir_without_sent_mail_is_read_and_held_back(syncd: CommandLine) -> None:
    for number in range(12):
        at = MONDAY - timedelta(days=4 + number)
        mail = message(sender=ANN, to=ME, text="Could you call me?\n", at=at, subject=f"{number}")
        deliver(syncd.home, mail, at, folder="mail")
    answer = syncd.once()
    assert answer.code == 1
    assert "there is mail but none from you" in answer.out
    assert ids(answer.out) == []
    assert syncd("status", "--state", "state").code == 1


def test_a_french_terminal_gets_a_french_summary(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    syncd.environment["LANG"] = "fr_CA.UTF-8"
    answer = syncd.once()
    assert answer.out.lower().startswith("# lundi 23 novembre 2026")


def test_a_terminal_without_unicode_gets_question_marks_rather_than_nothing(
    syncd: CommandLine,
) -> None:
    question(syncd.home / "mail")
    syncd.environment |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    answer = syncd.once()
    assert answer.code == 0
    assert "Ann Lee" in answer.out


def test_files_and_a_configuration_do_not_share_records(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    config = syncd.configure()
    own = ("--config", config, "--state", "own")
    syncd("once", *own, "--now", NOW)
    mixed = syncd.once(state="own")
    assert mixed.code == 1
    assert "own holds the records of a configuration\n  → choose another folder" in mixed.err
    assert ids(syncd("summary", *own, "--now", NOW).out) != []
    syncd.once(state="look")
    back = syncd("once", "--config", config, "--state", "look")
    assert back.code == 1
    assert "look holds the records of files that were named on the command line" in back.err


def test_a_damaged_note_about_the_files_is_told(syncd: CommandLine) -> None:
    question(syncd.home / "mail")
    syncd.once()
    syncd.write("state/once.json", '{"sources": []')
    answer = syncd("summary", "--state", "state")
    assert answer.code == 1
    assert answer.err.startswith("state/once.json: this does not say which files were read\n  →")

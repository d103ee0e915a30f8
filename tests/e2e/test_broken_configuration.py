"""A broken configuration: every problem at once, each with its place, in bounded time."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import CommandLine

_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (_BOMB, r"syncd\.yaml:\d+:\d+: "),
        ("language: en\nlanguage: fr\n", r"syncd\.yaml:2:1: "),
        ("me:\n\tnames: [Camille Roy]\n", r"syncd\.yaml:2:1: "),
        ("me: {names: [Camille\n", r"syncd\.yaml:\d+:\d+: "),
        ("- a\n- b\n", r"syncd\.yaml(:1:1)?: "),
        ("language: fr\nlanguag: en\n", r"syncd\.yaml:2:1: .*`?languag`?"),
        (b"me: {names: [Andr\xe9]}\n", r"syncd\.yaml:1:18: this is not UTF-8"),
        ("x: " + "[" * 5000, r"syncd\.yaml(:\d+:\d+)?: "),
        ("x: !!python/object/apply:os.system ['touch pwned']\n", r"syncd\.yaml:1:\d+: "),
        ("#" * 1_000_001, r"syncd\.yaml: the file is longer than 1,000,000 bytes"),
        (b"me: {addresses: ['\x1b[2J']}\n", r"syncd\.yaml:1:\d+: "),
        ("", r"syncd\.yaml(:1:1)?: "),
    ],
    ids=[
        "aliases", "twice", "tab", "open", "list", "unknown", "latin1", "deep", "tag", "long",
        "escape", "empty",
    ],
)  # fmt: skip
def test_a_broken_file_is_told_with_its_place(
    syncd: CommandLine, text: str | bytes, where: str
) -> None:
    syncd.write("config/syncd.yaml", text)
    answer = syncd("check", "--config", "config", "--state", "state", timeout=20)
    assert answer.code == 1
    assert re.search(where, answer.err), answer.err
    assert answer.out == ""
    assert "\x1b" not in answer.err
    assert len(answer.err) < 5_000
    assert not (syncd.home / "pwned").exists()


def test_all_problems_of_all_files_come_together(syncd: CommandLine) -> None:
    config = syncd.configure("langauge: fr", "holidays: XX", "excerpt: -1", mail="nowhere")
    syncd.write("config/rules.yaml", "rules:\n  - {name: a, type: unanswerd}\n")
    syncd.write("config/people.yaml", "people:\n  - {name: Ann Lee, addresses: [ann]}\n")
    answer = syncd("check", "--config", config)
    assert answer.code == 1
    places = re.findall(r"^(\w+\.yaml:\d+:\d+): ", answer.err, re.MULTILINE)
    assert {place.split(":")[0] for place in places} == {"syncd.yaml", "rules.yaml", "people.yaml"}
    assert len(places) == 5
    assert "unanswered" in answer.err  # the nearest name


def test_a_file_that_is_a_folder_is_told(syncd: CommandLine) -> None:
    (syncd.home / "config" / "syncd.yaml").mkdir(parents=True)
    answer = syncd("check", "--config", "config")
    assert answer.code == 1
    assert answer.err.startswith("syncd.yaml: the file cannot be read: is a directory")


def test_accounts_and_folders_are_checked_together(syncd: CommandLine) -> None:
    taken = syncd.write("taken", "")
    config = syncd.configure(f"summary: {{folder: {taken}/in/it}}", mail="nowhere")
    answer = syncd("check", "--config", config, "--state", f"{taken}/state")
    assert answer.code == 1
    assert f"work: {syncd.home}/nowhere is not a folder" in answer.err
    assert f"summary.folder: {taken} is not a folder" in answer.err
    assert f"--state: {taken} is not a folder" in answer.err


def test_status_tells_a_broken_configuration_beside_what_is_stored(syncd: CommandLine) -> None:
    (syncd.home / "mail" / "INBOX" / "cur").mkdir(parents=True)
    config = syncd.configure()
    own = ("--config", config, "--state", "own")
    assert syncd("once", *own).code == 0
    assert syncd("status", *own).code == 0
    syncd.write("config/syncd.yaml", "language: xx\n")
    answer = syncd("status", *own)
    assert answer.code == 1
    assert "syncd.yaml:1:" in answer.err
    assert syncd("explain", "zzzz", *own).code == 1

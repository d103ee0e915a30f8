"""`syncd init`: files that load as they are written, whatever the answers, and are never lost."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import CommandLine


def test_the_files_load_and_a_second_call_keeps_them(syncd: CommandLine) -> None:
    (syncd.home / "my mail" / "cur").mkdir(parents=True)
    answers = ("--name", "Camille Roy", "--me", "Camille@Cabinet.example", "--maildir", "my mail")
    first = syncd("init", *answers, "--language", "fr", "--config", "my config")
    assert first.code == 0
    assert "syncd check --config 'my config'" in first.out
    check = syncd("check", "--config", "my config")
    assert (check.code, check.err) == (0, "")
    text = (syncd.home / "my config" / "syncd.yaml").read_text("utf-8")
    assert f'path: "{syncd.home}/my mail"' in text  # not from the folder of the file
    again = syncd("init", "--name", "Somebody Else", "--config", "my config")
    assert again.code == 0
    assert "your answers were not written" in again.err
    assert again.out.count("kept ") == 3
    assert (syncd.home / "my config" / "syncd.yaml").read_text("utf-8") == text


@pytest.mark.parametrize(
    "name",
    [
        'Camille "Cam" O\'Brien: [x], {y} # z',
        "Ünï \\n Cödé 李 \\",
        "*alias &anchor !tag %",
    ],
)
def test_a_name_is_kept_as_it_was_given(syncd: CommandLine, name: str) -> None:
    (syncd.home / "mail" / "cur").mkdir(parents=True)
    written = syncd("init", "--name", name, "--me", "a@b.example", "--maildir", "mail",
                    "--config", "config")  # fmt: skip
    assert written.code == 0
    assert syncd("check", "--config", "config").code == 0
    from ruamel.yaml import YAML

    settings = YAML(typ="safe").load((syncd.home / "config" / "syncd.yaml").read_text("utf-8"))
    assert settings["me"]["names"] == [name]


@pytest.mark.parametrize("name", ["Camille\x1b[31m", "Camille\nRoy", b"Camille \xff"])
def test_a_name_that_no_file_can_hold_is_refused(syncd: CommandLine, name: str | bytes) -> None:
    text = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    answer = syncd("init", "--name", text, "--config", "config")
    assert answer.code == 2
    assert "write it in plain letters" in answer.err
    assert not (syncd.home / "config").exists()


def test_a_file_in_the_place_of_the_folder_is_told(syncd: CommandLine) -> None:
    syncd.write("taken", "")
    answer = syncd("init", "--config", "taken/config")
    assert answer.code == 1
    assert answer.err.startswith("taken/config cannot be written: ")
    assert "→ choose another --config" in answer.err

"""`syncd read`: a message, lines, and what is no message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from syncd.cli.read import read
from syncd.errors import UserError

MAIL = """From: Ann Lee <ann@client.example>
To: camille@cabinet.example
Date: Mon, 23 Nov 2026 09:00:00 +0100
Subject: Quote

Hi Camille,

Could you send me the revised quote by Friday?

Thanks,
Ann
"""


def test_a_message(tmp_path: Path) -> None:
    file = tmp_path / "quote.eml"
    file.write_text(MAIL)
    document = json.loads(CliRunner().invoke(read, [str(file)]).output)
    assert document["language"] == "en"
    assert [zone["kind"] for zone in document["zones"]] == ["greeting", "new", "signature"]
    (sentence,) = document["sentences"]
    (signal,) = sentence["signals"]
    assert signal["kind"] == "ask"
    assert signal["debtor"] == "reader"
    assert signal["due"] == {"from": "2026-11-27", "to": "2026-11-27", "certainty": "high"}
    assert signal["quote"] == sentence["text"]


def test_at_overrules_the_messages_date(tmp_path: Path) -> None:
    file = tmp_path / "quote.eml"
    file.write_text(MAIL)
    result = CliRunner().invoke(read, [str(file), "--at", "2026-12-01"])
    (sentence,) = json.loads(result.output)["sentences"]
    assert sentence["signals"][0]["due"]["to"] == "2026-12-04"


def test_lines() -> None:
    lines = "I will send it by Friday.\n\nMerci de m'envoyer la facture.\n"
    result = CliRunner().invoke(read, ["--lines", "--at", "2026-11-23"], input=lines)
    promise, nothing, ask = [json.loads(line) for line in result.output.splitlines()]
    assert promise["signals"][0]["kind"] == "promise"
    assert promise["signals"][0]["due"]["to"] == "2026-11-27"
    assert nothing == {"text": "", "language": "", "signals": []}
    assert (ask["language"], ask["signals"][0]["kind"]) == ("fr", "ask")


def test_the_users_words_count(tmp_path: Path) -> None:
    (tmp_path / "syncd.yaml").write_text(
        "me:\n  names: [Camille Roy]\n  addresses: [camille@cabinet.example]\n"
        "accounts:\n  - {name: archive, connector: maildir, path: mail}\n"
        "words:\n  ask: [ball is in your court]\n"
    )
    result = CliRunner().invoke(
        read, ["--lines", "--config", str(tmp_path)], input="The ball is in your court.\n"
    )
    assert json.loads(result.output)["signals"][0]["fired"].startswith("your words")


def test_not_a_message(tmp_path: Path) -> None:
    file = tmp_path / "empty.eml"
    file.write_text("")
    with pytest.raises(UserError, match="not a message"):
        CliRunner().invoke(read, [str(file)], catch_exceptions=False)

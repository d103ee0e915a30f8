"""Saves that come late: into a file that was swapped out, after a kill, from yesterday's window."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.errors import UserError
from syncd.findings.life import LIVE
from syncd.pipeline import replacing
from syncd.store import Store
from tests.builders.offices import MONDAY, Office
from tests.integration.watcher.editor import FIRST_DAY, typed

ANN = "Ann Lee <ann.lee@client.example>"
BOB = "Bob May <bob.may@client.example>"
QUESTION = "Could you send me the quote?\n"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def asked(office: Office) -> dict[str, str]:
    """Ann and Bob asked me something a week ago: the items' ids by name."""
    office.correspond(ANN, BOB)
    for person in (ANN, BOB):
        office.receive(person, QUESTION, MONDAY - timedelta(days=7))
    return {item["people"][0]["name"]: item["id"] for item in office.once().items}


def _states(office: Office) -> dict[str, str]:
    with Store.open(office.state, read_only=True) as store:
        return {d["id"]: "open" if d["state"] in LIVE else d["state"] for d in store.findings.all()}


def test_a_save_into_the_file_that_was_swapped_out_counts(
    office: Office, asked: dict[str, str]
) -> None:
    path = office.summaries / "latest.md"
    text = typed(path.read_text("utf-8"), asked["Ann Lee"], FIRST_DAY)
    with path.open("r+", encoding="utf-8") as file:  # an editor that takes its time
        office.receive("Eve Roy <eve@client.example>", "Could you call me?\n", MONDAY - 6 * DAY)
        office.correspond("Eve Roy <eve@client.example>")
        office.once(MONDAY + HOUR)
        office.once(MONDAY + 2 * HOUR)
        assert [aside.name for aside in replacing.asides(office.summaries)] == ["latest.md"]
        file.truncate(0)
        file.write(text)
    office.once(MONDAY + 3 * HOUR)
    assert _states(office)[asked["Ann Lee"]] == "snoozed"
    office.once(MONDAY + 4 * HOUR)
    office.once(MONDAY + 5 * HOUR)
    assert replacing.asides(office.summaries) == []


def test_what_a_killed_writer_left_aside_is_read(office: Office, asked: dict[str, str]) -> None:
    path = office.summaries / "latest.md"
    office.tick(asked["Ann Lee"], "x")
    replacing.swap_in(path, "killed right after this\n")
    office.once(MONDAY + HOUR)
    assert _states(office)[asked["Ann Lee"]] == "done"
    office.once(MONDAY + 2 * HOUR)
    assert replacing.asides(office.summaries) == []


def test_ctrl_c_right_after_the_swap_loses_nothing(
    office: Office, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replacing._renameat2()
    if real is None:
        pytest.skip("files cannot change places here")

    def interrupted(*arguments: Any) -> int:
        real(*arguments)
        raise KeyboardInterrupt

    office.tick(asked["Ann Lee"], "x")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(replacing, "_renameat2", lambda: interrupted)
        replacing.swap_in(office.summaries / "latest.md", "interrupted right after this\n")
    office.once(MONDAY + HOUR)
    assert _states(office)[asked["Ann Lee"]] == "done"


def test_a_text_without_its_last_line_counts_once(office: Office, asked: dict[str, str]) -> None:
    path = office.summaries / "latest.md"
    lines = path.read_text("utf-8").replace("- [ ] **Ann", "- [x] **Ann").splitlines()
    path.write_text("\n".join(lines[:-1]), "utf-8")
    office.once(MONDAY + MINUTE)
    assert _states(office)[asked["Ann Lee"]] == "done"
    office.tick(asked["Ann Lee"], " ")
    office.once(MONDAY + 2 * MINUTE)
    office.once(MONDAY + 3 * MINUTE)
    assert replacing.asides(office.summaries) != []
    assert _states(office)[asked["Ann Lee"]] == "open"


def test_half_of_an_old_text_undoes_nothing(office: Office, asked: dict[str, str]) -> None:
    path = office.summaries / "latest.md"
    old = path.read_text("utf-8")
    office.tick(asked["Ann Lee"], "x")
    office.once(MONDAY + MINUTE)
    office.once(MONDAY + HOUR)
    with path.open("w", encoding="utf-8") as file:  # an editor that takes its time
        file.write(old.removesuffix(old.splitlines(keepends=True)[-1]))
        file.flush()
        office.once(MONDAY + HOUR + MINUTE)
        assert _states(office)[asked["Ann Lee"]] == "done"


def test_files_that_were_swapped_out_do_not_pile_up(office: Office, asked: dict[str, str]) -> None:
    path = office.summaries / "latest.md"
    text = path.read_text("utf-8")
    for number in range(100):
        replacing.swap_in(path, f"{number}\n{text}")
    path.write_text(typed(text, asked["Ann Lee"], FIRST_DAY), "utf-8")
    replacing.swap_in(path, "and then killed\n")
    office.once(MONDAY + MINUTE)
    left = [aside.path.read_text("utf-8") for aside in replacing.asides(office.summaries)]
    assert 10 < len(left) < 70
    assert left[0] != f"0\n{text}"
    assert any(FIRST_DAY.isoformat() in one for one in left)
    assert _states(office)[asked["Ann Lee"]] == "snoozed"


def test_a_window_left_open_since_yesterday_undoes_nothing(
    office: Office, asked: dict[str, str]
) -> None:
    path = office.summaries / "latest.md"
    office.tick(asked["Ann Lee"], "x")
    office.once(MONDAY + HOUR)
    stale = path.read_text("utf-8")
    assert "- [x] **Ann" in stale
    # Ann asks once more, so her item is open again; the old window knows nothing of it
    with Store.open(office.state, read_only=True) as store:
        (first,) = (d for d in store.interactions.all() if _is_question_of_ann(d))
    office.receive(ANN, "Could you do it today?\n", MONDAY + 4 * HOUR, answers=first["message_id"])
    items = office.once(MONDAY + 2 * DAY).items
    assert asked["Ann Lee"] in {item["id"] for item in items}
    path.write_text(stale.replace("- [ ] **Bob", "- [-] **Bob"), "utf-8")
    office.once(MONDAY + 2 * DAY + HOUR)
    states = _states(office)
    assert states[asked["Bob May"]] == "dismissed"
    assert states[asked["Ann Lee"]] == "open"


def _is_question_of_ann(document: Mapping[str, Any]) -> bool:
    return document["sender"][0] in ANN and document["direction"] == "inbound"


def test_a_file_without_its_last_line_is_held_against_the_newest(
    office: Office, asked: dict[str, str]
) -> None:
    path = office.summaries / "latest.md"
    lines = path.read_text("utf-8").replace("- [ ] **Ann", "- [x] **Ann").splitlines()
    assert lines[-1].startswith("[//]: # ")
    path.write_text("\n".join(lines[:-1]), "utf-8")
    office.once(MONDAY + HOUR)
    assert _states(office) == {asked["Ann Lee"]: "done", asked["Bob May"]: "open"}


def test_an_unchanged_summary_is_not_written_again(office: Office, asked: dict[str, str]) -> None:
    path = office.summaries / "latest.md"
    office.once(MONDAY + DAY)  # "new" is said on the first day
    before = path.stat()
    office.once(MONDAY + DAY)
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_folder_in_the_place_of_the_file_is_told(office: Office) -> None:
    (office.summaries / "latest.md").mkdir(parents=True)
    with pytest.raises(UserError, match="the summary cannot be written"):
        office.once()
    assert replacing.asides(office.summaries) == []


_OPEN_FOR_WRITING = """
import sys
file = open(sys.argv[1], "a")
print("open", flush=True)
sys.stdin.read()
"""


def test_a_lease_that_is_broken_does_not_end_the_process(tmp_path: Path) -> None:
    """While we look whether somebody writes, somebody begins to: the kernel then signals us."""
    path = tmp_path / "latest.md"
    path.write_text("text")
    received: list[int] = []
    before = signal.signal(signal.SIGIO, lambda number, _frame: received.append(number))
    try:
        with subprocess.Popen(
            [sys.executable, "-c", _OPEN_FOR_WRITING, path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as process:  # fmt: skip
            content = replacing.Content("", False)
            while not content.writing:
                found = replacing.read_settled(path, patience=0)
                assert found is not None
                content = found
            process.communicate()
    finally:
        signal.signal(signal.SIGIO, before)
    assert received == []

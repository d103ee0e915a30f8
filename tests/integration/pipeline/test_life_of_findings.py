"""The life of a finding through the summary files, edited as a person edits them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.offices import MONDAY, Morning, Office, day

ANN = "Ann Lee <ann.lee@client.example>"
ASKS = "Could you send me the revised quote?\n"
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NEXT_MONDAY = MONDAY + timedelta(days=7)
LINE = "- [{mark}] **Ann Lee** "


@pytest.fixture
def asked(office: Office) -> tuple[str, str]:
    """Ann asked me something a week ago: the message's id and the item's."""
    office.correspond(ANN)
    message = office.receive(ANN, ASKS, day(11, 16))
    (item,) = office.once().items
    assert (item["state"], item["new"]) == ("new", True)
    return message, item["id"]


def _is_done_since(morning: Morning, item: str) -> bool:
    """Whether the item stands under "done since the last summary", and there alone."""
    listed = item in {one["id"] for one in morning.items}
    below = morning.markdown.partition("## Done since the last summary")[2]
    return not listed and f"`{item}`" in below


def test_a_new_item_is_open_the_next_day(office: Office, asked: tuple[str, str]) -> None:
    (item,) = office.once(TUESDAY).items
    assert (item["id"], item["state"], item["new"]) == (asked[1], "open", False)


@pytest.mark.parametrize("file", ["latest.md", "2026-11-23.md"])
def test_a_tick_takes_it_off_the_next_mornings_list(
    office: Office, asked: tuple[str, str], file: str
) -> None:
    office.tick(asked[1], "x", file=file)
    tuesday = office.once(TUESDAY)
    assert _is_done_since(tuesday, asked[1])
    assert "ticked by you" in tuesday.markdown
    again = office.once(TUESDAY + timedelta(hours=1))
    assert _is_done_since(again, asked[1])
    assert asked[1] not in office.once(WEDNESDAY).markdown


@pytest.mark.parametrize(
    ("mark", "shown"),
    [("x", "[x]"), ("X", "[x]"), ("-", "[-]"), (">", "[>] until 2026-11-30")],
)
def test_an_answer_survives_a_second_run_on_the_same_day(
    office: Office, asked: tuple[str, str], mark: str, shown: str
) -> None:
    line = LINE.format(mark=" ").replace("[ ]", shown)
    office.tick(asked[1], mark)
    for hour in (1, 2):
        assert line in office.once(MONDAY + timedelta(hours=hour)).markdown
    for file in ("latest.md", "2026-11-23.md"):
        assert line in (office.summaries / file).read_text("utf-8")


def test_a_tick_taken_back_opens_the_item_again(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], "x")
    office.once(MONDAY + timedelta(hours=1))
    office.tick(asked[1], " ")
    (item,) = office.once(MONDAY + timedelta(hours=2)).items
    assert item["state"] == "open"
    assert len(office.once(TUESDAY).items) == 1


def test_a_snooze_lasts_a_week(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], ">")
    office.once(MONDAY + timedelta(hours=1))
    assert office.once(NEXT_MONDAY - timedelta(days=1)).items == []
    (item,) = office.once(NEXT_MONDAY).items
    assert item["id"] == asked[1]


@pytest.mark.parametrize("word", ["until", "jusqu’au", "jusqu'au"])
def test_a_snooze_may_name_its_day(office: Office, asked: tuple[str, str], word: str) -> None:
    office.tick(asked[1], f">] {word} 2026-11-26")
    office.once(MONDAY + timedelta(hours=1))
    assert office.once(day(11, 25)).items == []
    assert len(office.once(day(11, 26)).items) == 1


def test_the_day_of_a_snooze_survives_a_second_run(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], ">] until 2026-12-04")
    office.once(MONDAY + timedelta(hours=1))
    office.once(MONDAY + timedelta(hours=2))
    assert office.once(day(12, 3)).items == []
    assert len(office.once(day(12, 4)).items) == 1


def test_a_new_message_ends_a_snooze(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], ">")
    office.once(MONDAY + timedelta(hours=1))
    office.receive(ANN, "Could you send it today?\n", day(11, 24, 9), answers=asked[0])
    (item,) = office.once(day(11, 26)).items
    assert (item["id"], item["state"]) == (asked[1], "reopened")


def test_a_message_between_the_tick_and_the_next_run_reopens(
    office: Office, asked: tuple[str, str]
) -> None:
    office.tick(asked[1], "x")
    office.receive(ANN, "Could you send it today?\n", day(11, 23, 14), answers=asked[0])
    (item,) = office.once(day(11, 25)).items
    assert (item["id"], item["state"], item["new"]) == (asked[1], "reopened", True)


def test_a_dismissed_item_stays_away(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], "-")
    tuesday = office.once(TUESDAY)
    assert _is_done_since(tuesday, asked[1])
    assert "dismissed by you" in tuesday.markdown
    office.receive(ANN, "Could you send it today?\n", day(11, 24, 9), answers=asked[0])
    assert office.once(day(11, 27)).items == []


def test_an_answered_item_resolves_by_itself_and_reopens_when_the_answer_is_gone(
    office: Office, asked: tuple[str, str]
) -> None:
    office.send(ANN, "Here it is.\n", day(11, 23, 12), answers=asked[0])
    assert _is_done_since(office.once(TUESDAY), asked[1])
    newest = max((office.mail / "Sent" / "cur").iterdir())
    newest.unlink()
    (item,) = office.once(WEDNESDAY).items
    assert (item["id"], item["state"], item["new"]) == (asked[1], "reopened", True)


def test_what_the_user_wrote_around_the_items_is_no_answer(
    office: Office, asked: tuple[str, str]
) -> None:
    path = office.summaries / "latest.md"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nMy notes:\n- [x] buy milk\n- [x] `zzzz`\n", "utf-8")
    assert len(office.once(TUESDAY).items) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00garbage", b"- [x" * 300_000])
def test_a_spoilt_file_loses_nothing(
    office: Office, asked: tuple[str, str], content: bytes
) -> None:
    (office.summaries / "latest.md").write_bytes(content)
    (item,) = office.once(TUESDAY).items
    assert item["id"] == asked[1]


def test_a_file_with_windows_line_ends_is_read(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], "x")
    path = office.summaries / "latest.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert _is_done_since(office.once(TUESDAY), asked[1])


@pytest.mark.parametrize("mark", ["x", "-"])
def test_an_answer_holds_when_the_older_of_two_questions_is_let_go(
    office: Office, asked: tuple[str, str], mark: str
) -> None:
    office.receive(ANN, "Can you confirm the date, too?\n", day(11, 20), answers=asked[0])
    (item,) = office.once().items
    office.tick(item["id"], mark)
    assert office.once(TUESDAY).items == []
    # 30 days after the first question only the second is still looked at
    assert office.once(day(12, 18)).items == []


def test_a_question_after_the_answer_to_the_first_is_a_new_one(
    office: Office, asked: tuple[str, str]
) -> None:
    office.tick(asked[1], "-")
    answer = office.send(ANN, "Here it is.\n", day(11, 23, 12), answers=asked[0])
    office.receive(ANN, "Could you call me?\n", day(11, 24), answers=[asked[0], answer])
    (item,) = office.once(day(11, 26)).items
    assert item["id"] != asked[1]
    assert item["quote"] == "Could you call me?"


def test_renaming_a_rule_loses_no_tick(office: Office, asked: tuple[str, str]) -> None:
    office.tick(asked[1], "x")
    office.rules = [{"name": "another-name", "type": "unanswered"}]
    assert office.once(TUESDAY).items == []

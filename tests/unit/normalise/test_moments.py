"""When a message was written, whatever its fields claim."""

from __future__ import annotations

import pytest

from syncd.normalise.moments import parse_date, written_at

NOW = 1795435200  # Mon, 23 Nov 2026 12:00:00 UTC
HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 23 Nov 2026 07:00:00 -0500", (NOW, -300)),
        ("Mon, 23 Nov 2026 17:30:00 +0530", (NOW, 330)),
        ("23 Nov 26 12:00 GMT", (NOW, 0)),
        ("Mon, 23 Nov 2026 07:00:00 EST", (NOW, -300)),
        ("Mon, 23 Nov 2026 12:00:00 -0000", (NOW, 0)),
        ("Mon Nov 23 12:00:00 2026", (NOW, 0)),
        ("Mon, 23 Nov 2026 12:00:00 +9999", (NOW, 0)),
        ("yesterday", None),
        ("", None),
        ("Mon, 99 Foo 2026 99:99:99", None),
        ("1 Jan " + "9" * 5000 + " 00:00:00 +0000", None),
    ],
)
def test_dates(written: str, read: tuple[int, int] | None) -> None:
    assert parse_date(written) == read


def at(date: str, *received: str, delivered: int | None = None, filed: int = 7 * DAY) -> int:
    fields = [f"from a by b with SMTP id c; {moment}" for moment in received]
    return written_at(date, fields, delivered=delivered, now=NOW, fallback=filed)[0]


GOOD = "Mon, 23 Nov 2026 11:00:00 +0000"


def test_the_date_field_counts() -> None:
    assert at(GOOD, "Mon, 23 Nov 2026 11:30:00 +0000") == NOW - HOUR


@pytest.mark.parametrize(
    "absurd",
    [
        "",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "Thu, 1 Jan 2099 00:00:00 +0000",
        "Fri, 27 Nov 2026 11:00:00 +0000",
        "Mon, 1 Jan 2001 00:00:00 +0000",
    ],
)
def test_an_absurd_date_gives_way_to_what_the_server_says(absurd: str) -> None:
    assert at(absurd, GOOD) == NOW - HOUR


def test_a_clock_a_day_ahead_is_believed() -> None:
    assert at("Tue, 24 Nov 2026 11:00:00 +0000", GOOD) == NOW + 23 * HOUR


def test_mail_that_was_long_under_way_keeps_its_date() -> None:
    assert at("Sun, 1 Nov 2026 12:00:00 +0000", GOOD) == NOW - 22 * DAY


def test_migrated_mail_keeps_its_date() -> None:
    moved = "Mon, 23 Nov 2026 11:00:00 +0000", "Tue, 1 Jun 2021 09:00:05 +0000"
    assert at("Tue, 1 Jun 2021 09:00:00 +0000", *moved) == 1622538000


def test_without_any_date_the_moment_of_filing_counts() -> None:
    assert at("", filed=NOW - DAY) == NOW - DAY
    assert at("nonsense", "nonsense", filed=NOW - DAY) == NOW - DAY


def test_the_providers_word_counts_where_there_is_no_date() -> None:
    assert at("", delivered=NOW - 5) == NOW - 5


def test_nothing_is_filed_in_the_future() -> None:
    assert at("", filed=NOW + 90 * DAY) == NOW

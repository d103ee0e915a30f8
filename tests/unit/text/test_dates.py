"""What date phrases mean. The tables in tests/dates were worked out by hand, with a calendar."""

from __future__ import annotations

import hashlib
import re
from calendar import day_name, month_name
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.text.dates import find_dates, find_due
from tests.processor_time import takes_at_most

DATA = Path(__file__).parents[2] / "dates"
CORPORA = Path(__file__).parents[4] / "shared" / "corpora"
ZONES = {"en": ZoneInfo("America/Toronto"), "fr": ZoneInfo("Europe/Paris")}
TUESDAY = datetime(2026, 10, 13, 10, tzinfo=ZONES["fr"])


def table(language: str) -> tuple[list[str], list[list[str]]]:
    """The reference days and the rows: a sentence, then `start/end` (or `-`) for each day."""
    head, *rows = (DATA / f"{language}.tsv").read_text("utf-8").splitlines()
    return head.split("\t")[1:], [row.split("\t") for row in rows]


def answer(sentence: str, language: str, at: datetime) -> str:
    due = find_due(sentence, language, at)
    return "-" if due is None else f"{due.start}/{due.end}"


def sentences(language: str) -> list[str]:
    return [row[0] for row in table(language)[1]]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_phrases_mean_what_a_calendar_says(language: str) -> None:
    days, rows = table(language)
    wrong = [
        (day, sentence, expected, got)
        for sentence, *expectations in rows
        for day, expected in zip(days, expectations, strict=True)
        if (got := answer(sentence, language, ref(day, language))) != expected
    ]
    assert sum(row[1] != "-" for row in rows) >= 120
    assert wrong == []


def ref(day: str, language: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZONES[language])


def candidates() -> Iterator[str]:
    yield from (
        line.split("\t")[-1]
        for line in (CORPORA / "promises/enron-sentences.tsv").read_text("utf-8").splitlines()
    )
    yield from (
        line.split("\t", 1)[-1]
        for line in (CORPORA / "requests/parakweet-train.tsv").read_text("utf-8").splitlines()
    )
    for path in sorted((CORPORA / "mail").glob("*/Sent/**/*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            yield from (line.strip() for line in text.splitlines())


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside this checkout")
def test_sentences_of_real_mail_without_a_date_yield_none() -> None:
    """400 sentences drawn at random and found dateless by reading; only their hashes are kept."""
    wanted = set((DATA / "dateless.sha256").read_text().split())
    dateless = {
        text for text in candidates() if hashlib.sha256(text.encode()).hexdigest()[:16] in wanted
    }
    assert len(dateless) == len(wanted) == 400
    false = [text for text in dateless if find_dates(text, "en", TUESDAY)]
    assert len(false) <= 1, false


@pytest.mark.parametrize(
    ("language", "sentence", "certainty"),
    [
        ("en", "Please answer by Friday.", "high"),
        ("en", "Please answer by 2026-11-05.", "high"),
        ("en", "Please answer by 11/25.", "high"),
        ("en", "Please answer by 11/05.", "low"),  # 5 November or 11 May
        ("fr", "Merci de répondre avant le 05/11.", "medium"),
        ("en", "Let us meet next Friday.", "medium"),  # in three days or in ten
        ("en", "Let us meet next Monday.", "high"),  # both readings agree
        ("fr", "Voyons-nous vendredi prochain.", "medium"),
        ("en", "I'll send it in a few days.", "medium"),
        ("en", "We could start after the 15th.", "low"),
        ("en", "Read Friday's report.", "low"),
        ("en", "See you on Monday, October 20.", "low"),  # the 20th is a Tuesday
        ("en", "I'll do it next month.", "medium"),
    ],
)
def test_certainty_falls_where_people_would_ask_back(
    language: str, sentence: str, certainty: str
) -> None:
    due = find_due(sentence, language, TUESDAY)
    assert due is not None
    assert due.certainty == certainty


@pytest.mark.parametrize(
    ("language", "sentence", "day"),
    [
        ("en", "For Friday's meeting I'll send the deck by Thursday.", "2026-10-15"),
        ("en", "On Monday I am away, so let me have it before Friday.", "2026-10-16"),
        ("fr", "Pour la réunion de lundi, je vous envoie la note jeudi.", "2026-10-15"),
        ("fr", "Le 20 je serai à Lyon ; répondez-moi d'ici vendredi.", "2026-10-16"),
    ],
)
def test_a_deadline_goes_before_other_dates(language: str, sentence: str, day: str) -> None:
    due = find_due(sentence, language, TUESDAY)
    assert due is not None
    assert (due.start, due.end) == (date.fromisoformat(day), date.fromisoformat(day))


def test_the_writers_own_day_counts() -> None:
    """At 02:00 UTC it is still the day before in Toronto."""
    instant = datetime(2026, 10, 14, 2, tzinfo=UTC)
    assert answer("I'll send it today.", "en", instant) == "2026-10-14/2026-10-14"
    local = instant.astimezone(ZONES["en"])
    assert answer("I'll send it today.", "en", local) == "2026-10-13/2026-10-13"


def test_hours_cross_midnight_and_clock_changes() -> None:
    late = datetime(2026, 10, 24, 23, 30, tzinfo=ZONES["fr"])  # clocks go back this night
    assert answer("Je vous rappelle dans une heure.", "fr", late) == "2026-10-25/2026-10-25"
    assert answer("Réponse sous 24 heures.", "fr", late) == "2026-10-25/2026-10-25"


def test_a_time_that_has_passed_means_tomorrow() -> None:
    afternoon = TUESDAY.replace(hour=15)
    assert answer("Please send it by 9am.", "en", afternoon) == "2026-10-14/2026-10-14"
    assert answer("Please send it by 5pm.", "en", afternoon) == "2026-10-13/2026-10-13"


def test_a_day_just_past_is_past_unless_it_is_a_deadline() -> None:
    assert answer("I wrote to you on October 5.", "en", TUESDAY) == "-"
    assert answer("Please file it by October 5.", "en", TUESDAY) == "2027-10-05/2027-10-05"
    assert answer("The fair opens on September 5.", "en", TUESDAY) == "2027-09-05/2027-09-05"


@pytest.mark.parametrize("year", [1, 1969, 8999, 9999])
def test_a_message_with_an_absurd_date_is_safe(year: int) -> None:
    for language in ("en", "fr"):
        for sentence in sentences(language):
            find_dates(sentence, language, datetime(year, 12, 30, tzinfo=UTC))


def test_other_languages_read_figures_only() -> None:
    assert answer("Bitte bis 2026-11-05 antworten.", "de", TUESDAY) == "2026-11-05/2026-11-05"
    assert answer("Bitte bis 05.11.2026 antworten.", "de", TUESDAY) == "2026-11-05/2026-11-05"
    assert answer("I'll come on Friday.", "de", TUESDAY) == "-"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_offsets_point_at_the_phrase(language: str) -> None:
    for sentence in sentences(language):
        for found in find_dates(sentence, language, TUESDAY):
            assert sentence[found.first : found.last] == found.phrase != ""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_case_and_typography_change_nothing(language: str) -> None:
    for sentence in sentences(language):
        plain = answer(sentence, language, TUESDAY)
        dressed = sentence.replace(" ", "\N{NO-BREAK SPACE}").replace("'", "’").replace("-", "‑")
        assert answer(dressed, language, TUESDAY) == plain, dressed
        assert answer(sentence.upper(), language, TUESDAY) == plain, sentence
        unaccented = sentence.translate(str.maketrans("éèêàâûùôîïç", "eeeaauuoiic"))
        assert answer(unaccented, language, TUESDAY) == plain, unaccented


WORDS = re.findall(
    r"\S+",
    "by before until in within on for from after next this last every the a of and or to end early"
    " mid week month day days Friday Monday March may tomorrow today noon 12 3rd 12/03 2-3 5pm"
    " 2027 Q1 , ' - few two weekend year Christmas 31 first second 99999 0 30 spring"
    " d'ici avant sous dans le du au la fin début mi semaine mois prochain lundi mars en huit 48h"
    " quinzaine jours demain dernier chaque entre et ou à plus tard",
)
MOMENTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001  Hypothesis wants naive limits and adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
) | st.sampled_from([TUESDAY, datetime(2028, 2, 29, 23, 59, tzinfo=UTC)])


@given(
    words=st.lists(st.sampled_from(WORDS), max_size=14),
    language=st.sampled_from(["en", "fr", "de"]),
    at=MOMENTS,
)
def test_any_jumble_of_date_words_is_safe(words: list[str], language: str, at: datetime) -> None:
    for found in find_dates(" ".join(words), language, at):
        assert at.date() <= found.start <= found.end


@given(text=st.text(max_size=300), language=st.sampled_from(["en", "fr", "xx", ""]), at=MOMENTS)
def test_any_text_is_safe(text: str, language: str, at: datetime) -> None:
    for found in find_dates(text, language, at):
        assert at.date() <= found.start <= found.end
        assert text[found.first : found.last] == found.phrase


@given(days=st.integers(1, 400), at=MOMENTS)
def test_a_number_of_days_ahead_is_that_many(days: int, at: datetime) -> None:
    expected = at.date() + timedelta(days=days)
    for sentence, language in [(f"in {days} days", "en"), (f"sous {days} jours", "fr")]:
        due = find_due(f"Done {sentence}.", language, at)
        assert due is not None
        assert due.start == due.end == expected


@given(ahead=st.integers(0, 300), at=MOMENTS)
def test_a_written_out_date_is_found_again(ahead: int, at: datetime) -> None:
    day = at.date() + timedelta(days=ahead)
    name = month_name[day.month]
    for form in (f"by {name} {day.day}", f"by the {day.day} of {name}", f"by {day:%Y-%m-%d}"):
        due = find_due(f"I'll send it {form}.", "en", at)
        assert due is not None, form
        assert due.start == due.end == day


@pytest.mark.parametrize(
    "text",
    [
        "by " * 2_000,
        "the next " * 2_000,
        "Monday or " * 2_000,
        "1" * 50_000,
        "3 to 5 " * 5_000,
        "12/03/" * 5_000,
        "end of " * 5_000,
        "two weeks after " * 2_000,
        "le 3, " * 5_000,
        "d'ici " * 5_000,
        "day after " * 2_000,
        "5pm, " * 2_000,
        "dans la matinée de " * 2_000,
        "end of the week of the first week of " * 2_000,
    ],
)
def test_hostile_repetition_stays_cheap(text: str) -> None:
    for language in ("en", "fr"):
        takes_at_most(0.25, partial(find_dates, text, language, TUESDAY))


def test_speed() -> None:
    dateless = "Thanks for the notes, I will look at them and send you my thoughts on the matter."
    dated = "Could you send me the revised quote and the signed contract by Friday at noon?"
    for sentence, limit in [(dateless, 20e-6), (dated, 400e-6)]:
        takes_at_most(
            200 * limit,
            lambda sentence=sentence: [find_dates(sentence, "en", TUESDAY) for _ in range(200)],
        )


def test_weekdays_ask_for_the_future_from_every_day_of_the_week() -> None:
    for offset, (number, name) in product(range(7), enumerate(day_name)):
        at = TUESDAY + timedelta(days=offset)
        due = find_due(f"I'll do it on {name}.", "en", at)
        assert due is not None
        assert due.start.weekday() == number
        assert 1 <= (due.start - at.date()).days <= 7

"""What a calendar entry is for: a meeting, a birthday, time away, or the user's own block.

Pure, but for reading its word list (purpose.toml) once.

Time away pauses clocks and a birthday is announced, so both need a title that says nothing else:
"Vacances" is mine, "Vacances de Paul" and "School holidays" are not.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Literal

from syncd.normalise.safe_text import one_line

Purpose = Literal["meeting", "birthday", "out_of_office", "other"]


def _any(words: list[str]) -> str:
    return f"(?:{'|'.join(words)})"


def _lexicon() -> dict[str, re.Pattern[str]]:
    text = resources.files("syncd.normalise").joinpath("purpose.toml").read_text("utf-8")
    words = {name: _any(entries) for name, entries in tomllib.loads(text).items()}
    away = words["away"]
    # "Out of office – annual leave", "Congés (Portugal)", "OOO until Friday"
    rest = (
        rf"(?:[\s\W]+{away}|[\s\W]+{words['when_or_where']}(?!\w).{{0,80}}|\s*[(\[].{{0,80}}[)\]])?"
    )
    patterns = {
        "away": rf"\W*{away}(?!\w){rest}\W*",
        "birthday": rf"(?<!\w){words['birthday']}(?!\w)|🎂",
        "birthday_calendar": rf"\s*{words['birthday_calendar']}\s*",
        "own": rf"\W*{words['own']}\W*",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()}


_SAYS = _lexicon()


def purpose(
    title: str,
    *,
    all_day: bool,
    guests: bool,
    busy_status: str = "",
    categories: str = "",
    calendar_name: str = "",
) -> Purpose:
    """What the entry is for.

    `guests`: somebody besides me is invited; `busy_status`: X-MICROSOFT-CDO-BUSYSTATUS or showAs
    ("oof"); `categories`: CATEGORIES as written; `calendar_name`: the calendar that holds it.
    """
    title = one_line(title, 200)
    if busy_status.upper() in ("OOF", "OUTOFOFFICE"):
        return "out_of_office"
    if guests:
        return "meeting"
    if all_day and (
        _SAYS["birthday"].search(title)
        or _SAYS["birthday"].search(categories[:200])
        or _SAYS["birthday_calendar"].fullmatch(calendar_name[:100])
    ):
        return "birthday"
    if _SAYS["away"].fullmatch(title):
        return "out_of_office"
    if busy_status.upper() == "WORKINGELSEWHERE" or _SAYS["own"].fullmatch(title):
        return "other"
    return "meeting"

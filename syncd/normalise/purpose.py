"""What a calendar entry is for: a meeting, a birthday, time away, or the user's own block. Pure.

Time away pauses clocks and a birthday is announced, so both need a title that says nothing else:
"Vacances" is mine, "Vacances de Paul" and "School holidays" are not. English and French.
"""

from __future__ import annotations

import re
from typing import Literal

from syncd.normalise.safe_text import one_line

Purpose = Literal["meeting", "birthday", "out_of_office", "other"]

_AWAY = (
    r"ooo|oof|out of (?:the )?office|away|annual leave|on leave|leave|pto|time off|day off|"
    r"(?:parental|maternity|paternity|sick) leave|on (?:vacation|holidays?)|vacation|holidays?|"
    r"(?:en )?cong[ée]s?(?: (?:pay[ée]s|annuels?|maternit[ée]|paternit[ée]|parental|maladie|d'été))?|"
    r"(?:en )?vacances|absent(?:e)?|absence(?: du bureau)?|rtt|repos|arr[êe]t maladie|"
    r"hors (?:du )?bureau|jour de cong[ée]"
)
_FILLER = (
    r"(?:[\s\W]*(?:"
    + _AWAY
    + r")|[\s\W]+(?:until|till|in|at|to|from|for|this|all day|jusqu\W?\w*|à|a|en|au|aux|du|de|dans|pour|toute la journ[ée]e)\b(?! (?:[^\W\d_]+ )?(?:calendar|calendrier)).{0,80}|\s*[(\[].{0,80}[)\]])?\W*"
)
_AWAY_TITLE = re.compile(rf"\W*(?:{_AWAY})(?!\w){_FILLER}", re.IGNORECASE)
# "Vacances de Paul", "Congés du stagiaire": somebody else's.
_SOMEBODYS = re.compile(
    r"(?<!\w)(?:de(?! (?:no[ëe]l|p[âa]ques|printemps|la|l'))|du(?! \d)|d'(?!été|hiver|automne))\s*\w",
    re.I,
)
_BIRTHDAY = re.compile(
    r"(?<!\w)(?:birthday|b-?day|geburtstag|anniversaire(?! de (?:mariage|l'entreprise|la soci[ée]t[ée])))(?!\w)|🎂",
    re.IGNORECASE,
)
_BIRTHDAY_CALENDAR = re.compile(r"birthdays?|anniversaires?|geburtstage|contacts' birthdays", re.I)
_OWN_BLOCK = re.compile(
    r"\W*(?:focus(?: time| block)?|deep work|no meetings?|do not (?:book|disturb|schedule)|dnb|dnd|blocked|block|"
    r"hold|busy|private|travel(?: time)?|commute|lunch break|break|working (?:from home|elsewhere|location)|wfh|"
    r"home office|home|office|prep(?:aration)? time|admin|concentration|temps de (?:concentration|travail)|occup[ée]e?|"
    r"bloqu[ée]|ne pas (?:d[ée]ranger|r[ée]server)|pas de r[ée]union|r[ée]serv[ée]|t[ée]l[ée]travail|trajet|d[ée]placement|"
    r"pause(?: d[ée]jeuner)?|priv[ée]|indisponible)\W*",
    re.IGNORECASE,
)


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
        _BIRTHDAY.search(title)
        or _BIRTHDAY.search(categories)
        or _BIRTHDAY_CALENDAR.fullmatch(calendar_name.strip())
    ):
        return "birthday"
    match = _AWAY_TITLE.fullmatch(title)
    if match and not _SOMEBODYS.search(title):
        return "out_of_office"
    if busy_status.upper() == "WORKINGELSEWHERE" or _OWN_BLOCK.fullmatch(title):
        return "other"
    return "meeting"

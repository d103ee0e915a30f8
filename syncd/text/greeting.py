"""The line that greets: "Hi Ann,", "Bonjour Madame Roy,", "Ann,"."""

from __future__ import annotations

import re
from typing import Final

from syncd.text.mail_phrases import NOT_NAMES

_WORDS: Final = (
    r"hi|hello|hey|hiya|dear|good\s+(?:morning|afternoon|evening|day)|morning|greetings|howdy"
    r"|bonjour|bonsoir|salut|coucou|re-?bonjour|ch[eè]re?s?|all[oô]"
    r"|hallo|guten\s+(?:tag|morgen|abend)|moin|servus|grüezi|liebe[rsn]?|(?:sehr\s+)?geehrte[rsn]?"
    r"|hola|buenos\s+d[ií]as|buenas(?:\s+(?:tardes|noches))?|estimad[oa]s?|querid[oa]s?"
    r"|ciao|salve|buongiorno|buonasera|gentil[ei]|egregi[oa]?|car[oaie]s?|spett\.?le"
    r"|olá|oi|bom\s+dia|boa\s+(?:tarde|noite)|prezad[oa]s?"
    r"|goede(?:morgen|middag|navond|ndag)|beste|geachte|hoi|dag"
    r"|hej|hejsan|kära|käre|kære|cześć|witam|dzień\s+dobry"
)
_NAME: Final = r"(?:[A-ZÀ-ÝŁŚŻČŠŽ][\w.'’-]{0,30})"
_BETWEEN: Final = r"(?:(?:de|da|van|von|der|den|du|la|le|di|dos|et|and|und|y|e|en|og|och|&|/)\s)"
_NAMES: Final = rf"{_NAME}(?:,?\s{_BETWEEN}{{0,2}}{_NAME}){{0,6}}"
_EVERYBODY: Final = (
    r"(?:(?:to|à|an|a)\s)?(?:all|everyone|everybody|folks|team|there|guys|both|again|colleagues"
    r"|friends|sir(?:s|\s+or\s+madam|/madam)?|madam|tous|toutes|(?:toute\s)?l['’][ée]quipe"
    r"|tout le monde|monsieur|madame|collègues|re|zusammen|alle|ihr(?:\slieben)?|kollegen"
    r"|damen und herren|todos|todas|equipo|tutti|equipe|pessoal|allemaal|allen|collega['’]s|alla)"
)
_WORD: Final = re.compile(rf"[*_]?(?:{_WORDS})\b")
"""What a greeting starts with, in lower case."""
_OPENING: Final = re.compile(
    rf"[*_]?(?i:{_WORDS})\b(?:\s+(?:(?i:{_EVERYBODY})(?!\w)|(?P<names>{_NAMES}))"
    r"(?:\s+(?i:and|et|und)\s+(?i:all|team|tous|alle|everyone))?)?"
    r"[*_]?\s*(?P<end>[,!:;.…]|[-–—]\s|\Z)"
)
_NAME_ALONE: Final = re.compile(rf"@?(?P<names>{_NAMES})\s?(?:,|\s[-–—])\Z")
_LONGEST: Final = 120
"""Characters looked at for a greeting and its names."""


def greeting_end(line: str) -> int:
    """How many characters of a stripped line greet; 0 for a line that does not.

    "Hi Ann, could you …" greets up to the "c".
    """
    head = line[:_LONGEST]
    match = _OPENING.match(head) if _WORD.match(head.lower()) else None
    if match is not None:
        # without a name, "Hello," greets, but "Morning - I'm late" says something
        if not (match["names"] or match.end() == len(line) or match["end"] in (",", "!")):
            return 0
    elif head[-1] in ",-–—" and len(line) <= 60:
        match = _NAME_ALONE.match(head)
        if match is None or not NOT_NAMES.isdisjoint(match["names"].lower().split()):
            return 0
    else:
        return 0
    rest = line[match.end() :]
    return len(line) - len(rest.lstrip(" \t\xa0!,"))

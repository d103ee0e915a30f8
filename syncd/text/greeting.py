"""The line that greets: "Hi Ann,", "Bonjour Madame Roy,", "Ann,"."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = (
    r"hi|hello|hey|hiya|dear|good\s+(?:morning|afternoon|evening|day)|morning|greetings|howdy"
    r"|bonjour|bonsoir|salut|coucou|rebonjour|re-bonjour|cher|chère|chers|chères|allô|allo"
    r"|hallo|guten\s+(?:tag|morgen|abend)|moin|servus|grüezi|liebe[rsn]?|lieber|sehr\s+geehrte[rsn]?"
    r"|geehrte[rsn]?|hola|buenos\s+d[ií]as|buenas\s+(?:tardes|noches)|buenas|estimad[oa]s?|querid[oa]s?"
    r"|apreciad[oa]s?|ciao|salve|buongiorno|buonasera|gentile|gentili|egregi[oa]?|car[oaie]|spett\.?le"
    r"|olá|oi|bom\s+dia|boa\s+(?:tarde|noite)|prezad[oa]s?|car[oa]s?|goedemorgen|goedemiddag"
    r"|goedenavond|goedendag|beste|geachte|hoi|dag|hej|hejsan|kära|käre|kære|cześć|witam|dzień\s+dobry"
)
_CAPITAL: Final = r"[A-ZÀ-ÝŁŚŻČŠŽ]"
_NAME_WORD: Final = rf"(?:{_CAPITAL}[\w.'’-]{{0,30}})"
_PARTICLE: Final = r"(?:(?:de|da|van|von|der|den|du|la|le|di|dos|et|and|und|y|e|en|og|och|&|/)\s)"
_NAMES: Final = rf"{_NAME_WORD}(?:(?:,\s|\s)(?:{_PARTICLE}){{0,2}}{_NAME_WORD}){{0,6}}"
_EVERYBODY: Final = (
    r"(?:(?:to|à|an|a)\s)?(?:all|everyone|everybody|folks|team|there|guys|both|again|colleagues|friends"
    r"|sir|madam|sirs|tous|toutes|toute l['’]équipe|l['’]équipe|l['’]equipe|tout le monde|monsieur|madame|collègues|re"
    r"|zusammen|alle|ihr|ihr lieben|kollegen|damen und herren|todos|todas|equipo|tutti|equipe|pessoal"
    r"|allemaal|allen|collega['’]s|alla|zus|an alle|in die runde)"
)
_OPENING: Final = re.compile(
    rf"[*_]?(?:(?i:{_WORDS}))\b(?:\s+(?:(?i:{_EVERYBODY})(?=\W|\Z)|(?i:sir\s+or\s+madam|sir/madam)"
    rf"|(?P<names>{_NAMES})))?"
    rf"(?:\s+(?i:and|et|und)\s+(?i:all|team|tous|alle|everyone))?[*_]?\s*(?P<end>[,!:;.…]|[-–—]\s|\Z)"
)
_NAME_ONLY: Final = re.compile(
    rf"@?(?P<names>{_NAME_WORD}(?:(?:,\s|\s)(?:{_PARTICLE})?{_NAME_WORD}){{0,3}})\s?(?P<end>,|:|\s[-–—])\Z"
)
_NOT_NAMES: Final = frozenset(
    ["yes", "no", "ok", "okay", "sure", "thanks", "thank", "great", "sorry", "well", "agreed", "right", "indeed", "absolutely", "done", "noted", "exactly", "perfect", "good", "nice", "cool", "oui", "non", "merci", "parfait", "désolé", "bien", "ja", "nein", "danke", "gut", "sí", "si", "no", "gracias", "perfecto", "grazie", "perfetto", "sim", "não", "obrigado", "nee", "bedankt", "best", "regards", "cheers", "cordialement", "hence", "however", "also", "finally", "first", "second", "note", "update", "question", "questions", "summary", "agenda", "today", "tomorrow", "fyi", "ps", "nb", "background", "context", "but", "and", "so", "actually", "regarding", "attached", "edit"]
)
_TITLES: Final = frozenset(
    ["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam", "monsieur", "madame", "mademoiselle", "m", "mme", "mlle", "maître", "herr", "frau", "señor", "señora", "sr", "sra", "signor", "signora", "dott", "sig", "meneer", "mevrouw", "don", "doña"]
)
_LONGEST: Final = 120
"""Characters looked at for a greeting and its names."""


def greeting_end(line: str) -> int:
    """How many characters of a stripped line greet, 0 for a line that does not.

    "Hi Ann, could you …" greets up to the space after the comma.
    """
    match = _match(line)
    if match is None:
        return 0
    end = match.end()
    while end < len(line) and line[end] in " \t\xa0!,":
        end += 1
    return end


def greeted(line: str) -> str:
    """The name or names a greeting line addresses, as written; empty when it names nobody."""
    match = _match(line)
    return (match["names"] or "").strip(" ,") if match is not None else ""


def _match(line: str) -> re.Match[str] | None:
    head = line[:_LONGEST]
    match = _OPENING.match(head)
    if match is not None:
        # Without a name, "Hello." opens a message, but "Dag." or "Morning - late" may say something.
        return match if match["names"] or match.end() == len(head) or match["end"] in ",!" else None
    match = _NAME_ONLY.match(head) if len(line) <= 60 else None
    if match is None:
        return None
    words = [word.strip(".,") for word in match["names"].lower().split()]
    if any(word in _NOT_NAMES for word in words):
        return None
    return match


def is_title(word: str) -> bool:
    """Whether a word of a greeting is a form of address rather than a name ("Madame", "Dr")."""
    return word.strip(".").lower() in _TITLES

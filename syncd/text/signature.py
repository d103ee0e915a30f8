"""Where a message's signature starts: delimiters, closings, names and contact lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from syncd.text.device_line import is_device_line, may_be_device_line
from syncd.text.mail_phrases import CLOSINGS, PERSONAL

_THANKS: Final = re.compile(
    r"(?:many |muito |muchas |molte |vielen |besten |un grand )?"
    r"(?:thank|thx|ty\b|tia\b|merci|dank|gracias|grazie|obrigad|bedankt|alvast|tack|tak\b|takk)",
    re.IGNORECASE,
)
_DELIMITER: Final = re.compile(r"(?:--|—|–)\s*\Z")
RULED: Final = frozenset("-–—_=*#~+")
"""What the first character of a drawn line may be."""
_RULE: Final = re.compile(r"(?:[-–—_=*#~+]\s?){3,}\Z")
_CAPITALISED: Final = r"[A-ZÀ-ÝŁŚŻ][\w.'’-]{0,30}+"
_PARTICLE: Final = r"(?:(?:de|da|van|von|der|den|du|la|le|di|dos)\s){0,2}"
_FULL_NAME: Final = rf"{_CAPITALISED}(?:\s{_PARTICLE}{_CAPITALISED}){{0,3}}"
_NAME: Final = re.compile(rf"(?:[-–—~/*]{{1,3}}\s?)?{_FULL_NAME}\Z")
_DASHED_NAME: Final = re.compile(rf"(?:[-–—~]{{1,2}}|/{{1,2}})\s?{_FULL_NAME}\Z|~\s?[a-z]{{1,3}}\Z")
_CONTACT: Final = re.compile(
    # Searching is fast for what starts with a sign or a digit; what stands before comes next.
    r"[@:.+(\d](?:(?<=[^\s@]@)[^\s@]+\.|(?<=:)//|(?<=[Ww]{3}\.)"
    r"|(?<=\w\.)(?:com|org|net|fr|de|ca|eu|example|io)\b"
    r"|(?:(?<=\+)|(?<=\()0|(?<=\b0)|(?<=\b\d)\d\d[-.\s)])[\d\s().-]{6,}"
    r"|(?<=\b\d)\d\d(?:\.\d{4}|-\d{7})\b)"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_BULLET: Final = re.compile(r"[-*•·o–]\s+|\d{1,2}[.)]\s")
_POSTSCRIPT: Final = re.compile(
    r"(?:p\.?\s?s\.?|post-?scriptum|n\.?b\.?)\s*[:,.\-–—]?\s", re.IGNORECASE
)
_STREETS: Final = frozenset(
    (
        *("rue", "avenue", "boulevard", "bd", "place", "chemin", "quai", "street", "road", "lane"),
        *("straße", "strasse", "platz", "via", "calle", "plaza", "rua", "laan", "straat"),
    )
)
_MOST_WORDS: Final = 16
"""Words on one line of a signature; most of them start with a capital or a digit …"""
_MOST_LOWER_WORDS: Final = 8
"""… or else they are few."""
_LONGEST_LINE: Final = 160
_LONGEST_CLOSING: Final = 70
_MOST_LINES: Final = 16
"""Non-blank lines that may follow a closing."""


def is_delimiter(line: str) -> bool:
    """RFC 3676's "-- " (its trailing space may be lost) and the lone dash of mobile mail."""
    return len(line) < 5 and _DELIMITER.match(line) is not None


def is_rule(line: str) -> bool:
    """A line of repeated signs, as people and lists draw above a signature or between parts."""
    return line[0] in RULED and len(line) <= 200 and _RULE.match(line) is not None


def is_closing(line: str) -> bool:
    """A line that is nothing but a closing, with or without a name: "Best regards, Ann"."""
    if len(line) > _LONGEST_CLOSING:
        return False
    words = line.lower().replace("’", "'").lstrip("*_ /")
    while words and not words[-1].isalnum():
        words = words[:-1]  # punctuation, emphasis, emoji
    if words in CLOSINGS or (" / " in words and set(words.split(" / ")) <= CLOSINGS):
        return True
    if "," not in line:
        return False
    head, _, name = line.partition(",")
    return head.strip(" *_").lower() in CLOSINGS and _NAME.match(name.strip(" .!*_")) is not None


def is_signature_line(line: str) -> bool:
    """Whether a line could stand in a signature: a name, a title, a phone number, an address."""
    if len(line) > _LONGEST_LINE or line[-1] == "?":
        return False
    words = line.split()
    if len(words) > _MOST_WORDS:
        return False
    if (len(words) > _MOST_LOWER_WORDS and not _is_titled(words)) or _BULLET.match(line):
        return False
    if _NAME.match(line) or (may_be_device_line(line) and is_device_line(line)):
        return True
    # "Head of sales" is a title; "send it by 5pm" is not
    is_title = not (line[-1] in ".!…" and len(words) > 4) and (
        (len(words) <= 4 and not any(map(str.isdigit, line))) or _is_titled(words)
    )
    plain = line.lower().replace("’", "'")
    if (
        is_title
        or _CONTACT.search(line)
        or not _STREETS.isdisjoint(plain.replace(",", " ").split())
    ):
        return PERSONAL.isdisjoint(_WORD.findall(plain))
    return False


def _is_titled(words: list[str]) -> bool:
    """Whether half of the words or more start with something else than a small letter."""
    return sum(map(str.islower, [word[0] for word in words])) * 2 <= len(words)


def signature_start(lines: Sequence[str], first: int, last: int) -> int:
    """The line at which the signature of the block `first` … `last` (exclusive) starts.

    `lines` are stripped. `last` where there is none. A line that could be a sentence to somebody
    is never taken: one below a closing means that nothing is, so that nothing said is lost. A
    thanks that is all the block says is its message, not its closing.
    """
    start = last
    seen = contacts = 0
    for index in range(last - 1, first - 1, -1):
        line = lines[index]
        if not line:
            continue
        if is_closing(line):
            start = index
        elif _POSTSCRIPT.match(line):
            return last
        elif not (is_rule(line) or is_signature_line(line)):
            break
        elif seen == 0 and _DASHED_NAME.match(line):
            start = index
        elif _CONTACT.search(line):
            contacts += 1
        elif contacts and " " in line and _NAME.match(line) and not lines[index - 1]:
            start = index  # contact lines headed by a full name need no closing
        seen += 1
        if seen > _MOST_LINES:
            break
    if start < last and _THANKS.match(lines[start]) and not any(lines[first:start]):
        return last
    return start

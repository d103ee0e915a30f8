"""What mail programs write above a quoted or forwarded message, in the languages they speak.

Three shapes: an attribution ("On 3 May 2026, Ann wrote:"), a block of copied header fields
("From: … Sent: … Subject: …"), and a marker line ("-----Original Message-----").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from syncd.text.mail_phrases import FIELD_ROLES, FORWARDED, ORIGINAL, Role

Marker = Literal["original", "forwarded"]
Strength = Literal["", "weak", "strong"]

_MARKER_WORDS: Final = re.compile(
    rf"(?:start of |begin )?(?P<forwarded>{'|'.join(FORWARDED)})"
    rf"|(?P<original>{'|'.join(ORIGINAL)})",
    re.IGNORECASE,
)
_UNDASHED: Final = re.compile(
    # Apple Mail and others announce a forward without dashes.
    r"(?:begin|start|début|anfang|inicio|inizio|início|början)\b.{0,20}?"
    rf"(?P<forwarded>{'|'.join(FORWARDED)})\s*:?\Z|(?P<original>original message processed by )",
    re.IGNORECASE,
)

UNDASHED_OPENINGS: Final = frozenset(
    ("begin", "start", "début", "anfan", "inici", "inizi", "iníci", "börja", "origi")
)
"""The first five letters of what `_UNDASHED` matches."""
_VERBS_LAST: Final = (
    # languages that put the verb last: "On …, Ann wrote:"
    *("wrote", "writes", "said", "sent", "wrote the following", "écrit", "écrit le", "geschreven"),
    *("geschrieben", "schrieb", "schreef", "skrev", "escribió", "ha escrito", "ha scritto"),
    *("scrive", "escreveu", "napisał(a)", "napisał", "napisała", "napsal(a)", "napsal"),
    *("napsala", "kirjoitti", "yazdı", "ezt írta", "a scris", "написал", "написала", "пише"),
    *("пишет", "написав", "đã viết", "写道", "寫道", "のメール"),
)
_VERB_ENDINGS: Final = frozenset([verb[-2:] for verb in _VERBS_LAST])
_VERBS_INSIDE: Final = (
    # languages that put the name or the date after the verb: "Am … schrieb Ann:"
    *(
        "schrieb ",
        "schreef ",
        "verzond ",
        "skrev ",
        "escreveu ",
        "escribió ",
        "kirjoitti ",
        "a écrit le ",
    ),
    "geschrieben ",
    "wrote on ",
)
_START: Final = re.compile(
    r"[-*_>\s]*(?:On|At|Le|Am|Um|El|Il|Em|No dia|Op|Den|Dnia|W dniu|Dne|Pe|På|Data|Il giorno"
    r"|在|于|Quoting|Zitat von|Citando|\d{1,4}[-./\s年]|\w{2,12}\.?,?\s\d{1,2})(?=[\s\d]|\b)",
    re.IGNORECASE,
)
# Searching is fast for what starts with a sign or a digit; what stands before comes next.
_CLOCK: Final = re.compile(r"\d(?<!\w\d)\d?\s?[:.hH]\s?\d\d\b")
_DATE: Final = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}\b")
_ADDRESS: Final = re.compile(r"@(?<=[^\s@<>]@)[^\s@<>]")
_NAME_ADDRESS: Final = re.compile(
    r"[^<>:]{1,80}<[^<>\s]{1,100}@[^<>\s]{1,100}>[>\s]*[^\s\d][^<>]{0,40}\Z"
)
_DATED_ADDRESS: Final = re.compile(
    r"\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)\S{0,8}\s+"
    r"(?:\d{1,2}:\d\d\b.{0,160}<[^<>\s]*@[^<>\s]*\s?>|\d{1,2}:\d\d GMT\b[^.!?]{0,80}"
    r"|[^<>]{1,80}<[^<>\s]*@[^<>\s]*>)\s*:?\Z"
)
_SENTENCE_BREAK: Final = re.compile(r"[.?!](?<=[a-zà-ÿ]{4}.)\s+[A-ZÀ-Ý]")
_END: Final = " :：-*_\xa0\u202f"
"""What may stand after an attribution's last word; French puts a narrow space before the colon."""
_LOOK_BACK: Final = 6
"""Lines over which a mail program may have wrapped one attribution."""
_LONGEST: Final = 400
"""Characters of the longest attribution; a name, an address and a date need fewer."""


def header_role(line: str) -> Role | None:
    """The role of a copied header field ("*Envoyé :* lundi" → `sent`), None for any other line."""
    colon = line.find(":", 0, 28)
    if colon < 0 and (line.isascii() or (colon := line.find("：", 0, 16)) < 0):
        return None
    return FIELD_ROLES.get(line[:colon].strip("*_ \t\xa0\u202f").lower())


def may_announce(line: str) -> bool:
    """A cheap test that nearly every line of prose fails and every undashed marker passes."""
    return line[:5].lower() in UNDASHED_OPENINGS


def marker(line: str) -> Marker | None:
    """Whether a stripped line announces a forwarded or an original message."""
    if line[0] in "-*_":
        core = line[:_LONGEST].strip("*_: \t")
        inner = core.strip("- ").replace("’", "'")
        dashed = inner and core.startswith("--") and core.endswith("--")
        words = _MARKER_WORDS.match(inner) if dashed else None
    elif len(line) < 120 and may_announce(line):
        words = _UNDASHED.match(line.replace("’", "'"))
    else:
        words = None
    if words is None:
        return None
    return "forwarded" if words["forwarded"] else "original"


def is_dated_attribution(line: str) -> bool:
    """Whether a stripped line is a date and an author without a verb ("2026-05-03 Ann <a@b>:")."""
    return "@" in line or "GMT" in line[:30] if _DATED_ADDRESS.match(line[:_LONGEST]) else False


def attribution(lines: Sequence[str], last: int) -> tuple[int, Strength]:
    """Where the attribution that ends at stripped line `last` starts, and how sure that is.

    `strong` stands on its own; `weak` only counts when a quoted line follows. `""`: there is none.
    """
    best: tuple[int, Strength] = (last, "")
    joined = ""
    for first in range(last, max(-1, last - _LOOK_BACK), -1):
        line = lines[first]
        if len(line) + len(joined) > _LONGEST:
            break
        if first < last and line and line[-1] in ":：":
            break  # another introduction: two attributions do not share a line
        joined = f"{line} {joined}" if joined else line
        if first == last - 1 and not best[1] and not _may_reach(lines, last):
            break
        strength, opens = _judge(joined, line)
        if strength == "strong" and opens:
            return first, "strong"
        if strength and not best[1]:
            best = (first, strength)
        if not best[1] and first == last and not _could_continue(joined):
            break
    return best


def _could_continue(line: str) -> bool:
    """Whether a line that is no attribution alone may be the end of a wrapped one."""
    return ">" in line or "@" in line or len(line) < 40 or _has_verb(line.rstrip(_END))


def _may_reach(lines: Sequence[str], last: int) -> bool:
    """Whether the lines up to `last` have anything that attributions need; saves judging each."""
    around = " ".join(lines[max(0, last - _LOOK_BACK + 1) : last + 1])
    return "@" in around or "GMT" in around or _has_verb(around.rstrip(_END))


def _has_verb(body: str) -> bool:
    low = body.lower()
    if low[-2:] in _VERB_ENDINGS and low.endswith(_VERBS_LAST):
        return True
    return any(verb in low for verb in _VERBS_INSIDE)


def _judge(joined: str, first_line: str) -> tuple[Strength, bool]:
    """How sure it is that `joined` is an attribution, and whether it opens as they do."""
    body = joined.rstrip(_END)
    verb = _has_verb(body)
    address = "@" in body and _ADDRESS.search(body) is not None
    if not verb and not address:
        if first_line[:4].isdigit() and _DATED_ADDRESS.match(joined):
            return "strong", True
        return "", False
    if _SENTENCE_BREAK.search(body):
        return "", False
    if first_line[:4].isdigit() and _DATED_ADDRESS.match(joined):
        return "strong", True
    opens = _START.match(joined) is not None and any(map(str.isdigit, first_line))
    if not verb:
        return ("weak" if opens or _CLOCK.search(body) else ""), opens
    if opens and (address or _CLOCK.search(body)):
        return "strong", True
    if address and (_CLOCK.search(body) or _DATE.search(body) or _NAME_ADDRESS.match(body)):
        return "strong", False
    return ("weak" if len(body) < 160 else ""), opens

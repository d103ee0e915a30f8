"""Parts of a text that are not prose: patches, fenced code, tables, logs, code listings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_DIFF_START: Final = re.compile(
    r"diff --(?:git|cc|combined) |Index: \S+\s*\Z|@@ -\d+(?:,\d+)? \+\d+"
)
_DIFF_LINE: Final = re.compile(
    r"[ +\-@\\]|diff |index [0-9a-f]|(?:new|deleted|old) (?:file )?mode|rename |similarity |copy "
    r"|Binary |={10}"
)
_LOG: Final = re.compile(
    r"\[\s*\d+\.\d{3,}\]|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\w{3}\s+\d{1,2} \d\d:\d\d:\d\d\s"
    r"|at [\w.$<>]+\(.{0,80}\)|File \".{1,200}\", line \d+|Traceback \(most recent"
    r"|\d\d:\d\d:\d\d[.,]\d{3}\s|(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL)[:\s\]]"
)
_CODE_START: Final = re.compile(
    r"[$#%] \S|//|/\*|\*/|#include|#define|return\b|if \(|for \(|def \w+\s?[(\w]|end\Z|</?\w+"
    r"|\w+\(.{0,80}\)[;:]?\Z"
)
_CODE_SIGN: Final = re.compile(
    # Searching is fast for what starts with a sign; what stands before comes next.
    r"[-:=&|(!](?:(?<=-)>|(?<=:):|(?<==)>|(?<=&)&|(?<=\|)\||(?<=\w\()\w"
    r"|(?:(?<=[\w\])][=!])|(?<=[\w\])]\s[=!]))=?\s?[\w\"'(\[])"
)
_RULER: Final = re.compile(r"[+|][-=+|:\s]{4,}[+|]\Z")
_PROSE: Final = re.compile(r"(?:\b[a-z]{2,}\b,? ){4}")
_BULLET: Final = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+[A-Za-z]")
_FENCE: Final = ("```", "~~~~")
_LEAD: Final = frozenset("|+[0123456789")
_LEADING_WORDS: Final = ("at ", "File ", "INFO")
"""How a table, a log or a fragment of a patch starts, indented or not."""
_INDENTS: Final = ("    ", "\t")


def verbatim_end(lines: Sequence[str], stripped: Sequence[str], index: int, last: int) -> int:
    """Where the patch or the fenced code that starts at `index` ends; `index` if none starts.

    `lines` as written, `stripped` without white space at both ends.
    """
    line = stripped[index]
    if line.startswith(_FENCE):
        fence = line[:3]
        for end in range(index + 1, last):
            if stripped[end].startswith(fence):
                return end + 1
        return index
    if _DIFF_START.match(line) or (
        line.startswith("--- ") and index + 1 < last and stripped[index + 1].startswith("+++ ")
    ):
        return _diff_end(lines, stripped, index, last)
    return index


def _diff_end(lines: Sequence[str], stripped: Sequence[str], index: int, last: int) -> int:
    end = index + 1
    while end < last:
        if not stripped[end]:
            following = end + 1
            if following < last and stripped[following] and _is_diff_line(lines[following]):
                end = following
                continue
            break
        if stripped[end] in ("--", "—") or not _is_diff_line(lines[end]):
            break
        end += 1
    return end


def _is_diff_line(line: str) -> bool:
    return _DIFF_LINE.match(line) is not None or _DIFF_START.match(line) is not None


def listings(
    lines: Sequence[str], stripped: Sequence[str], first: int, last: int
) -> list[tuple[int, int]]:
    """The tables, logs and code listings among prose, as half-open ranges of lines.

    Only where it is clear: three log or table lines in a row, or an indented block of which most
    lines look like code. Lists and indented prose stay prose.
    """
    found: list[tuple[int, int]] = []
    index = first
    while index < last:
        text = stripped[index]
        if text and (
            text[0] in _LEAD
            or (lines[index][0] in " \t" and lines[index].startswith(_INDENTS))
            or (text[0] in "aFI" and text.startswith(_LEADING_WORDS))
        ):
            end, is_listing = _block_end(lines, stripped, index, last)
            if is_listing:
                found.append((index, end))
            index = end
        else:
            index += 1
    return found


def _block_end(
    lines: Sequence[str], stripped: Sequence[str], index: int, last: int
) -> tuple[int, bool]:
    """Where the block of lines of one sort that starts at `index` ends, and if it is a listing."""
    for test, least in ((_is_table_line, 3), (_is_log_line, 3), (_is_fragment_line, 2)):
        end = index
        while end < last and stripped[end] and test(stripped[end]):
            end += 1
        if end > index:
            return end, end - index >= least
    end = index
    code = total = 0
    while end < last:
        if stripped[end]:
            if not lines[end].startswith(_INDENTS):
                break
            total += 1
            code += _is_code(stripped[end][:300])
        elif end + 1 >= last or not lines[end + 1].startswith(_INDENTS):
            break
        end += 1
    return max(end, index + 1), 0 < total <= code * 2


def _is_table_line(line: str) -> bool:
    return line[0] in "|+" and (line.count("|") >= 3 or _RULER.match(line[:300]) is not None)


def _is_log_line(line: str) -> bool:
    return _LOG.match(line[:300]) is not None


def _is_fragment_line(line: str) -> bool:
    """An added line of a patch quoted without its head; "+33 1 …" is a telephone number."""
    return line[0] == "+" and not line[1:2].isdecimal()


def _is_code(line: str) -> bool:
    return (
        (
            line[-1] in "{};"
            or _CODE_START.match(line) is not None
            or _CODE_SIGN.search(line) is not None
        )
        and _BULLET.match(line) is None
        and (line.startswith(("//", "/*", "*", "#")) or _PROSE.search(line) is None)
    )

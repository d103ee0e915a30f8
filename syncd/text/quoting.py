"""The first pass over a text: what is quoted, forwarded, delimited or armoured.

A state machine from the top. A line is labelled by what starts at it, or else as new text; below
a delimiter as signature, until a quote or what introduces one starts.
"""

from __future__ import annotations

import re
from typing import Final

from syncd.text.device_line import (
    BRACKETS,
    DEVICE_OPENINGS,
    is_device_line,
    may_be_device_line,
)
from syncd.text.page import Page
from syncd.text.quote_headers import (
    UNDASHED_OPENINGS,
    Marker,
    attribution,
    header_role,
    is_dated_attribution,
    marker,
    may_announce,
)
from syncd.text.signature import is_closing, is_delimiter, is_rule, is_signature_line
from syncd.text.verbatim import verbatim_end
from syncd.text.zone import ZoneKind

_TRAILER: Final = re.compile(r"[A-Z][a-z]+(?:-[a-z]+){0,3}-by:\s\S")
_BESIDE_TRAILER: Final = re.compile(r"(?:Fixes|Link|Closes|Cc|Bug|Change-Id):\s\S")
_INITIALS: Final = re.compile(r"(\w{1,15})>(?:\s|\Z)")
_ELISION: Final = re.compile(
    r"[\[(<]?\s*(?:\.{2,}|…|snip\w*|trimmed|cut|coupé)\s*[\])>]?\Z", re.IGNORECASE
)
_LIST_FOOTER: Final = re.compile(
    r".{0,80}mailing list\b|.{0,40}You received this message because", re.IGNORECASE
)
_ARMOUR: Final = re.compile(
    r"-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE|MESSAGE|PUBLIC KEY BLOCK)-----"
)
_TRACKER: Final = "ᐧ"
"""What a mail-tracking extension leaves as the last line."""
_SIGNS: Final = frozenset("-_=*#~+`@—–" + _TRACKER)
"""What the first character of a marker, delimiter, rule, patch or armour may be."""
_STARTS: Final = _SIGNS | BRACKETS | frozenset("0123456789")
"""The same with what starts device lines and dates; see `_special`."""
_OPENINGS: Final = DEVICE_OPENINGS | {opening[:3] for opening in UNDASHED_OPENINGS} | {"dif"}
"""How lines start that are more than prose, besides those with a colon."""
_PATCHES: Final = ("diff --", "Index: ")
_INDENTS: Final = ("    ", "\t")
_MOST_HEADER_LINES: Final = 40
"""Lines of a block of copied header fields, wrapped recipients included."""
_MOST_SIGNED: Final = 25
"""Non-blank lines below "-- " that still make a signature and not a part of the message."""
_MOST_RULED: Final = 12
"""The same below a drawn line."""
_WRAPPED_AT: Final = 72
"""Where mail programs break quoted lines; RFC 3676 recommends at most 78."""


def label_quotes(page: Page) -> None:
    """Label every line of the page; own words come out as `new`."""
    _Machine(page).run()


def _is_quoted(line: str) -> bool:
    return line[0] == ">" or line.startswith("&gt;")


class _Machine:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.stripped = page.stripped
        self.mode: ZoneKind = "new"
        self.first_new: int | None = None
        """The first line of new text that does more than greet."""

    def run(self) -> None:
        stripped, kinds, edges = self.stripped, self.page.kinds, self.page.edges
        prose_end = -1
        index, count = 0, len(kinds)
        while index < count:
            line = stripped[index]
            if not line:
                index += 1
                continue
            first = line[0]
            if first == ">" or (first == "&" and _is_quoted(line)):
                end = self._quoted(index, line)
            elif (
                first in _STARTS
                or ":" in line
                or ">" in line
                or line[:3].lower() in _OPENINGS
                or (line[-1] == "e" and line.endswith(("wrote", "mobile")))
                or not line.isascii()
            ):
                end = self._special(index, line)
            else:
                end = index  # nearly every line of prose
            if end > index:
                index = end
                continue
            kinds[index] = self.mode
            if index != prose_end:
                edges.add(index)
            if (
                self.first_new is None
                and self.mode == "new"
                and not self.page.greeting_length(index)
            ):
                self.first_new = index
            index = prose_end = index + 1

    def _special(self, index: int, line: str) -> int:
        """Label what starts at a line that is not quoted; the line after it, `index` for prose."""
        first, last = line[0], line[-1]
        if may_announce(line) and (kind := marker(line)) is not None:
            return self._marked(index, kind)
        if first in _SIGNS or (first in "dI" and line.startswith(_PATCHES)):
            end = self._signed(index, line)
            if end > index:
                return end
        if last in ":：" or (last == "e" and line.endswith(" wrote")):
            start, strength = attribution(self.stripped, index)
            if strength == "strong" or (strength and self._quote_follows(index + 1)):
                return self._attributed(start, index)
        elif first.isdigit() and is_dated_attribution(line):
            return self._attributed(index, index)
        if ":" in line[:28] or not line.isascii():
            if header_role(line) is not None:
                end = self._header_block(index, least=3)
                if end > index:
                    return self._headed(index, end)
            if _TRAILER.match(line):
                return self._trailers(index)
        if may_be_device_line(line) and is_device_line(line):
            self.page.breaks.update((index, index + 1))
            return self.page.label(index, index + 1, "signature")
        if ">" in line[1:16]:
            return self._initials(index, line)
        return index

    def _signed(self, index: int, line: str) -> int:
        """Lines that open with a sign: markers, delimiters, rules, patches, armour."""
        kind = marker(line)
        if kind is not None:
            return self._marked(index, kind)
        if (
            line.startswith("----")
            and line.endswith(" ----")
            and attribution(self.stripped, index)[1]
        ):
            return self._attributed(index, index)  # "---- On 3 May 2026, Ann wrote ----"
        armour = _ARMOUR.match(line)
        if armour is not None:
            return self._armoured(index, armour[1])
        end = verbatim_end(self.page.lines, self.stripped, index, len(self.page))
        if end > index:
            return self.page.label(index, end, "verbatim")
        if line == _TRACKER:
            return self.page.label(index, index + 1, "signature")
        if is_delimiter(line):
            opens = self._tail(index + 1, _MOST_SIGNED) is not None
        else:
            if not is_rule(line):
                return index
            end = self._above_headers(index)
            if end > index:
                return end
            opens = self._rules_off_a_signature(index, line)
        if not opens:
            return index
        self.mode = "signature"
        self.page.breaks.add(index)
        return self.page.label(index, index + 1, "signature")

    # --- signatures, armour and trailers ----------------------------------------------------

    def _above_headers(self, index: int) -> int:
        """Outlook draws a line above the headers it copies."""
        after = self.page.next_text(index + 1)
        if after == len(self.page) or header_role(self.stripped[after]) is None:
            return index
        end = self._header_block(after, least=2)
        return self._headed(index, end) if end > after else index

    def _rules_off_a_signature(self, index: int, line: str) -> bool:
        """Whether a drawn line has a list's footer or a signature below, not a part of the text."""
        tail = self._tail(index + 1, _MOST_RULED)
        if tail is None:
            return False
        if tail and _LIST_FOOTER.match(tail[0]):
            return True
        if tail and index > 0 and self.stripped[index - 1]:
            return False  # it underlines a heading
        drawn_short = line.startswith("_____") and len(tail) <= 3
        return drawn_short or all(
            is_rule(below) or is_closing(below) or is_signature_line(below) for below in tail
        )

    def _tail(self, index: int, most: int) -> list[str] | None:
        """The lines from `index` to a quote or what introduces one; None for more than `most`."""
        if not self.page.may_look():
            return None
        tail: list[str] = []
        for end in range(index, len(self.page)):
            line = self.stripped[end]
            if not line:
                continue
            if _is_quoted(line) or (
                line[-1] in ":：" and attribution(self.stripped, end)[1] == "strong"
            ):
                break
            if len(tail) == most:
                return None
            tail.append(line)
        return tail

    def _armoured(self, index: int, what: str) -> int:
        """RFC 4880: armour headers end at a blank line, a signature at its own last line."""
        count = len(self.page)
        end = index + 1
        if what == "SIGNED MESSAGE":
            while end < min(count, index + 6) and self.stripped[end]:
                end += 1
            return self.page.label(index, end, "signature")
        while end < count and not self.stripped[end].startswith("-----END PGP "):
            end += 1
        kind: ZoneKind = "signature" if what == "SIGNATURE" else "verbatim"
        return self.page.label(index, min(end + 1, count), kind)

    def _trailers(self, index: int) -> int:
        """A patch's trailers ("Reviewed-by: …") and the fields that stand among them."""
        start, end = index, index + 1
        while end < len(self.page) and (
            _TRAILER.match(self.stripped[end]) or _BESIDE_TRAILER.match(self.stripped[end])
        ):
            end += 1
        while (
            start > 0
            and self.page.kinds[start - 1] == "new"
            and _BESIDE_TRAILER.match(self.stripped[start - 1])
        ):
            start -= 1
        return self.page.label(start, end, "signature")

    # --- quotes -----------------------------------------------------------------------------

    def _quoted(self, index: int, line: str) -> int:
        before = self.stripped[index - 1] if index else ""
        after = self.stripped[index + 1] if index + 1 < len(self.page) else ""
        if line[-1] in ":：" and before and before[-1] not in ":：" and not _is_quoted(before):
            # "<ann@client.example\n> wrote:" is the end of a wrapped attribution
            start, strength = attribution(self.stripped, index)
            if strength == "strong" and start < index:
                return self._attributed(start, index)
        if line.startswith(">From ") and "> " not in (before[:2], after[:2]):
            return self._special(index, line)  # mbox escapes a line that starts with "From "
        return self._quote(index)

    def _quote(self, index: int) -> int:
        """A run of quoted lines, with the words that a mail program wrapped onto their own line."""
        stripped, count = self.stripped, len(self.page)
        inner = stripped[index].lstrip("> \t*_")
        kind: ZoneKind = "forwarded" if inner and marker(inner) == "forwarded" else "quote"
        for end in range(index + 1, count):
            line = stripped[end]
            if line:
                if line[0] != ">" and not _is_quoted(line) and not self._is_wrapped(end):
                    break
            elif end + 1 == count or not stripped[end + 1] or not _is_quoted(stripped[end + 1]):
                break
        else:
            end = count
        self.mode = "new"
        return self.page.label(index, end, kind)

    def _is_wrapped(self, index: int) -> bool:
        """Whether an unquoted line between two quoted ones is the rest of the first."""
        if index + 1 >= len(self.page):
            return False
        before, line, after = self.stripped[index - 1 : index + 2]
        if before[:1] != ">" or after[:1] != ">" or len(line) > 30:
            return False
        if not any(map(str.isalnum, line)):
            return True
        return line[0].islower() and len(before) + 1 + len(line.split(None, 1)[0]) >= _WRAPPED_AT

    def _initials(self, index: int, line: str) -> int:
        """Quotes with initials before the sign, "AL> …": two of them, or below an attribution."""
        match = _INITIALS.match(line)
        if match is None:
            return index
        prefix = f"{match[1]}>"
        seen = blank = 0
        end = index
        while end < len(self.page) and blank < 2:
            if self.stripped[end].startswith(prefix):
                seen += 1
                blank = 0
            elif self.stripped[end]:
                break
            else:
                blank += 1
            end += 1
        before = next(
            (kind for kind in reversed(self.page.kinds[max(0, index - 3) : index]) if kind), None
        )
        if seen < 2 and before != "attribution":
            return index
        self.mode = "new"
        return self.page.label(index, end - blank, "quote")

    # --- what introduces quotes and forwards ------------------------------------------------

    def _written_before(self, index: int) -> bool:
        return self.first_new is not None and self.first_new < index

    def _quote_follows(self, index: int) -> bool:
        after = self.page.next_text(index)
        return after < min(len(self.page), index + 4) and self._starts_quote(after)

    def _starts_quote(self, index: int) -> bool:
        line = self.stripped[index]
        if _is_quoted(line) or _INITIALS.match(line):
            return True
        return line[0] == "|" and self.stripped[index + 1 : index + 2] != [""]

    def _attributed(self, start: int, last: int) -> int:
        """Label an attribution and, where what it introduces carries no sign, that too."""
        page, count = self.page, len(self.page)
        written = self._written_before(start)
        if not written:
            self.first_new = None
        self.mode = "new"
        page.label(start, last + 1, "attribution")
        after = page.next_text(last + 1)
        if after == count:
            return last + 1
        line = self.stripped[after]
        if line[0] == "|":
            end = after
            while end < count and self.stripped[end][:1] == "|":
                end += 1
            return page.label(after, end, "quote")
        if self._starts_quote(after):
            return last + 1
        if _ELISION.match(line):
            return page.label(after, after + 1, "quote")
        if written:
            return page.label(after, count, "quote")
        end = after
        while end < count and (not self.stripped[end] or page.lines[end].startswith(_INDENTS)):
            end += 1
        if after < end < count:
            return page.label(after, end, "quote")
        return last + 1  # the quote was deleted: what follows is the writer's

    def _headed(self, start: int, end: int) -> int:
        """Label copied headers and what they introduce."""
        after = self.page.next_text(end)
        self.mode = "new"
        if after < len(self.page) and _is_quoted(self.stripped[after]):
            return self.page.label(start, end, "attribution")
        kind: ZoneKind = "quote" if self._written_before(start) else "forwarded"
        return self.page.label(start, len(self.page), kind)

    def _marked(self, index: int, what: Marker) -> int:
        """Label a marker line and what it introduces."""
        kind: ZoneKind = "forwarded" if what == "forwarded" else "quote"
        after = self.page.next_text(index + 1)
        if after < len(self.page) and _is_quoted(self.stripped[after]):
            return self.page.label(index, self._quote(after), kind)
        return self.page.label(index, len(self.page), kind)

    def _header_block(self, index: int, least: int) -> int:
        """The line after the copied header fields that start at `index`; `index`: there are none.

        Fields may wrap (long lists of recipients) and may stand in paragraphs of their own.
        """
        if not self.page.may_look():
            return index
        roles: set[str] = set()
        addressed = False
        end = position = index
        last = min(len(self.page), index + _MOST_HEADER_LINES)
        while position < last:
            line = self.stripped[position]
            role = header_role(line) if line else None
            if role is None:
                ahead = self.stripped[position + 1 : position + (4 if line else 2)]
                if not any(header_role(later) for later in ahead):
                    break
            elif role == "from" and role in roles:
                break
            else:
                roles.add(role)
                addressed = addressed or "@" in line
                end = position + 1
            position += 1
        if "from" not in roles or not (
            ("subject" in roles and len(roles) >= least) or ("sent" in roles and addressed)
        ):
            return index
        return end

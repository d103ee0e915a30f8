"""What in a message its writer wrote, and what is quoted, forwarded, signed or boilerplate.

A state machine over lines: one pass from the top finds quotes, attributions, copied headers,
forwards, delimiters and patches; a second pass looks at each stretch of new text for its closing,
its notices, its listings and its greeting. Every test is bounded and every pattern is linear.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from syncd.text.device_line import is_device_line
from syncd.text.disclaimer import is_disclaimer, may_open_disclaimer
from syncd.text.greeting import greeted, greeting_end
from syncd.text.quote_headers import attribution, header_role, is_dated_attribution, marker
from syncd.text.signature import (
    is_delimiter,
    is_rule,
    is_signature_line,
    signature_start,
)
from syncd.text.verbatim import listings, verbatim_end
from syncd.text.zone import Zone, ZoneKind

MAX_CHARACTERS: Final = 100_000
"""Longer texts are read to here; the rest counts as quoted."""
MAX_LINES: Final = 2_000
_LINE_SEEN: Final = 2_000
"""Characters of one line that are looked at."""
_HEADER_LINES: Final = 40
"""Lines that a block of copied header fields may span, wrapped recipients included."""

_MOST_LOOKS: Final = 80
"""How often one text may make the machine look ahead over many lines; hostile texts ask often."""

_TRAILER: Final = re.compile(r"[A-Z][a-z]+(?:-[a-z]+){0,3}-by:\s\S")
_TRAILER_COMPANION: Final = re.compile(r"(?:Fixes|Link|Closes|Cc|Bug|Change-Id|Co-developed-by):\s\S")
_INITIALS: Final = re.compile(r"(\w{1,15})>(?:\s|\Z)")
_ELISION: Final = re.compile(r"[\[(<]?\s*(?:\.{2,}|…|snip\w*|trimmed|cut|coupé)\s*[\])>]?\Z", re.IGNORECASE)
_LIST_FOOTER: Final = re.compile(r".{0,80}mailing list\b|.{0,40}You received this message because", re.IGNORECASE)
_PGP: Final = re.compile(r"-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE|MESSAGE|PUBLIC KEY BLOCK)-----")


def zones(text: str) -> tuple[Zone, ...]:
    """Cut a message's plain text into zones that cover it without gaps, in order.

    Texts beyond MAX_CHARACTERS or MAX_LINES are read to there and end in a quote. Never raises.
    """
    if not text:
        return ()
    lines = text[:MAX_CHARACTERS].splitlines(keepends=True)
    del lines[MAX_LINES:]
    machine = _Machine(lines)
    kinds, breaks = machine.run()
    return _assemble(text, lines, kinds, breaks, machine.greeting)


def new_text(text: str, keep: Collection[ZoneKind] = ("greeting", "new")) -> str:
    """What the writer wrote, stripped; zones of other kinds in between leave a blank line.

    `keep`: the kinds of zones to join.
    """
    parts: list[str] = []
    previous_kept = False
    for zone in zones(text):
        kept = zone.kind in keep
        if kept:
            piece = text[zone.start : zone.end]
            if previous_kept:
                parts[-1] += piece
            else:
                parts.append(piece)
        previous_kept = kept
    return "\n\n".join(part.strip("\r\n") for part in parts if part.strip()).strip("\r\n \t")


def greeting_name(text: str) -> str:
    """The names that a message's text greets ("Hi Ann and Bob," → "Ann and Bob"), as written."""
    for zone in zones(text):
        if zone.kind == "greeting":
            return greeted(text[zone.start : zone.end].strip())
        if zone.kind == "new":
            break
    return ""


class _Machine:
    """Labels every line of one text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.stripped = [line.strip()[:_LINE_SEEN] for line in lines]
        self.kinds: list[ZoneKind | None] = [None] * len(lines)
        """None: blank, takes the kind of what precedes it."""
        self.breaks: set[int] = set()
        """Lines that start a zone of their own although the one before is of the same kind."""
        self.greeting: tuple[int, int] | None = None
        """The line that greets, and how many of its stripped characters do."""
        self.looks = _MOST_LOOKS

    def run(self) -> tuple[list[ZoneKind | None], set[int]]:
        self._from_the_top()
        self._new_blocks()
        return self.kinds, self.breaks

    # --- first pass -------------------------------------------------------------------------

    def _from_the_top(self) -> None:
        stripped, kinds, count = self.stripped, self.kinds, len(self.lines)
        mode: ZoneKind = "new"
        written = False  # whether any line of new text was seen
        index = 0
        while index < count:
            line = stripped[index]
            if not line:
                index += 1
                continue
            first = line[0]
            if first == ">" or line.startswith("&gt;"):
                if first == ">" and (kinds[index - 1] if index else None) != "quote" and line[-1] in ":：":
                    # "<ann@client.example\n> wrote:": the end of a wrapped attribution
                    start, strength = attribution(stripped, index)
                    if strength == "strong" and start < index:
                        index = self._attributed(start, index, written)
                        mode = "new"
                        continue
                if not (line.startswith(">From ") and not self._quoted_near(index)):
                    index = self._quote(index)
                    mode = "new"
                    continue
            end = self._special(index, line, first, written)
            if end > index:
                # a delimiter opens a signature that lasts until something else starts
                mode = "signature" if kinds[index] == "signature" and index in self.breaks else "new"
                if kinds[index] == "signature" and index not in self.breaks:
                    mode = "new"
                index = end
                continue
            if mode == "new" and not written:
                written = not self._greets(index)
            kinds[index] = mode
            index += 1

    def _special(self, index: int, line: str, first: str, written: bool) -> int:
        """Label what starts at `index` if it is not prose; the line after it, else `index`."""
        if first in "-_=*#~+`@IdꟷᐧB—–•":
            end = self._ruled(index, line, written)
            if end > index:
                return end
        if line[-1] in ":：":
            start, strength = attribution(self.stripped, index)
            if strength and (strength == "strong" or self._quote_follows(index + 1)):
                return self._attributed(start, index, written)
        elif first.isdigit() and is_dated_attribution(line):
            return self._attributed(index, index, written)
        if ":" in line[:28] or "：" in line[:16]:
            if header_role(line) is not None:
                end = self._header_block(index, least=3)
                if end:
                    return self._headed(index, end, written)
            if _TRAILER.match(line):
                return self._trailers(index)
        kind = marker(line) if first in "BbSsDdAaIiOo" else None
        if kind is not None:
            return self._marked(index, kind)
        if is_device_line(line):
            self._label(index, index + 1, "signature")
            self.breaks.add(index + 1)
            return index + 1
        if ">" in line[1:16]:
            return self._initials(index, line)
        return index

    def _ruled(self, index: int, line: str, written: bool) -> int:
        """Lines that open with a sign: markers, delimiters, rules, patches, PGP armour."""
        kind = marker(line) if line[0] in "-*_" else None
        if kind is not None:
            return self._marked(index, kind)
        if line.startswith("----") and line.endswith("----") and len(line) > 12:
            # "---- On 3 May 2026 at 10:00, Ann wrote ----"
            if attribution(self.stripped, index)[1] == "strong":
                return self._attributed(index, index, written)
        if line.startswith("-----BEGIN PGP "):
            return self._armour(index, line)
        end = verbatim_end(self.lines, self.stripped, index, len(self.lines))
        if end > index:
            self._label(index, end, "verbatim")
            return end
        if line == "ᐧ":  # a mail tracker's mark
            self._label(index, index + 1, "signature")
            return index + 1
        if is_delimiter(line):
            if self._tail(index + 1, 25) is not None:
                self.breaks.add(index)
                self.kinds[index] = "signature"
                return index + 1
            return index
        if is_rule(line):
            return self._rule(index, written)
        return index

    def _rule(self, index: int, written: bool) -> int:
        """A drawn line: above copied headers, a list's footer, a signature, or just a divider."""
        after = self._next_text(index + 1)
        if after < len(self.lines) and header_role(self.stripped[after]) is not None:
            end = self._header_block(after, least=2)
            if end:
                self._label(index, after, "quote")
                return self._headed(after, end, written)
        tail = self._tail(index + 1, 12)
        if tail is None:
            return index
        footer = bool(tail) and _LIST_FOOTER.match(tail[0]) is not None
        underlined = bool(tail) and index > 0 and bool(self.stripped[index - 1])
        drawn = self.stripped[index][0] == "_" and len(self.stripped[index]) >= 5 and len(tail) <= 3
        if footer or (
            not underlined
            and (drawn or all(is_rule(line) or is_signature_line(line) for line in tail))
        ):
            self.breaks.add(index)
            self.kinds[index] = "signature"
            return index + 1
        return index

    def _armour(self, index: int, line: str) -> int:
        match = _PGP.match(line)
        if match is None:
            return index
        if match[1] == "SIGNED MESSAGE":
            end = index + 1
            while end < len(self.lines) and self.stripped[end] and end < index + 6:
                end += 1
            self._label(index, end, "signature")
            return end
        closing = "-----END PGP "
        end = index + 1
        while end < len(self.lines) and not self.stripped[end].startswith(closing):
            end += 1
        self._label(index, min(end + 1, len(self.lines)), "signature" if match[1] == "SIGNATURE" else "verbatim")
        return min(end + 1, len(self.lines))

    def _trailers(self, index: int) -> int:
        end = index + 1
        while end < len(self.lines) and (
            _TRAILER.match(self.stripped[end]) or _TRAILER_COMPANION.match(self.stripped[end])
        ):
            end += 1
        start = index
        while start > 0 and self.kinds[start - 1] == "new" and _TRAILER_COMPANION.match(self.stripped[start - 1]):
            start -= 1
        self._label(start, end, "signature")
        return end

    def _initials(self, index: int, line: str) -> int:
        """Quotes with initials before the sign, "AL> …", where two or an attribution say so."""
        match = _INITIALS.match(line)
        if match is None:
            return index
        prefix = match[0].rstrip()
        end = index
        seen = 0
        blank = 0
        while end < len(self.lines) and blank < 2:
            if self.stripped[end].startswith(prefix):
                seen += 1
                blank = 0
            elif self.stripped[end]:
                break
            else:
                blank += 1
            end += 1
        end -= blank
        if seen < 2 and self._kind_before(index) != "attribution":
            return index
        self._label(index, end, "quote")
        return end

    # --- quotes and what introduces them ----------------------------------------------------

    def _quote(self, index: int) -> int:
        """A run of quoted lines, with the words that a mail program wrapped onto their own line."""
        stripped, count = self.stripped, len(self.lines)
        kind: ZoneKind = "quote"
        head = stripped[index].lstrip("> \t*_")
        if head and marker(head) == "forwarded":
            kind = "forwarded"
        end = index
        while end < count:
            line = stripped[end]
            if not line:
                if end + 1 < count and stripped[end + 1][:1] == ">":
                    end += 1
                    continue
                break
            if line[0] != ">" and not line.startswith("&gt;"):
                if not self._wrapped_quote(end):
                    break
            end += 1
        self._label(index, end, kind)
        return end

    def _wrapped_quote(self, index: int) -> bool:
        """Whether an unquoted line between two quoted ones is the end of the first, wrapped."""
        if not 0 < index < len(self.lines) - 1:
            return False
        before, line, after = self.stripped[index - 1 : index + 2]
        if before[:1] != ">" or after[:1] != ">" or len(line) > 30:
            return False
        if not any(map(str.isalnum, line)):
            return True
        if not line[0].islower():
            return False
        return len(before) + 1 + len(line.split(None, 1)[0]) >= 72

    def _quoted_near(self, index: int) -> bool:
        before = self.stripped[index - 1] if index else ""
        after = self.stripped[index + 1] if index + 1 < len(self.lines) else ""
        return before[:1] == ">" or after[:1] == ">"

    def _attributed(self, start: int, last: int, written: bool) -> int:
        """Label an attribution and, where what it introduces carries no sign, that too."""
        if start <= last:
            self._label(start, last + 1, "attribution")
        after = self._next_text(last + 1)
        written = written and any(
            kind == "new" and not self._greets(i) for i, kind in enumerate(self.kinds[:start])
        )
        count = len(self.lines)
        if after >= count:
            return last + 1
        line = self.stripped[after]
        if line[0] == ">" or line.startswith("&gt;") or _INITIALS.match(line):
            return last + 1
        if line[0] == "|" and self.stripped[min(after + 1, count - 1)][:1] == "|":
            end = after
            while end < count and self.stripped[end][:1] == "|":
                end += 1
            self._label(after, end, "quote")
            return end
        if _ELISION.match(line):
            self._label(after, after + 1, "quote")
            return after + 1
        if written:
            self._label(after, count, "quote")
            return count
        if self.lines[after].startswith(("    ", "\t")):
            end = after
            while end < count and (not self.stripped[end] or self.lines[end].startswith(("    ", "\t"))):
                end += 1
            if end < count:
                self._label(after, end, "quote")
                return end
        # The writer's words are below an attribution whose quote they deleted.
        return last + 1

    def _headed(self, start: int, end: int, written: bool) -> int:
        """Label copied headers and what they introduce."""
        after = self._next_text(end)
        if after < len(self.lines) and self.stripped[after][0] == ">":
            self._label(start, end, "attribution")
            return end
        kind: ZoneKind = "quote" if written else "forwarded"
        self._label(start, len(self.lines), kind)
        return len(self.lines)

    def _marked(self, index: int, kind: str) -> int:
        after = self._next_text(index + 1)
        label: ZoneKind = "forwarded" if kind == "forwarded" else "quote"
        if after < len(self.lines) and self.stripped[after][0] == ">":
            end = self._quote(after)
            self._label(index, end, label)
            return end
        self._label(index, len(self.lines), label)
        return len(self.lines)

    def _header_block(self, index: int, least: int) -> int:
        """The line after a block of copied header fields that starts at `index`; 0: there is none."""
        self.looks -= 1
        if self.looks < 0:
            return 0
        stripped = self.stripped
        roles: set[str] = set()
        addressed = False
        end = index
        position = index
        last = min(len(self.lines), index + _HEADER_LINES)
        strays = 0
        while position < last:
            line = stripped[position]
            if not line:
                following = position + 1
                if following < last and roles and stripped[following] and header_role(stripped[following]):
                    position = following
                    continue
                break
            role = header_role(line)
            if role is None:
                # a wrapped list of recipients or subject: only between two fields
                strays += 1
                if strays > 6 or not any(
                    header_role(later) for later in stripped[position + 1 : position + 4] if later
                ):
                    break
                position += 1
                continue
            strays = 0
            if role in roles and role == "from":
                break
            roles.add(role)
            addressed = addressed or "@" in line
            position += 1
            end = position
        if "from" not in roles or len(roles) < least:
            return 0
        if not ({"subject", "sent"} & roles) or not ("subject" in roles or addressed):
            return 0
        return end

    def _quote_follows(self, index: int) -> bool:
        after = self._next_text(index)
        if after >= len(self.lines) or after > index + 4:
            return False
        line = self.stripped[after]
        return line[0] == ">" or line.startswith("&gt;") or _INITIALS.match(line) is not None

    # --- second pass: inside the new text ---------------------------------------------------

    def _new_blocks(self) -> None:
        kinds, count = self.kinds, len(self.lines)
        start = 0
        seen_text = False
        while start < count:
            if kinds[start] != "new":
                start += 1
                continue
            end = start
            last = start
            while end < count and kinds[end] in ("new", None):
                if kinds[end] == "new":
                    last = end
                end += 1
            seen_text = self._block(start, last + 1, seen_text)
            start = end

    def _block(self, start: int, end: int, seen_text: bool) -> bool:
        stripped = self.stripped
        self._notices(start, end)
        body = start
        if not seen_text:
            while body < end and self.kinds[body] != "new":
                body += 1
            if body < end and self._greets(body):
                self._greet(body)
                if self.kinds[body] == "greeting":
                    body += 1
        tail = end
        while tail > body and self.kinds[tail - 1] != "new":
            tail -= 1
        signed = signature_start(stripped, body, tail)
        if signed < tail:
            self._label(signed, tail, "signature")
            self.breaks.update((signed, tail))
        for first, last in listings(self.lines, stripped, body, signed):
            if all(kind in ("new", None) for kind in self.kinds[first:last]):
                self._label(first, last, "verbatim")
        return True

    def _greets(self, index: int) -> bool:
        return self.stripped[index][:1] != "" and greeting_end(self.stripped[index]) > 0

    def _greet(self, index: int) -> None:
        line = self.stripped[index]
        length = greeting_end(line)
        self.greeting = (index, length)
        if length >= len(line):
            self.kinds[index] = "greeting"

    def _notices(self, start: int, end: int) -> None:
        """Paragraphs of boilerplate; each is judged on its own, so that text below one is kept."""
        index = start
        opening = True
        while index < end:
            line = self.stripped[index]
            if not line:
                opening = True
            elif opening or is_rule(line):
                opening = is_rule(line)
                if may_open_disclaimer(line):
                    last = index
                    while last < end and self.stripped[last]:
                        last += 1
                    if is_disclaimer(" ".join(self.stripped[index:last])[:_LINE_SEEN]):
                        self._label(index, last, "disclaimer")
                        index = last
                        continue
            index += 1

    # --- lines ------------------------------------------------------------------------------

    def _label(self, start: int, end: int, kind: ZoneKind) -> None:
        for index in range(start, end):
            self.kinds[index] = kind if self.stripped[index] else None

    def _kind_before(self, index: int) -> ZoneKind | None:
        for before in range(index - 1, max(-1, index - 4), -1):
            if self.kinds[before] is not None:
                return self.kinds[before]
        return None

    def _next_text(self, index: int) -> int:
        while index < len(self.lines) and not self.stripped[index]:
            index += 1
        return index

    def _tail(self, index: int, most: int) -> list[str] | None:
        """The lines of unquoted text from `index` to a quote or what introduces one, or to the end.

        None where more than `most` are not blank, or where the text made us look too often.
        """
        self.looks -= 1
        if self.looks < 0:
            return None
        tail: list[str] = []
        for end in range(index, len(self.lines)):
            line = self.stripped[end]
            if not line:
                continue
            if line[0] == ">" or (
                line[-1] in ":：" and attribution(self.stripped, end)[1] == "strong"
            ):
                break
            if len(tail) == most:
                return None
            tail.append(line)
        return tail


def _assemble(
    text: str,
    lines: Sequence[str],
    kinds: Sequence[ZoneKind | None],
    breaks: Collection[int],
    greeting: tuple[int, int] | None,
) -> tuple[Zone, ...]:
    """Join lines of one kind; blank lines go with what precedes them."""
    found: list[Zone] = []
    current: ZoneKind = next((kind for kind in kinds if kind is not None), "new")
    start = position = 0
    for index, line in enumerate(lines):
        kind = kinds[index] or current
        if greeting is not None and greeting[0] == index and kind == "new":
            # "Hi Ann, could you …": the line's first words greet
            if position > start:
                found.append(Zone(current, start, position))
            cut = position + len(line) - len(line.lstrip()) + greeting[1]
            found.append(Zone("greeting", position, cut))
            start, current = cut, "new"
        elif (kind != current or (index in breaks and kinds[index])) and position > start:
            found.append(Zone(current, start, position))
            start, current = position, kind
        else:
            current = kind
        position += len(line)
    if position > start:
        found.append(Zone(current, start, position))
    if position < len(text):
        if found and found[-1].kind == "quote":
            found[-1] = Zone("quote", found[-1].start, len(text))
        else:
            found.append(Zone("quote", position, len(text)))
    return tuple(found)

"""Whether people meet in one room: the ladder, its evidence and how sure it is.

Pure, but for reading its word list (place.toml) once.

From the strongest sign down: (a) the user's own word, which the store applies later; (b) a physical
place and a link: in person, but possibly hybrid; (c) a link, a phone number or a service's name as
the place: virtual; (d) an address or a room: in person; (e) "coffee", "déjeuner", "visit" in the
title: weakly in person, or "visio", "call with": weakly virtual; (f) otherwise unknown. The word
"remote" in a description decides nothing, and what is not understood is unknown, never guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import resources

from syncd.model import Confidence, Place, PlaceVerdict
from syncd.normalise.conferencing import Link, links
from syncd.normalise.safe_text import one_line

_MAX_TEXT = 20_000


def _lexicon() -> dict[str, re.Pattern[str]]:
    text = resources.files("syncd.normalise").joinpath("place.toml").read_text("utf-8")
    return {
        name: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
        for name, words in tomllib.loads(text).items()
    }


_SAYS = _lexicon()
_ONLY_MEET = re.compile(r"\W*meet(?:ing)?\W*(?:link)?\W*", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<!\d)\d{1,5}(?:\s?(?:bis|ter|[A-Za-z]))?(?!\d)")
_STREET_NUMBER = re.compile(
    r"(?<![\d+])\d{1,5}(?: ?(?:bis|ter|[a-d]))?,? [^\W\d_][\w'’.-]+.{0,60},", re.I
)
_NUMBER_LAST = re.compile(r",\s*[^\W\d_][^\d,]{3,40} \d{1,4} ?[a-z]?\s*(?:,|$)")
_POSTCODE = re.compile(
    r"(?<!\d)(?:F-|D-|CH-)?\d{5}(?!\d)(?:-\d{4})? ?[^\W\d_]{2,}"
    r"|[^\W\d_]{2,},? [A-Z]{2},? \d{5}(?!\d)"
    r"|(?<!\w)[A-CEGHJ-NPR-TVXY]\d[A-Z] ?\d[A-Z]\d(?!\w)"
    r"|(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)"
    r"|,\s*\d{4} [A-Z][^\W\d_]{2,}"
)
_CITY_REGION = re.compile(
    r"[^\W\d_][^\W\d_.' -]{1,40}, ?(?:[A-Z]{2}|France|Canada|USA|UK|Qu[ée]bec|Ontario)\W*"
)
# "PAR-3-Dalida (8) [visio]": how office calendars name their rooms: site, floor, name, seats.
_OFFICE_ROOM = re.compile(
    r"\w{2,10}-\w{1,12}-[\w-]+.{0,60}\(\d{1,3}\)|\(\d{1,3} (?:seats|pers|places)", re.I
)
_PHONE = re.compile(
    r"(?:tel:|(?<![\w.])(?:\+|00)\d|(?<![\w.])\(?0?\d)[\d\s().\-–,#x]{6,30}\d", re.I
)
_SOME_LINK = "a link as the place"
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
_SPLIT = re.compile(r"\s*[/;|\n]\s*")

_CALL_ALONE = re.compile(r"\W*calls?\W*(?:$|[-–—:/|])", re.IGNORECASE)


def place(
    *,
    title: str = "",
    location: str = "",
    description: str = "",
    conference: Iterable[str] = (),
    rooms: Iterable[str] = (),
    mapped: bool = False,
) -> Place:
    """The verdict for one meeting.

    `conference`: links the calendar itself marks as the meeting's (hangoutLink, joinUrl,
    CONFERENCE); `rooms`: names of booked rooms; `mapped`: the place has coordinates.
    Evidence is one short line that quotes what decided.
    """
    location = one_line(location[:2_000].replace("\n", " / "), 500)
    marked = [link for url in list(conference)[:10] for link in links(url[:4_000])]
    stated = links(location)
    described = [link for link in links(description[:_MAX_TEXT]) if link.kind == "meeting"]
    room = next((one_line(name, 80) for name in rooms if name.strip()), "")

    physical, virtual = _place_words(location, stated)
    if not physical and room:
        physical = f"room “{room}”"
    if not physical and mapped and location and not virtual:
        physical = f"place “{_short(location)}” on the map"
    linked = _first_link(marked) or _first_link(described)

    if physical and (virtual or linked):
        both = {physical: None, virtual or linked: None}
        return _verdict("in_person", "medium", f"possible hybrid: {', and '.join(both)}")
    if virtual:
        return _verdict("virtual", "medium" if virtual == _SOME_LINK else "high", virtual)
    if physical:
        certain = room or mapped or _is_address(location) or _SAYS["room"].search(location)
        return _verdict("in_person", "high" if certain else "medium", physical)
    return _from_title(title, marked, linked)


def _from_title(title: str, marked: list[Link], linked: str) -> Place:
    title = one_line(title, 300)
    together, apart = _SAYS["title_in_person"].search(title), _SAYS["title_virtual"].search(title)
    if linked:
        # Some calendars add a link to every event, lunches too.
        sure: Confidence = "low" if together else "high" if marked else "medium"
        return _verdict("virtual", sure, linked)
    if apart or _CALL_ALONE.match(title):
        return _verdict("virtual", "low", f"“{apart[0] if apart else 'call'}” in the title")
    if together:
        return _verdict("in_person", "low", f"“{together[0]}” in the title")
    return Place()


def _verdict(verdict: PlaceVerdict, confidence: Confidence, evidence: str) -> Place:
    return Place(verdict, confidence, one_line(evidence, 200))


def _first_link(found: Iterable[Link]) -> str:
    for link in found:
        if link.kind != "map":
            return f"a {link.service} link" if link.service else "a meeting link"
    return ""


def _place_words(location: str, stated: list[Link]) -> tuple[str, str]:
    """What the location says of a physical and of a virtual place, each empty if nothing."""
    words = location
    for link in stated:
        words = words.replace(link.written, " ")
    if _SAYS["undecided"].search(words):
        return "", ""
    physical = virtual = ""
    for part in _SPLIT.split(_EMPTY_BRACKETS.sub(" ", _SAYS["elsewhere"].sub(" ", words))):
        part = " ".join(part.split())
        if not any(char.isalnum() for char in part):
            continue
        quoted = f"“{_short(part)}” as the place"
        known = _SAYS["neither"].sub(" ", part)
        remote = (
            bool(_SAYS["virtual"].search(known))
            or bool(_ONLY_MEET.fullmatch(part))
            or bool(_SAYS["virtual_room"].search(part))
            or _is_phone(part)
        )
        real = _SAYS["virtual_room"].sub(" ", known)
        named = _SAYS["physical"].search(real) or _SAYS["street"].search(real)
        # Beside a service's name, numbers are meeting ids rather than postcodes.
        if named or _OFFICE_ROOM.search(real) or (not remote and _is_address(part)):
            physical = physical or quoted
        if remote:
            virtual = virtual or quoted
    for link in stated:
        if link.kind == "map":
            physical = physical or f"a {link.service} link as the place"
        elif not virtual and (link.kind != "other" or not physical):
            # A page that nobody knows says nothing beside a real place.
            virtual = f"a {link.service} link as the place" if link.service else _SOME_LINK
    return physical, virtual


def _is_address(text: str) -> bool:
    if _POSTCODE.search(text) or _CITY_REGION.fullmatch(text) or _STREET_NUMBER.search(text):
        return True
    if _NUMBER_LAST.search(text):
        return True
    if _SAYS["street"].search(text):
        return len(text.split()) > 1
    return bool(_SAYS["street_numbered"].search(text) and _NUMBERED.search(text))


def _is_phone(text: str) -> bool:
    match = _PHONE.search(text)
    if match is None or sum(char.isdigit() for char in match[0]) < 8:
        return False
    rest = text[: match.start()] + text[match.end() :]
    return sum(char.isalpha() for char in rest) < 25


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"

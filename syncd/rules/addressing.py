"""Whether a message speaks to me: by its To line, its greeting, or a name in the sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal

from syncd.model import Message, Signal

Address = Literal["me", "perhaps", "no"]

_WORD = re.compile(r"[^\W\d_]+")
_EVERYBODY = frozenset(
    {"all", "everyone", "everybody", "folks", "team", "guys", "both", "colleagues", "friends"}
    | {"there", "tous", "toutes", "equipe", "monde", "collegues", "mesdames", "messieurs", "sirs"}
)
_TITLES = frozenset(
    {"mr", "mrs", "ms", "dr", "sir", "madam", "prof", "monsieur", "madame", "mademoiselle", "mme"}
    | {"dear", "cher", "chere", "chers", "cheres"}
)


def words_of(text: str) -> frozenset[str]:
    """The words of a name or greeting, without accents and case."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return frozenset(word for word in _WORD.findall(plain) if len(word) >= 2)


def names_me(text: str, my_names: Iterable[str]) -> bool:
    """Whether a vocative or greeting names me: a shared word of three letters or more."""
    mine = {word for name in my_names for word in words_of(name) if len(word) >= 3}
    return bool(words_of(text) & mine)


def names_somebody(text: str) -> bool:
    """Whether a greeting names a person rather than everybody."""
    words = words_of(text) - _TITLES
    return bool(words) and not words & _EVERYBODY


def parent(message: Message, by_id: Mapping[str, Message]) -> Message | None:
    """The message this one answers, if the records hold it: the last reference (RFC 5322 3.6.4)."""
    return by_id.get(message.refs[-1]) if message.refs else None


def speaks_to_me(
    message: Message,
    signal: Signal,
    me: frozenset[str],
    my_names: tuple[str, ...],
    by_id: Mapping[str, Message],
) -> Address:
    """Whether a sentence of somebody else's message is meant for me.

    A name in the sentence or the greeting decides; then the To line: alone in it, yes; with
    others, only in answer to my own message; Cc, Bcc and lists alone never.
    """
    for vocative in (signal.to, message.greeting):
        if vocative and names_me(vocative, my_names):
            return "me"
        if vocative and names_somebody(vocative):
            return "no"
    if signal.debtor == "other":
        return "no"
    to = {address.email for address in message.to}
    if not to & me:
        return "no"
    if not to - me:
        return "me"
    answered = parent(message, by_id)
    if answered is not None:
        return "me" if answered.direction == "outbound" else "no"
    return "perhaps" if len(to - me) <= 2 else "no"

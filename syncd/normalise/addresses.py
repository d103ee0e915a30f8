"""Mailboxes of address fields (RFC 5322 section 3.4), as tolerant as mail requires.

One linear scan instead of `email.utils.getaddresses`: that one recurses on nested comments,
differs between Python releases on malformed lists, and took a third of a headers-only sync.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from syncd.model import Address
from syncd.normalise.headers import decode_words
from syncd.normalise.safe_text import one_line

MOST_ADDRESSES = 250
"""Mailboxes kept of one field."""
_LONGEST_FIELD = 32 * 1024
_LONGEST_NAME = 120

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"?'  # quoted string
    r"|\((?:[^()\\]|\\.)*\)?"  # comment
    r"|<[^<>]*>?"  # angle address
    r"|[,;:]"
    r'|[^"(<,;:]+',
    re.DOTALL,
)
_EMAIL = re.compile(r"[^\s<>()\[\],;:\\\"'@]?[^\s<>()\[\],;:\\\"@]*@[^\s<>(),;:\\\"@']+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@lru_cache(maxsize=8192)
def parse_addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address field, in order, each address once.

    Groups are flattened; what holds no address (`undisclosed-recipients:;`) is left out.
    """
    found: dict[str, Address] = {}
    for address in _mailboxes(value[:_LONGEST_FIELD]):
        found.setdefault(address.email, address)
        if len(found) == MOST_ADDRESSES:
            break
    return tuple(found.values())


def parse_sender(value: str) -> Address:
    """The first mailbox of From or Sender; without an address, the name it gives."""
    addresses = parse_addresses(value)
    return (
        addresses[0]
        if addresses
        else Address("", one_line(decode_words(value[:500]), _LONGEST_NAME))
    )


def _mailboxes(value: str) -> Iterator[Address]:
    words: list[str] = []
    comment = angle = ""
    for match in _TOKEN.finditer(value):
        token = match[0]
        first = token[0]
        if first in ",;":
            yield from _mailbox(words, comment, angle)
            words, comment, angle = [], "", ""
        elif first == ":":
            words = []  # the name of a group, or a scheme such as "mailto"
        elif first == "<":
            angle = angle or token.strip("<> \t")
        elif first == "(":
            comment = comment or token.strip("()")
        elif first == '"':
            words.append(_ESCAPE.sub(r"\1", token[1:-1] if token[-1] == '"' else token[1:]))
        else:
            words.append(token)
    yield from _mailbox(words, comment, angle)


def _mailbox(words: list[str], comment: str, angle: str) -> Iterator[Address]:
    text = "".join(words).strip()
    # "local part"@domain arrives as two words; a route or a stray name stands before the address.
    match = _EMAIL.search(angle) if angle else _EMAIL.search(text)
    if match is None and angle:
        match = _EMAIL.search(text)
    if match is None:
        return
    email = one_line(match[0].strip(".").lower(), 254)
    local, _, domain = email.partition("@")
    if not local or not domain:
        return
    name = text if angle else comment
    name = one_line(decode_words(name[:1000]), _LONGEST_NAME).strip("'\" ")
    yield Address(email, "" if name.lower() == email else name)


@lru_cache(maxsize=65536)
def canonical(email: str) -> str:
    """The mailbox behind an address: plus-tag removed, and for Gmail dots and the old domain.

    For comparing only; what is kept and shown is the address as written.
    """
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"


@lru_cache(maxsize=16)
def _canonical_all(emails: frozenset[str]) -> frozenset[str]:
    return frozenset(map(canonical, emails))


def is_one_of(email: str, emails: frozenset[str]) -> bool:
    """Whether `email` is, spelling aside, one of `emails` (the addresses that are me)."""
    return bool(email) and canonical(email) in _canonical_all(emails)

"""One person, many addresses: from people.yaml, and from the names that mail itself carries.

Joining two people by mistake is worse than keeping one person's addresses apart, so a shared name
joins addresses only if each local part also speaks of that name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncd.model import Profile

_NAME_PARTS = re.compile(r"[^\W\d_]{2,}")
_ROLE_NAMES = frozenset(
    {"team", "support", "info", "contact", "service", "sales", "billing", "admin", "office"}
    | {"list", "group", "news", "noreply", "notification", "notifications", "via", "jobs", "hr"}
    | {"careers", "accueil", "equipe", "recrutement", "rh"}
)


@dataclass(frozen=True, slots=True)
class Identity:
    """One person's addresses, before any fact is known."""

    key: str
    name: str
    addresses: tuple[str, ...]
    profile: Profile | None = None


def name_parts(name: str) -> tuple[str, ...]:
    """The words of a name without accents, case, initials and "Lee, Ann" order: a sorted key."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return tuple(sorted(_NAME_PARTS.findall(plain)))


def _speaks_of(local_part: str, parts: tuple[str, ...]) -> bool:
    plain = re.sub(r"[^a-z]", "", local_part.partition("+")[0].casefold())
    if any(len(part) >= 3 and part in plain for part in parts):
        return True
    initials = {part[0] for part in parts}
    return 2 <= len(plain) <= 3 and set(plain) <= initials


def identify(profiles: Iterable[Profile], names: Mapping[str, str]) -> dict[str, Identity]:
    """Group addresses into persons.

    :param profiles: people.yaml; its addresses are taken as they stand
    :param names: the display name last seen with each address in the records, maybe empty
    :return: the identity of every address, and of each profile without an address by its key
    """
    found: dict[str, Identity] = {}
    by_name: dict[tuple[str, ...], list[Profile]] = defaultdict(list)
    for profile in profiles:
        key = profile.addresses[0] if profile.addresses else f"name:{profile.name.casefold()}"
        identity = Identity(key, profile.name, profile.addresses, profile)
        for address in profile.addresses or (key,):
            found[address] = identity
        by_name[name_parts(profile.name)].append(profile)

    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for address, name in names.items():
        if address in found:
            continue
        parts = name_parts(name)
        local_part = address.partition("@")[0]
        joinable = (
            len(parts) >= 2 and not _ROLE_NAMES & set(parts) and _speaks_of(local_part, parts)
        )
        if joinable:
            groups[parts].append(address)
        else:
            found[address] = Identity(address, name or address, (address,))

    for parts, addresses in groups.items():
        addresses.sort()
        profiled = by_name.get(parts, ())
        if len(profiled) == 1:
            profile = profiled[0]
            key = profile.addresses[0] if profile.addresses else f"name:{profile.name.casefold()}"
            identity = Identity(key, profile.name, (*profile.addresses, *addresses), profile)
            addresses = [*(profile.addresses or (key,)), *addresses]
        else:
            identity = Identity(addresses[0], names[addresses[0]], tuple(addresses))
        for address in addresses:
            found[address] = identity
    return found

"""What the user probably meant, for hints."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """`did you mean "x"?` for the nearest of the allowed words; empty if none is near."""
    folded = {candidate.casefold(): candidate for candidate in reversed(allowed)}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f'did you mean "{folded[near[0]]}"?' if near else ""


def one_of(word: str, allowed: Sequence[str]) -> str:
    """The nearest of the allowed words, and all of them."""
    listing = ", ".join(allowed)
    near = did_you_mean(word, allowed)
    return f"{near} Allowed: {listing}" if near else f"allowed: {listing}"

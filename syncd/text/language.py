"""Which language a sentence or a message is written in, by its most common words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

_SURE = 2
"""Common words that a short sentence needs before it is believed to differ from its message."""


def scores(words: Sequence[str], common: Mapping[str, frozenset[str]]) -> Counter[str]:
    """How many different ones of `words` are common in each language of `common`."""
    # "n'hésitez" counts as "n'": an elided word is as telling as a whole one.
    seen = set(words)
    seen.update([word[: word.index("'") + 1] for word in words if "'" in word])
    return Counter({language: len(known & seen) for language, known in common.items()})


def majority(total: Counter[str]) -> str:
    """The language with the most common words; empty where nothing speaks for any."""
    best = total.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else ""


def of_sentence(score: Counter[str], message: str) -> str:
    """The language of one sentence in a message mostly written in `message`.

    A sentence leaves its message's language only where its words clearly say so.
    """
    best = score.most_common(1)
    if not best or not best[0][1]:
        return message
    language, hits = best[0]
    if not message or language == message:
        return language
    here = score[message]
    return language if (hits >= _SURE and hits > 2 * here) or here == 0 else message

"""Which language a sentence or a message is written in, by its most common words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Scores = Mapping[str, int]
"""How many different common words of each language were found."""
_SURE = 2
"""Common words that a short sentence needs before it is believed to differ from its message."""


def scores(words: Sequence[str], common: Mapping[str, frozenset[str]]) -> Scores:
    """How many different ones of `words` are common in each language of `common`."""
    seen = set(words)
    if "'" in "".join(words):
        # "n'hésitez" counts as "n'": an elided word is as telling as a whole one.
        seen.update([word[: word.index("'") + 1] for word in words if "'" in word])
    return {language: len(known & seen) for language, known in common.items()}


def total(found: Iterable[Scores]) -> Scores:
    """The scores of a text by those of its sentences."""
    sums: dict[str, int] = {}
    for score in found:
        for language, hits in score.items():
            sums[language] = sums.get(language, 0) + hits
    return sums


def majority(score: Scores) -> str:
    """The language with the most common words; empty where nothing speaks for any."""
    best = max(score, key=score.__getitem__, default="")
    return best if best and score[best] else ""


def of_sentence(score: Scores, message: str) -> str:
    """The language of one sentence in a message mostly written in `message`.

    A sentence leaves its message's language only where its words clearly say so.
    """
    here = score.get(message, 0)
    if here and here == max(score.values()):
        return message
    language = majority(score)
    if not language or not message:
        return language or message
    hits = score[language]
    return language if (hits >= _SURE and hits > 2 * here) or here == 0 else message

"""Questions that need no answer, because their writer gives it in the next sentence."""

from __future__ import annotations

import re
from typing import Final

_ASKS_WHY: Final = re.compile(r"\b(?:why|how come|pourquoi)\b", re.IGNORECASE)
_BECAUSE: Final = re.compile(r"\W{0,3}(?:because|since|simply|parce qu|car |puisqu)", re.IGNORECASE)
_ANSWER: Final = re.compile(
    r"\W{0,3}(?:yes|no|nope|yep|nah|sure|exactly|obviously|hardly|not really|of course(?: not)?"
    r"|(?:I|we) (?:do not|don['’]t) think so|I doubt it|oui|non|si|bien sûr(?: que (?:oui|non))?"
    r"|évidemment|pas vraiment|je ne (?:le )?crois pas|j['’]en doute)\s{0,2}[,.!;:–—-]",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(
    r".{0,20}\b(?:rush|worr(?:y|ies)|hurry|problem|pressure|urgenc|souci|presse|problème)",
    re.IGNORECASE,
)


def answered_at_once(question: str, following: str) -> bool:
    """Whether `following`, the next sentence of the same paragraph, answers `question`.

    "Why not? Because it costs too much." asks nobody; "Could you look? No rush." does.
    """
    if _ASKS_WHY.search(question) and _BECAUSE.match(following):
        return True
    return _ANSWER.match(following) is not None and _POLITE.match(following) is None

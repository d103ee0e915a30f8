"""Paragraphs a company adds to every mail: confidentiality notices, warnings, scanner lines."""

from __future__ import annotations

import re
from typing import Final

# All are for text in lower case.
_OPENING: Final = re.compile(
    r"[\[(*_#]{0,3}(?:disclaimer|confidential|caution\b|warning\b|external\b|attention\b|notice\b|avertissement"
    r"|this\s+(?:e-?mail|message|communication|transmission|electronic|document)"
    r"|the\s+(?:information|content|contents)\b|the\s+laws\b|if\s+you\s+(?:are|have)\s|any\s+(?:unauthori[sz]ed|views)"
    r"|unless\s+specifically|please\s+(?:consider|think|don['’]t\s+print|note\s+that\s+this)|e-?mail\s+(?:disclaimer|confidentiality)|important\s*[:!-]"
    r"|you\s+don['’]t\s+often\s+get|some\s+people\s+who\s+received|information\s+contained|you\s+received\s+this"
    r"|to\s+unsubscribe|be\s+green|virus|scanned|avis\b|ce\s+(?:courriel|message|mail|courrier|document)"
    r"|cet\s+e-?mail|les\s+informations|le\s+contenu|l['’]information|si\s+vous\s+(?:avez|n['’]êtes)|pensez\s+à|merci\s+de\s+(?:penser|n['’]imprimer)"
    r"|diese\s+(?:e-?mail|nachricht|mail)|der\s+inhalt|die\s+(?:information|in\s+dieser)|bitte\s+(?:denken|prüfen)|wenn\s+sie\s+nicht"
    r"|este\s+(?:mensaje|correo|email|e-mail|mensagem)|esta\s+(?:mensagem|comunicación)|la\s+información|as\s+informações|aviso\b"
    r"|questo\s+(?:messaggio|documento)|il\s+(?:contenuto|presente)|le\s+informazioni|la\s+presente|avviso\b|ai\s+sensi"
    r"|dit\s+(?:bericht|e-?mail\w*)|deze\s+(?:e-?mail|informatie|mail)|de\s+(?:informatie|inhoud))"
)
_PROOF: Final = re.compile(
    r"intended\s+(?:recipient|solely|only|for\s+the)|confidential\s+(?:and|information|or)|(?:is|are|be)\s+confidential|privileged|unauthori[sz]ed"
    r"|notify\s+(?:the\s+sender|us)|received\s+this\s+(?:e-?mail|message|communication)|originated\s+(?:from\s+)?outside|scanned\s+(?:for|by)"
    r"|virus|before\s+printing|don['’]t\s+often\s+get|external\s+(?:e-?mail|sender|message)|do\s+not\s+click|solicitation|environment"
    r"|regulatory\s+compliance|unsubscribe\s+(?:from|link|here)|are\s+subscribed\s+to|sender\s+and\s+know"
    r"|destinataire|confidentie?l|vous\s+n['’]êtes\s+pas|par\s+erreur|imprimer|l['’]environnement|provient\s+de\s+l['’]ext"
    r"|vertraulich|nicht\s+der\s+(?:richtige|beabsichtigte)|irrtümlich|umwelt|ausdruck|empfänger"
    r"|destinatario|confidencial|por\s+error|medio\s*ambiente|destinatário|por\s+engano|meio\s+ambiente"
    r"|riservat|confidenzial|per\s+errore|d\.?\s?lgs|gdpr|vertrouwelijk|geadresseerde|abusievelijk|ten\s+onrechte"
)
_TITLE: Final = re.compile(
    r"\W*(?:disclaimer|confidentiality(?:\s+(?:notice|note|warning))?|legal\s+(?:notice|disclaimer)|avis\s+de\s+confidentialité"
    r"|confidentialité|haftungsausschluss|aviso\s+legal|avviso\s+di\s+riservatezza)\W*\Z"
)
_LONGEST_OPENING: Final = 120
"""Characters of a paragraph that its opening words take."""
_LOOKED_AT: Final = 1_500
"""Characters of a paragraph that are looked at."""


def may_open_disclaimer(line: str) -> bool:
    """Whether the first line of a paragraph (stripped) could open one; cheap."""
    return _OPENING.match(line[:_LONGEST_OPENING].lower()) is not None


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph, stripped, is a notice that no person wrote for this message."""
    head = paragraph[:_LOOKED_AT].lower()
    return _TITLE.match(head) is not None or (
        _OPENING.match(head) is not None and len(head) > 40 and _PROOF.search(head) is not None
    )

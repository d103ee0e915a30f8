"""The line a telephone or a mail program adds: "Sent from my iPhone", "Get Outlook for iOS"."""

from __future__ import annotations

import re
from typing import Final

_OPENING: Final = re.compile(
    r"[<(\[*_\s]{0,4}(?:"
    r"(?:sent|send)\s+(?:from|via|with|by|using)\s"
    r"|envoyée?\s+(?:depuis|de|à\s+partir\s+de|avec|via)\s"
    r"|(?:diese\s+nachricht\s+wurde\s+)?von\s+mein(?:em|er)\s"
    r"|gesendet\s+(?:von|mit|über|aus)\s"
    r"|enviad[oa]\s+(?:desde|do|de|da|via|a\s+partir|com|pelo)\s"
    r"|inviato\s+(?:da|dal|con|tramite)\b"
    r"|verzonden\s+(?:vanaf|met|via|van|vanuit)\s|verstuurd\s+(?:vanaf|met|via)\s"
    r"|skickat\s+från\s|sendt\s+fra\s|wysłane?\s+z\s|отправлено\s+с\s"
    r"|\w{1,20}\s+from\s+mobile|from\s+my\s"
    r"|(?:get|téléchargez|télécharger|obtenir|laden\s+sie|obtener|descargar|scarica|ottieni"
    r"|obtenha|obter|download|holen\s+sie\s+sich)\s+\[?outlook\b"
    r")"
)
"""What such a line starts with, in lower case."""
_DEVICE: Final = re.compile(
    r"\b(?:i\s?phone|i\s?pad|i\s?pod|i\s?os|android|mobil\w*|phone|smartphone|handy|handset"
    r"|cell\w*|samsung|galaxy|huawei|xiaomi|htc|nokia|alcatel|pixels?|blackberry|windows|outlook"
    r"|yahoo|gmail|mailbox|airmail|proton\s?mail|proton|spark|superhuman|k-9|telefon\w*|teléfono"
    r"|móvil|téléphone|portable|telefono|cellulare|celular|telemóvel|telefoon|tablet\w*|appareil"
    r"|device|ti-\d+|mail|courrier|orange|free|bouygues|sfr|mac|apple|gmx|web\.de|t-mobile"
    r"|bluemail|fairphone|hey|aol|app)\b"
)
_CHINESE_OR_JAPANESE: Final = re.compile(
    r"[從从]我的\s?.{1,30}(?:傳送|发送|發送|寄出)|\w{1,20}から送信"
)
DEVICE_OPENINGS: Final = frozenset(
    (
        *("sen", "env", "die", "von", "ges", "inv", "ver", "ski", "wys", "отп", "fro", "get"),
        *("tél", "obt", "lad", "des", "sca", "ott", "dow", "hol"),
    )
)
"""The first three letters of what `_OPENING` matches."""
BRACKETS: Final = frozenset("<([*_")
"""What may stand before those words."""
_LONGEST: Final = 140
"""Characters of the longest such line, its link included."""


def may_be_device_line(line: str) -> bool:
    """A cheap test that nearly every line of prose fails and every device line passes."""
    return (
        line[:3].lower() in DEVICE_OPENINGS
        or line[0] in BRACKETS
        or line.endswith("mobile")
        or not line.isascii()
    )


def is_device_line(line: str) -> bool:
    """Whether a stripped line is nothing but the mark of a device or of a mail program."""
    if len(line) > _LONGEST:
        return False
    if _CHINESE_OR_JAPANESE.match(line):
        return True
    low = line.lower()
    if _OPENING.match(low) is None:
        return False
    device = _DEVICE.search(low)
    # "Sent from my desk, is much easier than my mobile phone." names its device too late.
    return device is not None and "," not in low[: device.start()]

"""What folders and labels are for, by the names that mail programs give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SENT = """
    sent, sent items, sent mail, sent messages, sent-mail, envoyes, messages envoyes,
    elements envoyes, objets envoyes, courrier envoye, gesendet, gesendete elemente,
    gesendete objekte, gesendete nachrichten, enviados, elementos enviados, mensajes enviados,
    correo enviado, itens enviados, mensagens enviadas, email enviado, e-mails enviados, inviata,
    inviati, posta inviata, messaggi inviati, verzonden, verzonden items, verzonden berichten
"""
_LEFT_OUT = """
    trash, bin, deleted, deleted items, deleted messages, corbeille, elements supprimes,
    messages supprimes, papierkorb, geloschte elemente, geloschte objekte, papelera,
    elementos eliminados, eliminados, lixeira, lixo, itens excluidos, itens eliminados, cestino,
    posta eliminata, prullenbak, prullenmand, verwijderde items,
    spam, junk, junk e-mail, junk email, junk mail, bulk mail, courrier indesirable, indesirables,
    pourriel, pourriels, spamverdacht, unerwunscht, junk-e-mail, correo no deseado,
    correo electronico no deseado, lixo eletronico, posta indesiderata, ongewenste e-mail,
    ongewenst,
    drafts, draft, brouillons, brouillon, entwurfe, entwurf, borradores, borrador, rascunhos,
    rascunho, bozze, bozza, concepten, templates, modeles, vorlagen,
    outbox, boite d'envoi, postausgang, chat, chats
"""
_SEPARATORS = re.compile(r"[/.]")
_CATEGORY = re.compile(r"\b(?:categor|kategor)", re.IGNORECASE)
_CATEGORIES = (
    ("promo|werbung|reclame", "CATEGORY_PROMOTIONS"),
    ("social|soziale|sociaal|sociau|redes|reseaux", "CATEGORY_SOCIAL"),
    ("update|mises? a jour|notif|benachricht|actualiz|aggiorna|atualiz", "CATEGORY_UPDATES"),
    ("forum|foros|foren", "CATEGORY_FORUMS"),
)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(text.replace("_", " ").replace("’", "'").split())


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()) for name in text.split(","))


_SENT_NAMES = _names(_SENT)
_LEFT_OUT_NAMES = _names(_LEFT_OUT)


@lru_cache(maxsize=4096)
def _parts(folder: str) -> frozenset[str]:
    """A folder's name and the names of the folders around it, as the lists above write them."""
    return frozenset(map(_plain, (folder, *_SEPARATORS.split(folder))))


@lru_cache(maxsize=4096)
def _label(label: str) -> str:
    # Only the whole name: "Clients/Drafts" is a label of the user's own.
    return _plain(label).removeprefix("[gmail]/").removeprefix("[google mail]/")


def is_sent(folder: str, labels: Iterable[str] = ()) -> bool:
    """Whether a folder or one of the labels holds what the user sent."""
    return bool(_parts(folder) & _SENT_NAMES) or any(_label(x) in _SENT_NAMES for x in labels)


def is_left_out(folder: str, labels: Iterable[str] = ()) -> bool:
    """Whether a folder or one of the labels means deleted, spam, unfinished mail, or chat."""
    return bool(_parts(folder) & _LEFT_OUT_NAMES) or any(
        _label(x) in _LEFT_OUT_NAMES for x in labels
    )


def gmail_category(label: str) -> str:
    """The API's name (`CATEGORY_PROMOTIONS` …) of a category label in an export; else empty."""
    text = _plain(label)
    if not _CATEGORY.search(text):
        return ""
    return next((name for words, name in _CATEGORIES if re.search(words, text)), "")

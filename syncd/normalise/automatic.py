"""Whether a message is a person's own words to somebody: automatic and bulk mail, with the reason.

A reason is one short text, `what: detail`. Evidence that is a mere hint (a newsletter's
unsubscribe link, a Gmail category) ends in ` (hint)`: the pipeline may lift it for somebody the
user corresponds with (`is_hint`), because no single hint may hide such a person. Two hints of
different kinds make a verdict.

Sources: RFC 3834 (Auto-Submitted), RFC 3464 and 8098 (reports), RFC 2919 and 2369 (lists),
RFC 8058 (one-click), MS-OXCMAIL (X-Auto-Response-Suppress), and what mail programs send in fact.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from syncd.model import Address
from syncd.normalise.addresses import is_one_of
from syncd.normalise.headers import Headers
from syncd.normalise.safe_text import one_line

_HINT = " (hint)"

_AUTO_FIELDS = (
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-failed-recipients",
    "x-fc-machinegenerated",
)
_AUTO_SENDERS = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|autoreply|auto-?reply|auto-?responder)@"
)
# The answer of a mail program to the mail itself. Only at the start of a subject; words that a
# person may well begin with count only before a colon.
_AUTO_SUBJECTS = re.compile(
    r"(?:"
    r"auto(?:matic|mated|mati[cs]che)?[- ]?(?:response|reply|responder|antwort)"
    r"|out of (?:the )?office(?: auto-?reply)?"
    r"|r[ée]ponse automatique|absen(?:t|te|ce) du bureau|message d['’]absence"
    r"|automatische antwort|abwesenheits(?:notiz|nachricht|assistent|meldung)"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)"
    r"|resposta autom[áa]tica|fora do escrit[óo]rio"
    r"|automatisch(?:e)? antwoord|afwezig(?:heid|heidsbericht)?"
    r")\s*:"
    r"|(?:automatic reply|out of office auto-?reply|r[ée]ponse automatique|automatische antwort"
    r"|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica|automatisch antwoord)\b",
    re.IGNORECASE,
)
_REPORT_SUBJECTS = re.compile(
    r"undeliverable\b|undelivered mail returned|delivery (?:status notification|failure)"
    r"|mail delivery (?:failed|failure|subsystem|system)|returned mail:|failure notice$"
    r"|message (?:undeliverable|not delivered)|warning: (?:could not send|message)"
    r"|[ée]chec de (?:la )?(?:remise|distribution)|non remis(?:e|able)?\s*:|courrier non remis"
    r"|unzustellbar|nicht zustellbar|no se puede entregar|no entregado|impossibile recapitare"
    r"|non recapitabile|onbestelbaar|n[ãa]o (?:foi )?entreg",
    re.IGNORECASE,
)

_CALENDAR_SENDERS = ("calendar-notification@google.com", "calendar-server@google.com")
_CALENDAR_ID = re.compile(r"<calendar-[^<>]*google\.com>")
_CALENDAR_SUBJECTS = re.compile(
    r"(?:"
    r"(?:updated )?invitation|invitation updated|(?:tentatively )?accepted|declined|tentative"
    r"|cancell?ed(?: event)?|new time proposed|notification|reminder"
    r"|invitation mise [àa] jour|accept[ée]e?|refus[ée]e?|provisoire|annul[ée]e?|rappel"
    r"|nouvel horaire propos[ée]"
    r"|(?:aktualisierte )?einladung|zugesagt|angenommen|abgelehnt|mit vorbehalt|abgesagt|erinnerung"
    r"|invitaci[óo]n(?: actualizada)?|aceptad[oa]|rechazad[oa]|provisional|cancelad[oa]"
    r"|invito(?: aggiornato)?|accettato|rifiutato|provvisorio|annullato"
    r"|convite(?: atualizado)?|aceit[oae]|recusad[oa]"
    r"|(?:bijgewerkte )?uitnodiging|geaccepteerd|geweigerd|geannuleerd"
    r")\s*:\s*\S",
    re.IGNORECASE,
)
# A calendar's subjects end in the time and the owner: "Accepted: Lunch @ Fri Nov 27 … (Ann)".
_CALENDAR_TIME = re.compile(r" @ .{5,120}\d.{0,80}\(.{1,80}\)$")

_NO_REPLY = re.compile(
    r"""(?:^|[._+-])(?:
      no[._-]?reply | do[._-]?not[._-]?reply | dont[._-]?reply | not?[._-]?responder | unreply
    | ne[._-]?pas[._-]?repondre | nepasrepondre | pas[._-]?de[._-]?reponse | sans[._-]?reponse
    | nicht[._-]?antworten | keine?[._-]?antwort | no[._-]?responda | no[._-]?contestar?
    | non[._-]?rispondere | nao[._-]?respond[ae]r? | geen[._-]?antwoord | niet[._-]?beantwoorden
    | bounces?
    )(?:$|[._+@=-]|\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_MACHINE_SENDERS = re.compile(
    r"""(?:
      newsletters? | news-?letter | notifications? | notify | notifier | alerts? | alertes?
    | mailer | mailing | mailings | updates? | digest | marketing | promo(?:tion)?s? | infolettre
    | invitations? | automated | system | benachrichtigung(?:en)? | notificaciones | notifiche
    | notificacoes | meldingen | nieuwsbrief | boletin | rundbrief
    )(?:[._+-].*)?@""",
    re.IGNORECASE | re.VERBOSE,
)
_MAILERS = re.compile(
    r"mailchimp|mailgun|sendgrid|sendinblue|brevo|hubspot|marketo|mailjet|klaviyo|campaign ?monitor"
    r"|constant ?contact|mailerlite|activecampaign|phpmailer.*list|phplist|sympa|emailing|eloqua"
    r"|pardot|exacttarget|mandrill|dotmailer|cleverreach|newsletter",
    re.IGNORECASE,
)
_CAMPAIGN_FIELDS = (
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mc-user",
    "x-mailchimp-id",
    "x-mailgun-tag",
    "x-mailgun-sid",
    "x-sg-eid",
    "x-sib-id",
    "x-csa-complaints",
    "x-emarsys-identify",
    "x-hubspot-message-id",
    "x-mj-mid",
    "x-mailer-recptid",
    "list-unsubscribe-post",
)
_GMAIL_CATEGORIES = {
    "CATEGORY_PROMOTIONS": "promotions",
    "CATEGORY_SOCIAL": "social",
    "CATEGORY_UPDATES": "updates",
    "CATEGORY_FORUMS": "forums",
}
_ANGLED = re.compile(r"<\s*([^<>]{1,200}?)\s*>")
_MAILTO = re.compile(r"mailto:([^<>?\s]{1,200})", re.IGNORECASE)
_REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?([\w.-]{1,60})", re.IGNORECASE)

_FREE_MAIL = frozenset(
    (
        *("gmail.com", "googlemail.com", "googlegroups.com", "groups.io", "yahoogroups.com"),
        *("outlook.com", "hotmail.com", "hotmail.fr", "live.com", "yahoo.com", "yahoo.fr"),
        *("icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com"),
        *("gmx.de", "gmx.net", "web.de", "orange.fr", "free.fr", "laposte.net"),
    )
)
"""Domains that are nobody's organisation."""


def is_hint(reason: str) -> bool:
    """Whether a `Message.automatic` or `Message.bulk` reason is a mere hint, which does not hold
    against somebody the user corresponds with."""
    return reason.endswith(_HINT)


def automatic(headers: Headers, sender: Address, subject: str) -> str:
    """Why a machine wrote this (auto-reply, delivery report, calendar); empty if none shows.

    Invitations that show only in their parts are found by `calendar`.
    """
    submitted = headers.get("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return _reason("auto-submitted", submitted)
    for name in _AUTO_FIELDS:
        value = headers.get(name)
        if value and value.lower() not in ("no", "false", "0"):
            return _reason("auto-reply", name)
    if headers.get("x-auto-response-suppress").lower() not in ("", "none"):
        return "auto-reply: x-auto-response-suppress"
    for name in ("precedence", "x-precedence"):
        if headers.get(name).lower().replace("-", "_") == "auto_reply":
            return "auto-reply: precedence"
    content_type = headers.get("content-type")[:1000].lower()
    if content_type.startswith("multipart/report"):
        found = _REPORT_TYPE.search(content_type)
        return _reason("report", found[1] if found else "multipart")
    if "return-path" in headers and headers.get("return-path").replace(" ", "") == "<>":
        return "report: null return-path"
    if _AUTO_SENDERS.match(sender.email):
        return _reason("report", sender.email.partition("@")[0])
    if _AUTO_SUBJECTS.match(subject):
        return "auto-reply: subject"
    if _REPORT_SUBJECTS.match(subject):
        return "report: subject"
    return _calendar_mail(headers, sender, subject, content_type)


def _calendar_mail(headers: Headers, sender: Address, subject: str, content_type: str) -> str:
    if "calendarmessage" in headers.get("content-class").lower():
        return "calendar: content-class"
    if content_type.startswith("text/calendar"):
        return "calendar: content-type"
    by_field = headers.get("sender").lower()
    if sender.email in _CALENDAR_SENDERS or any(name in by_field for name in _CALENDAR_SENDERS):
        return "calendar: google"
    if _CALENDAR_ID.match(headers.get("message-id")[:300]):
        return "calendar: google"
    if _CALENDAR_SUBJECTS.match(subject) and _CALENDAR_TIME.search(subject):
        return "calendar: subject"
    return ""


def calendar(method: str) -> str:
    """Why a message whose text/calendar part has this METHOD (RFC 5546) is no mail to answer.

    PUBLISH and a part without a method are a file that somebody sends along: empty.
    """
    name = method.lower()
    return "" if name in ("", "publish") else _reason("calendar", name)


def bulk(
    headers: Headers,
    sender: Address,
    to: Collection[Address],
    cc: Collection[Address],
    labels: Sequence[str],
    me: frozenset[str],
) -> str:
    """Why this was sent to many (list, newsletter, no-reply sender); empty if nothing says so."""
    if not sender.email:
        return "no sender"
    if _NO_REPLY.search(sender.email.partition("@")[0]) or "noreply." in sender.email:
        return _reason("no-reply", sender.email)
    discussion = _discussion_list(headers, to, cc, me)
    if discussion:
        return discussion
    precedence = headers.get("precedence").lower()
    hints = {
        "list": _list_name(headers),
        "precedence": precedence if precedence in ("bulk", "list", "junk") else "",
        "unsubscribe": "list-unsubscribe" if "list-unsubscribe" in headers else "",
        "newsletter": _newsletter_field(headers),
        "sender": sender.email if _MACHINE_SENDERS.match(sender.email) else "",
        "category": next((_GMAIL_CATEGORIES[x] for x in labels if x in _GMAIL_CATEGORIES), ""),
        "graph": "other" if "inferenceClassification:other" in labels else "",
    }
    found = [(what, detail) for what, detail in hints.items() if detail]
    # Private mail of some providers carries a Feedback-ID too: it only confirms what else is found.
    if not found:
        return ""
    if len(found) > 1 or "feedback-id" in headers:
        return _reason(*found[0])
    return _reason(*found[0]) + _HINT


def _discussion_list(
    headers: Headers, to: Collection[Address], cc: Collection[Address], me: frozenset[str]
) -> str:
    """The reason for mail that people write to a list, as against a newsletter with a List-Id.

    It is a hint where the writer addressed me besides the list, or where the list belongs to my
    own organisation: then it may still be a person's word to me.
    """
    post = _MAILTO.search(headers.get("list-post")[:1000])
    name = _list_name(headers)
    if not name and not post:
        return ""
    recipients = {address.email for address in (*to, *cc)}
    list_address = post[1].lower() if post else ""
    by_name = name.replace(".", "@", 1)
    if not list_address and by_name not in recipients and "x-mailing-list" not in headers:
        return ""
    reason = _reason("list", name or list_address)
    if any(is_one_of(address.email, me) for address in (*to, *cc)):
        return reason + _HINT
    domain = list_address.partition("@")[2] or name.partition(".")[2]
    mine = {email.rpartition("@")[2] for email in me} - _FREE_MAIL
    return reason + _HINT if domain in mine else reason


def _newsletter_field(headers: Headers) -> str:
    if _MAILERS.search(headers.get("x-mailer")[:200]):
        return "x-mailer"
    return next((name for name in _CAMPAIGN_FIELDS if name in headers), "")


def _list_name(headers: Headers) -> str:
    value = headers.get("list-id")[:1000] or headers.get("x-mailing-list")[:1000]
    found = _ANGLED.search(value)
    return (found[1] if found else value).strip().lower()


def _reason(what: str, detail: str) -> str:
    return f"{what}: {one_line(detail, 80)}"

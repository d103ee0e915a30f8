"""Every sentence of the summary, in English and French. `{quote}` and its kin arrive plain and
are escaped by the renderer; counted texts are (singular, plural) by the language's own rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeAlias

from babel import Locale
from babel.dates import format_date

Text: TypeAlias = str | tuple[str, str]

_FIRST = re.compile(r"\b1(?= \w)")

ENGLISH: dict[str, Text] = {
    "quote": "“{text}”",
    "of": "{name} {text}",
    "of.apart": "{name}: {text}",
    "list.and": "{first} and {last}",
    "heading.coverage": "Not everything was read",
    "heading.today": "Today",
    "heading.owe": "You owe a reply",
    "heading.owed": "They owe you",
    "heading.meet": "Meet in person",
    "heading.touch": "Keep in touch",
    "heading.news": "Their news",
    "heading.other": "Your own rules",
    "heading.closed": "Done since the last summary",
    "nothing": "Nothing needs you today.",
    "nothing.in_part": "Nothing was found in what was read.",
    "help": "Answer in this file: `[x]` done · `[-]` never again · `[>]` in a week "
    "(or `[>] until {example}`)",
    "help.place": "of a meeting: `[p]` in person · `[v]` virtual",
    "more": (
        "… and {count} more: `syncd summary --all`",
        "… and {count} more: `syncd summary --all`",
    ),
    "open": "open",
    "new": "new",
    "no_subject": "(no subject)",
    "also": "also:",
    "today": "today",
    "yesterday": "yesterday",
    "tomorrow": "tomorrow",
    "since.workdays": ("{count} business day ago", "{count} business days ago"),
    "since.days": ("{count} day ago", "{count} days ago"),
    "since.hours": "less than a business day ago",
    "due": "due {day}",
    "due.late": ("due {day}, {count} day late", "due {day}, {count} days late"),
    "nudged": ("nudged once", "nudged {count} times"),
    "usual_delay": ("usually answers within a day", "usually answers within {count} days"),
    "questions": ("{count} open question", "{count} open questions"),
    "goal": "goal: {goal}",
    "unanswered.inbound": "asked {quote}",
    "unanswered.inbound.stranger": "(you never wrote to them) asked {quote}",
    "unanswered.inbound.last_word": "had the last word in {subject}",
    "unanswered.outbound": "has not answered {quote}",
    "unanswered.outbound.group": "have not answered {quote}",
    "meet.overdue": (
        "last seen in person {days} day ago (you meant every {interval} days)",
        "last seen in person {days} days ago (you meant every {interval} days)",
    ),
    "meet.never": (
        "never seen in person in {days} day of contact (you meant every {interval} days)",
        "never seen in person in {days} days of contact (you meant every {interval} days)",
    ),
    "meet.place": "was {title} on {day} in person or virtual?",
    "virtual": ("{count} call since", "{count} calls since"),
    "touch.overdue": (
        "last contact {days} day ago (you meant every {interval} days)",
        "last contact {days} days ago (you meant every {interval} days)",
    ),
    "touch.soon": (
        "last contact {days} day ago, soon over your {interval} days",
        "last contact {days} days ago, soon over your {interval} days",
    ),
    "touch.wrote": "your mail of {day} has no answer",
    "plan.step": "next step: {what} ({goal})",
    "plan.step.late": "step not done: {what} ({goal})",
    "plan.goal": "goal: {what}",
    "plan.goal.late": "goal not reached: {what}",
    "plan.drift": (
        "the goal {what} drifts: no contact for {days} day",
        "the goal {what} drifts: no contact for {days} days",
    ),
    "promise.mine": "you promised {quote}",
    "promise.mine.late": "you promised {quote} and it is late: say so today",
    "promise.mine.warn": "you promised {quote}: if you cannot keep it, say so now",
    "promise.mine.unverified": "did you keep {quote}?",
    "promise.theirs": "promised you {quote}",
    "promise.theirs.late": "promised you {quote}, and it is late",
    "promise.renegotiated": "moved once already",
    "news.birth": "told you of a birth: {quote}",
    "news.illness": "told you of an illness: {quote}",
    "news.move": "told you of a move: {quote}",
    "news.new_job": "told you of a new job: {quote}",
    "news.promotion": "told you of a promotion: {quote}",
    "news.holiday": "told you of a holiday: {quote}",
    "news.bereavement": "told you of a loss: {quote}",
    "news.wedding": "told you of a wedding: {quote}",
    "news.other": "told you some news: {quote}",
    "news.no_word": "no word from you about it yet",
    "birthday.today": "has a birthday today",
    "birthday.soon": "has a birthday {day}",
    "one_sided": (
        "your last {count} mail all ask for something",
        "your last {count} mails all ask for something",
    ),
    "one_sided.last_care": "last personal word on {day}",
    "expression": "{text}",
    "meeting": "{time} {title} with {names}",
    "meeting.items": ("one open item", "{count} open items"),
    "closed.done": "ticked by you",
    "closed.dismissed": "dismissed by you",
    "closed.resolved": "settled by itself",
    "coverage.partial": "{account}: {detail}. Unanswered items of this account are held back.",
    "coverage.failed": "{account}: {detail}. Its items may be out of date.",
    "coverage.sign_in": "{account}: not signed in. {detail}",
    "coverage.stopped": "{account}: {detail}",
    "coverage.complete": "{account}: {detail}",
    "coverage.not_read": "not read yet",
    "coverage.unfinished": "never read to the end ({detail})",
    "coverage.no_sent_mail": "there is mail but none from you: add the folder of your sent mail, or check your addresses (me)",
    "coverage.configuration": "The configuration has a problem; the last good one is in use: {detail}",
    "unread": "The text of {accounts} is not read (text: false): there, promises, news and your own questions are not seen, and mail to you alone counts as a question.",
    "unread.all": "No text is read (text: false): promises, news and your own questions are not seen, and mail to you alone counts as a question.",
    "health": "syncd read your accounts {runs} times in the last 7 days, {time} in all, without a failure.",
    "health.failures": (
        "syncd read your accounts {runs} times in the last 7 days, {time} in all; it failed once.",
        "syncd read your accounts {runs} times in the last 7 days, {time} in all; it failed {count} times.",
    ),
}

FRENCH: dict[str, Text] = {
    "quote": "« {text} »",
    "of": "{name} {text}",
    "of.apart": "{name} : {text}",
    "list.and": "{first} et {last}",
    "heading.coverage": "Tout n’a pas été lu",
    "heading.today": "Aujourd’hui",
    "heading.owe": "Vous devez une réponse",
    "heading.owed": "On vous doit une réponse",
    "heading.meet": "À voir en personne",
    "heading.touch": "Garder le contact",
    "heading.news": "De leurs nouvelles",
    "heading.other": "Vos propres règles",
    "heading.closed": "Réglé depuis le dernier résumé",
    "nothing": "Rien ne vous attend aujourd’hui.",
    "nothing.in_part": "Rien n’a été trouvé dans ce qui a été lu.",
    "help": "Répondez dans ce fichier : `[x]` fait · `[-]` plus jamais · `[>]` dans une semaine "
    "(ou `[>] until {example}`)",
    "help.place": "pour une rencontre : `[p]` en personne · `[v]` à distance",
    "more": (
        "… et {count} autre : `syncd summary --all`",
        "… et {count} autres : `syncd summary --all`",
    ),
    "open": "ouvrir",
    "new": "nouveau",
    "no_subject": "(sans objet)",
    "also": "et aussi :",
    "today": "aujourd’hui",
    "yesterday": "hier",
    "tomorrow": "demain",
    "since.workdays": ("il y a {count} jour ouvré", "il y a {count} jours ouvrés"),
    "since.days": ("il y a {count} jour", "il y a {count} jours"),
    "since.hours": "il y a moins d’un jour ouvré",
    "due": "échéance : {day}",
    "due.late": (
        "échéance : {day}, {count} jour de retard",
        "échéance : {day}, {count} jours de retard",
    ),
    "nudged": ("{count} relance", "{count} relances"),
    "usual_delay": ("répond d’habitude en un jour", "répond d’habitude en {count} jours"),
    "questions": ("{count} question ouverte", "{count} questions ouvertes"),
    "goal": "objectif : {goal}",
    "unanswered.inbound": "vous demande : {quote}",
    "unanswered.inbound.stranger": "(vous ne lui avez jamais écrit) vous demande : {quote}",
    "unanswered.inbound.last_word": "a eu le dernier mot dans {subject}",
    "unanswered.outbound": "n’a pas répondu à {quote}",
    "unanswered.outbound.group": "n’ont pas répondu à {quote}",
    "meet.overdue": (
        "aucune rencontre en personne depuis {days} jour (rythme voulu : {interval} jours)",
        "aucune rencontre en personne depuis {days} jours (rythme voulu : {interval} jours)",
    ),
    "meet.never": (
        "aucune rencontre en personne en {days} jour de contact (rythme voulu : {interval} jours)",
        "aucune rencontre en personne en {days} jours de contact (rythme voulu : {interval} jours)",
    ),
    "meet.place": "{title}, le {day} : en personne ou à distance ?",
    "virtual": ("{count} appel depuis", "{count} appels depuis"),
    "touch.overdue": (
        "dernier contact il y a {days} jour (rythme voulu : {interval} jours)",
        "dernier contact il y a {days} jours (rythme voulu : {interval} jours)",
    ),
    "touch.soon": (
        "dernier contact il y a {days} jour, bientôt plus que vos {interval} jours",
        "dernier contact il y a {days} jours, bientôt plus que vos {interval} jours",
    ),
    "touch.wrote": "votre message du {day} est resté sans réponse",
    "plan.step": "prochaine étape : {what} ({goal})",
    "plan.step.late": "étape en retard : {what} ({goal})",
    "plan.goal": "objectif : {what}",
    "plan.goal.late": "objectif non atteint : {what}",
    "plan.drift": (
        "l’objectif {what} s’éloigne : aucun contact depuis {days} jour",
        "l’objectif {what} s’éloigne : aucun contact depuis {days} jours",
    ),
    "promise.mine": "vous lui avez promis : {quote}",
    "promise.mine.late": "vous lui avez promis : {quote}, et c’est en retard : dites-le aujourd’hui",
    "promise.mine.warn": "vous lui avez promis : {quote} ; si vous ne pouvez pas tenir, dites-le maintenant",
    "promise.mine.unverified": "avez-vous tenu {quote} ?",
    "promise.theirs": "vous a promis : {quote}",
    "promise.theirs.late": "vous a promis : {quote}, et c’est en retard",
    "promise.renegotiated": "déjà reporté une fois",
    "news.birth": "vous a annoncé une naissance : {quote}",
    "news.illness": "vous a parlé d’un problème de santé : {quote}",
    "news.move": "vous a annoncé un déménagement : {quote}",
    "news.new_job": "vous a annoncé un nouveau poste : {quote}",
    "news.promotion": "vous a annoncé une promotion : {quote}",
    "news.holiday": "vous a parlé de ses vacances : {quote}",
    "news.bereavement": "vous a annoncé un deuil : {quote}",
    "news.wedding": "vous a annoncé un mariage : {quote}",
    "news.other": "vous a donné des nouvelles : {quote}",
    "news.no_word": "pas encore un mot de vous",
    "birthday.today": "a son anniversaire aujourd’hui",
    "birthday.soon": "a son anniversaire {day}",
    "one_sided": (
        "votre dernier message demande quelque chose",
        "vos {count} derniers messages demandent tous quelque chose",
    ),
    "one_sided.last_care": "dernier mot personnel le {day}",
    "expression": "{text}",
    "meeting": "{time} {title} avec {names}",
    "meeting.items": ("un point ouvert", "{count} points ouverts"),
    "closed.done": "coché par vous",
    "closed.dismissed": "écarté par vous",
    "closed.resolved": "réglé de soi-même",
    "coverage.partial": "{account} : {detail}. Les réponses dues de ce compte sont mises en attente.",
    "coverage.failed": "{account} : {detail}. Ses lignes peuvent être dépassées.",
    "coverage.sign_in": "{account} : la connexion manque ou n’est plus valable. {detail}",
    "coverage.stopped": "{account} : {detail}",
    "coverage.complete": "{account} : {detail}",
    "coverage.not_read": "pas encore lu",
    "coverage.unfinished": "jamais lu jusqu’au bout ({detail})",
    "coverage.no_sent_mail": "il y a du courrier, mais rien de vous : ajoutez le dossier de vos messages envoyés, ou vérifiez vos adresses (me)",
    "coverage.configuration": "La configuration a un problème ; la dernière valable reste en service : {detail}",
    "unread": "Le texte de {accounts} n’est pas lu (text: false) : promesses, nouvelles et questions de votre part n’y sont pas vues, et un message à vous seul compte comme une question.",
    "unread.all": "Aucun texte n’est lu (text: false) : promesses, nouvelles et questions de votre part ne sont pas vues, et un message à vous seul compte comme une question.",
    "health": "syncd a lu vos comptes {runs} fois ces 7 derniers jours, {time} en tout, sans échec.",
    "health.failures": (
        "syncd a lu vos comptes {runs} fois ces 7 derniers jours, {time} en tout, avec un échec.",
        "syncd a lu vos comptes {runs} fois ces 7 derniers jours, {time} en tout, avec {count} échecs.",
    ),
}

APART = frozenset(
    {"meet.overdue", "meet.never", "meet.place", "touch.overdue", "touch.soon", "one_sided"}
    | {"plan.step", "plan.step.late", "plan.goal", "plan.goal.late", "plan.drift"}
    | {"promise.mine", "promise.mine.late", "promise.mine.warn", "promise.mine.unverified"}
)
"""The texts that do not continue a sentence begun with the person's name: a colon parts them."""

CATALOGUES: Mapping[str, Mapping[str, Text]] = {"en": ENGLISH, "fr": FRENCH}


class Catalogue:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self._texts = CATALOGUES[language]
        self._locale = Locale.parse(language)

    def say(self, key: str, **values: Any) -> str:
        """The text `key` with its values filled in.

        Counted texts take their number from `count`, else from `days`.
        """
        text = self._texts[key]
        if isinstance(text, tuple):
            number = values.get("count", values.get("days", 0)) or 0
            text = text[0 if self._locale.plural_form(number) == "one" else 1]
        return text.format_map(values)

    def day(self, day: date, today: date) -> str:
        """A day as people say it: today, a weekday nearby, else the date."""
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
        if near is not None:
            return self.say(near)
        if timedelta(days=-7) < day - today < timedelta(days=7):
            return self._ordinal(format_date(day, "EEEE d MMMM", locale=self._locale))
        if day.year == today.year:
            return self._ordinal(format_date(day, "d MMMM", locale=self._locale))
        return self._ordinal(format_date(day, "d MMMM y", locale=self._locale))

    def title(self, day: date) -> str:
        """The heading of a day's summary."""
        text = self._ordinal(format_date(day, "EEEE d MMMM y", locale=self._locale))
        return text[:1].upper() + text[1:]

    def _ordinal(self, text: str) -> str:
        # CLDR's patterns have no ordinals, but French says “1er” of the first day alone
        return _FIRST.sub("1er", text) if self._locale.language == "fr" else text

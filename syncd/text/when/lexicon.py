"""The words of dates in English and French, as tables: phrase → what it means.

Phrases are lower case, words and marks as `tokens.py` splits them; accents are folded there.
A new way to say a known thing is a new row here; a new construction needs the grammar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a token may stand for in the grammar."""

    END = auto()  # before the first and behind the last token
    OTHER = auto()
    WORD = auto()  # a word that may follow a bare day of the month ("the 12th works")
    MARK = auto()  # punctuation
    NUMBER = auto()  # n
    ORDINAL = auto()  # n, 0 = last
    RANGE = auto()  # parts = (from, to), written 2-3
    DATE = auto()  # parts = (year, month, day), in full
    SLASH = auto()  # parts = (first, second), written 12/03
    CLOCK = auto()  # n = hour
    HOUR_MARK = auto()  # pm, h, heures; tag pm or am
    NOON = auto()  # n = hour
    DAYPART = auto()  # morning
    WEEKDAY = auto()  # n, Monday = 0; tag "weak" for abbreviations that are also words
    MONTH = auto()  # n; tag "weak" for months that are also words
    UNIT = auto()  # tag
    RELATIVE = auto()  # n = -1 last, 0 this, 1 next, 2 after next
    EDGE = auto()  # tag = begin, mid, end, late, later, whole
    ANCHOR = auto()  # n days from today
    CLOSE = auto()  # end of the day; EOW, EOM: tag = unit
    HOLIDAY = auto()  # tag
    FEW = auto()  # n = least
    PERIOD_NAME = auto()  # la rentrée: tag = unit, n = month it begins in
    CODE = auto()  # Q1, H2, T3, S48: tag = letter, n
    IN = auto()  # a time from now: in, dans
    WITHIN = auto()  # at most so long from now
    BY = auto()
    BEFORE = auto()
    UNTIL = auto()
    AFTER = auto()
    ON = auto()
    AT = auto()
    FROM = auto()
    SINCE = auto()
    FOR = auto()
    EVERY = auto()
    OF = auto()
    THE = auto()
    A = auto()
    AND = auto()
    OR = auto()
    TO = auto()
    BETWEEN = auto()
    WISH = auto()  # have a good …, bonne …
    HENCE = auto()  # from now
    AGO = auto()
    WEEK_LATER = auto()  # n days after the named weekday: vendredi en huit
    LATEST = auto()  # at the latest, behind a date


class Entry(NamedTuple):
    """A phrase's meaning; which fields count depends on the kind."""

    kind: Kind
    n: int = 0
    tag: str = ""


Lexicon = Mapping[str, Entry]


def _rows(kind: Kind, *groups: str, first: int = 0, tag: str = "") -> dict[str, Entry]:
    """Numbered rows: the n-th group of `|`-separated synonyms means `first + n`."""
    return {
        phrase: Entry(kind, first + n, tag)
        for n, group in enumerate(groups)
        for phrase in group.split("|")
        if phrase
    }


def _tagged(kind: Kind, tags: Mapping[str, str], n: int = 0) -> dict[str, Entry]:
    return {
        phrase: Entry(kind, n, tag) for tag, group in tags.items() for phrase in group.split("|")
    }


def _plain(kinds: Mapping[Kind, str]) -> dict[str, Entry]:
    return {phrase: Entry(kind) for kind, group in kinds.items() for phrase in group.split("|")}


def _merge(tables: Iterable[Lexicon]) -> dict[str, Entry]:
    merged: dict[str, Entry] = {}
    for table in tables:
        merged.update(table)
    return merged


ENGLISH: Lexicon = _merge(
    [
        _plain(
            {
                Kind.WORD: "or so|at|if|so|as|but|is|was|with|we|i|you|he|she|they|please|because"
                "|when|works|would|will|that|it|my|our|your|latest|instead|then|should|can|could"
                "|may|too|also|only|using|via|unless|since|though|which|where|while|there|here"
                "|now|okay|ok|fine|thanks|thank|onwards|onward|sharp|not|are|be|has|have|just"
                "|rather|maybe|perhaps|who|what|how|let|per|without|about|regarding|once|through",
                Kind.BY: "by|no later than|not later than|due|due on|due by|at the latest by"
                "|at the latest on|latest by|latest|deadline|deadline is|deadline of|prior to or on"
                "|on or before|not after|due date|due date is|have until|has until|have till"
                "|target date",
                Kind.BEFORE: "before|prior to|ahead of|in advance of",
                Kind.UNTIL: "until|till|til|up to|through to|'til|valid through",
                Kind.AFTER: "after|following|past",
                Kind.ON: "on|on or about|on or around|as early as|come|scheduled|around|about"
                "|circa|effective",
                Kind.AT: "at|around|about|@",
                Kind.FROM: "not before|no earlier than|no sooner than|from|starting|starting on"
                "|starting from|beginning|as of|as from"
                "|commencing|effective from",
                Kind.SINCE: "since|dated|ever since",
                Kind.FOR: "for|throughout|during the whole",
                Kind.EVERY: "every|each|every other|per|every single|any",
                Kind.OF: "of",
                Kind.THE: "the",
                Kind.A: "a|an",
                Kind.AND: "and|&",
                Kind.OR: "or",
                Kind.TO: "to|through|thru",
                Kind.BETWEEN: "between|anywhere between|anytime between|sometime between",
                Kind.IN: "in|in about|in around|in approximately|in roughly|in just|in only|over"
                "|during",
                Kind.WITHIN: "within|inside|inside of|in under|in less than|in no more than"
                "|in at most"
                "|within a maximum of|within a period of|no more than",
                Kind.HENCE: "from now|from today|hence|from this date|of receipt",
                Kind.AGO: "ago|old|long|earlier|prior|in a row",
                Kind.LATEST: "at the latest|latest|at the very latest|or sooner|or earlier"
                "|at the outside",
                Kind.WISH: "nice|good|great|happy|lovely|wonderful|pleasant|fantastic|enjoy",
                Kind.DAYPART: "morning|afternoon|evening|night|am|pm|lunchtime|mid - morning"
                "|in the morning|in the afternoon|in the evening|at night|early morning"
                "|late afternoon|late morning|early afternoon|mid - afternoon|early evening",
            }
        ),
        {
            "noon": Entry(Kind.NOON, 12),
            "midday": Entry(Kind.NOON, 12),
            "lunch": Entry(Kind.NOON, 13),
            "lunchtime": Entry(Kind.NOON, 13),
            "lunch time": Entry(Kind.NOON, 13),
            "dinner time": Entry(Kind.NOON, 19),
            "midnight": Entry(Kind.NOON, 24),
            "the morning": Entry(Kind.DAYPART),
            "fortnight": Entry(Kind.UNIT, 14, "span"),
            "in half an hour": Entry(Kind.ANCHOR, 0),
            "within half an hour": Entry(Kind.ANCHOR, 0),
            "p . m": Entry(Kind.HOUR_MARK),
            "a . m": Entry(Kind.HOUR_MARK),
            "p . m .": Entry(Kind.HOUR_MARK),
            "a . m .": Entry(Kind.HOUR_MARK),
            "o ' clock": Entry(Kind.HOUR_MARK),
            "first thing in the morning": Entry(Kind.ANCHOR, 1),
            "overmorrow": Entry(Kind.ANCHOR, 2),
        },
        {
            f"{name} week": Entry(Kind.WEEKDAY, n, "week")
            for n, name in enumerate(
                ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
            )
        },
        _rows(
            Kind.WEEKDAY,
            "monday",
            "tuesday|tues",
            "wednesday|weds",
            "thursday|thurs|thur",
            "friday",
            "saturday",
            "sunday",
        ),
        _rows(Kind.WEEKDAY, "mon", "tue", "wed", "thu", "fri", "sat", "sun", tag="weak"),
        _rows(
            Kind.MONTH,
            "january",
            "february|feb",
            "march",
            "april|apr",
            "",
            "june|jun",
            "july|jul",
            "august|aug",
            "september|sept|sep",
            "october|oct",
            "november|nov",
            "december|dec",
            first=1,
        ),
        {
            "jan": Entry(Kind.MONTH, 1, "weak"),
            "mar": Entry(Kind.MONTH, 3, "weak"),
            "may": Entry(Kind.MONTH, 5, "weak"),
        },
        _rows(
            Kind.NUMBER,
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
            first=1,
        ),
        {
            "twenty - one": Entry(Kind.NUMBER, 21),
            "twenty - four": Entry(Kind.NUMBER, 24),
            "twenty four": Entry(Kind.NUMBER, 24),
            "thirty": Entry(Kind.NUMBER, 30),
            "forty": Entry(Kind.NUMBER, 40),
            "forty - five": Entry(Kind.NUMBER, 45),
            "forty - eight": Entry(Kind.NUMBER, 48),
            "forty eight": Entry(Kind.NUMBER, 48),
            "sixty": Entry(Kind.NUMBER, 60),
            "seventy - two": Entry(Kind.NUMBER, 72),
            "ninety": Entry(Kind.NUMBER, 90),
            "a couple": Entry(Kind.NUMBER, 2),
            "a couple of": Entry(Kind.NUMBER, 2),
            "a couple more": Entry(Kind.NUMBER, 2),
            "couple of": Entry(Kind.NUMBER, 2),
            "couple": Entry(Kind.NUMBER, 2),
            "another": Entry(Kind.NUMBER, 1),
            "another couple of": Entry(Kind.NUMBER, 2),
            "few": Entry(Kind.FEW, 2),
            "a few": Entry(Kind.FEW, 2),
            "a few more": Entry(Kind.FEW, 2),
            "a few short": Entry(Kind.FEW, 2),
            "several": Entry(Kind.FEW, 2),
            "some": Entry(Kind.FEW, 2),
        },
        _rows(
            Kind.ORDINAL,
            "",
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            "twenty - first",
            "twenty - second",
            "twenty - third",
            "twenty - fourth",
            "twenty - fifth",
            "twenty - sixth",
            "twenty - seventh",
            "twenty - eighth",
            "twenty - ninth",
            "thirtieth",
            "thirty - first",
        ),
        {"final": Entry(Kind.ORDINAL, 0)},
        _tagged(
            Kind.UNIT,
            {
                "minute": "minute|minutes|min|mins",
                "hour": "hour|hours|hr|hrs|h",
                "day": "day|days|calendar day|calendar days",
                "workday": "business day|business days|working day|working days|workday|workdays"
                "|weekdays|weekday|work day|work days|workdays",
                "week": "week|weeks|wk|wks|work week|workweek|working week|business week"
                "|calendar week",
                "month": "month|months|calendar month",
                "quarter": "quarter|quarters|fiscal quarter|calendar quarter",
                "half": "half",
                "year": "year|years|yr|yrs|calendar year",
                "weekend": "weekend|week - end|wkend",
                "season:6": "summer",
                "season:9": "fall|autumn",
                "season:12": "winter",
                "season:3": "spring",
            },
        ),
        _rows(
            Kind.RELATIVE,
            "last|past|previous|preceding",
            "this|this very|the current|current|this current",
            "next|the next|this next",
            first=-1,
        ),
        _rows(
            Kind.RELATIVE,
            "ahead|coming|the coming|upcoming|the upcoming|this coming|this upcoming|following",
            first=1,
            tag="coming",
        ),
        _tagged(
            Kind.EDGE,
            {
                "begin": "early|beginning|start|the beginning|the start|early on|very early"
                "|towards the beginning|first part|the first part|early part|the early part",
                "mid": "mid|middle|the middle|midway through|halfway through|mid - way through",
                "end": "end|the end|the very end|close|the close|very end|ending",
                "late": "late|the latter part|latter part|the back end|back end|tail end"
                "|the tail end|towards the end|toward the end|near the end|around the end",
                "later": "later|later on|later in|the rest|the remainder|rest|remainder",
                "whole": "the course|sometime|some time|anytime|any time|some point",
            },
        ),
        _rows(
            Kind.ANCHOR,
            "today|tonight|this morning|this afternoon|this evening|this very day|2day"
            "|later today|today sometime|sometime today|the same day|same day|tonite|later tonight"
            "|later this morning|later this afternoon|later this evening|late today|early tonight"
            "|late this afternoon|end of today|the end of today|rest of today|the rest of the day"
            "|later in the day",
            "tomorrow|tmrw|tomorow|tommorow|tommorrow|tmr|tomorrow first thing"
            "|end of tomorrow|the end of tomorrow",
            "the day after tomorrow|day after tomorrow",
        ),
        _tagged(
            Kind.CLOSE,
            {
                "day": "eod|cob|eob|cop|end of day|end of the day|the end of day"
                "|the end of the day|close of business|the close of business|end of business"
                "|end of business day|end of the business day|the end of the business day"
                "|close of play|end of play|end of the working day|first thing|last thing"
                "|end - of - day|close of trading|close of day|the close of day|the end of business"
                "|end of the afternoon|the end of the afternoon|end of the morning"
                "|the end of the morning|end of the evening|close of the business day|dusk",
                "week": "eow|end - of - week",
                "month": "eom|end - of - month",
                "quarter": "eoq|end - of - quarter",
                "year": "eoy|end - of - year",
            },
        ),
        _tagged(
            Kind.HOLIDAY,
            {
                "christmas": "christmas|xmas|christmas day|x - mas",
                "christmas-eve": "christmas eve",
                "holidays": "holidays|holiday season|festive season",
                "new-year": "new year ' s day|new year|the new year|new year ' s|new years"
                "|new years day",
                "new-year-eve": "new year ' s eve|new years eve",
                "easter": "easter|easter sunday",
                "good-friday": "good friday",
                "easter-monday": "easter monday",
                "halloween": "halloween",
                "valentine": "valentine ' s day|valentine ' s|valentines day",
                "thanksgiving": "thanksgiving|thanksgiving day",
                "labor": "labor day|labour day",
                "canada": "canada day",
                "independence": "independence day|4th of july|july fourth",
                "boxing": "boxing day",
            },
        ),
    ]
)

FRENCH: Lexicon = _merge(
    [
        _plain(
            {
                Kind.WORD: "pour|si|par|avec|car|mais|comme|nous|je|j|vous|il|elle|on|ca|c|est|sera"
                "|sur|chez|plutot|inclus|compris|matin|prochain|merci|svp|s|qui|que|afin|sans|sauf"
                "|ainsi|aussi|donc|alors|puis|cela|me|te|nous|vous|convient|conviendrait|irait|va"
                "|serait|n|ne|y|tout|directement|prochain|environ|suivi|soit|en main propre"
                "|courant|quand|lorsque|selon|dont|ou|sous reserve|midi|tu|m|t|l|ils|elles|quel"
                "|après|en fonction|suite|concernant|au lieu|sachant|etant|idealement|maximum|max",
                Kind.BY: "d ' ici|d ' ici a|d ' ici au|au plus tard|au plus tard a"
                "|au plus tard en|pour|échéance"
                "|avez jusqu ' à|ai jusqu ' à|ai jusqu ' au|avez jusqu ' au|as jusqu ' à"
                "|as jusqu ' au|ont jusqu ' à"
                "|ont jusqu ' au"
                "|date limite|dernier délai|d ' ici aux|d ' ici environ",
                Kind.BEFORE: "avant",
                Kind.UNTIL: "jusqu ' à|jusqu ' au|jusque|jusqu ' en|jusqu ' aux",
                Kind.AFTER: "après|a l ' issue de|au dela du|a l ' issue du",
                Kind.ON: "en|aux alentours du|autour du|sur|aux|lors de|des|courant",
                Kind.AT: "vers|autour de|aux alentours de|aux environs de",
                Kind.FROM: "pas avant|a partir de|a partir du|a compter de|a compter du"
                "|a dater du|a partir d '",
                Kind.SINCE: "depuis|en date du|daté du|datant du|datée du|datant de",
                Kind.FOR: "pendant|durant|tout au long de|pour une durée de|pour une période de",
                Kind.EVERY: "chaque|tous les|toutes les|un|par|tous|toutes|une|aucun",
                Kind.OF: "de|du|d '",
                Kind.THE: "le|la|l '|les",
                Kind.AND: "et|ainsi que",
                Kind.OR: "ou|voire|ou bien|ou encore|sinon|soit",
                Kind.TO: "a|au",
                Kind.BETWEEN: "entre",
                Kind.IN: "dans|dans environ|dans a peu pres|au cours des|au cours de|au cours du",
                Kind.WITHIN: "sous|dans un délai de|dans un délai maximum de"
                "|dans un délai maximal de|dans un délai d '"
                "|dans le délai de|sous un délai de|sous un délai d '|dans moins de"
                "|au plus tard dans"
                "|dans les",
                Kind.HENCE: "a compter d ' aujourd ' hui|a partir d ' aujourd ' hui"
                "|a compter de ce jour"
                "|a partir de maintenant|a compter de maintenant|après aujourd ' hui|plus tard",
                Kind.AGO: "auparavant|plus tot|d ' affilee|de suite",
                Kind.LATEST: "au plus tard|dernier délai|grand maximum|maximum|max|au maximum"
                "|maxi|au grand maximum|sans faute|dernière limite|dernier carat",
                Kind.WISH: "bon|bonne|bonnes|belle|excellent|excellente|tres bonne|tres bon|beau"
                "|super",
                Kind.DAYPART: "matin|soir|après - midi|matinée|soirée|nuit|dans la matinée"
                "|dans l ' après - midi|dans la soirée|après midi|en matinée|en soirée|au soir"
                "|au matin|en début d ' après - midi|en fin d ' après - midi|en fin de matinée"
                "|début d ' après - midi|fin d ' après - midi|fin de matinée|en début de matinée"
                "|début de matinée|en cours de matinée|en cours d ' après - midi|au plus tot"
                "|en début de soirée|début de soirée|a la première heure|a l ' ouverture|aprem"
                "|première heure|tot|dans la nuit|en début de journée|dans la journée"
                "|en cours de journée|en journée|a la fermeture|de bonne heure|tot le matin",
            }
        ),
        {
            "dans une demi - heure": Entry(Kind.ANCHOR, 0),
            "d ' ici une demi - heure": Entry(Kind.ANCHOR, 0),
            "midi": Entry(Kind.NOON, 12),
            "minuit": Entry(Kind.NOON, 24),
            "ce midi": Entry(Kind.ANCHOR, 0),
            "en huit": Entry(Kind.WEEK_LATER, 7),
            "en 8": Entry(Kind.WEEK_LATER, 7),
            "en quinze": Entry(Kind.WEEK_LATER, 14),
            "en 15": Entry(Kind.WEEK_LATER, 14),
            "d ' aujourd ' hui en huit": Entry(Kind.ANCHOR, 7),
            "d ' aujourd ' hui en quinze": Entry(Kind.ANCHOR, 14),
            "huitaine": Entry(Kind.UNIT, 7, "span"),
            "huit jours": Entry(Kind.UNIT, 7, "span"),
            "quinzaine": Entry(Kind.UNIT, 14, "span"),
            "quinzaine de jours": Entry(Kind.UNIT, 14, "span"),
            "huitaine de jours": Entry(Kind.UNIT, 7, "span"),
            "quinze jours": Entry(Kind.UNIT, 14, "span"),
            "dizaine de jours": Entry(Kind.UNIT, 10, "span"),
            "rentrée": Entry(Kind.PERIOD_NAME, 9, "month"),
            "janv": Entry(Kind.MONTH, 1),
            "févr": Entry(Kind.MONTH, 2),
            "mar": Entry(Kind.MONTH, 3, "weak"),
            "avr": Entry(Kind.MONTH, 4),
            "juil": Entry(Kind.MONTH, 7),
            "déc": Entry(Kind.MONTH, 12),
            "un": Entry(Kind.NUMBER, 1, "a"),
            "une": Entry(Kind.NUMBER, 1, "a"),
            "ci": Entry(Kind.RELATIVE, 0, "ci"),
        },
        _rows(
            Kind.WEEKDAY, "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"
        ),
        _rows(Kind.WEEKDAY, "lun", "", "mer", "jeu", "ven", "sam", "dim", tag="weak"),
        _rows(
            Kind.MONTH,
            "janvier",
            "février|fév",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre|oct",
            "novembre|nov",
            "décembre",
            first=1,
        ),
        _rows(
            Kind.NUMBER,
            "deux",
            "trois",
            "quatre",
            "cinq",
            "six",
            "sept",
            "huit",
            "neuf",
            "dix",
            "onze",
            "douze",
            "treize",
            "quatorze",
            "quinze",
            "seize",
            "dix - sept",
            "dix - huit",
            "dix - neuf",
            "vingt",
            "vingt et un|vingt - et - un",
            first=2,
        ),
        {
            "vingt - quatre": Entry(Kind.NUMBER, 24),
            "vingt quatre": Entry(Kind.NUMBER, 24),
            "trente": Entry(Kind.NUMBER, 30),
            "trente et un": Entry(Kind.NUMBER, 31),
            "quarante": Entry(Kind.NUMBER, 40),
            "quarante - cinq": Entry(Kind.NUMBER, 45),
            "quarante - huit": Entry(Kind.NUMBER, 48),
            "quarante huit": Entry(Kind.NUMBER, 48),
            "soixante": Entry(Kind.NUMBER, 60),
            "soixante - douze": Entry(Kind.NUMBER, 72),
            "quatre - vingt - dix": Entry(Kind.NUMBER, 90),
            "quelques": Entry(Kind.FEW, 2),
            "plusieurs": Entry(Kind.FEW, 2),
            "tout": Entry(Kind.WORD),
        },
        _rows(
            Kind.ORDINAL,
            "dernier|dernière",
            "premier|première",
            "deuxième|second|seconde",
            "troisième",
            "quatrième",
            "cinquième",
        ),
        _tagged(
            Kind.UNIT,
            {
                "minute": "minute|minutes|min|mn",
                "hour": "heure|heures|h",
                "day": "jour|jours|j|jours calendaires|journée|jours francs|jours pleins",
                "workday": "jour ouvré|jours ouvrés|jour ouvrable|jours ouvrables|jour de travail",
                "week": "semaine|semaines|sem",
                "month": "mois",
                "quarter": "trimestre|trimestres",
                "half": "semestre|semestres",
                "year": "an|ans|année|années",
                "weekend": "week - end|weekend|week end|we",
                "season:6": "été",
                "season:9": "automne",
                "season:12": "hiver",
                "season:3": "printemps",
            },
        ),
        _rows(
            Kind.RELATIVE,
            "passe|passee|passes|passees|précédent|précédente|précédents|précédentes|écoulé|écoulée"
            "|dernières|derniers",
            "ce|cet|cette|ces|en cours|la presente",
            "prochain|prochaine|prochains|prochaines|suivant|suivante|suivants|suivantes|d ' après"
            "|tout prochains|toutes prochaines|tout prochain|toute prochaine",
            first=-1,
        ),
        _rows(
            Kind.RELATIVE,
            "à venir|qui vient|qui viennent|qui arrive|qui arrivent|qui suivent|qui suit",
            first=1,
            tag="coming",
        ),
        _tagged(
            Kind.EDGE,
            {
                "begin": "début|le début|tout début|au début|au tout début|en début|commencement",
                "mid": "mi|milieu|au milieu|en milieu|le milieu|la mi|courant milieu",
                "end": "fin|la fin|a la fin|en fin|la toute fin|toute fin|les derniers jours"
                "|en toute fin|la clôture|clôture",
                "late": "vers la fin|sur la fin|les derniers jours|vers fin|la deuxième partie",
                "later": "plus tard dans|plus tard cette|le reste|la suite"
                "|plus tard dans le courant"
                "|plus tard ce|reste",
                "whole": "courant|dans le courant|au cours|en cours|en courant|le courant"
                "|au courant",
            },
        ),
        _rows(
            Kind.ANCHOR,
            "dans la journée|dans la soirée|dans l ' après - midi|dans la matinée|en soirée"
            "|en fin d ' après - midi|en fin de matinée|en début d ' après - midi"
            "|en début de soirée|en cours d ' après - midi|fin d ' après - midi|fin de matinée"
            "|en cours de matinée|en cours de journée",
            tag="part",
        ),
        _rows(
            Kind.ANCHOR,
            "aujourd ' hui|aujourdhui|auj|ce soir|ce matin|cet après - midi|cet aprem|cette nuit"
            "|cet après midi|cette après - midi|cette après midi|ce jour|ce jour même|le jour même"
            "|plus tard dans la journée|cette matinée|cette soirée|courant de journée",
            "demain|des demain",
            "après - demain|après demain|surlendemain",
        ),
        _tagged(
            Kind.CLOSE,
            {
                "day": "fin de journée|en fin de journée|la fin de journée|la fin de la journée"
                "|fin de la journée|la fin du jour|eod|fin de soirée|la clôture du jour"
                "|ce jour en fin de journée|fin de matinée|la fermeture des bureaux|a la fermeture"
                "|la fin de matinée|la fin de la matinée|la fin de l ' après - midi|fdj|cob"
                "|la fermeture|la fin d ' après - midi|fin de l ' après - midi"
                "|fin d ' après - midi",
                "week": "eow",
                "month": "eom",
                "year": "eoy",
            },
        ),
        _tagged(
            Kind.HOLIDAY,
            {
                "christmas": "noël|la noël",
                "new-year": "nouvel an|le nouvel an|jour de l ' an|le jour de l ' an"
                "|nouvelle année",
                "christmas-eve": "réveillon de noël|la veille de noël",
                "new-year-eve": "saint - sylvestre|la saint - sylvestre",
                "easter": "pâques",
                "easter-monday": "lundi de pâques",
                "pentecost-monday": "pentecôte|la pentecôte|lundi de pentecôte",
                "ascension": "ascension|l ' ascension",
                "all-saints": "toussaint|la toussaint",
                "assumption": "assomption|l ' assomption",
                "armistice": "armistice|l ' armistice",
                "st-john": "saint - jean|la saint - jean|saint - jean - baptiste",
                "holidays": "fêtes|les fêtes|fêtes de fin d ' année|les fêtes de fin d ' année",
            },
        ),
    ]
)

BY_LANGUAGE: Mapping[str, Lexicon] = {"en": ENGLISH, "fr": FRENCH}

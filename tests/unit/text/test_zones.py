# ruff: noqa: E501 - a message or a case stands on one line
"""What `zones` takes for the writer's own words, in the styles of many programs and languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.text.page import MAX_CHARACTERS, MAX_LINES
from syncd.text.zones import new_text, zones
from tests.processor_time import takes_at_most


def cut(text: str) -> list[tuple[str, str]]:
    """The zones as (kind, stripped text)."""
    return [(zone.kind, text[zone.start : zone.end].strip()) for zone in zones(text)]


def kinds(text: str) -> list[str]:
    return [kind for kind, _ in cut(text)]


OUTLOOK_EN = """Please send me the plan.

From: Ann Lee <ann.lee@client.example>
Sent: Monday, November 2, 2026 10:00 AM
To: Marc Roy <marc@cabinet.example>
Cc: Paul Petit <paul@client.example>; Eva Stein <eva@client.example>;
 Tom Hill <tom@client.example>
Subject: RE: Plan

Could you call me tomorrow?
"""

REPLIES_ABOVE = {
    "gmail en": "On Mon, Nov 2, 2026 at 10:00 AM Ann Lee <ann@client.example> wrote:\n\n> Could you call?\n",
    "gmail en, wrapped": "On Mon, Nov 2, 2026 at 10:00 AM Ann Lee <\nann@client.example> wrote:\n\n> Could you call?",
    "gmail en, wrapped twice": "On Mon, Nov 2, 2026 at 10:00 AM Ann Lee\n<ann@client.example>\nwrote:\n\n> Could you call?",
    "gmail fr": "Le lun. 2 nov. 2026 à 10:00, Ann Lee <ann@client.example> a écrit :\n\n> Pouvez-vous appeler ?",
    "gmail fr, no-break space": "Le 2 nov. 2026 à 10:00, Ann Lee a écrit\u00a0:\n> Pouvez-vous appeler ?",
    "gmail de": "Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Ann Lee <\nann@client.example>:\n\n> Bitte anrufen.",
    "gmail es": "El lun, 2 nov 2026 a las 10:00, Ann Lee (<ann@client.example>) escribió:\n\n> ¿Puedes llamar?",
    "gmail it": "Il giorno lun 2 nov 2026 alle ore 10:00 Ann Lee <ann@client.example> ha\nscritto:\n\n> Puoi chiamare?",
    "gmail pt": "Em seg., 2 de nov. de 2026 às 10:00, Ann Lee <ann@client.example> escreveu:\n\n> Pode ligar?",
    "gmail nl": "Op ma 2 nov 2026 om 10:00 schreef Ann Lee <ann@client.example>:\n\n> Kun je bellen?",
    "gmail sv": "Den mån 2 nov. 2026 kl 10:00 skrev Ann Lee <ann@client.example>:\n\n> Kan du ringa?",
    "gmail pl": "pon., 2 lis 2026 o 10:00 Ann Lee <ann@client.example> napisał(a):\n\n> Zadzwoń.",
    "gmail ru": "пн, 2 нояб. 2026 г. в 10:00, Ann Lee <ann@client.example> написал:\n\n> Позвоните.",
    "gmail ja": "2026年11月2日(月) 10:00 Ann Lee <ann@client.example>:\n\n> 電話してください。",
    "gmail zh": "Ann Lee <ann@client.example> 于2026年11月2日周一 10:00写道：\n\n> 请打电话。",
    "gmail, date first": "2026-11-02 10:00 GMT+01:00 Ann Lee <ann@client.example>:\n\n> Could you call?",
    "apple en": "> On Nov 2, 2026, at 10:00 AM, Ann Lee <ann@client.example> wrote:\n> \n> Could you call?",
    "apple fr": "> Le 2 nov. 2026 à 10:00, Ann Lee <ann@client.example> a écrit :\n> \n> Pouvez-vous appeler ?",
    "iphone, no signs": "On Nov 2, 2026, at 10:00 AM, Ann Lee <ann@client.example> wrote:\n\nCould you call?\n\nAnn",
    "thunderbird en": "On 02/11/2026 10:00, Ann Lee wrote:\n> Could you call?",
    "thunderbird fr": "Le 02/11/2026 à 10:00, Ann Lee a écrit :\n> Pouvez-vous appeler ?",
    "thunderbird de": "Am 02.11.26 um 10:00 schrieb Ann Lee:\n> Bitte anrufen.",
    "mutt": "* Ann Lee <ann@client.example> wrote:\n> Could you call?",
    "yahoo": "On Monday, November 2, 2026 at 10:00:00 AM EST, Ann Lee <ann@client.example> wrote:\n\nCould you call?",
    "zoho": "---- On Mon, 02 Nov 2026 10:00:00 +0100 Ann Lee <ann@client.example> wrote ----\n\nCould you call?",
    "outlook de": "Von: Ann Lee <ann@client.example>\nGesendet: Montag, 2. November 2026 10:00\nAn: Marc Roy\nBetreff: AW: Plan\n\nBitte anrufen.",
    "outlook fr, bold": "*De :* Ann Lee <ann@client.example>\n*Envoyé :* lundi 2 novembre 2026 10:00\n*À :* Marc Roy\n*Objet :* RE: Plan\n\nPouvez-vous appeler ?",
    "outlook es": "________________________________\nDe: Ann Lee\nEnviado: lunes, 2 de noviembre de 2026\nPara: Marc Roy\nAsunto: RE: Plan\n\n¿Puedes llamar?",
    "outlook it": "Da: Ann Lee\nInviato: lunedì 2 novembre 2026 10:00\nA: Marc Roy\nOggetto: R: Plan\n\nPuoi chiamare?",
    "outlook pt": "De: Ann Lee\nEnviada em: segunda-feira, 2 de novembro de 2026\nPara: Marc Roy\nAssunto: RES: Plan\n\nPode ligar?",
    "outlook nl": "Van: Ann Lee\nVerzonden: maandag 2 november 2026\nAan: Marc Roy\nOnderwerp: RE: Plan\n\nKun je bellen?",
    "outlook, paragraphs": "From: Ann Lee <ann@client.example>\n\nSent: Monday, November 2, 2026\n\nTo: Marc Roy\n\nSubject: Plan\n\nCould you call?",
    "old outlook en": "-----Original Message-----\nFrom: Ann Lee\nSent: Monday\nTo: Marc\nSubject: Plan\n\nCould you call?",
    "old outlook fr": "-----Message d'origine-----\nDe : Ann Lee\nEnvoyé : lundi\nÀ : Marc\nObjet : Plan\n\nPouvez-vous appeler ?",
    "old outlook de": "-----Ursprüngliche Nachricht-----\nVon: Ann Lee\nGesendet: Montag\n\nBitte anrufen.",
    "samsung fr": "---- Ann Lee a écrit ----\n\nPouvez-vous appeler ?",
    "evolution, cut short": "On Mon, 2026-11-02 at 10:00 +0100, Ann Lee wrote\n\n> Could you call?",
    "lotus notes": "Ann Lee/Paris/Client wrote on 02/11/2026 10:00:00:\n\n> Could you call?",
    "two headers": "From: Ann Lee <ann@client.example>\nDate: Mon, 2 Nov 2026 10:00:00\n\nCould you call?",
    "notes, bars": "2026/11/2 Ann Lee <ann@client.example>\n\n| Could you call?\n| Ann",
    "initials": "Ann Lee wrote:\nAL> Could you call?\nAL> Today?",
}


@pytest.mark.parametrize("below", REPLIES_ABOVE.values(), ids=REPLIES_ABOVE.keys())
def test_an_answer_above_a_quote_is_all_that_is_new(below: str) -> None:
    answer = "I will send the plan by Friday.\nIt has two parts."

    assert new_text(f"{answer}\n\n{below}\n") == answer
    assert new_text(f"{answer}\r\n\r\n{below}\r\n".replace("\n", "\r\n")).split() == answer.split()


FORWARDS = {
    "gmail en": "---------- Forwarded message ---------\nFrom: Ann Lee <ann@client.example>\nDate: Mon, Nov 2, 2026\nSubject: Plan\nTo: <marc@cabinet.example>\n\nCould you call?",
    "gmail fr": "---------- Message transféré ---------\nDe : Ann Lee <ann@client.example>\nDate: lun. 2 nov. 2026\nSubject: Plan\n\nPouvez-vous appeler ?",
    "apple en": "Begin forwarded message:\n\nFrom: Ann Lee <ann@client.example>\nSubject: Plan\nDate: 2 November 2026\n\nCould you call?",
    "apple fr": "Début du message réexpédié :\n\nDe: Ann Lee <ann@client.example>\nObjet: Plan\n\nPouvez-vous appeler ?",
    "apple de": "Anfang der weitergeleiteten Nachricht:\n\nVon: Ann Lee\nBetreff: Plan\n\nBitte anrufen.",
    "apple es": "Inicio del mensaje reenviado:\n\nDe: Ann Lee\nAsunto: Plan\n\n¿Puedes llamar?",
    "apple it": "Inizio messaggio inoltrato:\n\nDa: Ann Lee\nOggetto: Plan\n\nPuoi chiamare?",
    "apple pt": "Início da mensagem encaminhada:\n\nDe: Ann Lee\nAssunto: Plan\n\nPode ligar?",
    "apple nl": "Begin doorgestuurd bericht:\n\nVan: Ann Lee\nOnderwerp: Plan\n\nKun je bellen?",
    "apple sv": "Början på vidarebefordrat meddelande:\n\nKan du ringa?",
    "apple, signs": "> Begin forwarded message:\n> \n> From: Ann Lee\n> Subject: Plan\n> \n> Could you call?",
    "thunderbird fr": "-------- Message transféré --------\nSujet : Plan\nDate : 2 nov. 2026\nDe : Ann Lee\n\nPouvez-vous appeler ?",
    "gnus": "-------------------- Start of forwarded message --------------------\nFrom: Ann Lee\n\nCould you call?",
}


@pytest.mark.parametrize("below", FORWARDS.values(), ids=FORWARDS.keys())
def test_a_forwarded_message_is_not_new(below: str) -> None:
    text = f"For your information, see below.\n\n{below}\n"

    assert [kind for kind, _ in cut(text)] == ["new", "forwarded"]
    assert new_text(text) == "For your information, see below."


def test_a_forward_without_a_word_has_nothing_new() -> None:
    text = "From: Ann Lee <ann@client.example>\nSent: Monday\nTo: Marc\nSubject: Plan\n\nCould you call?"

    assert kinds(text) == ["forwarded"]
    assert new_text(text) == ""


def test_copied_headers_with_wrapped_recipients() -> None:
    assert cut(OUTLOOK_EN)[0] == ("new", "Please send me the plan.")
    assert kinds(OUTLOOK_EN) == ["new", "quote"]


def test_inline_answers_are_new_between_quotes() -> None:
    text = (
        "Hi Ann,\n\nOn 02/11/2026 10:00, Ann Lee wrote:\n> Which day?\n\nMonday works.\n\n"
        "> Who comes?\n> Paul too?\nOnly the two of us.\n\n> Fine.\n\n-- \nMarc Roy\n"
    )

    assert cut(text) == [
        ("greeting", "Hi Ann,"),
        ("attribution", "On 02/11/2026 10:00, Ann Lee wrote:"),
        ("quote", "> Which day?"),
        ("new", "Monday works."),
        ("quote", "> Who comes?\n> Paul too?"),
        ("new", "Only the two of us."),
        ("quote", "> Fine."),
        ("signature", "-- \nMarc Roy"),
    ]
    assert new_text(text) == "Hi Ann,\n\nMonday works.\n\nOnly the two of us."


def test_an_answer_below_the_quote() -> None:
    text = "On 02/11/2026 10:00, Ann Lee wrote:\n> Which day?\n> Ann\n\nMonday works.\n"

    assert new_text(text) == "Monday works."


def test_an_answer_below_an_attribution_whose_quote_was_deleted() -> None:
    text = "On Mon, Nov 2, 2026 at 10:00 AM Ann Lee <ann@client.example> wrote:\n\nMonday works.\n"

    assert new_text(text) == "Monday works."


def test_an_answer_below_an_elision() -> None:
    text = "Two remarks.\n\nOn 2/11/26 10:00, Ann Lee <ann@client.example> wrote:\n[...]\n\nMonday works."

    assert new_text(text) == "Two remarks.\n\nMonday works."


def test_quoted_lines_that_a_program_wrapped_stay_quoted() -> None:
    text = (
        "> This quoted line is so long that the program which sent it had to break\n"
        "it\n> in two, and went on.\n\nI agree."
    )

    assert new_text(text) == "I agree."


def test_an_answer_right_below_a_quoted_line_is_not_taken_for_its_end() -> None:
    assert new_text("> Which day?\nmonday\n> And who?\nus\n") == "monday\n\nus"


PROSE = {
    "verb in a sentence": "On Monday Paul wrote to us: he is ill.\nCan you come instead?",
    "introduces a list": "On 12 May we need the following:\n- the plan\n- the offer",
    "wrote that": "As Ann wrote:\n\nthe plan is late. Shall we call her?",
    "travel": "From: Paris\nTo: London\nDate: 3 May\n\nCan you book it?",
    "agenda with rule": "Agenda\n------\n\nThe budget for next year has to be settled.\nWho comes?",
    "dates": "Some dates:\n\n2026-01-15 14:30:25\n15.01.2026 14:30\n\nWhich one suits you?",
    "rule between parts": "First the offer: I will send it on Monday.\n\n---------\n\nThen the plan: can you send it?",
    "from my desk": "Sent from my desk, is much easier than my mobile phone.",
    "from escaped": "We are ready.\n>From Monday on I am away.",
    "dashes within": "There is a fix -- this is no signature.",
    "indented prose": "The plan:\n\n    We meet on Monday and you bring the figures\n    that Paul asked for.\n\nFine?",
    "bullets": "To do:\n\n  - you send the plan;\n  - I call Paul;\n  - Ann signs.",
    "phone in a sentence": "Please call me on +33 1 23 45 67 89 tomorrow.",
    "keep confidential": "This message is for you only: please keep the offer to yourself.",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
def test_prose_that_looks_like_mail_furniture_is_kept(text: str) -> None:
    assert new_text(text) == text


SIGNATURES = {
    "delimiter": "-- \nMarc Roy\nCabinet Roy\n+33 1 23 45 67 89",
    "delimiter without its space": "--\nMarc Roy\nmarc@cabinet.example",
    "long dash": "—\nMarc",
    "best regards": "Best regards,\nMarc Roy",
    "best regards, spaced": "Best regards,\n\nMarc Roy\n\nSenior Account Manager\nCabinet Roy Ltd.\nwww.cabinet.example",
    "one line": "Best regards, Marc",
    "kind regards, no comma": "Kind regards\nMarc",
    "thanks": "Thanks,\nMarc",
    "cheers": "Cheers\nM.",
    "with a smile": "Cheers 🎉\nMarc\n\n—————\nMarc Roy\nDirector\n📧 marc@cabinet.example",
    "cordialement": "Cordialement,\nMarc Roy\nDirecteur général\n12, rue de la Paix\n75002 Paris\nTél. : +33 1 23 45 67 89",
    "bien à vous": "Bien à vous,\n\nMarc",
    "merci d’avance": "Merci d’avance,\nMarc",
    "german": "Mit freundlichen Grüßen\nEva Stein\nLeiterin Einkauf",
    "two languages": "Viele Grüße / Best regards\nEva",
    "spanish": "Un saludo,\nMaría López",
    "italian": "Cordiali saluti\nAnna Rossi",
    "portuguese": "Atenciosamente,\nJoão Silva",
    "dutch": "Met vriendelijke groet,\nJan de Vries",
    "contact block without a closing": "Marc Roy\nCabinet Roy\n+33 1 23 45 67 89\nmarc@cabinet.example",
    "dashed name": "-Marc",
    "slashed name": "/Marc",
    "iphone": "Sent from my iPhone",
    "iphone fr": "Envoyé de mon iPhone",
    "iphone de": "Von meinem iPhone gesendet",
    "iphone es": "Enviado desde mi iPhone",
    "iphone it": "Inviato da iPhone",
    "iphone pt": "Enviado do meu iPhone",
    "iphone nl": "Verstuurd vanaf mijn iPhone",
    "outlook for ios": "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "outlook fr": "Télécharger Outlook pour Android",
    "closing and phone": "Thanks,\nMarc\n\nSent from my iPhone",
    "list footer": "_______________________________________________\nPlans mailing list\nplans@lists.example\nhttps://lists.example/plans",
    "pgp": "-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCgAdFiEE\n=WOzE\n-----END PGP SIGNATURE-----",
    "trailers": 'Fixes: 0123456789ab ("plan: add")\nSigned-off-by: Marc Roy <marc@cabinet.example>\nReviewed-by: Ann Lee <ann@client.example>',
}


@pytest.mark.parametrize("end", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_signature_is_not_new(end: str) -> None:
    words = "I will send you the plan by Friday. Could you check the figures?"

    assert new_text(f"{words}\n\n{end}\n") == words
    assert new_text(f"{words}\n\n{end}\n\nOn 2/11/26 10:00, Ann Lee wrote:\n> Plan?\n") == words


SAID_IN_CLOSING = {
    "before the closing": (
        "The plan is ready.\n\nTalk to you Friday,\nBest,\nMarc",
        "Talk to you Friday,",
    ),
    "on one line": ("The plan is ready.\n\nTalk to you Friday, Best, Marc", "Talk to you Friday"),
    "thanks for": ("See attached.\n\nThanks for sending it by Friday,\nMarc", "by Friday"),
    "below the name": (
        "See attached.\n\nBest,\nMarc\n\nPlease confirm by noon.",
        "Please confirm by noon.",
    ),
    "short, below the name": (
        "See attached.\n\nBest,\nMarc\n\nCall me tomorrow",
        "Call me tomorrow",
    ),
    "a deadline below the name": (
        "See attached.\n\nBest,\nMarc\n\nsend it by 5pm",
        "send it by 5pm",
    ),
    "postscript": (
        "See attached.\n\nBest,\nMarc\n\nPS: Could you send the figures?",
        "Could you send",
    ),
    "postscript fr": (
        "Ci-joint.\n\nBien à vous,\nMarc\n\nP.S. J'appelle Paul lundi.",
        "J'appelle Paul lundi.",
    ),
    "question": ("See attached.\n\nRegards\nMarc\n\nAny news?", "Any news?"),
    "list after thanks": ("I need:\n\nThanks\n- the plan of May\n- the offer", "- the offer"),
    "french": ("Ci-joint.\n\nOn se voit vendredi, bonne journée\nMarc", "On se voit vendredi"),
}


@pytest.mark.parametrize(("text", "kept"), SAID_IN_CLOSING.values(), ids=SAID_IN_CLOSING.keys())
def test_what_is_said_around_a_closing_is_kept(text: str, kept: str) -> None:
    assert kept in new_text(text)


@pytest.mark.parametrize(
    "text", ["Thanks!", "Thanks,\nMarc", "Merci beaucoup", "Hi Ann,\n\nThank you"]
)
def test_a_thanks_that_is_the_whole_message_is_new(text: str) -> None:
    assert "new" in kinds(text)


DISCLAIMERS = {
    "en": "This e-mail and any attachments are confidential and intended solely for the addressee.",
    "en, not the recipient": "If you are not the intended recipient, please notify the sender at once.",
    "fr": "Ce message et ses pièces jointes sont confidentiels et réservés à leurs destinataires.",
    "de": "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind …",
    "es": "Este mensaje y sus anexos son confidenciales y se dirigen sólo a su destinatario.",
    "it": "Questo messaggio contiene informazioni riservate, destinate solo al destinatario.",
    "pt": "Esta mensagem pode conter informação confidencial destinada apenas ao destinatário.",
    "nl": "Dit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde persoon.",
    "printing": "Please consider the environment before printing this e-mail.",
}


@pytest.mark.parametrize("notice", DISCLAIMERS.values(), ids=DISCLAIMERS.keys())
def test_a_notice_is_a_disclaimer(notice: str) -> None:
    text = f"I will send the plan.\n\nBest regards,\nMarc\n\n{notice}\n"

    assert kinds(text) == ["new", "signature", "disclaimer"]


def test_a_warning_above_the_text_hides_nothing() -> None:
    text = (
        "CAUTION: This email originated from outside of the company. Do not click links.\n\n"
        "Hello Marc,\n\nCould you send the plan?\n"
    )

    assert cut(text) == [
        ("disclaimer", text.split("\n")[0]),
        ("greeting", "Hello Marc,"),
        ("new", "Could you send the plan?"),
    ]


GREETINGS = [
    "Hi Ann,",
    "Hello Ann and Bob,",
    "Dear Ms. Lee,",
    "Good morning Ann!",
    "Hi all,",
    "Bonjour Madame Roy,",
    "Bonjour à tous,",
    "Cher Jean-Luc,",
    "Sehr geehrte Frau Dr. Stein,",
    "Liebe Eva,",
    "Hola María,",
    "Gentile Signora Rossi,",
    "Prezado João,",
    "Beste Jan,",
    "Ann,",
    "Ann, Bob,",
    "Hello",
]


@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_greeting_is_a_zone_of_its_own(greeting: str) -> None:
    assert cut(f"{greeting}\n\nthe plan is ready.\n") == [
        ("greeting", greeting),
        ("new", "the plan is ready."),
    ]


def test_a_greeting_may_share_its_line() -> None:
    assert cut("  Hi Ann, could you send the plan?\nThanks for it.") == [
        ("greeting", "Hi Ann,"),
        ("new", "could you send the plan?\nThanks for it."),
    ]


@pytest.mark.parametrize(
    "line", ["Yes,", "Thanks,", "However,", "Monday: fine", "Dag na dag regen."]
)
def test_other_first_lines_do_not_greet(line: str) -> None:
    assert "greeting" not in kinds(f"{line}\nthe plan is ready, as I said to Paul.")


VERBATIM = {
    "patch": "diff --git a/plan.c b/plan.c\nindex 012..345 100644\n--- a/plan.c\n+++ b/plan.c\n@@ -1,2 +1,2 @@\n plan();\n-old();\n+new();",
    "part of a patch": "+If the plan is late,\n+the reviewer says so.",
    "fenced": "```\nplease do not read this as prose\n```",
    "indented code": "    for (i = 0; i < n; i++) {\n        send(plan[i]);\n    }",
    "table": "| Item | Price |\n| A | 3 |\n| B | 4 |",
    "log": "2026-11-02 10:00:01 started\n2026-11-02 10:00:02 please wait\n2026-11-02 10:00:03 done",
    "kernel log": "[   11.201987] sysrq: Trigger\n[   11.202831] panic\n[   11.206218] Call Trace:",
}


@pytest.mark.parametrize("block", VERBATIM.values(), ids=VERBATIM.keys())
def test_what_is_no_prose_is_verbatim(block: str) -> None:
    text = f"Here it is:\n\n{block}\n\nCould you look at it?\n"

    assert cut(text) == [
        ("new", "Here it is:"),
        ("verbatim", block.strip()),
        ("new", "Could you look at it?"),
    ]


def test_what_lies_beyond_the_bounds_is_not_new() -> None:
    many_lines = "word\n" * (MAX_LINES + 10)
    one_line = "word " * MAX_CHARACTERS

    assert [zone.kind for zone in zones(many_lines)] == ["new", "quote"]
    assert [zone.kind for zone in zones(one_line)] == ["new", "quote"]


pieces = st.sampled_from(
    [
        *(
            "On Mon, Nov 2, 2026 at 10:00 AM Ann <a@b.example>",
            " wrote:",
            "> quoted",
            ">",
            "> wrote:",
        ),
        *("\n", "\n\n", "\r\n", "\r", "\u2028", " ", "\t", "\x00", "    code();", "AL> quoted"),
        *(
            "From: a@b.example",
            "Sent: Monday",
            "Subject: x",
            "To: y,",
            "-----Original Message-----",
        ),
        *("-- ", "--", "______", "Best regards,", "Ann Lee", "Hi Ann, ", "Sent from my iPhone"),
        *("diff --git a/x b/x", "@@ -1 +1 @@", "+x", "```", "| a | b |", "2026-11-02 10:00:00 x"),
        *("-----BEGIN PGP SIGNATURE-----", "This message is confidential", "[...]", ":", "：", "ᐧ"),
        "Begin forwarded message:",
    ]
)
mail_like = st.lists(pieces, max_size=40).map("".join)


@given(st.one_of(mail_like, st.text(max_size=300)))
def test_zones_cover_any_text_without_gaps(text: str) -> None:
    found = zones(text)

    assert "".join(text[zone.start : zone.end] for zone in found) == text
    assert all(zone.start < zone.end for zone in found)
    assert [zone.end for zone in found[:-1]] == [zone.start for zone in found[1:]]


@given(mail_like)
def test_no_quoted_line_is_new(text: str) -> None:
    found = zones(text)
    start = 0
    for line in text.splitlines(keepends=True):
        if line.startswith(("> ", ">>")):
            kind = next(zone.kind for zone in found if zone.start <= start < zone.end)
            assert kind not in ("new", "greeting", "disclaimer"), line
        start += len(line)


@given(
    st.lists(
        st.sampled_from(["I will send it.", "Could you call?", "It is late, Paul."]), min_size=1
    )
)
def test_new_text_has_nothing_more_to_remove(sentences: list[str]) -> None:
    words = "\n".join(sentences)

    assert new_text(words) == words
    assert new_text(new_text(f"{words}\n\nBest,\nMarc\n\n-- \nx")) == words


MEGABYTE = 1_000_000
HOSTILE = {
    "one line": "a" * MEGABYTE,
    "spaces": " " * MEGABYTE,
    "blank lines": "\n" * MEGABYTE,
    "signs": ">" * MEGABYTE,
    "nested signs": "\n".join(">" * depth for depth in range(1, 1_400)),
    "on on on": "On " * (MEGABYTE // 3),
    "attributions": "On 1 Jan 2026 at 10:00 Ann <a@b.example\n> wrote:\n" * 20_000,
    "verbs": "wrote:\n" * 140_000,
    "colons": "a@b.example 10:10 :\n" * 50_000,
    "headers": "From: a@b.example\nTo: c,\n d\n" * 35_000,
    "delimiters": "--\nAnn\n" * 140_000,
    "rules": "----------\n" * 90_000,
    "rules with spaces": "- - - - - - - - - - - - - - - - - - -\n" * 25_000,
    "patches": "--- a\n+++ b\n" * 80_000,
    "open fences": "```x\n~~~~y\n" * 80_000,
    "indented": "    \n     x\n" * 80_000,
    "armour": "-----BEGIN PGP SIGNED MESSAGE-----\n" * 28_000,
    "devices": "Sent from my iPhone\n" * 50_000,
    "notices": "This message\n\n" * 70_000,
    "initials": "AB> x\nCD> x\n" * 80_000,
    "names": "Ann Lee " * 125_000,
    "closings": "Thanks, Ann\n" * 80_000,
    "mixed quotes": ">\nx\n" * 250_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_megabyte_takes_a_few_milliseconds(text: str) -> None:
    takes_at_most(0.025, lambda: zones(text))

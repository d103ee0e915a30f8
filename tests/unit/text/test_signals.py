"""The other kinds of signal, in both languages."""

from __future__ import annotations

import pytest

from syncd.text.reading import Reader

from .conftest import MONDAY, Signals

SENTENCES = {
    "renegotiation": [
        "I'll be late with the report, Monday instead.",
        "I won't be able to finish by Friday.",
        "We need a few more days.",
        "Can we push the meeting to next week?",
        "The delivery has slipped to March.",
        "Je serai en retard, plutôt lundi.",
        "Peut-on décaler la réunion à jeudi ?",
        "Nous ne pourrons pas tenir le délai prévu.",
        "La livraison est repoussée au 15.",
    ],
    "fulfilment": [
        "Please find attached the signed contract.",
        "As promised, the slides are in the shared folder.",
        "I have just sent the invoice to your accountant.",
        "Here is the report.",
        "Done.",
        "Ci-joint le rapport demandé.",
        "Comme promis, voici les photos.",
        "Je viens de vous envoyer le fichier.",
        "C'est fait.",
    ],
    "closing": [
        "Thanks!",
        "Sounds good.",
        "Noted, thanks.",
        "FYI, the office is closed on Monday.",
        "I'm afraid I can't make it.",
        "No need to reply.",
        "C'est noté.",
        "Ça marche.",
        "Pour info, le bureau sera fermé lundi.",
        "Je dois décliner votre invitation.",
    ],
    "meeting_proposal": [
        "Are you free on Tuesday at 10?",
        "Let's have lunch next week.",
        "How about a coffee on Thursday?",
        "I'd like to set up a meeting with your team.",
        "On se voit jeudi midi ?",
        "Quelles sont vos disponibilités ?",
        "Je vous propose un appel lundi matin.",
        "On déjeune ensemble la semaine prochaine ?",
    ],
    "thanks": ["Thank you for your help.", "Merci pour tout.", "Je vous remercie de votre aide."],
    "care": [
        "How is your daughter doing?",
        "I hope you are feeling better.",
        "Congratulations on your new job!",
        "I am sorry for your loss.",
        "Comment va votre fille ?",
        "J'espère que vous allez mieux.",
        "Toutes mes condoléances.",
        "Bon rétablissement !",
    ],
}
NEWS = [
    ("birth", "My wife gave birth to a little girl yesterday."),
    ("birth", "Ma fille est née mardi !"),
    ("illness", "I've been sick since Monday."),
    ("illness", "Mon fils est à l'hôpital."),
    ("move", "We are moving to Boston in March."),
    ("move", "Nous déménageons à Lyon en mars."),
    ("new_job", "I am starting a new job in January."),
    ("new_job", "Je commence un nouveau poste en janvier."),
    ("promotion", "I was promoted to regional director."),
    ("promotion", "J'ai été promue directrice régionale."),
    ("holiday", "I'll be on vacation for two weeks."),
    ("holiday", "Je pars en vacances deux semaines."),
    ("bereavement", "My father passed away on Sunday."),
    ("birth", "I am on parental leave until March."),
    ("birth", "Our first child was born on Friday."),
    ("illness", "My wife broke her leg."),
    ("wedding", "My partner and I got engaged last week!"),
    ("holiday", "Just back from holiday."),
    ("bereavement", "Mon père est décédé dimanche."),
    ("wedding", "We are getting married in June."),
    ("other", "My wife and I have separated."),
    ("other", "We were burgled last night."),
    ("wedding", "Nous nous marions en juin."),
]
NOTHING = [
    "Best regards,",
    "I hope this email finds you well.",
    "The meeting room is on the second floor.",
    "The report was sent to the board in March.",
    "Cordialement,",
    "La salle est au deuxième étage.",
    "Le rapport compte douze pages.",
]


@pytest.mark.parametrize(("kind", "sentence"), [(k, s) for k, v in SENTENCES.items() for s in v])
def test_kinds(signals: Signals, kind: str, sentence: str) -> None:
    assert kind in signals(sentence)


@pytest.mark.parametrize(("topic", "sentence"), NEWS)
def test_personal_news(signals: Signals, topic: str, sentence: str) -> None:
    assert signals(sentence)["personal_news"].topic == topic


@pytest.mark.parametrize("sentence", NOTHING)
def test_nothing(signals: Signals, sentence: str) -> None:
    assert not signals(sentence)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Thanks in advance.", "thanks"),
        ("Thanks, could you also send the annex?", "closing"),
        ("Congratulations on your promotion!", "personal_news"),
        ("I am sick of this.", "personal_news"),
        ("See the attached brochure on maternity leave.", "personal_news"),
        ("A lot of this has been born out of necessity.", "personal_news"),
        ("The wording I proposed is shorter.", "personal_news"),
        ("If it helps, I proposed a shorter version last week.", "personal_news"),
        ("We moved to a new accounting system last year.", "personal_news"),
        ("We spent the week on the budget.", "personal_news"),
        ("I have an arm board here.", "personal_news"),
        ("We are engaged in talks with the supplier.", "personal_news"),
        ("My client is getting divorced.", "personal_news"),
        ("I have a question about maternity leave.", "personal_news"),
        ("I have retired the old server.", "personal_news"),
        ("Thanks to the new pump we saved money.", "thanks"),
        ("Congratulations, your order has shipped!", "care"),
        ("Is Friday ok for delivery?", "meeting_proposal"),
        ("Can you do the report by Friday?", "meeting_proposal"),
        ("The loss of our data was expensive.", "personal_news"),
        ("It is locked when we leave the office.", "personal_news"),
        ("If attached files are missing, tell me.", "fulfilment"),
        ("I have not sent it yet.", "fulfilment"),
        ("Je n'ai pas encore envoyé le fichier.", "fulfilment"),
        ("Thanks for meeting me yesterday.", "meeting_proposal"),
        ("J'espère que ce courriel vous trouvera bien.", "care"),
    ],
)
def test_not_that_kind(signals: Signals, sentence: str, kind: str) -> None:
    assert kind not in signals(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "How are you getting on with the report?",
        "How is the family business doing?",
        "How is the recovery of the data going?",
        "Has your daughter signed the form?",
        "Are you all right with the new date?",
        "Did the launch go well?",
        "Are you coming on Friday?",
    ],
)
def test_a_question_of_work_is_an_ask(signals: Signals, sentence: str) -> None:
    assert "ask" in signals(sentence)
    assert "care" not in signals(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hope you feel better; could you send me the lease?",
        "Congratulations on the baby, can you still do Friday?",
        "I'm so sorry to hear about your mother, please send me the documents when you can.",
    ],
)
def test_a_kind_word_hides_no_request(signals: Signals, sentence: str) -> None:
    assert signals(sentence).keys() >= {"ask", "care"}


@pytest.mark.parametrize("sentence", ["How is your daughter?", "Is your wife feeling better?"])
def test_interest_in_the_reader_requests_nothing(signals: Signals, sentence: str) -> None:
    assert "ask" not in signals(sentence)


@pytest.mark.parametrize(("attachments", "strength"), [(1, "firm"), (0, "weak")])
def test_an_attachment_that_is_not_there(reader: Reader, attachments: int, strength: str) -> None:
    text = "Please find the signed contract attached.\n"
    reading = reader.read(text, at=MONDAY, attachments=attachments)
    (signal,) = [s for s in reading.signals if s.kind == "fulfilment"]
    assert signal.strength == strength


@pytest.mark.parametrize(
    ("sentence", "strength"),
    [
        ("Let's have the pricing discussion at the offsite and keep this page as it is.", "weak"),
        ("Let's have a conversation at the conference.", "firm"),
        ("Could we have the kick-off talk at 3 pm on Monday?", "firm"),
    ],
)
def test_putting_a_topic_off_to_an_event_proposes_no_meeting(
    signals: Signals, sentence: str, strength: str
) -> None:
    assert signals(sentence)["meeting_proposal"].strength == strength

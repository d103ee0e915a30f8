"""Promises: firm, weak, and what is none."""

from __future__ import annotations

import pytest

from .conftest import Signals


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll send you the contract tomorrow.",
        "I will call you on Monday.",
        "We will get back to you by Friday.",
        "Will do.",
        "Consider it done.",
        "I'm on it.",
        "Leave it with me.",
        "I promise to call her.",
        "You will have it by Monday.",
        "I am sending it tomorrow.",
        "Let me check with the team and get back to you.",
        "Once the plans are complete I will send them to you.",
        "I'll be sending the minutes this week.",
        "I'll check if the room is free.",
        "I'll get back to you if anything changes.",
        "If you send me the figures, I will update the report.",
        "Once you sign the contract, I will send the invoice.",
        "I intend to raise this at the meeting.",
        "I'll have another look tonight.",
        "A sketch says it best, which I'll send in a moment.",
        "I'll add that to the next version, thanks.",
        "Will fix it tomorrow.",
        "Got it, will send it tonight.",
        "I will give you a call on Tuesday morning.",
        "I'll translate the advert by noon tomorrow.",
        "Will do, by Thursday at the latest.",
        "ill drop the keys off tonight",
        "The revised invoice will be with you within two days.",
        "I'm taking care of the room.",
        "I'll explain it at the meeting on Thursday.",
        "I'll ask the accountant.",
        "I'll let them know.",
        "I'll take it up with the board.",
        "It might be nothing, but I'll find out.",
        "I'll remove the clause unless anybody objects.",
        "We will be releasing the minutes next week.",
        "I will be able to look at it this weekend.",
        "My assistant will send you the invitation.",
        "Je vous envoie le rapport demain matin.",
        "Je t'appelle cet après-midi.",
        "Nous vous livrerons la semaine prochaine.",
        "Je m'en occupe.",
        "Je reviens vers vous dès que j'ai la réponse.",
        "Je te reviens là-dessus.",
        "Vous recevrez la facture avant la fin du mois.",
        "Je vais vérifier auprès du comptable.",
        "Je ne manquerai pas de vous prévenir.",
        "Comptez sur moi.",
        "Ce sera fait avant midi.",
    ],
)
def test_firm(signals: Signals, sentence: str) -> None:
    promise = signals(sentence)["promise"]
    assert promise.strength == "firm"
    assert (promise.debtor, promise.creditor) == ("writer", "reader")


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll try to send it tonight.",
        "I plan to finish this week.",
        "I hope to send it soon.",
        "I should be able to send it tomorrow.",
        "I will probably call them on Monday.",
        "Maybe I will send it tomorrow.",
        "We'll keep paying for it.",
        "I'll look at it at some point.",
        "J'essaierai de finir avant jeudi.",
        "Je pense pouvoir vous envoyer ça demain.",
        "Je ferai de mon mieux.",
        "Normalement, je vous enverrai le plan demain.",
    ],
)
def test_weak(signals: Signals, sentence: str) -> None:
    assert signals(sentence)["promise"].strength == "weak"


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll give you an example.",
        "I am going to list the open points below.",
        "I'm going to assume that everybody agrees.",
        "I'll now copy Ann.",
        "I will continue to avoid their offices.",
        "It does not look like I am going to make it.",
        "Here is the clause which I will quote in full:",
        "I will not be able to send it.",
        "I won't call him.",
        "I will be out of town on Tuesday.",
        "I will need two copies.",
        "We will see.",
        "Will you call me tomorrow?",
        "Shall I send you the contract?",
        "I can send it if you like.",
        "If you want, I will send you a copy.",
        "She said she will send it.",
        "He told me that I will get a copy.",
        "I sent the report yesterday.",
        "I would be happy to help.",
        "I look forward to meeting you.",
        "The board will decide on Monday.",
        "If the board agrees, I will send you the contract by Friday.",
        "If prices go up, we will send you a new quote.",
        "Should the budget allow it, we will send a second trainer.",
        "Unless the board objects, I will send it on Monday.",
        "I will post it if nobody else does.",
        "Depending on the answers, I'll get a second quote.",
        "When somebody sends me a draft, I'll review it.",
        "Usually I'll send a reminder first.",
        "As long as it works, they keep it, and we'll spend our evenings fixing it.",
        "I'll be the first to admit that I will send bad drafts.",
        "I'll add one remark.",
        "I'll answer inline.",
        "This is not to say I promise we will sign it.",
        "I'll stop here.",
        "I'll be happy to review it.",
        "In this talk, I will present the results.",
        "Because then I'll add another column.",
        "Will Smith",
        '"I\'ll send it tomorrow" is what they all say.',
        "Je ne pourrai pas vous envoyer le rapport demain.",
        "Si j'ai le temps, je regarderai.",
        "Si vous le souhaitez, je vous enverrai une copie.",
        "Voulez-vous que je vous envoie le contrat ?",
        "Il m'a dit qu'il enverrait le devis.",
        "Elle a promis de nous livrer lundi.",
        "J'ai envoyé le rapport hier.",
        "Je serai en vacances la semaine prochaine.",
        "Il fera beau demain.",
        "Je vous prie de croire à mes sentiments les meilleurs.",
        "Je vous souhaite une bonne fin de semaine.",
        "I'll go one step further and say that the price is too high.",
        "I see the smiley, but I'll answer anyway.",
        "In these rare cases, I will invoice the other office first.",
        "I keep forgetting the discount, and I'll check the total twice.",
        "Otherwise, we will continue to lose orders.",
        "Worse, I'll get copied on every invoice.",
        'Nobody wants to hear him saying "oh, I will send the figures.',
    ],
)
def test_none(signals: Signals, sentence: str) -> None:
    assert "promise" not in signals(sentence)


def test_due(signals: Signals) -> None:
    due = signals("I'll send it by Friday.")["promise"].due
    assert due is not None
    assert due.end.isoformat() == "2026-11-27"
    assert signals("I'll send it.")["promise"].due is None

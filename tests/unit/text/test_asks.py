"""Asks: real ones, and what only looks like one."""

from __future__ import annotations

import pytest

from syncd.text.reading import Reader

from .conftest import MONDAY, Signals


@pytest.mark.parametrize(
    "sentence",
    [
        "Could you send me the revised quote by Friday?",
        "What time are you arriving on Friday?",
        "Shall I send you the contract?",
        "Do you want me to bring copies?",
        "When?",
        "By when?",
        "And the invoice?",
        "Has Bob signed?",
        "Everything ok with the order?",
        "Quand ?",
        "Quelle version ?",
        "Et la facture ?",
        "Bob a-t-il signé ?",
        "Voulez-vous que j'envoie le contrat ?",
        "Dois-je l'envoyer au service juridique ?",
        "Are you bringing the signed copies?",
        "How do you get on the agenda?",
        "Please let us know where the report is kept.",
        "Please call and I can give you the figures.",
        "Avez-vous bien récupéré les clés ?",
        "As-tu passé la commande ?",
        "Comment allez-vous procéder pour la livraison ?",
        "Comment voulez-vous que nous procédions ?",
        "Vous allez bien recevoir le contrat demain ?",
        "Please forward the signed copy to our accountant.",
        "Send me the figures when you have them.",
        "Would you mind checking page 3?",
        "Any news on the contract?",
        "Thoughts?",
        "What do you think?",
        "When can we expect the delivery?",
        "Have you had a chance to look at the draft?",
        "I was wondering if you had time to review it.",
        "I would appreciate your feedback on the draft.",
        "Just following up on my last email.",
        "Let me know which date suits your team.",
        "I need your signature on page 3.",
        "Thanks, and could you also add the annex?",
        "Could you substantiate that claim?",
        "Is that what you're looking for?",
        "Do you mean the old plan?",
        "Who exactly is 'We'?",
        "But were these all supplier invoices?",
        "Would Friday work for you?",
        "If you could mention it to him, I would appreciate it.",
        '"Budget" is missing on page 3, could you add it?',
        "Pourriez-vous m'envoyer le devis révisé avant vendredi ?",
        "Peux-tu relire la page 3 ?",
        "Merci de me confirmer la date.",
        "Merci de bien vouloir nous retourner le contrat signé.",
        "Il faudrait que vous validiez le budget.",
        "Je vous saurais gré de bien vouloir me rappeler.",
        "Où en est le dossier ?",
        "Tu en penses quoi ?",
        "Veuillez compléter le formulaire avant jeudi.",
        "Envoie-moi ton avis quand tu peux.",
        "J'aurais besoin de votre RIB.",
        "Je me permets de vous relancer au sujet de la facture.",
    ],
)
def test_asks(signals: Signals, sentence: str) -> None:
    ask = signals(sentence)["ask"]
    assert ask.strength == "firm"
    assert (ask.debtor, ask.creditor) == ("reader", "writer")


@pytest.mark.parametrize(
    "sentence",
    [
        "?",
        "Who knows?",
        "How are you?",
        "How is the new baby?",
        "Are you feeling better?",
        "Comment vont les enfants ?",
        "Ça va mieux ?",
        "Puis-je vous aider ?",
        "Oublie ma question.",
        "Prends ton temps.",
        "Rendez-vous confirmé pour jeudi.",
        "Je suis de votre avis.",
        "Comment puis-je vous aider ?",
        "How can I help?",
        "Did you know that we moved?",
        "The new form lets you choose the dates.",
        "Why not?",
        "Please find attached the report.",
        "Please do not hesitate to contact me.",
        "Feel free to call me.",
        "Let me know if you have any questions.",
        "If you have any questions, please call me.",
        "I look forward to hearing from you.",
        "Thanks, I'd appreciate that.",
        "Please, let's stop here.",
        "Let me know if I missed anything.",
        "I figured you would appreciate that example.",
        "The numbers will tell us if it works.",
        "And then what?",
        "He asked if you could come.",
        "She wanted to know whether the room was free.",
        'The article "How do we grow?" was good.',
        "Thank you for letting me know.",
        "To unsubscribe, please follow the link below.",
        "I will let you know.",
        "Don't get me wrong, the plan is good.",
        "N'hésitez pas à me contacter pour toute question.",
        "Je vous prie d'agréer, Madame, mes salutations distinguées.",
        "Je reste à votre disposition.",
        "Merci pour votre aide.",
        "Merci d'avoir répondu si vite.",
        "Il m'a demandé si tu venais.",
        "Dans l'attente de votre retour, je vous souhaite une bonne journée.",
        "Veuillez trouver ci-joint la facture.",
        "Comment allez-vous ?",
        "Qui sait ?",
    ],
)
def test_no_asks(signals: Signals, sentence: str) -> None:
    assert "ask" not in signals(sentence)


@pytest.mark.parametrize("sentence", ["You should try the new form.", "Download it today."])
def test_advice_and_directions_are_weak(signals: Signals, sentence: str) -> None:
    assert signals(sentence)["ask"].strength == "weak"


@pytest.mark.parametrize(
    "sentence",
    [
        "Isn't this exactly what the form is for?",
        "Perhaps the question should be: how do we grow?",
        "Ask yourself: how many problems has it caused?",
        "Why would anyone do that?",
        "Why are we paying for this?",
        "If it does not work for him, why should I do the extra work at every release?",
        "Why are you refusing to look at the cheaper offer?",
        "But how is that different from before?",
        "What is the point of a plan that nobody reads?",
        "Do we really want that?",
        "Should we ignore the customers?",
        "Does anyone know who owns the budget?",
        "You checked the figures, right?",
        "Would the supplier?",
        "Please refer to my previous mail.",
    ],
)
def test_rhetorical_questions_and_questions_to_everybody_are_weak(
    signals: Signals, sentence: str
) -> None:
    assert signals(sentence)["ask"].strength == "weak"


def test_due_and_evidence(signals: Signals) -> None:
    ask = signals("Could you send me the quote by Friday?")["ask"]
    assert ask.due is not None
    assert ask.due.end.isoformat() == "2026-11-27"
    assert ask.fired == "could you: could you send"
    assert ask.quote == "Could you send me the quote by Friday?"


@pytest.mark.parametrize(
    ("sentence", "to"),
    [
        ("Ann, could you check the figures?", "Ann"),
        ("Ann and Bob, could you check the figures?", "Ann and Bob"),
        ("Also, Marc: can you call them?", "Marc"),
        ("Wayne can you set up a room?", "Wayne"),
        ("Could you check the figures, Ann?", "Ann"),
        ("Camille, peux-tu vérifier les chiffres ?", "Camille"),
        ("Attached, please send it back signed.", ""),
        ("However, could you check the figures?", ""),
        ("Monday, could you come?", ""),
    ],
)
def test_the_name_a_sentence_addresses(signals: Signals, sentence: str, to: str) -> None:
    assert signals(sentence)["ask"].to == to


def test_somebody_else_is_asked(reader: Reader) -> None:
    text = "Hi Ann,\n\nthe draft is nearly there.\n\nBob, could you send the annex to Ann?\n"
    (ask,) = [s for s in reader.read(text, at=MONDAY).signals if s.kind == "ask"]
    assert (ask.debtor, ask.to) == ("other", "Bob")


def test_the_greeted_reader_is_asked(reader: Reader) -> None:
    text = "Hi Ann and Bob,\n\nthe draft is nearly there.\n\nBob, could you send the annex?\n"
    reading = reader.read(text, at=MONDAY)
    (ask,) = [s for s in reading.signals if s.kind == "ask"]
    assert reading.greeting == "Ann and Bob"
    assert ask.debtor == "reader"

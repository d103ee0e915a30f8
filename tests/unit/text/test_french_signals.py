"""What French mail says: families of wording per kind, and what only looks like them."""

from __future__ import annotations

import pytest

from .conftest import Signals

SAID = {
    "renegotiation": [
        "On a pris pas mal de retard sur la maquette, désolé.",
        "Je ne pourrai vous rendre le texte que vendredi.",
        "J'avais dit mardi, ce sera finalement jeudi.",
        "Impossible de tenir le budget annoncé, il faudra compter 10 % de plus.",
        "Ça t'embête si on commence une demi-heure plus tard ?",
        "Verriez-vous un inconvénient à ce que nous repoussions la séance ?",
        "On n'y arrivera pas.",
        "Je n'ai pas tenu mon engagement et j'en suis désolé.",
        "L'entretien prévu lundi est annulé et sera reprogrammé.",
        "Je dois canceller notre call de demain.",
        "pas fini dsl, demain 1ere heure",
    ],
    "personal_news": [
        "On s'est fait cambrioler pendant les fêtes.",
        "Ma mère vient vivre avec nous.",
        "Mes parents divorcent.",
        "J'ai soutenu ma thèse vendredi.",
        "Je fais mes valises pour le Mexique.",
        "On va être parents !",
        "Je ne me sens pas bien aujourd'hui, je reste à la maison.",
        "Je change d'appart le mois prochain.",
        "Je tire ma révérence après vingt-deux ans.",
        "Nous serons en Grèce pendant deux semaines.",
        "Je viens de perdre un ami très proche.",
        "Il m'a demandée en mariage !",
        "Je quitte la société fin mars, peux-tu me dire à qui passer le dossier ?",
        "Comme vous avez pu l'entendre, je prends ma retraite en juin.",
    ],
    "meeting_proposal": [
        "Ce serait l'occasion de faire connaissance.",
        "Puis-je vous téléphoner vers 14 h ?",
        "Tu m'accompagnes à l'expo jeudi ?",
        "On pourrait en parler devant une bonne bière.",
        "Tu fais quoi jeudi midi ?",
        "Parlons-en de vive voix demain.",
        "Je propose qu'on se voie à 9 h.",
        "Je suis libre lundi ou mardi, au choix.",
        "Est-ce que tu peux te libérer mardi midi ?",
        "À quand notre prochain souper ?",
        "Apéro jeudi ?",
        "J'ai une fenêtre jeudi entre 10 h et midi.",
        "Choisissez le créneau qui vous convient dans mon agenda.",
    ],
    "care": [
        "Ça n'a pas dû être facile.",
        "Écoute ton corps.",
        "Tu n'es pas toute seule.",
        "Ta cheville, ça se remet ?",
        "Le bureau peut attendre.",
        "Bon vent et longue vie à votre union !",
        "Je croise les doigts pour ton examen.",
        "Alors, ce déménagement ?",
        "Nous partageons votre peine.",
        "Tu tiens le coup ?",
        "Tu nous manques au bureau.",
        "C'était bien, le Portugal ?",
        "Je pense bien à toi.",
    ],
    "fulfilment": [
        "Ci-joint le contrat, peux-tu le signer ?",
        "Votre compte est activé.",
        "Nous avons procédé au remboursement.",
        "Le contrat vous a été envoyé par DocuSign.",
        "La présentation est sur SharePoint.",
        "J'ai intégré tes commentaires dans la v3.",
        "Les travaux sont finis.",
    ],
    "closing": [
        "D'ac !",
        "Ce n'est pas grave.",
        "Affaire classée.",
        "Validé de mon côté.",
        "Nous avons déjà un fournisseur.",
        "Le poste est pourvu.",
        "Au temps pour moi.",
    ],
    "promise": [
        "Le devis vous parviendra avant vendredi.",
        "Je lui transmets le message.",
        "Vous serez payé vendredi.",
        "Je vous laisse savoir demain.",
    ],
}
NOT_SAID = {
    "renegotiation": [
        "La facture est en retard de paiement.",
        "Merci d'avoir accepté de décaler la réunion.",
        "Le client a encore repoussé sa décision.",
        "Merci de reporter les heures dans le tableau.",
        "Plutôt que d'attendre, autant commencer tout de suite.",
    ],
    "personal_news": [
        "J'ai parlé à Marie hier.",
        "Ma femme et moi souhaitons acheter un terrain.",
        "Mon fils utilise votre application.",
        "Le logiciel s'appelle Aria.",
        "Notre politique de congés change en mai.",
        "Le décès du créancier met fin au contrat.",
        "La ligne est arrêtée pour deux heures.",
        "L'entreprise déménage ses bureaux à Laval.",
        "Je rejoins la réunion dans cinq minutes.",
        "Je suis mort de rire.",
        "Le produit est né d'une discussion avec nos clients.",
        "Vous avez pris votre retraite en 2019.",
        "Mon congé a-t-il été approuvé ?",
    ],
    "meeting_proposal": [
        "Le produit est-il disponible ?",
        "C'est tout pour le moment.",
        "Est-ce possible de recevoir la facture ?",
        "Je prends une minute pour vous remercier.",
        "Quand seras-tu disponible pour relire le rapport ?",
        "Nous avons fixé un rendez-vous avec le fournisseur.",
        "Quelle couleur te convient ?",
        "Au plaisir de vous rencontrer.",
    ],
    "care": [
        "Le dossier de votre mère est-il complet ?",
        "As-tu décroché le contrat ?",
        "J'espère que vous allez signer bientôt.",
        "Les félicitations du jury sont rares.",
        "La petite salle est-elle libre ?",
        "Quand prends-tu tes vacances ?",
        "Comment s'est passée la réunion avec le client ?",
        "J'espère que le fichier s'ouvre bien.",
        "Je pense à vous envoyer le contrat.",
        "Le rétablissement du service est prévu à 14 h.",
    ],
    "fulfilment": [
        "Dès que c'est fait, préviens-moi.",
        "Le document doit être envoyé avant lundi.",
        "Voilà une semaine que je n'ai pas de nouvelles.",
        "Le virement a-t-il été effectué ?",
        "Le fichier joint est illisible.",
    ],
    "closing": [
        "Le parfait accord entre les associés est rare.",
        "Vu le contexte, il faut attendre.",
        "C'est bon signe.",
    ],
    "promise": ["Je finis à 17 h demain.", "J'irai voter dimanche."],
    "ask": ["Je pense bien à toi.", "Validé de mon côté."],
}


@pytest.mark.parametrize(("kind", "sentence"), [(k, s) for k, ss in SAID.items() for s in ss])
def test_said(signals: Signals, kind: str, sentence: str) -> None:
    assert kind in signals(sentence)


@pytest.mark.parametrize(("kind", "sentence"), [(k, s) for k, ss in NOT_SAID.items() for s in ss])
def test_not_said(signals: Signals, kind: str, sentence: str) -> None:
    assert kind not in signals(sentence)


@pytest.mark.parametrize(
    ("sentence", "topic"),
    [
        ("Nous avons adopté un petit garçon.", "birth"),
        ("Je me suis fait une entorse en descendant l'escalier.", "illness"),
        ("Je vis dans les cartons, on bouge samedi.", "move"),
        ("Vendredi sera mon dernier jour.", "new_job"),
        ("Je prends du galon : chef de projet depuis hier.", "promotion"),
        ("Je serai absent du 12 au 16 pour cause de congés.", "holiday"),
        ("Ma tante a perdu son combat contre le cancer.", "bereavement"),
        ("Ma sœur épouse son Julien samedi.", "wedding"),
        ("Nous partons en voyage de noces samedi.", "wedding"),
        ("Je prends deux semaines pour mon voyage de noces.", "wedding"),
    ],
)
def test_topic(signals: Signals, sentence: str, topic: str) -> None:
    assert signals(sentence)["personal_news"].topic == topic


@pytest.mark.parametrize(
    "sentence",
    ["Je vais essayer de t'envoyer ça demain.", "Normalement, tu l'auras ce soir."],
)
def test_a_hope_is_a_weak_promise(signals: Signals, sentence: str) -> None:
    assert signals(sentence)["promise"].strength == "weak"


@pytest.mark.parametrize(
    "sentence",
    [
        "Pourquoi devrais-je payer deux fois ?",
        "Pourquoi faudrait-il encore attendre ?",
        "Pourquoi refusez-vous de regarder l'offre ?",
        "Pourquoi vous obstinez-vous à tout refaire ?",
    ],
)
def test_a_rhetorical_question_is_weak(signals: Signals, sentence: str) -> None:
    assert signals(sentence)["ask"].strength == "weak"


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Comment se passe la migration ?", "ask"),
        ("Comment se passent les essais ?", "ask"),
        ("Comment se passe la convalescence ?", "care"),
        ("Comment se passe ta grossesse ?", "care"),
    ],
)
def test_how_work_goes_is_asked_and_how_life_goes_is_kind(
    signals: Signals, sentence: str, kind: str
) -> None:
    assert signals(sentence).keys() == {kind}

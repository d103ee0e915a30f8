"""A busy mailbox: many people, conversations, questions, answers and promises in two languages."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.builders.offices import MONDAY, Office

PEOPLE = tuple(
    f"{first} {last} <{first.lower()}.{last.lower()}@{place}.example>"
    for first, last, place in (
        ("Ann", "Lee", "client"),
        ("Paul", "Girard", "client"),
        ("Lea", "Winter", "atelier"),
        ("Marc", "Dubois", "atelier"),
        ("Ines", "Caron", "agence"),
        ("Tom", "Stone", "agence"),
    )
)
_OPENERS = (
    "Could you send me the revised quote?",
    "Pourriez-vous m'envoyer le devis révisé ?",
    "The figures of the month are out.",
    "I will send you the contract by Friday.",
    "Je vous envoie le contrat d'ici vendredi.",
    "Can you confirm the venue for the workshop?",
    "Our daughter was born last week.",
)
_ANSWERS = ("Please find it here, as promised.", "Merci, c'est noté.", "Here it is.", "Entendu.")


def fill(office: Office, conversations: int, *, now: datetime = MONDAY) -> None:
    """Write that many conversations of one to four messages into the office, oldest first, over
    the 80 days before `now`. The same call writes the same files."""
    for number in range(conversations):
        person = PEOPLE[number % len(PEOPLE)]
        start = now - timedelta(days=80) * (conversations - number) / conversations
        at = start.replace(microsecond=0)
        refs: list[str] = []
        for turn in range(1 + number % 4):
            mine = (number + turn) % 3 == 0
            words = _OPENERS if turn == 0 else _ANSWERS
            text = f"{words[(number + turn) % len(words)]}\n"
            at = min(at + timedelta(hours=7 * turn), now - timedelta(minutes=1))
            deliver = office.send if mine else office.receive
            refs.append(deliver(person, text, at, subject=f"Project {number}", answers=refs))

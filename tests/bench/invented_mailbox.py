"""A synthetic Maildir of real size and shape, from a seed: threads, newsletters, quotes, HTML.

Sizes follow what personal mailboxes look like: a median of about 4 KB and a mean of about 9 KB,
with headers of 1 to 3 KB. Everybody in it is invented.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

ME = "camille@cabinet.example"
_FIRST = [
    "Ann",
    "Ben",
    "Chloé",
    "Denis",
    "Eva",
    "Farid",
    "Gina",
    "Hugo",
    "Inès",
    "Jack",
    "Karim",
    "Léa",
    "Marc",
    "Nora",
    "Oscar",
    "Paula",
]
_LAST = [
    "Lee",
    "Roy",
    "Martin",
    "Dubois",
    "Novak",
    "Haddad",
    "Silva",
    "Weber",
    "Moreau",
    "Tremblay",
    "Gagnon",
    "Rossi",
]
_PLAIN = [
    "The figures for the third quarter came in slightly above what we had planned.",
    "We met the team on site and went through the open points one by one.",
    "Le dossier a été transmis à la direction, qui l'examine cette semaine.",
    "The candidate has ten years of experience in logistics and speaks three languages.",
    "Nous avons revu le calendrier avec l'équipe et gardé les mêmes jalons.",
    "There were two small changes in the contract, both in the annex on travel.",
    "La présentation d'hier s'est bien passée et les retours étaient bons.",
    "Their office moved to the second floor, next to the meeting rooms.",
]
_ASKS = [
    "Could you send me the revised quote by Friday?",
    "Pourriez-vous me confirmer la date de l'entretien ?",
    "I will send you the contract tomorrow.",
    "Je vous envoie la liste d'ici la fin du mois.",
    "Thanks, that works for me.",
    "Merci, c'est noté.",
]


def write_mailbox(folder: Path, count: int, *, end: datetime, days: int, seed: int = 1) -> int:
    """Write `count` messages into the Maildirs INBOX and Sent below `folder`, spread over the
    `days` before `end`; the bytes written."""
    random_ = random.Random(seed)
    people = [
        (
            f"{first} {last}",
            f"{first}.{last}@{last}.example".lower().replace("é", "e").replace("è", "e"),
        )
        for first in _FIRST
        for last in _LAST
    ]
    for name in ("INBOX", "Sent"):
        for sub in ("cur", "new", "tmp"):
            (folder / name / sub).mkdir(parents=True, exist_ok=True)
    threads: list[tuple[str, str, tuple[str, str], list[str]]] = []
    written = 0
    for number in range(count):
        at = end - timedelta(seconds=(count - number) * days * 86_400 / count)
        kind = random_.random()
        message_id = f"{number}.{random_.getrandbits(48):x}@mail.example"
        if kind < 0.45:
            raw = _newsletter(random_, message_id, at)
            box = "INBOX"
        else:
            if threads and random_.random() < 0.6:
                subject, _, person, refs = random_.choice(threads[-200:])
                subject = f"Re: {subject}"
            else:
                person, refs = random_.choice(people), []
                subject = " ".join(random_.choice(_PLAIN).split()[:5])
                threads.append((subject, message_id, person, refs))
            outbound = random_.random() < 0.4
            raw = _personal(random_, message_id, at, subject, person, refs[-10:], outbound)
            refs.append(message_id)
            box = "Sent" if outbound else "INBOX"
        name = f"{int(at.timestamp())}.M{number}P1.host:2,S"
        (folder / box / "cur" / name).write_bytes(raw)
        written += len(raw)
    return written


def _received(random_: random.Random, at: datetime) -> str:
    return "".join(
        f"Received: from mx{random_.randrange(99)}.example "
        f"(mx.example [192.0.2.{random_.randrange(255)}])\n"
        f"\tby in{n}.example with ESMTPS id {random_.getrandbits(64):x}\n"
        f"\t(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n"
        f"\t{format_datetime(at)}\n"
        for n in range(random_.randrange(2, 5))
    )


def _text(random_: random.Random, sentences: int) -> str:
    lines = [random_.choice(_PLAIN) for _ in range(sentences)]
    lines.insert(random_.randrange(len(lines) + 1), random_.choice(_ASKS))
    return "\n\n".join(" ".join(lines[i : i + 3]) for i in range(0, len(lines), 3))


def _personal(
    random_: random.Random,
    message_id: str,
    at: datetime,
    subject: str,
    person: tuple[str, str],
    refs: list[str],
    outbound: bool,
) -> bytes:
    me = ("Camille Roy", ME)
    sender, to = (me, person) if outbound else (person, me)
    body = _text(random_, random_.randrange(3, 14))
    quote = "\n".join(f"> {line}" for line in _text(random_, random_.randrange(4, 40)).splitlines())
    head = (
        f"{_received(random_, at)}Message-ID: <{message_id}>\nDate: {format_datetime(at)}\n"
        f"From: {sender[0]} <{sender[1]}>\nTo: {to[0]} <{to[1]}>\nSubject: {subject}\n"
        f"User-Agent: Mozilla Thunderbird\nMIME-Version: 1.0\n"
        + (
            f"References: {' '.join(f'<{r}>' for r in refs)}\nIn-Reply-To: <{refs[-1]}>\n"
            if refs
            else ""
        )
    )
    text = (
        f"Hi {to[0].split()[0]},\n\n{body}\n\nBest regards,\n{sender[0]}\n\n"
        f"On {at:%a, %d %b %Y}, {to[0]} wrote:\n{quote}\n"
    )
    if random_.random() < 0.5:
        html = "".join(
            f'<p style="margin:0;font-family:Calibri">{p}</p>' for p in body.split("\n\n")
        )
        boundary = f"b{random_.getrandbits(64):x}"
        content = (
            f'Content-Type: multipart/alternative; boundary="{boundary}"\n\n--{boundary}\n'
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
            f"--{boundary}\nContent-Type: text/html; charset=utf-8\n\n<html><body>{html}"
            f"<blockquote>{quote}</blockquote></body></html>\n--{boundary}--\n"
        )
    else:
        content = (
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
        )
    return (head + content).encode()


def _newsletter(random_: random.Random, message_id: str, at: datetime) -> bytes:
    rows = "".join(
        f'<tr><td style="padding:8px;color:#333"><a href="https://news.example/{random_.getrandbits(64):x}">'
        f"{random_.choice(_PLAIN)}</a></td></tr>\n"
        for _ in range(random_.randrange(20, 120))
    )
    shop = f"shop{random_.randrange(40)}.example"
    return (
        f"{_received(random_, at)}Message-ID: <{message_id}>\nDate: {format_datetime(at)}\n"
        f"From: News <news@{shop}>\nTo: {ME}\nSubject: Your week at {shop}\nPrecedence: bulk\n"
        f"List-Unsubscribe: <https://{shop}/u>\nList-Id: <news.{shop}>\nMIME-Version: 1.0\n"
        f"Content-Type: text/html; charset=utf-8\n\n"
        f"<html><body><table>{rows}</table></body></html>\n"
    ).encode()


if __name__ == "__main__":
    import sys

    total = write_mailbox(
        Path(sys.argv[1]), int(sys.argv[2]), end=datetime.now(UTC), days=int(sys.argv[3])
    )
    print(f"{total / int(sys.argv[2]) / 1000:.1f} KB per message")

"""The demonstration's mail, from mail.yaml: a Maildir with INBOX and Sent, and an mbox."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from importlib import resources
from pathlib import Path
from typing import Any

from babel.dates import format_datetime as in_words
from ruamel.yaml import YAML

from syncd.demo.days import Days

_ME = frozenset({"me", "home"})
_PDF = b"%PDF-1.4\n%demonstration\n"


def people() -> dict[str, str]:
    """Who is who in the demonstration: short name to `Name <address>`."""
    return dict(load("mail.yaml")["people"])


def load(name: str) -> Mapping[str, Any]:
    """One of the demonstration's data files."""
    text = resources.files("syncd.demo").joinpath(name).read_text("utf-8")
    data: Mapping[str, Any] = YAML(typ="safe").load(text)
    return data


def write_mailboxes(folder: Path, days: Days) -> None:
    """Write `Maildir` (INBOX at its top, `.Sent`) and `archive.mbox` into `folder`."""
    maildir = folder / "Maildir"
    shutil.rmtree(maildir, ignore_errors=True)
    for box in (maildir, maildir / ".Sent"):
        for place in ("cur", "new", "tmp"):
            (box / place).mkdir(parents=True)
    data = load("mail.yaml")
    entries = {entry["id"]: entry for entry in data["messages"]}
    archive = []
    for number, entry in enumerate(data["messages"]):
        raw = _message(entry, entries, data["people"], days).as_bytes()
        moment = days.moment(entry["at"])
        if entry.get("in") == "archive":
            line = f"From syncd-demo {moment.astimezone(UTC):%a %b %d %H:%M:%S %Y}\n".encode()
            archive.append(line + raw.replace(b"\nFrom ", b"\n>From ") + b"\n")
            continue
        box = maildir / ".Sent" if entry["from"] in _ME else maildir
        name = f"{int(moment.timestamp())}.M{number}P1.demo:2,S"
        (box / "cur" / name).write_bytes(raw)
    (folder / "archive.mbox").write_bytes(b"".join(archive))


def _message(
    entry: Mapping[str, Any],
    entries: Mapping[str, Mapping[str, Any]],
    who: Mapping[str, str],
    days: Days,
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = who[entry["from"]]
    message["To"] = ", ".join(who[name] for name in entry["to"])
    if "cc" in entry:
        message["Cc"] = ", ".join(who[name] for name in entry["cc"])
    message["Subject"] = entry["subject"]
    message["Date"] = format_datetime(days.moment(entry["at"]))
    message["Message-ID"] = _message_id(entry["id"])
    ancestors = _ancestors(entry, entries)
    if ancestors:
        message["In-Reply-To"] = _message_id(ancestors[-1]["id"])
        message["References"] = " ".join(_message_id(other["id"]) for other in ancestors)
    for name, value in entry.get("headers", {}).items():
        message[name] = value
    text = days.filled(entry["text"])
    if ancestors and entry.get("quote", True):
        text += _quoted(ancestors[-1], who, days)
    message.set_content(text)
    if "attach" in entry:
        message.add_attachment(
            _PDF, maintype="application", subtype="pdf", filename=entry["attach"]
        )
    if entry.get("invitation"):
        start = days.moment("+9 10:00")
        message.add_alternative(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//client.example//EN\r\nMETHOD:REQUEST\r\n"
            f"BEGIN:VEVENT\r\nUID:quarterly@client.example\r\nSUMMARY:Quarterly review\r\n"
            f"DTSTART;TZID=America/Toronto:{start:%Y%m%dT%H%M%S}\r\nDURATION:PT1H\r\n"
            f"ORGANIZER:mailto:{parseaddr(who['ann'])[1]}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            subtype="calendar",
            params={"method": "REQUEST"},
        )
    return message


def _message_id(name: str) -> str:
    return f"<{name}@demo.example>"


def _ancestors(
    entry: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The messages before this one in its thread, oldest first."""
    found: list[Mapping[str, Any]] = []
    while "re" in entry:
        entry = entries[entry["re"]]
        found.insert(0, entry)
    return found


def _quoted(answered: Mapping[str, Any], who: Mapping[str, str], days: Days) -> str:
    """The answered message below the answer, as mail programs put it."""
    moment = days.moment(answered["at"])
    sender = who[answered["from"]]
    text = days.filled(answered["text"])
    french = any(word in text for word in ("Bonjour", "Merci", "Chère"))
    if french:
        line = f"Le {in_words(moment, 'd MMM y à HH:mm', locale='fr')}, {sender} a écrit :"
    else:
        line = (
            f"On {in_words(moment, 'EEE, d MMM y', locale='en')} at {moment:%H:%M}, {sender} wrote:"
        )
    return f"\n{line}\n" + "".join(f"> {each}".rstrip() + "\n" for each in text.splitlines())

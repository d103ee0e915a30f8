"""Mail as files: messages with real headers, delivered into a Maildir."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import blake2b
from pathlib import Path


def message(
    *,
    sender: str,
    to: str | Sequence[str],
    text: str,
    at: datetime,
    subject: str = "Project",
    cc: Sequence[str] = (),
    answers: str | Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    html: str = "",
    attachment: str = "",
) -> EmailMessage:
    """A message with a Message-ID that follows from its contents.

    `answers` holds the Message-IDs it refers to, oldest first; `attachment` names a file that
    comes with it. A header of the same name in `headers` takes the place of the usual one.
    """
    recipients = [to] if isinstance(to, str) else list(to)
    refs = [answers] if isinstance(answers, str) else list(answers)
    mail = EmailMessage()
    mail["From"] = _mailbox(sender)
    mail["To"] = [_mailbox(one) for one in recipients]
    if cc:
        mail["Cc"] = [_mailbox(one) for one in cc]
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    key = repr((sender, recipients, text, at.isoformat(), subject, refs))
    domain = parseaddr(sender)[1].partition("@")[2] or "nowhere.example"
    mail["Message-ID"] = f"<{blake2b(key.encode(), digest_size=8).hexdigest()}@{domain}>"
    if refs:
        mail["In-Reply-To"] = refs[-1]
        mail["References"] = " ".join(refs)
    for name, value in (headers or {}).items():
        del mail[name]
        mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    if attachment:
        mail.add_attachment(
            b"%PDF-1.7 minutes", maintype="application", subtype="pdf", filename=attachment
        )
    return mail


def deliver(
    maildir: Path, mail: EmailMessage | bytes, at: datetime, *, folder: str = "INBOX"
) -> Path:
    """Write a message into a folder of a Maildir, named as a delivery agent names it.

    :return: the file
    """
    root = maildir / folder
    for place in ("cur", "new", "tmp"):
        (root / place).mkdir(parents=True, exist_ok=True)
    data = mail if isinstance(mail, bytes) else mail.as_bytes()
    digest = blake2b(data, digest_size=6).hexdigest()
    path = root / "cur" / f"{int(at.timestamp())}.{digest}.host:2,S"
    path.write_bytes(data)
    return path


def _mailbox(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(name, addr_spec=address)

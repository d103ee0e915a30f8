"""Gmail's message resources to records."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Message
from syncd.normalise.gmail import METADATA_HEADERS, read_gmail
from syncd.normalise.headers import Headers
from syncd.normalise.rfc5322 import NotAMessage, from_headers, read_message
from syncd.text.reading import Reader
from tests.fakes.google.gmail import resource

NOW = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())
ME = frozenset({"camille@cabinet.example"})
READER = Reader()
TORTURE = Path(__file__).parents[4] / "shared" / "corpora" / "torture"


def _read(raw: Any, **options: Any) -> Message:
    usual: dict[str, Any] = {
        "account": "work",
        "user": "camille@cabinet.example",
        "me": ME,
        "now": NOW,
        "label_names": {"Label_1": "Clients/Lee"},
        "words": READER,
        "excerpt": 200,
    }
    return read_gmail(raw, **{**usual, **options})


def _mail(text: str = "Could you send me the quote by Friday?", **headers: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    usual = {
        "From": "Ann Lee <ann@client.example>",
        "To": "camille@cabinet.example",
        "Subject": "Quote",
        "Date": "Fri, 20 Nov 2026 10:00:00 +0100",
        "Message-ID": "<q1@client.example>",
    }
    for name, value in {**usual, **headers}.items():
        message[name] = value
    message.set_content(text)
    return message


def test_a_mail_says_the_same_as_from_a_file() -> None:
    message = _mail("Bonjour, pourriez-vous m’envoyer le devis révisé d’ici vendredi ?")
    message.add_alternative("<p>Bonjour</p>", subtype="html")
    message.add_attachment(b"%PDF" * 100, maintype="application", subtype="pdf", filename="a.pdf")
    raw = message.as_bytes()
    via_gmail = _read(
        resource(
            raw,
        )
    )
    via_file = read_message(
        raw,
        account="work",
        source_id="18f0",
        folder="All Mail",
        me=ME,
        now=NOW,
        words=READER,
        excerpt=200,
    )
    assert via_gmail.signals == via_file.signals != ()
    for name in (
        "at",
        "subject",
        "sender",
        "to",
        "message_id",
        "excerpt",
        "attachments",
        "language",
        "utc_offset",
        "direction",
        "words_read",
    ):
        assert getattr(via_gmail, name) == getattr(via_file, name)
    assert via_gmail.attachments == 1


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("converted", [True, False])
def test_a_text_is_read_whether_gmail_converted_it_or_not(charset: str, converted: bool) -> None:
    text = "Voilà le résumé : pourriez-vous confirmer ?"
    found = resource(_mail("x").as_bytes())
    found["payload"]["headers"] = [
        field for field in found["payload"]["headers"] if field["name"] != "Content-Type"
    ]
    kind = {"name": "Content-Type", "value": f"text/plain; charset={charset}"}
    found["payload"]["headers"].append(kind)
    data = text.encode("utf-8" if converted else charset)
    found["payload"]["body"] = {
        "size": len(data),
        "data": base64.urlsafe_b64encode(data).decode(),
    }
    assert _read(found).excerpt == text


def test_labels_carry_their_names_and_unread_is_none() -> None:
    found = resource(_mail().as_bytes(), labels=["UNREAD", "Label_1", "INBOX"])
    assert _read(found).labels == ("Clients/Lee", "INBOX")


def test_the_delivery_counts_where_the_date_is_nonsense() -> None:
    raw = _mail(Date="Fri, 20 Nov 2099 10:00:00 +0100").as_bytes()
    delivered = int(datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp())
    assert _read(resource(raw, internal_date=delivered * 1000)).at == delivered


def test_a_text_that_did_not_come_along_is_not_taken_for_an_empty_one() -> None:
    found = resource(_mail().as_bytes())
    found["payload"]["body"] = {"size": 400_000, "attachmentId": "ANGjdJ"}
    message = _read(found)
    assert not message.words_read
    assert not message.attachments


def test_an_attached_message_is_a_file_and_not_read() -> None:
    message = _mail("See attached.")
    message.add_attachment(_mail("Could you call me today?", Subject="Inner"))
    read = _read(resource(message.as_bytes()))
    assert read.attachments == 1
    assert "call me" not in read.excerpt
    assert not any("call" in signal.quote for signal in read.signals)


def test_an_invitation_is_known_by_its_part() -> None:
    message = _mail("You are invited.")
    message.add_alternative("BEGIN:VCALENDAR", subtype="calendar", params={"method": "REQUEST"})
    assert _read(resource(message.as_bytes())).automatic == "calendar: request"


@pytest.mark.parametrize("missing", ["payload", "id"])
def test_what_has_no_header_or_id_is_no_message(missing: str) -> None:
    found = resource(_mail().as_bytes())
    del found[missing]
    with pytest.raises(NotAMessage):
        _read(found)


def test_a_tree_of_parts_without_end_is_cut() -> None:
    found = resource(_mail().as_bytes())
    inner: dict[str, Any] = {"mimeType": "text/plain", "body": {"size": 0}}
    for _ in range(400):
        inner = {"mimeType": "multipart/mixed", "parts": [inner] * 20}
    found["payload"]["mimeType"], found["payload"]["parts"] = "multipart/mixed", [inner] * 50
    assert not _read(found).excerpt


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    "headers",
                    "name",
                    "value",
                    "parts",
                    "body",
                    "data",
                    "size",
                    "mimeType",
                    "filename",
                )
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(payload=JSON, labels=JSON, date=JSON, thread=JSON)
def test_no_answer_breaks_it(payload: Any, labels: Any, date: Any, thread: Any) -> None:
    found = {
        "id": "18f0",
        "threadId": thread,
        "labelIds": labels,
        "internalDate": date,
        "payload": payload,
    }
    with suppress(NotAMessage):
        assert isinstance(_read(found), Message)


class _Watched(Headers):
    """Notes which fields are looked at."""

    asked: ClassVar[set[str]] = set()

    def get(self, name: str) -> str:
        self.asked.add(name)
        return super().get(name)

    def all(self, name: str) -> list[str]:
        self.asked.add(name)
        return super().all(name)

    def __contains__(self, name: str) -> bool:
        self.asked.add(name)
        return super().__contains__(name)


def _various() -> Iterator[list[tuple[str, str]]]:
    yield []
    yield [("From", "Ann <ann@client.example>"), ("Content-Type", "text/plain")]
    yield [("From", "ann@client.example"), ("List-Id", "<team.client.example>")]
    yield [("From", "ann@client.example"), ("X-Mailing-List", "team@client.example")]


def test_every_field_that_is_looked_at_is_asked_for() -> None:
    """A field that normalise learns to read must be in the list, or headers alone lack it."""
    _Watched.asked.clear()
    for pairs in _various():
        from_headers(
            _Watched(pairs), account="work", source_id="1", folder="All Mail", me=ME, now=NOW
        )
    assert len(_Watched.asked) > 30
    assert _Watched.asked == {name.lower() for name in METADATA_HEADERS}


@pytest.mark.skipif(not TORTURE.is_dir(), reason="the corpora are not beside the checkout")
def test_odd_and_hostile_mail_is_read_or_refused() -> None:
    read = 0
    for path in sorted(path for path in TORTURE.rglob("*") if path.is_file()):
        try:
            found = resource(path.read_bytes()[:200_000])
        except (ValueError, LookupError, TypeError, AttributeError):
            continue  # the fake reads mail with the standard library, which fails on some
        try:
            read += isinstance(_read(found), Message)
        except NotAMessage:
            continue
    assert read > 400

"""Zones of real mail. The corpora lie beside the checkout; without them these tests are skipped."""

import json
import random
import re
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

from syncd.text.device_line import is_device_line
from syncd.text.signature import is_delimiter, is_rule
from syncd.text.zones import new_text, zones

CORPORA = Path(__file__).parents[4] / "shared" / "corpora"
pytestmark = pytest.mark.skipif(
    not CORPORA.is_dir(), reason="the corpora are not beside this checkout"
)

OTHERWISE = {
    "embedded_email_1.txt": "text below a quote: an answer for us, a signature for the trimmer",
    "embedded_email_18.txt": "an indented block below an attribution: a quote for us",
    "forwarded_message.txt": "a forward without a word: nothing new for us, all for the trimmer",
    "spam_1.txt": "nothing but quotes: the trimmer keeps such mails elsewhere and drops this one",
}
"""Files of email_reply_trimmer whose expectation differs from what syncd needs, and how."""


def as_trimmed(text: str) -> str:
    """What email_reply_trimmer would leave, from our zones.

    It keeps closings (but no delimited signature and no device line), and it keeps the quotes that
    answers stand below, except for one quote with an attribution above all that is new.
    """
    found = [(zone.kind, text[zone.start : zone.end]) for zone in zones(text)]
    found = [(kind, part) for kind, part in found if part.strip()]
    own = [i for i, (kind, _) in enumerate(found) if kind in ("greeting", "new", "verbatim")]
    last_own = own[-1] if own else len(found)
    answered_once = (
        bool(own) and found[0][0] == "attribution" and own == list(range(own[0], last_own + 1))
    )
    kept = []
    for index, (kind, part) in enumerate(found):
        first_line = part.strip().split("\n")[0].strip()
        mechanical = is_delimiter(first_line) or is_rule(first_line) or is_device_line(first_line)
        if (
            kind in ("greeting", "new", "verbatim")
            or (kind == "quote" and index < last_own and not (answered_once and index < own[0]))
            or (kind == "signature" and not mechanical and first_line != "ᐧ")
        ):
            kept.append(part)
    return folded("".join(kept))


def folded(text: str) -> str:
    return re.sub(r"\n\s*\n", "\n\n", text.replace("\r\n", "\n")).strip()


def test_what_email_reply_trimmer_expects() -> None:
    root = CORPORA / "quoting" / "discourse"
    different = set()
    for path in sorted((root / "emails").iterdir()):
        expected = (root / "trimmed" / path.name).read_text(encoding="utf-8")
        if as_trimmed(path.read_text(encoding="utf-8")) != folded(expected):
            different.add(path.name)

    assert different == OTHERWISE.keys()


def test_no_quote_is_new_in_mail_parser_reply_s_mails() -> None:
    root = CORPORA / "quoting" / "mail-parser-reply"
    paths = [path for path in root.glob("*.txt") if path.name != "multiline_on.txt"]
    assert len(paths) > 40
    for path in paths:
        for line in new_text(path.read_text(encoding="utf-8")).split("\n"):
            assert not re.match(r"\s*>|.*(wrote|schrieb|skrev):$|(From|Fra|Van|Od):\s", line), (
                path.name
            )


def body(raw: bytes) -> str:
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload.decode(part.get_content_charset() or "utf-8", "replace")
    return ""


def references(message: Message) -> list[str]:
    return re.findall(
        r"<[^<>\s]+>", f"{message['References'] or ''} {message['In-Reply-To'] or ''}"
    )


def bare(line: str) -> str:
    return " ".join(re.sub(r"^[>|\s]+", "", line).split())


@pytest.mark.parametrize("owner", ["laurent", "steven"])
def test_a_mailbox_s_quotes_are_not_new_and_its_words_are(owner: str) -> None:
    """Judged without our rules: a line of an answer that an earlier message has is a quote."""
    root = CORPORA / "mail" / owner
    assert json.loads((root / "owner.json").read_text(encoding="utf-8"))["owner"]
    paths: dict[str, Path] = {}
    headers: dict[Path, Message] = {}
    for path in sorted(root.glob("*/cur/*")):
        with path.open("rb") as file:
            headers[path] = BytesHeaderParser().parse(file)
        paths.setdefault(str(headers[path]["Message-ID"]).strip(), path)
    sample = random.Random(11).sample(sorted(headers), 200)
    new = repeated = unsigned = lost = 0
    for path in sample:
        text = body(path.read_bytes())
        earlier = {
            bare(line)
            for reference in references(headers[path])
            if reference in paths and paths[reference] != path
            for line in body(paths[reference].read_bytes()).split("\n")
        }
        for zone in zones(text):
            for line in text[zone.start : zone.end].split("\n"):
                known = len(bare(line)) > 25 and bare(line) in earlier
                if zone.kind == "new" and line.strip():
                    new += 1
                    repeated += known
                    assert not line.startswith("> ")
                elif zone.kind in ("quote", "forwarded") and re.match(r"\s*[^>\s]", line):
                    unsigned += 1
                    lost += len(bare(line)) > 25 and bool(earlier) and not known

    assert new > 1_500
    assert repeated <= new * 0.002  # words that a writer repeats without a sign
    assert lost <= new * 0.01, unsigned

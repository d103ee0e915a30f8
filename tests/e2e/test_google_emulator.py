"""Gmail and Google Calendar end to end, against an emulator that nobody here wrote.

syncd is used as its user does: a configuration folder, `syncd auth`, `syncd once`, a tick. Mail
and meetings come and go through the emulator's own API. It knows no profile, no batches and no
sync tokens, so that the connectors' ways around are walked too.
"""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.builders.mails import message
from tests.e2e.conftest import NOW, Answer, CommandLine
from tests.e2e.emulator_of_google import Emulator, running

ME = "camille@cabinet.example"
MINE = f"Camille Roy <{ME}>"
ANN = "Ann Lee <ann.lee@client.example>"
MARC = "Marc Tremblay <marc@tremblay.example>"
MONDAY = datetime(2026, 11, 23, 13, tzinfo=UTC)
TOKEN = "a-token-from-elsewhere"


def days_ago(days: float) -> datetime:
    return MONDAY - timedelta(days=days)


AGENDA = message(sender=MINE, to=ANN, text="Here is the agenda.\n", at=days_ago(30))
QUESTION = message(
    sender=ANN,
    to=MINE,
    subject="The quote",
    text="Hi Camille,\n\nCould you send me the revised quote by Friday?\n\nAnn\n",
    at=days_ago(4),
)
PROMISE = message(
    sender=MINE,
    to=MARC,
    subject="Le contrat",
    text="Bonjour Marc,\n\nJe vous envoie le contrat signé d'ici mardi.\n\nCamille\n",
    at=days_ago(3),
)
NEWSLETTER = message(
    sender="Market Letter <news@market.example>",
    to=MINE,
    subject="Our offers",
    text="Could you tell us what you think?\n",
    at=days_ago(2),
    headers={
        "List-Unsubscribe": "<https://market.example/bye>",
        "List-Id": "<news.market.example>",
    },
)
SPAM = message(
    sender="Ann Lee <ann.lee@elsewhere.example>",
    to=MINE,
    subject="Urgent",
    text="Hi Camille,\n\nCould you confirm your bank details?\n",
    at=days_ago(2),
)


def seed() -> dict[str, Any]:
    """Two users of Google, and one's mail and meetings."""

    def mail(name: str, content: EmailMessage, *labels: str) -> dict[str, Any]:
        raw = base64.urlsafe_b64encode(content.as_bytes()).decode()
        return {"id": name, "user_email": ME, "raw": raw, "label_ids": list(labels)}

    def meeting(name: str, days: float, title: str, **more: Any) -> dict[str, Any]:
        start = days_ago(days)
        return {
            "id": name,
            "user_email": ME,
            "calendar_id": ME,
            "summary": title,
            "start_date_time": start.isoformat(),
            "end_date_time": (start + timedelta(hours=1)).isoformat(),
            "attendees": [{"email": ME}, {"email": "ann.lee@client.example"}],
            **more,
        }

    return {
        "tokens": {TOKEN: {"login": ME, "scopes": ["gmail.readonly"]}},
        "google": {
            "users": [{"email": ME, "name": "Camille Roy"}, {"email": "paul@cabinet.example"}],
            "messages": [
                mail("m1", AGENDA, "SENT"),
                mail("m2", QUESTION, "INBOX", "IMPORTANT"),
                mail("m3", PROMISE, "SENT"),
                mail("m4", NEWSLETTER, "INBOX", "CATEGORY_PROMOTIONS"),
                mail("m5", SPAM, "SPAM"),
            ],
            "calendars": [
                {"id": ME, "user_email": ME, "summary": ME, "primary": True, "selected": True}
            ],
            "calendar_events": [
                meeting("e1", 150, "Lunch with Ann", location="Café Nord, 12 Example Street"),
                meeting("e2", 40, "Call", location="https://meet.google.com/abc-defg-hij"),
            ],
        },
    }


@pytest.fixture
def emulator(syncd: CommandLine, tmp_path: Path) -> Iterator[Emulator]:
    with running(tmp_path, seed()) as started:
        yield started


def configure(syncd: CommandLine, emulator: Emulator, sign_in: str) -> tuple[str, ...]:
    """A configuration with a Gmail and a Google Calendar account; the words every command takes."""
    calendar = f"token_command: {syncd.home}/token"
    syncd.write("token", f"#!/bin/sh\necho {TOKEN}\n").chmod(0o700)
    syncd.write("client.json", json.dumps(emulator.client_secrets()))
    account = f"user: {ME}, endpoint: {emulator.url}"
    syncd.write(
        "config/syncd.yaml",
        f"""\
timezone: America/Toronto
me: {{names: [Camille Roy], addresses: [{ME}]}}
accounts:
  - {{name: private, connector: gmail, {account}, {sign_in or calendar}}}
  - {{name: meetings, connector: google_calendar, {account}, {calendar}}}
summary: {{folder: {syncd.home}/summaries}}
""",
    )
    syncd.write(
        "config/people.yaml",
        """\
tags:
  client: {meet_in_person: 90 days}
people:
  - {name: Ann Lee, addresses: [ann.lee@client.example], tags: [client]}
""",
    )
    return "--config", "config", "--state", "state"


def items(answer: Answer) -> dict[str, dict[str, Any]]:
    """The open items of a summary, by type and person."""
    return {
        f"{item['type']} {item['people'][0]['name']}": item
        for item in json.loads(answer.out)["items"]
        if item["state"] in ("open", "new")
    }


ALL = {"unanswered Ann Lee", "promises Marc Tremblay", "missing_in_person Ann Lee"}


def test_mail_and_meetings_of_an_account(syncd: CommandLine, emulator: Emulator) -> None:
    there = (*configure(syncd, emulator, ""), "--now", NOW)
    assert syncd("check", *there[:4]).code == 0

    first = syncd("once", *there, "--json")
    assert first.code == 0, first.err
    document = json.loads(first.out)
    assert {one["account"]: one["state"] for one in document["coverage"]} == {
        "private": "complete",
        "meetings": "complete",
    }
    found = items(first)
    assert set(found) == ALL
    question = found["unanswered Ann Lee"]
    assert question["quote"] == "Could you send me the revised quote by Friday?"
    assert question["link"].startswith("https://mail.google.com/mail/u/?authuser=camille")
    assert found["promises Marc Tremblay"]["due"] == "2026-11-24"

    (day,) = (syncd.home / "summaries").glob("2026-11-23.md")
    text = day.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "revised quote" in line)
    day.write_text(text.replace(line, line.replace("[ ]", "[x]")), encoding="utf-8")
    assert set(items(syncd("once", *there, "--json"))) == ALL - {"unanswered Ann Lee"}


def test_what_comes_and_goes_later(syncd: CommandLine, emulator: Emulator) -> None:
    there = (*configure(syncd, emulator, ""), "--now", NOW)
    assert set(items(syncd("once", *there, "--json"))) == ALL

    another = message(
        sender=MARC,
        to=MINE,
        subject="La réunion",
        text="Bonjour Camille,\n\nPouvez-vous me confirmer la salle ?\n\nMarc\n",
        at=days_ago(3),
    )
    arrived = emulator.insert(TOKEN, another, "INBOX")
    reply = message(
        sender=MINE,
        to=ANN,
        subject="Re: The quote",
        text="Here it is.\n",
        at=days_ago(1),
        answers=str(QUESTION["Message-ID"]).strip("<>"),
        attachment="quote.pdf",
    )
    emulator.insert(TOKEN, reply, "SENT")
    lunch = {
        "summary": "Lunch with Ann",
        "location": "Café Nord, 12 Example Street",
        "start": {"dateTime": days_ago(10).isoformat()},
        "end": {"dateTime": (days_ago(10) + timedelta(hours=1)).isoformat()},
        "attendees": [
            {"email": ME, "self": True, "responseStatus": "accepted"},
            {"email": "ann.lee@client.example", "responseStatus": "accepted"},
        ],
    }
    emulator.call(TOKEN, f"calendar/v3/calendars/{ME}/events", lunch)

    later = syncd("once", *there, "--json")
    assert later.code == 0, later.err
    assert set(items(later)) == {"promises Marc Tremblay", "unanswered Marc Tremblay"}

    emulator.call(TOKEN, f"gmail/v1/users/me/messages/{arrived['id']}/trash", {})
    assert set(items(syncd("once", *there, "--json"))) == {"promises Marc Tremblay"}


def sign_in(syncd: CommandLine, emulator: Emulator, user: str, *words: str) -> Answer:
    """`syncd auth private`, and the user in a browser elsewhere."""
    port = str(emulator.sign_in_port)
    process = subprocess.Popen(
        [sys.executable, "-m", "syncd", "auth", "private", "--no-browser", "--port", port, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=syncd.home,
        env=syncd.environ(),
        text=True,
    )
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith("http"):
            assert f"127.0.0.1%3A{port}" in line
            emulator.browse(line.strip(), user)
            break
    out, err = process.communicate(timeout=30)
    return Answer(process.returncode, out, said + err)


def test_a_sign_in_and_its_end(syncd: CommandLine, emulator: Emulator) -> None:
    there = configure(syncd, emulator, f"client_secrets: {syncd.home}/client.json")
    before = syncd("once", *there, "--now", NOW, "--json")
    assert before.code == 1
    assert "run: syncd auth private" in before.err
    assert {one["account"]: one["state"] for one in json.loads(before.out)["coverage"]} == {
        "private": "sign_in",
        "meetings": "complete",
    }

    wrong = sign_in(syncd, emulator, "paul@cabinet.example", *there)
    assert wrong.code == 1
    assert "paul@cabinet.example signed in" in wrong.err
    token = syncd.home / "state" / "tokens" / "private.json"
    assert not token.exists()

    signed_in = sign_in(syncd, emulator, ME, *there)
    assert signed_in.code == 0, signed_in.err
    assert signed_in.out == f"signed in as {ME}; syncd can read private now\n"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    found = syncd("once", *there, "--now", NOW, "--json")
    assert (found.code, set(items(found))) == (0, ALL), found.err

    # an hour later, the user having taken the sign-in back: the refresh is refused
    stored = json.loads(token.read_text())
    token.write_text(json.dumps({**stored, "expiry": "2026-01-05T08:00:00Z"}))
    again = syncd("once", *there, "--now", NOW, "--json")
    assert (again.code, set(items(again))) == (0, ALL), again.err
    refreshed = json.loads(token.read_text())
    assert refreshed["token"] != stored["token"]
    emulator.revoke(stored["refresh_token"])
    token.write_text(json.dumps({**refreshed, "expiry": "2026-01-05T08:00:00Z"}))

    ended = syncd("once", *there, "--now", NOW)
    assert ended.code == 1
    assert "syncd auth private" in ended.out, "the summary says what to run"
    status = syncd("status", *there, "--json")
    states = {one["account"]: one for one in json.loads(status.out)["accounts"]}
    assert status.code == 1
    assert states["private"]["state"] == "sign_in"
    assert "syncd auth private" in states["private"]["detail"]
    assert states["meetings"]["state"] == "complete"

    assert sign_in(syncd, emulator, ME, *there).code == 0
    assert syncd("once", *there, "--now", NOW).code == 0
    assert syncd("status", *there).code == 0
    assert list((syncd.home / "state" / "tokens").glob("*.json")) == [token]

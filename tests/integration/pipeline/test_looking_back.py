"""`--now` looks back: what came later is neither seen nor moved into the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncd.config import Account, Configuration, Me, default_rules, local_zone
from syncd.connectors.local.maildir import Maildir
from syncd.options import Duration
from syncd.pipeline.passes import run_pass
from syncd.registry import OptionsOf, rules
from syncd.store import Store
from tests.builders.mails import deliver, message

CLOCK = datetime(2026, 11, 23, 8, tzinfo=UTC)
ME = "camille@cabinet.example"


def titles(root: Path, state: Path, now: datetime) -> set[str]:
    options = Maildir.Options.model_validate({"path": root})
    configuration = Configuration(
        timezone=local_zone(),
        me=Me(addresses=frozenset({ME})),
        accounts=(Account("mail", "maildir", options),),
        rules=default_rules(OptionsOf(rules())),
        history=Duration.parse("20 years"),
    )
    with Store.open(state) as store:
        records = run_pass(store, configuration, now=now, clock=CLOCK).records
    return {r.finding.facts["quote"] for r in records.values() if r.state in ("new", "open")}


def test_an_early_look_does_not_spoil_a_later_one(tmp_path: Path) -> None:
    root = tmp_path / "mail"
    for back, text in ((400, "Could you send me the plan?"), (40, "Could you send me the quote?")):
        at = CLOCK - timedelta(days=back)
        mail = message(
            sender="ann@client.example", to=ME, text=f"{text}\n", at=at, subject=f"About {back}"
        )
        # delivered long before it was written: only its own header dates it
        deliver(root, mail, CLOCK - timedelta(days=900), folder="INBOX")
    sent = message(
        sender=ME, to="bo@client.example", text="Hello.\n", at=CLOCK - timedelta(days=500)
    )
    deliver(root, sent, CLOCK - timedelta(days=500), folder="Sent")

    early = titles(root, tmp_path / "state", CLOCK - timedelta(days=390))
    later = titles(root, tmp_path / "state", CLOCK - timedelta(days=30))

    assert early == {"Could you send me the plan?"}
    assert later == {"Could you send me the quote?"}
    assert later == titles(root, tmp_path / "fresh", CLOCK - timedelta(days=30))

"""The summary as JSON, for programs; the JSON Schema ships beside this module."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from importlib.resources import files
from typing import Any

from syncd.summary.build import Item, Summary
from syncd.summary.texts import Catalogue
from syncd.summary.wording import Wording

VERSION = 1


def document(summary: Summary) -> dict[str, Any]:
    """The summary as a JSON-able object, see summary.schema.json."""
    wording = Wording(Catalogue(summary.language), summary.day)
    items = [_item(item, summary, wording) for item in summary.items]
    return {
        "version": VERSION,
        "date": summary.day.isoformat(),
        "generated_at": summary.generated_at.isoformat(),
        "timezone": str(summary.zone),
        "coverage": [
            {"account": c.account, "state": c.state, "detail": c.detail} for c in summary.coverage
        ],
        "items": items,
        "counts": {
            "total": len(items),
            "new": sum(item["new"] for item in items),
            **{
                f"section_{key}": count
                for key, count in Counter(i.finding.section for i in summary.items).items()
            },
        },
    }


def render(summary: Summary) -> str:
    """The JSON document, indented, ending in a newline."""
    return json.dumps(document(summary), ensure_ascii=False, indent=2) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    text = files("syncd.summary").joinpath("summary.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _item(item: Item, summary: Summary, wording: Wording) -> dict[str, Any]:
    finding = item.finding
    quote = finding.facts.get("quote") or next(
        (evidence.quote for evidence in finding.evidence if evidence.quote), ""
    )
    return {
        "id": item.id,
        "rule": finding.rule,
        "type": finding.type,
        "severity": finding.severity,
        "people": [
            {"name": person.name, "addresses": list(person.addresses)} for person in finding.people
        ],
        "title": wording.line(wording.names(finding.people), item.title),
        "reason": " · ".join([wording.say(detail) for detail in item.details]),
        "quote": quote,
        "since": (
            datetime.fromtimestamp(finding.since, summary.zone).isoformat()
            if finding.since is not None
            else None
        ),
        "due": finding.due.isoformat() if finding.due is not None else None,
        "direction": finding.direction or None,
        "thread": finding.thread or None,
        "link": item.link or None,
        "state": item.state,
        "new": item.new,
    }

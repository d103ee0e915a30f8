"""Records of findings as JSON-able documents, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from syncd.findings.life import Event, Record
from syncd.model import Evidence, Finding, PersonRef


def to_document(record: Record) -> dict[str, Any]:
    """The document that the findings table keeps."""
    finding = record.finding
    return {
        "id": record.id,
        "identity": record.identity,
        "state": record.state,
        "first_seen": record.first_seen,
        "changed": record.changed,
        "snoozed_until": _iso(record.snoozed_until),
        "introduced": _iso(record.introduced),
        "place": record.place,
        "history": [[event.at, event.state, event.why] for event in record.history],
        "finding": {
            **asdict(finding),
            "facts": dict(finding.facts),
            "due": _iso(finding.due),
        },
    }


def from_document(document: Mapping[str, Any]) -> Record:
    """The record that `to_document` wrote."""
    data = dict(document["finding"])
    data["people"] = tuple(
        PersonRef(person["key"], person["name"], tuple(person["addresses"]))
        for person in data["people"]
    )
    data["evidence"] = tuple(Evidence(**evidence) for evidence in data["evidence"])
    data["due"] = _day(data["due"])
    return Record(
        id=document["id"],
        finding=Finding(**data),
        state=document["state"],
        first_seen=document["first_seen"],
        changed=document["changed"],
        snoozed_until=_day(document["snoozed_until"]),
        introduced=_day(document["introduced"]),
        place=document["place"],
        history=tuple(Event(*event) for event in document["history"]),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

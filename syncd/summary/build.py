"""The day's summary as data: sections of items, coverage, and what was settled. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from syncd.findings.life import LIVE, Record, is_new
from syncd.model import Coverage, Finding, Meeting, PersonRef, Snapshot
from syncd.people.facts import others_at
from syncd.workdays import Workdays

Mark = Literal[" ", "x", "-", ">", "p", "v"]
SECTIONS = ("today", "owe", "owed", "meet", "touch", "news", "other")
SECTION_CAP = 15
"""Persons listed per section; the rest is counted."""
_MEETING_CAP = 12
_CLOSED_CAP = 10
_SEVERITIES = {"high": 0, "normal": 1, "low": 2}
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text of the catalogue with its values, plain: the renderer escapes them."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    quoted: frozenset[str] = frozenset()
    """The values that stand in quotation marks."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line that can be ticked."""

    id: str
    finding: Finding
    state: str
    new: bool
    mark: Mark
    until: date | None
    """Of a snoozed item: the day on which it comes back."""
    title: Phrase
    details: tuple[Phrase, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """A meeting of today with somebody who has open items."""

    at: int
    title: str
    names: tuple[str, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs under one heading: groups of items, one group per person."""

    key: str
    groups: tuple[tuple[Item, ...], ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """A finding that was settled since the last summary."""

    id: str
    people: tuple[PersonRef, ...]
    title: Phrase
    why: str


@dataclass(frozen=True, slots=True)
class Health:
    """How syncd itself did over the last seven days."""

    pulls: int
    """How often accounts were read."""
    failures: int
    seconds: float
    """How long that took in all."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that one day's summary says, before it is written down."""

    day: date
    generated_at: datetime
    zone: ZoneInfo
    language: str
    coverage: tuple[Coverage, ...]
    problems: tuple[str, ...]
    """Problems of the configuration, while an older one is in use."""
    agenda: tuple[Agenda, ...]
    sections: tuple[Section, ...]
    closed: tuple[Closed, ...]
    unread: Phrase | None = None
    """What cannot be seen because the user wants some text not to be read."""
    health: Phrase | None = None
    """How syncd itself did, in the first summary of a week."""

    @property
    def all_clear(self) -> str:
        """The text for a summary without items; it vouches only for what was read."""
        read = all(account.state == "complete" for account in self.coverage)
        return "nothing" if read else "nothing.in_part"

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item in the order of the sections."""
        return tuple(
            item for section in self.sections for group in section.groups for item in group
        )


def build(
    records: Iterable[Record],
    snapshot: Snapshot,
    *,
    coverage: Sequence[Coverage] = (),
    problems: Sequence[str] = (),
    language: str = "en",
    since: int = 0,
    limits: Mapping[str, int] | None = None,
    everything: bool = False,
    listed: Collection[str] = (),
    health: Health | None = None,
) -> Summary:
    """Lay out the live records as the summary of `snapshot.today`.

    :param since: when the previous day's summary was written (epoch seconds)
    :param limits: how many items each rule may show, by its name
    :param everything: leave rules and sections uncapped
    :param listed: the ids in the file of the same day, where an answered item keeps its line
    :param health: how syncd itself did, told once a week
    """
    today = snapshot.today
    held = {c.account for c in coverage if c.state in ("partial", "sign_in", "stopped")}
    live: list[Item] = []
    closed: list[Closed] = []
    for record in records:
        kept_tick = record.state in ("done", "dismissed", "snoozed") and record.id in listed
        if record.state in LIVE and record.finding.account in held:
            continue
        if record.state in LIVE or kept_tick:
            live.append(_item(record, snapshot))
        elif record.state in ("done", "dismissed", "resolved") and record.changed > since:
            finding = record.finding
            closed.append(
                Closed(record.id, finding.people, _title(finding, snapshot), record.state)
            )
    live.sort(key=_urgency)
    shown, beyond = _within_limits(live, {} if everything else limits or {})
    sections = []
    for key in SECTIONS:
        section = _section(
            key, [i for i in shown if i.finding.section == key], everything, beyond[key]
        )
        if section.groups:
            sections.append(section)
    closed.sort(key=lambda c: (c.why, c.id))
    return Summary(
        day=today,
        generated_at=datetime.fromtimestamp(snapshot.now, snapshot.zone),
        zone=snapshot.zone,
        language=language,
        coverage=tuple(coverage),
        problems=tuple(problems),
        agenda=_agenda(snapshot, shown),
        sections=tuple(sections),
        closed=tuple(closed if everything else closed[:_CLOSED_CAP]),
        unread=_unread(snapshot),
        health=_health(health, since, snapshot),
    )


def _unread(snapshot: Snapshot) -> Phrase | None:
    if not snapshot.words:
        return Phrase("unread.all")
    accounts = ", ".join(sorted(snapshot.wordless))
    return Phrase("unread", {"accounts": accounts}) if accounts else None


def _health(health: Health | None, since: int, snapshot: Snapshot) -> Phrase | None:
    """The line on syncd itself, unless the previous summary was one of this week's."""
    if health is None or not since:
        return None
    if snapshot.day(since).isocalendar()[:2] == snapshot.today.isocalendar()[:2]:
        return None
    values = {"runs": health.pulls, "count": health.failures, "time": _length(health.seconds)}
    return Phrase("health.failures" if health.failures else "health", values)


def _length(seconds: float) -> str:
    """A length of time in the symbols of the SI brochure, which both languages share."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def _urgency(item: Item) -> tuple[Any, ...]:
    finding = item.finding
    return (
        _SEVERITIES[finding.severity],
        finding.due or date.max,
        finding.since or 0,
        item.id,
    )


def _within_limits(
    items: Sequence[Item], limits: Mapping[str, int]
) -> tuple[list[Item], Counter[str]]:
    """The items that their rules may show, and how many each section does not show."""
    used: Counter[str] = Counter()
    shown: list[Item] = []
    beyond: Counter[str] = Counter()
    for item in items:
        rule = item.finding.rule
        used[rule] += 1
        if used[rule] <= limits.get(rule, used[rule]):
            shown.append(item)
        else:
            beyond[item.finding.section] += 1
    return shown, beyond


def _section(key: str, items: Sequence[Item], everything: bool, beyond: int) -> Section:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        people = item.finding.people
        groups[people[0].key if people else item.id].append(item)
    ordered = list(groups.values())
    shown = ordered if everything else ordered[:SECTION_CAP]
    hidden = beyond + sum(len(group) for group in ordered[len(shown) :])
    return Section(key, tuple(tuple(group) for group in shown), hidden)


def _agenda(snapshot: Snapshot, live: Sequence[Item]) -> tuple[Agenda, ...]:
    by_person: dict[str, list[str]] = defaultdict(list)
    for item in live:
        if item.mark == " ":
            for named in item.finding.people:
                by_person[named.key].append(item.id)
    agenda: list[Agenda] = []
    for meeting in snapshot.meetings:
        if not _is_today(meeting, snapshot):
            continue
        people = {
            person.key: person
            for guest in others_at(meeting, snapshot.me)
            if (person := snapshot.people.get(guest.address.email)) is not None
        }
        ids = [i for key in people for i in by_person.get(key, ())]
        if ids:
            names = tuple(person.name for key, person in people.items() if key in by_person)
            agenda.append(Agenda(meeting.at, meeting.title, names, tuple(dict.fromkeys(ids))))
    return tuple(agenda[:_MEETING_CAP])


def _is_today(meeting: Meeting, snapshot: Snapshot) -> bool:
    return (
        meeting.purpose == "meeting"
        and not meeting.all_day
        and meeting.end > snapshot.now
        and snapshot.day(meeting.at) == snapshot.today
    )


def _item(record: Record, snapshot: Snapshot) -> Item:
    finding = record.finding
    marks: dict[str, Mark] = {"done": "x", "dismissed": "-", "snoozed": ">"}
    mark = marks.get(record.state, " ")
    if record.place:
        mark = "p" if record.place == "in_person" else "v"
    return Item(
        id=record.id,
        finding=finding,
        state=record.state,
        new=is_new(record, snapshot.today) and mark == " ",
        mark=mark,
        until=record.snoozed_until if mark == ">" else None,
        title=_title(finding, snapshot),
        details=tuple(_details(finding, snapshot)),
        link=next((evidence.link for evidence in finding.evidence if evidence.link), ""),
    )


def _title(finding: Finding, snapshot: Snapshot) -> Phrase:
    values = dict(finding.facts)
    quoted: set[str] = set()
    for name in ("quote", "subject", "title", "what", "goal"):
        if values.get(name):
            quoted.add(name)
    if "at" in values:
        values["day"] = snapshot.day(values["at"])
    if isinstance(values.get("day"), str):
        values["day"] = date.fromisoformat(values["day"])
    key = finding.say
    if key == "unanswered.outbound" and len(finding.people) > 1:
        key = "unanswered.outbound.group"
    return Phrase(key, values, frozenset(quoted))


def _details(finding: Finding, snapshot: Snapshot) -> Iterable[Phrase]:
    facts = finding.facts
    if finding.since is not None and finding.section in ("owe", "owed", "today", "news"):
        yield since_phrase(finding.since, snapshot.now, snapshot.workdays)
    if finding.due is not None and finding.section in ("owe", "owed", "today", "touch", "news"):
        late = (snapshot.today - finding.due).days
        if finding.type in ("keep_in_touch", "birthday", "birthdays"):
            pass
        elif late > 0:
            yield Phrase("due.late", {"day": finding.due, "count": late})
        else:
            yield Phrase("due", {"day": finding.due})
    if facts.get("questions", 1) > 1:
        yield Phrase("questions", {"count": facts["questions"]})
    if facts.get("nudges"):
        yield Phrase("nudged", {"count": facts["nudges"]})
    if facts.get("usual_delay"):
        yield Phrase("usual_delay", {"count": max(1, round(facts["usual_delay"] / _DAY))})
    if facts.get("virtual"):
        yield Phrase("virtual", {"count": facts["virtual"]})
    if facts.get("renegotiated"):
        yield Phrase("promise.renegotiated")
    if facts.get("wrote"):
        yield Phrase("touch.wrote", {"day": snapshot.day(facts["wrote"])})
    if facts.get("no_word"):
        yield Phrase("news.no_word")
    if facts.get("last_care"):
        yield Phrase("one_sided.last_care", {"day": snapshot.day(facts["last_care"])})
    if facts.get("goal") and finding.section in ("meet", "touch") and finding.type != "plan":
        yield Phrase("goal", {"goal": facts["goal"]}, frozenset({"goal"}))


def since_phrase(since: int, now: int, workdays: Workdays) -> Phrase:
    """How long ago, in business days while that is short, else in days."""
    days = (now - since) // _DAY
    if days > 10:
        return Phrase("since.days", {"count": days})
    count = int(workdays.days_between(since, now))
    if count == 0:
        return Phrase("since.hours")
    return Phrase("since.workdays", {"count": count})

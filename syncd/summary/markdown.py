"""The summary as Markdown: the file people read and tick."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from syncd.summary.build import Agenda, Item, Section, Summary
from syncd.summary.texts import Catalogue
from syncd.summary.wording import Wording, shorten

_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#+|~!&$]|(?<=\w)@|(?<=\w):(?=//)|(?<=[wW])\.")
_LIST_START = re.compile(r"^(\s*\d*)([-=.])")
_SAFE_URL = re.compile(r"https://[^\s<>\"'`\\|{}^]{1,2000}")


def escape(text: str) -> str:
    """Hostile text as literal Markdown: nothing in it formats, links or starts a block.

    Covers CommonMark's ASCII punctuation that can matter inside a line and GitHub's autolinks
    (https://github.github.com/gfm/#autolinks-extension-).
    """
    return _LIST_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def safe_url(url: str) -> str:
    """A URL that may stand between the parentheses of a link; empty if it is none."""
    if not _SAFE_URL.fullmatch(url):
        return ""
    return url.replace("(", "%28").replace(")", "%29")


def render(summary: Summary) -> str:
    """The Markdown document, ending in a newline."""
    catalogue = Catalogue(summary.language)
    wording = Wording(catalogue, summary.day, escape)
    blocks: list[str] = [f"# {catalogue.title(summary.day)}"]
    notices = [wording.notice(c) for c in summary.coverage if c.state != "complete"]
    notices += [catalogue.say("coverage.configuration", detail=escape(p)) for p in summary.problems]
    if notices:
        blocks.append(f"## {catalogue.say('heading.coverage')}")
        blocks.append("\n".join(f"- {notice}" for notice in notices))
    agenda = [_meeting(meeting, summary, wording) for meeting in summary.agenda]
    sections = {section.key: section for section in summary.sections}
    if agenda and "today" not in sections:
        sections = {"today": Section("today", ()), **sections}
    for key, section in sections.items():
        lines = agenda[:] if key == "today" else []
        for group in section.groups:
            lines.append(_line(group[0], wording))
            lines += [f"  {_line(item, wording, also=True)}" for item in group[1:]]
        if section.hidden:
            lines.append(f"- {catalogue.say('more', count=section.hidden)}")
        blocks.append(f"## {catalogue.say(f'heading.{key}')}")
        blocks.append("\n".join(lines))
    if not sections:
        blocks.append(catalogue.say(summary.all_clear))
    if summary.closed:
        blocks.append(f"## {catalogue.say('heading.closed')}")
        blocks.append(
            "\n".join(
                f"- {wording.line(f'**{wording.names(closed.people)}**', closed.title)} · "
                f"{catalogue.say(f'closed.{closed.why}')} `{closed.id}`"
                for closed in summary.closed
            )
        )
    blocks += [wording.say(said) for said in (summary.unread, summary.health) if said]
    if summary.items:
        example = (summary.day + timedelta(days=8)).isoformat()
        hint = catalogue.say("help", example=example)
        if any(item.finding.say == "meet.place" for item in summary.items):
            hint += " · " + catalogue.say("help.place")
        blocks += ["---", hint]
    return "\n\n".join(blocks) + "\n"


def _meeting(meeting: Agenda, summary: Summary, wording: Wording) -> str:
    catalogue = wording.catalogue
    at = datetime.fromtimestamp(meeting.at, summary.zone)
    what = catalogue.say(
        "meeting",
        time=at.strftime("%H:%M"),
        title=escape(shorten(meeting.title, 80)),
        names=wording.join(meeting.names),
    )
    count = catalogue.say("meeting.items", count=len(meeting.ids))
    ids = " ".join(f"`{item}`" for item in meeting.ids[:8])
    return f"- {what} · {catalogue.say('of.apart', name=count, text=ids)}"


def _line(item: Item, wording: Wording, *, also: bool = False) -> str:
    catalogue = wording.catalogue
    if also:
        parts = [f"{catalogue.say('also')} {wording.say(item.title)}"]
    else:
        parts = [wording.line(f"**{wording.names(item.finding.people)}**", item.title)]
    parts += [wording.say(detail) for detail in item.details]
    if item.new:
        parts.append(f"*{catalogue.say('new')}*")
    url = safe_url(item.link)
    if url:
        parts.append(f"[{catalogue.say('open')}]({url})")
    until = f" until {item.until}" if item.until else ""
    return f"- [{item.mark}]{until} {' · '.join(parts)} `{item.id}`"

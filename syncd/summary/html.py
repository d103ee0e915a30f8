"""The summary as one self-contained HTML page: no script, no remote resource."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from jinja2 import Environment, PackageLoader, Template

from syncd.summary.build import Section, Summary
from syncd.summary.markdown import safe_url
from syncd.summary.texts import Catalogue
from syncd.summary.wording import Wording


@lru_cache(maxsize=1)
def _template() -> Template:
    # values are escaped by Jinja2, so the wording itself stays plain
    environment = Environment(
        loader=PackageLoader("syncd.summary", "."), autoescape=True, trim_blocks=True
    )
    return environment.get_template("summary.html.jinja")


def render(summary: Summary) -> str:
    """The HTML document."""
    catalogue = Catalogue(summary.language)
    wording = Wording(catalogue, summary.day)
    sections = summary.sections
    if summary.agenda and all(section.key != "today" for section in sections):
        sections = (Section("today", ()), *sections)
    return _template().render(
        summary=summary,
        sections=sections,
        say=catalogue.say,
        title=catalogue.title(summary.day),
        wording=wording,
        clock=lambda at: datetime.fromtimestamp(at, summary.zone).strftime("%H:%M"),
        safe_url=safe_url,
        notices=[
            *(wording.notice(c) for c in summary.coverage if c.state != "complete"),
            *(catalogue.say("coverage.configuration", detail=p) for p in summary.problems),
        ],
    )

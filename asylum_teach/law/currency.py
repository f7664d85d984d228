"""What is due for another look: every case, rule and authority says by when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from asylum_teach.law import assess
from asylum_teach.models import (
    Case,
    Circuit,
    Content,
    Interview,
    Law,
    Record,
    Script,
    cited,
)

GRACE = timedelta(days=90)  # past its day for longer than this, a thing has expired


@dataclass(frozen=True, kw_only=True, order=True)
class Due(Record):
    """Something whose review is due."""

    kind: Literal["authority", "case", "rule"]
    id: str
    review_by: date
    expired: bool  # overdue for so long that nobody should rely on it


def due_for_review(content: Content, on: date) -> tuple[Due, ...]:
    """Every case, rule and authority whose day of review lies before *on*."""
    return tuple(
        Due(kind=kind, id=name, review_by=day, expired=day + GRACE < on)
        for kind, name, day in (*_of_law(content.law), *_of_cases(content))
        if day < on
    )


def due_among(content: Content, names: Set[str], on: date) -> tuple[Due, ...]:
    """What is due on that day of all that stands behind some cases, decisions and authorities.

    *names* are their ids; behind a case stand its reasons' authorities, and the rules and
    authorities by which it is judged.
    """
    due = due_for_review(content, on)
    if not due:
        return ()
    behind = {("authority", name) for name in names}
    behind |= {
        ("authority", content.decisions[name].authority)
        for name in names & content.decisions.keys()
    }
    for name in names & content.cases.keys():
        case = content.cases[name]
        behind |= {("case", name), *_cited(case)}
        behind |= {*_behind(content.law, case.facts, case.as_of, case.circuit)}
    for name in names & content.interviews.keys():
        interview = content.interviews[name]
        behind |= {("case", interview.case), *_rules_of_asking(content, interview)}
        behind |= {*_behind(content.law, *content.setting_of(interview))}
    for name in names & content.scripts.keys():
        behind |= {*_in_script(content, content.scripts[name])}
    return tuple(each for each in due if (each.kind, each.id) in behind)


def _cited(case: Case) -> Iterator[tuple[str, str]]:
    for item in case.items:
        yield from (("authority", name) for name in cited(item))


def _rules_of_asking(content: Content, interview: Interview) -> Iterator[tuple[str, str]]:
    used = {practice for ask in interview.asks for practice in ask.practices}
    for practice in used & content.practices.keys():
        yield from (("authority", name) for name in content.practices[practice].authorities)


def _in_script(content: Content, script: Script) -> Iterator[tuple[str, str]]:
    for line in script.lines:
        yield from (("authority", name) for name in line.authorities)
        for practice in line.practices:
            if practice in content.practices:
                named = content.practices[practice].authorities
                yield from (("authority", name) for name in named)


def _behind(
    law: Law, facts: Collection[str], day: date, circuit: Circuit | None
) -> Iterator[tuple[str, str]]:
    for found in assess(law, facts, as_of=day, circuit=circuit).findings.values():
        yield "rule", found.rule or ""
        yield from (("authority", name) for name in found.authorities)


def _of_law(law: Law) -> Iterator[tuple[Literal["authority", "rule"], str, date]]:
    for authority in law.authorities.values():
        yield "authority", authority.id, authority.review_by
    for element in law.elements.values():
        for rule in element.rules:
            yield "rule", rule.id, rule.review_by or element.review_by
    for relief in law.reliefs.values():  # how elements combine is a rule as well
        yield "rule", relief.id, relief.review_by


def _of_cases(content: Content) -> Iterator[tuple[Literal["case"], str, date]]:
    for case in content.cases.values():
        yield "case", case.id, case.review_by

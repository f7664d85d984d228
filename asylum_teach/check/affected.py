"""What a change in one authority touches: where to look when a decision is overruled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from asylum_teach.kit import named_in
from asylum_teach.law import assess
from asylum_teach.models import (
    Argument,
    Circuit,
    Content,
    ElementAssessment,
    Finding,
    Flip,
    Law,
    Limit,
    Need,
    Period,
    Record,
    cited,
    last_day_of,
)


@dataclass(frozen=True, kw_only=True)
class Affected(Record):
    """The ids of everything that rests on an authority, or shows it."""

    rules: tuple[str, ...]
    cases: tuple[str, ...]  # whose findings rest on it
    items: tuple[str, ...]  # case/item: whose reasons cite it, or whose key rests on it
    lessons: tuple[str, ...]
    decisions: tuple[str, ...]
    terms: tuple[str, ...]  # of the glossary
    splits: tuple[str, ...]
    interviews: tuple[str, ...]  # whose debrief rests on it
    scripts: tuple[str, ...]
    practices: tuple[str, ...]


def affected(content: Content, authority: str, notebooks: Path) -> Affected:
    """Everything that a change in *authority* touches.

    A case, an item or a decision is touched where an assessment shows the authority, as what
    decides or as what the other side would argue, and also where it would if the authority
    were good law again: to bring a decision back is a change as well.
    Raises KeyError for an authority that there is none of.
    """
    law = _with_it_in_force(content.law, authority)
    cases = tuple(
        case.id
        for case in content.cases.values()
        if _shows(law, authority, case.facts, case.as_of, case.circuit)
    )
    items = tuple(
        f"{case.id}/{item.id}"
        for case in content.cases.values()
        for item in case.items
        if authority in cited(item)
        or (isinstance(item, Flip) and _shows(law, authority, *case.flipped(item.change)))
        or (isinstance(item, ElementAssessment) and case.id in cases)
    )
    decisions = tuple(
        each.id
        for each in content.decisions.values()
        if each.authority == authority
        or _shows(law, authority, each.facts, last_day_of(each.decided), each.circuit)
    )
    interviews = tuple(
        each.id
        for each in content.interviews.values()
        if _shows(law, authority, *content.setting_of(each))
    )
    practices = tuple(p.id for p in content.practices.values() if authority in p.authorities)
    scripts = tuple(
        script.id
        for script in content.scripts.values()
        if any(authority in line.authorities for line in script.lines)
    )
    touched = {authority, *cases, *decisions, *(item.partition("/")[0] for item in items)}
    touched |= {*interviews, *scripts}
    return Affected(
        rules=tuple(_rules(content.law, authority)),
        cases=cases,
        items=items,
        lessons=tuple(_lessons(content, touched, notebooks)),
        decisions=decisions,
        terms=tuple(t.id for t in content.glossary.values() if authority in t.authorities),
        splits=tuple(
            split.id
            for split in content.splits.values()
            if any(authority in side.authorities for side in split.sides)
        ),
        interviews=interviews,
        scripts=scripts,
        practices=practices,
    )


def _with_it_in_force(law: Law, authority: str) -> Law:
    """The law as if *authority* had been good law at all times."""
    always = replace(law.authorities[authority], in_force=(Period(since=None),))
    return replace(law, authorities={**law.authorities, authority: always})


def _shows(
    law: Law, authority: str, facts: Collection[str], day: date, circuit: Circuit | None
) -> bool:
    """Whether the board of these facts would show *authority*."""
    found = assess(law, facts, as_of=day, circuit=circuit)
    findings: list[Finding] = [
        *found.findings.values(),
        *(finding for pair in found.theories.values() for finding in (pair.ground, pair.nexus)),
        *found.bars.values(),
    ]
    shown: list[Finding | Argument] = [*findings]
    shown += [argument for each in findings for argument in each.other_side]
    return any(authority in part.authorities for part in shown)


def _rules(law: Law, authority: str) -> Iterator[str]:
    """The rules that rest on it; how elements combine into a relief is a rule as well."""
    for element in law.elements.values():
        yield from (rule.id for rule in element.rules if authority in rule.authorities)
    for relief in law.reliefs.values():
        parts: list[Need | Limit] = [*relief.needs, *relief.limits]
        if any(authority in part.authorities for part in parts):
            yield relief.id


def _lessons(content: Content, touched: set[str], notebooks: Path) -> Iterator[str]:
    """The lessons whose notebook names something that is touched."""
    for plan in content.lessons.values():
        path = notebooks / f"{plan.notebook}.ipynb"
        if plan.notebook and path.is_file() and named_in(path) & touched:
            yield plan.id

"""What no single file can know: references, reachability, agreement, coverage.

Every fault is found in one run and told with file and line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asylum_teach.check import cases, forms, references, rules
from asylum_teach.content import Reading
from asylum_teach.models import Content, Fault

# What the engine reads: only once these are sound can it be asked.
LAW = frozenset(
    f"law/{name}.yaml" for name in ("facts", "theories", "elements", "relief", "authorities")
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """The faults of a content folder, and what it holds."""

    faults: tuple[Fault, ...]
    counts: dict[str, Any]
    content: Content | None

    @property
    def ok(self) -> bool:
        """Whether there is no fault."""
        return not self.faults


def check(exercises: Path, notebooks: Path) -> Report:
    """Every fault of the content in *exercises*, whose lessons stand in *notebooks*."""
    reading = Reading(exercises)
    found = set(reading.faults)
    if reading.usable:
        found |= _between_files(reading, reading.usable, notebooks)
    whole = reading.content
    return Report(faults=tuple(sorted(found)), counts=counts(whole) if whole else {}, content=whole)


def _between_files(reading: Reading, content: Content, notebooks: Path) -> set[Fault]:
    """What is wrong with names and forms; and, by the engine, with the sound files."""
    found = {*references.faults(reading, content, notebooks), *forms.faults(reading, content)}
    unsound = {fault.file for fault in (*reading.faults, *found)}
    if unsound.isdisjoint(LAW):
        sound = [
            case
            for case in content.cases.values()
            if reading.files[f"cases/{case.id}.yaml"].name not in unsound
        ]
        found |= {*rules.faults(reading, content), *cases.faults(reading, content.law, sound)}
    return found


def counts(content: Content) -> dict[str, Any]:
    """What the content holds, for the report."""
    items = [item for case in content.cases.values() for item in case.items]
    return {
        "facts": len(content.law.facts),
        "rules": sum(len(e.rules) for e in content.law.elements.values()),
        "authorities": len(content.law.authorities),
        "points": len(content.points),
        "lessons": sum(1 for plan in content.lessons.values() if plan.notebook),
        "cases": len(content.cases),
        "items": len(items),
        "decisions": len(content.decisions),
        "misconceptions": len(content.misconceptions),
        "cases_by_point": _tally(p for c in content.cases.values() for p in c.points),
        "cases_by_circuit": _tally(c.circuit or "none" for c in content.cases.values()),
        "items_by_kind": _tally(item.kind for item in items),
        "rules_by_element": {e.id: len(e.rules) for e in content.law.elements.values()},
        "keys_by_status": _tally(
            f"{element}: {status}"
            for case in content.cases.values()
            for element, status in case.key.items()
        ),
    }


def _tally(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))

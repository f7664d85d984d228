"""What no single file can know: references, reachability, agreement, coverage.

Every fault is found in one run and told with file and line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from asylum_teach.check import cases, forms, interviews, references, rules, splits
from asylum_teach.check.affected import Affected, affected
from asylum_teach.check.agreement import Row, agreement
from asylum_teach.check.counts import counts
from asylum_teach.content import Reading
from asylum_teach.law.currency import Due, due_for_review
from asylum_teach.models import Content, Fault

__all__ = ["Affected", "Report", "Row", "affected", "agreement", "check", "counts"]

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
    due: tuple[Due, ...] = ()  # what somebody has to look up again

    @property
    def ok(self) -> bool:
        """Whether there is no fault, and nothing so long overdue that it must not be relied on."""
        return not self.faults and not any(due.expired for due in self.due)


def check(exercises: Path, notebooks: Path, *, on: date | None = None) -> Report:
    """Every fault of the content in *exercises*, whose lessons stand in *notebooks*.

    With *on*, also what is due for review on that day.
    """
    reading = Reading(exercises)
    found = set(reading.faults)
    if reading.usable:
        found |= _between_files(reading, reading.usable, notebooks)
    whole = reading.content
    return Report(
        faults=tuple(sorted(found)),
        counts=counts(whole) if whole and not found else {},
        content=whole,
        due=due_for_review(whole, on) if whole and on else (),
    )


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
        if len(sound) == len(content.cases) and "law/splits.yaml" not in unsound:
            found |= {*splits.faults(reading, content)}
            if not any(_of_the_room(file) for file in unsound):
                found |= {*interviews.faults(reading, content)}
    return found


def _of_the_room(file: str) -> bool:
    """Whether interviews or scripts are written in that file."""
    return file in ("asks.yaml", "practices.yaml") or file.startswith(("interviews/", "scripts/"))

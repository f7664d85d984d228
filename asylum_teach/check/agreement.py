"""Whether the engine finds what courts and the Board found: the measure of the rules."""

from __future__ import annotations

from dataclasses import dataclass

from asylum_teach.law import assess
from asylum_teach.models import Content, Decision, Law, Record, Status, last_day_of


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    """One element of one decision: what was found there, and what the rules find."""

    decision: str
    element: str
    expected: Status
    got: Status
    rule: str | None  # None: no rule fits, so the record leaves it open

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.expected == self.got


def agreement(content: Content) -> tuple[Row, ...]:
    """Every element that some decision decided, by the law of its own day and circuit."""
    return tuple(row for each in content.decisions.values() for row in _rows(content.law, each))


def _rows(law: Law, decision: Decision) -> list[Row]:
    day = last_day_of(decision.decided)
    found = assess(law, decision.facts, as_of=day, circuit=decision.circuit).findings
    return [
        Row(
            decision=decision.id,
            element=element,
            expected=expected,
            got=found[element].status,
            rule=found[element].rule,
        )
        for element, expected in decision.outcomes.items()
    ]

"""The learning-outcomes report: each point's outcome, first attempts against last ones.

For use with ABA Standards 302 and 314; that a programme conforms to them is not for a table to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from asylum_teach.analysis.figure import SAME
from asylum_teach.analysis.frame import SMALL
from asylum_teach.analysis.mastery import by_point
from asylum_teach.analysis.places import by_point as items_of_points
from asylum_teach.models import Content, Point

REACHED = 0.8  # mean credit at which an outcome counts as reached


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One learning outcome, and what learners showed of it."""

    point: str
    text: str
    outcome: str
    learners: int  # who answered at least one of its items
    items: int  # that the kit asks about it
    n: int  # first attempts: learners times the items that each answered
    first: float | None  # mean credit of the n first attempts, 0 to 1
    last: float | None  # of the n last ones
    reached: float | None  # share of learners whose mean last credit is REACHED or more
    says: str  # why there is no figure, or nothing

    @property
    def small(self) -> bool:
        """Whether fewer than SMALL learners stand behind it: the attempts of one hang together."""
        return self.learners < SMALL


def outcomes(attempts: pd.DataFrame, content: Content) -> tuple[Outcome, ...]:
    """One for each point of the content, in its order, answered or not.

    *attempts* has the columns learner, item and credit.
    """
    table = by_point(attempts, content)
    asked = items_of_points(content)
    return tuple(
        _outcome(point, len(asked[point.id]), table[table["point"] == point.id])
        for point in content.points.values()
    )


def _outcome(point: Point, items: int, rows: pd.DataFrame) -> Outcome:
    n = int(rows["n"].sum())
    return Outcome(
        point=point.id,
        text=point.text,
        outcome=point.outcome,
        learners=len(rows),
        items=items,
        n=n,
        first=float(rows["first"] @ rows["n"] / n) if n else None,
        last=float(rows["last"] @ rows["n"] / n) if n else None,
        reached=float((rows["last"] >= REACHED - SAME).mean()) if n else None,
        says="" if n else "Undefined: nobody has answered an item on it yet.",
    )

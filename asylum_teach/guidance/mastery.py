"""How firmly an element is held: three clean answers on different cases, and again when due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fsrs import Rating

from asylum_teach.guidance.memory import is_due, reviewed
from asylum_teach.scoring import Mastery

IN_A_ROW = 3  # different cases


@dataclass(frozen=True, kw_only=True)
class Row:
    """The clean answers on an element since the last that was not."""

    cases: tuple[str, ...] = ()  # different ones, until it is held
    held: datetime | None = None  # since when
    firm: bool = False

    @property
    def due(self) -> datetime | None:
        """When its review falls due; None while it is not held."""
        return self.held and reviewed(None, Rating.Good, self.held).due


def lengthened(row: Row, case: str, *, clean: bool, at: datetime) -> Row:
    """The row after one more answer on *case*.

    Clean is a right answer without hints and without a critical error; any other starts
    the row over.  Practice before the review is due neither helps nor hurts.
    """
    if not clean:
        return Row()
    if row.held is None or row.due is None:
        cases = row.cases if case in row.cases else (*row.cases, case)
        return Row(cases=cases, held=at if len(cases) == IN_A_ROW else None)
    # Where the clock was set back, it counts as held from now on.
    return replace(row, held=min(row.held, at), firm=row.firm or at >= row.due)


def mastery(row: Row | None, now: datetime) -> Mastery:
    """How firmly the element is held at *now*; no row where nothing was answered."""
    if row is None:
        return Mastery.NEW
    if row.held is None or row.due is None:
        return Mastery.PRACTISING
    if row.firm:
        return Mastery.FIRM
    return Mastery.DUE if is_due(row.held, row.due, now) else Mastery.HELD

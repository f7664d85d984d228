"""What a learner did, kept as it was given, and what it rested on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asylum_teach.models.base import Record


@dataclass(frozen=True, kw_only=True)
class Attempt(Record):
    """One learner's response to one item, kept as given so that it can be rescored."""

    case: str  # or the id of a decision
    case_version: int
    item: str
    response: Any
    credit: float  # 0 to 1, by the key of that day
    at: datetime  # UTC
    hints: int = 0
    confidence: int | None = None  # 1 a guess, 2 fairly, 3 certain
    critical_error: str = ""
    id: str = ""  # made by the page, so that an answer sent twice is kept once
    lesson: str = ""  # the lesson in which it was asked
    seconds: int = 0  # in view of the learner since the answer before, or since the page opened
    cohort: str | None = None
    basis: str = ""  # the digest of what it rested on
    sealed: bool = True  # seen by this server; False when it came in a file that may be edited
    serial: int = 0  # its place among all attempts of a store: they only grow


@dataclass(frozen=True, kw_only=True)
class Basis(Record):
    """What the credit of an answer rested on, so that a later change can be told.

    Each part is small enough to be kept once for every version of an item.
    """

    item: str  # a digest of the item: its key, options and reasons
    facts: tuple[str, ...]  # of the case
    as_of: str  # the case's day, as in 2026-11-24; empty for a decision
    circuit: str  # the case's circuit, or none
    key: dict[str, str] = field(default_factory=dict)  # a part of the item: what belongs there
    authorities: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # each authority that its reasons name: when it was good law, as in 2018-06-11/2021-06-16,
    # or 2018-06-11/ where no end is known

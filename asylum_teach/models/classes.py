"""A class: its cohort, who is in it, the sessions that it meets in, and how it voted there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asylum_teach.models.base import Record


@dataclass(frozen=True, kw_only=True)
class Cohort(Record):
    """A class or a group of volunteers."""

    id: str  # eight letters, drawn by chance
    name: str  # as the teacher wrote it
    created: datetime  # UTC


@dataclass(frozen=True, kw_only=True)
class Member(Record):
    """A learner in a cohort, by the name that they chose for it; there may be several of a name."""

    cohort: str
    learner: int
    name: str  # 1 to 80 letters
    joined: datetime  # UTC; the first time


@dataclass(frozen=True, kw_only=True)
class ClassSession(Record):
    """One class meeting, and what is on its screen."""

    id: str
    cohort: str
    title: str
    code: str  # the join code: six letters and digits that no other open session has
    opened: datetime  # UTC
    closed: datetime | None  # UTC; None while it is open
    state: dict[str, Any]  # as JSON holds it; of the screen, and nothing of any learner
    version: int  # 0 at first, and one more with each new state


@dataclass(frozen=True, kw_only=True)
class Vote(Record):
    """What a learner answered in one round of a session."""

    session: str
    round: int
    learner: int
    response: Any
    credit: float | None  # 0 to 1, by the key of that day; None where there is no key
    at: datetime  # UTC

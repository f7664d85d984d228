"""What every noun shares: the record, the scale, the grounds, the circuits."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Literal

Circuit = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "dc"]
CIRCUITS: tuple[Circuit, ...] = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "dc")

# The eight elements, in the order in which they are judged: a rule may look back at what was
# found before it.
ELEMENTS = (
    "harm",
    "state_protection",
    "ground",
    "nexus",
    "future_risk",
    "bars",
    "proof",
    "torture",
)


class Record:
    """A value that refuses an unknown field when it is read from a file."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}


class Status(StrEnum):
    """How far an element is shown: a scale of three."""

    NOT_MET = "not_met"
    ARGUABLE = "arguable"
    MET = "met"

    @property
    def rank(self) -> int:
        """0 for not met, 1 for arguable, 2 for met."""
        return _RANK[self]

    @property
    def label(self) -> str:
        """The status as a learner reads it."""
        return {"met": "likely met", "arguable": "could go either way"}.get(self, "likely not met")


_RANK = {Status.NOT_MET: 0, Status.ARGUABLE: 1, Status.MET: 2}


class Ground(StrEnum):
    """The five protected reasons of 8 U.S.C. § 1101(a)(42)(A)."""

    RACE = "race"
    RELIGION = "religion"
    NATIONALITY = "nationality"
    SOCIAL_GROUP = "social_group"
    POLITICAL_OPINION = "political_opinion"


class Strength(StrEnum):
    """How a claim to one relief stands.  Never a percentage: this is a teaching model."""

    STRONG = "strong"
    CONTESTED = "contested"
    WEAK = "weak"
    BARRED = "barred"

"""A script that a learner stopped at its errors: hits, misses, false alarms, and d′.

d′ = z(hit rate) - z(false-alarm rate), where z is the inverse of the normal distribution
(Stanislaw and Todorov, "Calculation of signal detection theory measures", Behavior Research
Methods, Instruments, & Computers 31, 1999).  It is not defined where a rate is 0 or 1, and
no correction is made for that here.  The work is cited from memory; the formula is the usual one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from asylum_teach.models.interview import Line, Script


@dataclass(frozen=True, kw_only=True)
class MarkedLine:
    """A line, what the learner said of it, and what that was."""

    number: int  # from 0
    line: Line
    said: str  # one of STOP_ERRORS; empty where it was not stopped
    result: Literal["hit", "miss", "false alarm", "quiet"]  # quiet: rightly let pass
    named: bool  # a hit under the right name


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A script with every line marked up."""

    lines: tuple[MarkedLine, ...]

    def count(self, result: str) -> int:
        """How many lines came out so."""
        return sum(line.result == result for line in self.lines)

    @property
    def named(self) -> int:
        """How many hits were called by the right name."""
        return sum(line.named for line in self.lines)

    @property
    def credit(self) -> float:
        """(hits - false alarms) / errors, no less than 0: what a tagging earns."""
        errors = self.count("hit") + self.count("miss")
        return max(0.0, (self.count("hit") - self.count("false alarm")) / errors)

    @property
    def d_prime(self) -> float | None:
        """How well errors were told from other lines; None where it is not defined."""
        hits, misses = self.count("hit"), self.count("miss")
        alarms, quiet = self.count("false alarm"), self.count("quiet")
        if not (hits and misses and alarms and quiet):
            return None
        z = NormalDist().inv_cdf
        return z(hits / (hits + misses)) - z(alarms / (alarms + quiet))


def mark(script: Script, stops: Mapping[int, str]) -> Marked:
    """Mark up *script* by what was said at the stops: line numbers, and the errors named."""
    return Marked(
        lines=tuple(
            _marked(number, line, stops.get(number, "")) for number, line in enumerate(script.lines)
        )
    )


def _marked(number: int, line: Line, said: str) -> MarkedLine:
    if line.error:
        named = said in (line.error, *line.also)
        return MarkedLine(
            number=number, line=line, said=said, result="hit" if said else "miss", named=named
        )
    result: Literal["false alarm", "quiet"] = "false alarm" if said else "quiet"
    return MarkedLine(number=number, line=line, said=said, result=result, named=False)

"""What a run counts while it runs, and how a list of seconds is told."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class TroubleError(Exception):
    """Something that a learner must not meet: its kind, and what was seen this time."""

    def __init__(self, kind: str, example: str = "") -> None:
        super().__init__(f"{kind}: {example}" if example else kind)
        self.kind, self.example = kind, example


@dataclass
class Errors:
    """How often each kind of error was met, with the first as its example."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def note(self, error: BaseException) -> None:
        """Count an error."""
        kind = error.kind if isinstance(error, TroubleError) else type(error).__name__
        example = error.example if isinstance(error, TroubleError) else str(error)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.examples.setdefault(kind, example[:300])

    def told(self) -> dict[str, dict[str, Any]]:
        """Each kind with its count and its example, the most frequent first."""
        kinds = sorted(self.counts, key=lambda kind: -self.counts[kind])
        return {
            kind: {"count": self.counts[kind], "example": self.examples[kind]} for kind in kinds
        }


@dataclass
class Figures:
    """What all learners of a run met: seconds unless said otherwise."""

    errors: Errors = field(default_factory=Errors)
    startup: list[float] = field(default_factory=list)  # a lesson's first opening, waiting apart
    reopened: list[float] = field(default_factory=list)  # its reloads
    waited: list[float] = field(default_factory=list)  # on the page that keeps a place
    rewaited: list[float] = field(default_factory=list)  # there, to load a lesson again
    entered: list[float] = field(default_factory=list)  # until a server of one's own was there
    answers: list[float] = field(default_factory=list)  # from sending an answer to its feedback
    lab: list[float] = field(default_factory=list)  # from a switch to the board that follows
    requests: int = 0
    bytes: int = 0  # bodies as they travel, compressed
    message_bytes: int = 0  # of the kernels' lines, before compression
    drops: int = 0  # connections broken on purpose
    resent: int = 0  # answers sent once more under their id
    reloads: int = 0
    vanished: int = 0  # pages that went without a word
    finished: int = 0  # learners who came to the end of their lesson


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, and the most; empty where there is nothing."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    return {
        "count": len(ordered),
        "median": round(statistics.median(ordered), 4),
        "p95": round(percentile(ordered, 95), 4),
        "p99": round(percentile(ordered, 99), 4),
        "max": round(ordered[-1], 4),
    }


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest of the ordered values that so many percent of them do not exceed."""
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(rank, 1) - 1]

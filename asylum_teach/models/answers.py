"""Many learners' attempts side by side, as lean as a million of them need."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AnswerColumn = Literal[
    "learner",
    "serial",
    "item",
    "lesson",
    "credit",
    "confidence",
    "critical_error",
    "hints",
    "at",
    "response",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """Attempts as columns, each of one length, in the order of their serials.

    Where a column tells of a text, it holds the text's place in the tuple of that name.
    """

    columns: Mapping[AnswerColumn, array[int] | array[float]]
    # learner, serial: as in Attempt.  item, lesson, critical_error, response: places.
    # credit: 0 to 1, by the key of its day.  confidence: 1 to 3, or 0 where none was asked.
    # hints: how many.  at: whole seconds since 1970 began, UTC.
    items: tuple[tuple[str, str], ...]  # case (or decision), item
    lessons: tuple[str, ...]
    critical_errors: tuple[str, ...]
    responses: tuple[str, ...]  # JSON, or empty where it was too long to be one of options

"""From attempts to what a teacher can act on; the one part of the kit that knows pandas.

:func:`frame` makes a DataFrame of what ``Store.answers`` read, and every other function takes
that.  Figures rest on the credit by the key of its day.  Where a figure is undefined it is None
or NaN, and a sentence says why.  Works on statistics are cited from memory and were not read for
this; what the tests compare with is said there.
"""

from asylum_teach.analysis.confidence import ConfidentlyWrong, confidently_wrong
from asylum_teach.analysis.figure import Figure
from asylum_teach.analysis.frame import (
    SMALL,
    credits,
    first_attempts,
    frame,
    last_attempts,
    name_of,
)
from asylum_teach.analysis.items import (
    Distractor,
    ItemStatistics,
    discrimination,
    efficiency,
    item_statistics,
)
from asylum_teach.analysis.mastery import by_element, by_group, by_member, by_point
from asylum_teach.analysis.outcomes import REACHED, Outcome, outcomes
from asylum_teach.analysis.places import by_lesson as items_of_lessons
from asylum_teach.analysis.reliability import Reliability, reliability
from asylum_teach.analysis.rows import began, compared, ended, learners_of, only, rows

__all__ = [
    "REACHED",
    "SMALL",
    "ConfidentlyWrong",
    "Distractor",
    "Figure",
    "ItemStatistics",
    "Outcome",
    "Reliability",
    "began",
    "by_element",
    "by_group",
    "by_member",
    "by_point",
    "compared",
    "confidently_wrong",
    "credits",
    "discrimination",
    "efficiency",
    "ended",
    "first_attempts",
    "frame",
    "item_statistics",
    "items_of_lessons",
    "last_attempts",
    "learners_of",
    "name_of",
    "only",
    "outcomes",
    "reliability",
    "rows",
]

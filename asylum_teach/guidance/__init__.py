"""What a learner's record says: where they stand, what comes next, and what changed since.

Everything here is pure: attempts, content and the time are arguments.
"""

from asylum_teach.guidance.basis import basis_of, digest_of, from_json, to_json, what_changed
from asylum_teach.guidance.review import Due, due_items, review
from asylum_teach.guidance.standing import (
    FORMAT,
    Standing,
    after,
    fold,
    standing_from_json,
    standing_to_json,
    start,
)
from asylum_teach.guidance.summary import Progress, critical_errors, summary
from asylum_teach.guidance.training import readiness, training_record

__all__ = [
    "FORMAT",
    "Due",
    "Progress",
    "Standing",
    "after",
    "basis_of",
    "critical_errors",
    "digest_of",
    "due_items",
    "fold",
    "from_json",
    "readiness",
    "review",
    "standing_from_json",
    "standing_to_json",
    "start",
    "summary",
    "to_json",
    "training_record",
    "what_changed",
]

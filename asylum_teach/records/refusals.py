"""What a page is told when something cannot be done: one sentence, wherever records are kept."""

from __future__ import annotations

from dataclasses import dataclass

from asylum_teach.desk import CHANGED
from asylum_teach.interview import NotOnOfferError
from asylum_teach.models.keeping import Doing, StoreFault, UnknownLearnerError, fault
from asylum_teach.records.progress_file import ProgressFileError
from asylum_teach.records.records import NobodyError, RefusedError
from asylum_teach.scoring import ResponseError

UNKNOWN = (
    "This browser's record is not known here: it was erased, or it belongs to another server. "
    "A resume code or a progress file brings answers back."
)
FAILED = "Something went wrong on this site. Nothing that was saved is lost; try again."
OTHER_PAGE = "This page is of another version of the kit; reload it."
GONE = "This is no longer part of the kit; reload the page."


@dataclass(frozen=True)
class Refusal:
    """A sentence for the learner, and its kind for the page; the status is HTTP's."""

    status: int
    problem: str
    kind: str = ""


def refusal_of(error: Exception, doing: Doing) -> Refusal | None:
    """What a page is told of *error*; None for one that is no learner's business."""
    match error:
        case NobodyError() | UnknownLearnerError():
            return Refusal(401, str(error) or UNKNOWN, "unknown")
        case RefusedError() | ProgressFileError():
            return Refusal(400, str(error))
        case NotOnOfferError():
            return Refusal(400, CHANGED, "changed")
        case ResponseError():
            return Refusal(400, str(error), "changed")
        case StoreFault():
            return Refusal(503, str(fault(error.kind, doing, error.detail)), error.kind)
    return None

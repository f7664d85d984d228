"""What may become of what is to be kept: kept, known already, or a fault that is told in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from asylum_teach.models.record import Attempt

Kind = Literal["full", "read_only", "locked", "gone", "newer", "damaged", "failed"]
Doing = Literal["open", "answer", "change", "read"]

_CAUSES: dict[Kind, str] = {
    "full": "the disk of this site is full",
    "read_only": "this site may not write to its records",
    "locked": "the records of this site are in use by something else",
    "gone": "the records of this site cannot be reached",
    "damaged": "the records of this site are damaged",
    "failed": "something went wrong with the records of this site",
}
_TELL = "Please tell the person who runs this site."
_SAID: dict[Doing, str] = {
    "open": "The learners' records cannot be opened: {cause}.",
    "answer": "Your answer is not saved yet: {cause}. "
    "It stays on this page and is sent again by itself.",
    "change": "This is not saved: {cause}. Try again in a minute.",
    "read": "Your record cannot be shown now: {cause}. Try again in a minute.",
}
_NEWER = (
    "These records were written by a newer version of the kit. "
    "Update it, or name another database with --db."
)


class StoreFault(Exception):  # noqa: N818 - nobody's error: a fault of a disk, a file or a server
    """The records cannot be used now: a text for a learner, a detail for who runs the site."""

    def __init__(self, said: str, kind: Kind, detail: str) -> None:
        super().__init__(said)
        self.kind = kind
        self.detail = detail


def fault(kind: Kind, doing: Doing, detail: str) -> StoreFault:
    """The fault of that kind, as one who was *doing* that is told of it."""
    if kind == "newer":
        return StoreFault(_NEWER, kind, detail)
    said = _SAID[doing].format(cause=_CAUSES[kind])
    passes = kind == "locked" or doing == "open"  # by itself, or it is told to who runs the site
    return StoreFault(said if passes else f"{said} {_TELL}", kind, detail)


class UnknownLearnerError(Exception):
    """There is no such learner: the record was erased meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of an attempt that was sent to be kept."""

    attempt: Attempt  # as it is stored
    new: bool  # False where it was stored before
    clock_back: timedelta  # how far the clock was set back since the attempt before; mostly none


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Where a learner stood, folded from the attempts up to a serial."""

    of: str  # the digest of the content under which it was folded
    upto: int
    body: str  # JSON

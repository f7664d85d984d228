"""What a clinic files about a cohort: its learning outcomes, and who was trained how far.

Two documents, since the first holds no names: each as HTML made for print, and as DOCX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from asylum_teach.export.page import html_of
from asylum_teach.export.sheet import Cell, Line, Section, Sheet, Table, cut, plain
from asylum_teach.export.word import docx_of

SMALL = 20  # learners; a figure that rests on fewer is shown faint, and says so
USE = "For use with ABA Standards 302 (learning outcomes) and 314 (assessment of student learning)"
NO_CLAIM = (
    "This report gives figures on practice with teaching material. It does not say that a program "
    "meets a standard: that is for the school to show."
)
LIMITS = (
    "“Ready for supervised intake” means that the rules of the kit are met. It is no license and "
    "no legal qualification, and allows nobody to give legal advice."
)
REVIEW = "Not reviewed by a licensed attorney"
NOT_CHECKED = "The names are as the learners wrote them, and were not checked."

_NAME_LENGTH = 80
_COHORT_LENGTH = 200  # a DOCX file has room for 255
_NAMELESS = "A learner without a name"


class OutcomeRow(Protocol):
    """One learning outcome, as the analysis gives it."""

    @property
    def point(self) -> str:
        """Its number, as 2.4."""

    @property
    def outcome(self) -> str:
        """What a learner must be able to do."""

    @property
    def learners(self) -> int:
        """How many answered at least one of its items."""

    @property
    def items(self) -> int:
        """How many the kit asks about it."""

    @property
    def n(self) -> int:
        """First attempts, and as many last ones."""

    @property
    def first(self) -> float | None:
        """Mean credit of the first attempts, 0 to 1."""

    @property
    def last(self) -> float | None:
        """Mean credit of the last ones, 0 to 1."""

    @property
    def reached(self) -> float | None:
        """The share of learners who reached it, 0 to 1."""

    @property
    def says(self) -> str:
        """Why there are no figures, or nothing."""


@dataclass(frozen=True, kw_only=True)
class Trainee:
    """What one learner of the cohort did."""

    name: str
    answers: int
    questions: int  # different ones among the answers
    ready: bool
    open_errors: int  # critical ones, not yet answered again without


@dataclass(frozen=True, kw_only=True)
class About:
    """What both documents say at their head."""

    cohort: str
    kit: str  # the version of the kit
    began: date | None  # the first answer; None where there is none yet
    ended: date | None  # the last one
    issued: date
    law_as_of: date


def outcomes_html(about: About, outcomes: Sequence[OutcomeRow]) -> bytes:
    """The learning-outcomes report as one HTML file, made for print."""
    return html_of(_outcomes(about, outcomes))


def outcomes_docx(about: About, outcomes: Sequence[OutcomeRow]) -> bytes:
    """The learning-outcomes report as a Word file."""
    return docx_of(_outcomes(about, outcomes))


def training_html(about: About, trainees: Sequence[Trainee]) -> bytes:
    """The cohort's training records as one HTML file, made for print."""
    return html_of(_training(about, trainees))


def training_docx(about: About, trainees: Sequence[Trainee]) -> bytes:
    """The cohort's training records as a Word file."""
    return docx_of(_training(about, trainees))


def _outcomes(about: About, outcomes: Sequence[OutcomeRow]) -> Sheet:
    head = ("Learning outcome", "Learners", "Items", "n", "First", "Last", "Reached")
    table = Table(head, (42, 11, 9, 8, 9, 9, 12), tuple(map(_outcome, outcomes)))
    return _sheet(
        "Report on learning outcomes",
        "U.S. asylum claims by people from Mexico. It holds no names.",
        about,
        (
            Section(USE, (Line(NO_CLAIM, "limits"),)),
            Section("First against last attempt", (Line(_HOW), table)),
        ),
    )


_HOW = (
    "Items: questions that the kit asks about the outcome. n: first attempts, one for each learner "
    "and item. First and last: mean credit of those first attempts, and of the last attempts at "
    "the same items. Reached: learners whose mean credit on last attempts is 80% or more. Where "
    f"fewer than {SMALL} learners answered, the row is gray: its figures may be chance."
)


def _outcome(row: OutcomeRow) -> tuple[Cell, ...]:
    notes = [row.says] if row.says else []
    if 0 < row.learners < SMALL:
        notes.append(f"Fewer than {SMALL} learners")
    name = Cell(f"{row.point} {plain(row.outcome)}", tuple(map(plain, notes)))
    counts = (str(row.learners), str(row.items), str(row.n))
    figures = map(_percent, (row.first, row.last, row.reached))
    cells = (name, *map(Cell, counts), *map(Cell, figures))
    return tuple(replace(cell, faint=row.learners < SMALL) for cell in cells)


def _training(about: About, trainees: Sequence[Trainee]) -> Sheet:
    head = ("Name", "What was done", "Ready for supervised intake", "Critical errors open")
    table = Table(head, (34, 32, 18, 16), tuple(map(_trainee, trainees)))
    none = Line("Nobody is in this cohort yet.")
    return _sheet(
        "Training records of a cohort",
        NOT_CHECKED,
        about,
        (
            Section("What these records are not", (Line(LIMITS, "limits"),)),
            Section("Learners", (Line(_ERROR), table if trainees else none)),
        ),
    )


_ERROR = (
    "A critical error is an answer that would have hurt a client. It is open until the learner has "
    "answered again without it."
)


def _trainee(one: Trainee) -> tuple[Cell, ...]:
    answers = "1 answer" if one.answers == 1 else f"{one.answers} answers"
    questions = "1 question" if one.questions == 1 else f"{one.questions} questions"
    return (
        Cell(cut(plain(one.name), _NAME_LENGTH) or _NAMELESS),
        Cell(f"{answers} to {questions}" if one.answers else "nothing answered yet"),
        Cell("yes" if one.ready else "not yet"),
        Cell(str(one.open_errors)),
    )


def _sheet(title: str, note: str, about: About, sections: tuple[Section, ...]) -> Sheet:
    cohort = cut(plain(about.cohort), _COHORT_LENGTH) or "A cohort without a name"
    return Sheet(
        title=title,
        name=cohort,
        name_note=note,
        author="asylum-teach",
        issued=about.issued.isoformat(),
        facts=(
            ("Answers", _dates(about)),
            ("Law as of", _day(about.law_as_of)),
            ("Review", f"{REVIEW}. Teaching material, not legal advice."),
            ("Made on", _day(about.issued)),
            ("Teaching kit", f"asylum-teach {plain(about.kit)}"),
        ),
        sections=sections,
        foot=f"{title} · {_day(about.issued)} · {REVIEW}",
    )


def _dates(about: About) -> str:
    if about.began is None or about.ended is None:
        return "none yet"
    if about.began == about.ended:
        return _day(about.began)
    return f"{_day(about.began)} to {_day(about.ended)}"


def _day(day: date) -> str:
    """The day as prose writes it: 24 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _percent(share: float | None) -> str:
    return "undefined" if share is None else f"{share:.0%}"

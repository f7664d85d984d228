"""The piece of a page that tells a learner where they stand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from asylum_teach.guidance import Progress
from asylum_teach.guidance.mastery import IN_A_ROW
from asylum_teach.models import Content
from asylum_teach.models.words import in_words
from asylum_teach.records.records import Told
from asylum_teach.scoring import Mastery

# Said in words beside a picture of dots, so that neither color nor shape is needed.
_MASTERY = {
    Mastery.NEW: "Not practiced yet",
    Mastery.PRACTISING: "Practicing",
    Mastery.HELD: "Held",
    Mastery.DUE: "Held, review due",
    Mastery.FIRM: "Firm",
}
_HELD = (Mastery.HELD, Mastery.DUE, Mastery.FIRM)
_SURE = {1: "A guess", 2: "Fairly sure", 3: "Certain"}


def templates(frame: dict[str, Any]) -> Environment:
    """The piece's template, where no server has loaded the templates of all pages."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "template"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals["kit"] = frame
    return pages


def piece(told: Told, content: Content, lesson_id: str, pages: Environment) -> dict[str, Any]:
    """The HTML for the start page, or for the end of a lesson; and each lesson's state."""
    lesson = content.lessons.get(lesson_id)
    progress = told.progress
    if lesson_id and (lesson is None or not progress.lessons[lesson.id].of):
        return {"html": "", "lessons": {}}
    html = pages.get_template("progress.html").render(
        progress=progress,
        changed=told.changed,
        lesson=lesson,
        count=progress.lessons[lesson.id] if lesson else None,
        elements=[_element(each) for each in progress.elements],
        sure=[_sure(each) for each in progress.calibration],
        points=_points(progress, content),
        held=sum(each.mastery in _HELD for each in progress.elements),
        go_on=_address(progress),
        next_due=_day(progress.next_due),
    )
    return {"html": html, "lessons": {i: _done(c) for i, c in progress.lessons.items() if c.of}}


def _element(standing: Any) -> dict[str, Any]:
    row = IN_A_ROW if standing.mastery in _HELD else min(standing.in_a_row, IN_A_ROW)
    return {
        "title": standing.title,
        "dots": "●" * row + "○" * (IN_A_ROW - row),
        "words": _MASTERY[standing.mastery],
        "row": row,
        "of": IN_A_ROW,
    }


def _sure(tally: Any) -> dict[str, Any]:
    return {
        "level": _SURE[tally.confidence],
        "answers": tally.answers,
        "percent": None if tally.share is None else round(100 * tally.share),
    }


def _points(progress: Progress, content: Content) -> list[dict[str, Any]]:
    return [
        {"id": point.id, "text": point.text, "count": progress.points[point.id]}
        for point in content.points.values()
        if progress.points[point.id].of
    ]


def _address(progress: Progress) -> str:
    return f"lesson/{Path(progress.go_on.notebook).stem}" if progress.go_on else ""


def _day(moment: datetime | None) -> str:
    return in_words(moment.date()) if moment else ""


def _done(count: Any) -> str:
    if not count.answered:
        return ""
    return "all answered" if count.whole else f"{count.answered} of {count.of} answered"

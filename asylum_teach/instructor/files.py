"""Everything that can be taken out of the kit, each as a name, a type and bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from asylum_teach.export import report as papers
from asylum_teach.export.anki import anki
from asylum_teach.export.gift import gift
from asylum_teach.export.gradebook import Grade
from asylum_teach.export.handout import handout_html
from asylum_teach.export.handout_word import handout_docx
from asylum_teach.export.moodle_xml import moodle_xml
from asylum_teach.export.qti import qti
from asylum_teach.export.tables import table_csv, tables_xlsx
from asylum_teach.instructor.report import Report, tables
from asylum_teach.law import assess
from asylum_teach.models import Content, Finding

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class File:
    """A file to be saved."""

    name: str
    kind: str  # its media type
    body: bytes


REPORTS = (
    "learners, elements, points, misconceptions or items, each as .csv or .xlsx; all.xlsx; "
    "outcomes or training, each as .html or .docx"
)


class NoFileError(LookupError):
    """There is no file of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no file '{name}' to be made. There is: {REPORTS}.")


# --- Of a report ---


def report_file(found: Report, content: Content, name: str, now: datetime) -> File:
    """A table of the report as NAME.csv or NAME.xlsx, or outcomes and training as paper.

    Raises NoFileError.
    """
    stem, _, ending = name.rpartition(".")
    if (stem, ending) in _PAPERS:
        about = _about(found, content, now)
        return File(name=name, kind=_KINDS[ending], body=_PAPERS[stem, ending](about, found))
    known = tables(found, content)
    if stem == "all" and ending == "xlsx":
        return File(name="results.xlsx", kind=_EXCEL, body=tables_xlsx(known))
    if stem not in known or ending not in ("csv", "xlsx"):
        raise NoFileError(name)
    if ending == "csv":
        return File(name=name, kind="text/csv; charset=utf-8", body=table_csv(known[stem]))
    return File(name=name, kind=_EXCEL, body=tables_xlsx({stem: known[stem]}))


def _about(found: Report, content: Content, now: datetime) -> papers.About:
    return papers.About(
        cohort=found.cohort,
        kit=version("asylum-teach"),
        began=found.began.date() if found.began else None,
        ended=found.ended.date() if found.ended else None,
        issued=now.date(),
        law_as_of=content.law_as_of,
    )


def _trainees(found: Report) -> list[papers.Trainee]:
    return [
        papers.Trainee(
            name=row["name"],
            answers=row["attempts"],
            questions=row["items"],
            ready=bool(row["ready"]),
            open_errors=row["open_errors"] or 0,
        )
        for row in found.members
    ]


_PAPERS: dict[tuple[str, str], Callable[[papers.About, Report], bytes]] = {
    ("outcomes", "html"): lambda about, found: papers.outcomes_html(about, found.outcomes),
    ("outcomes", "docx"): lambda about, found: papers.outcomes_docx(about, found.outcomes),
    ("training", "html"): lambda about, found: papers.training_html(about, _trainees(found)),
    ("training", "docx"): lambda about, found: papers.training_docx(about, _trainees(found)),
}
_KINDS = {"html": _HTML, "docx": _WORD}


def grades(found: Report, what: str) -> list[Grade]:
    """What goes into a gradebook: the credit of *first* or *last* answers, or what is *done*.

    In percent; None where nothing was answered, but for what is done.
    """
    return [
        Grade(name=row["name"], percent=_percent(row, what, found.asked)) for row in found.members
    ]


def _percent(row: Mapping[str, float | None], what: str, whole: int) -> float | None:
    if what == "done":
        return round(100 * min(1.0, (row["items"] or 0) / whole), 1) if whole else None
    share = row[what]
    return None if share is None else round(100 * share, 1)


# --- Of the content ---

FORMATS = {
    "handout.html": "Hand-out for class, to print",
    "handout.docx": "Hand-out for class, Word",
    "handout-large.html": "Hand-out in large print",
    "teacher.html": "The teacher's version with key and reasons, to print",
    "teacher.docx": "The teacher's version, Word",
    "moodle.xml": "Moodle XML (question bank)",
    "questions.gift": "GIFT (text)",
    "canvas-qti.zip": "Canvas QTI",
    "cards.apkg": "Anki cards",
}


def content_file(content: Content, case_ids: Sequence[str], name: str, now: datetime) -> File:
    """Questions for another system, or a hand-out.

    Raises NoFileError, and ValueError with a sentence for a case that there is not.
    """
    found = findings_of(content, case_ids)
    match name:
        case "moodle.xml":
            return _file(name, "application/xml", moodle_xml(content, case_ids, found))
        case "questions.gift":
            return _file(name, "text/plain; charset=utf-8", gift(content, case_ids, found))
        case "canvas-qti.zip":
            return _file(name, "application/zip", qti(content, case_ids, found))
        case "cards.apkg":
            return _file(name, "application/octet-stream", anki(content, case_ids, found, now=now))
        case "handout.html" | "handout-large.html" | "teacher.html":
            body = handout_html(
                content,
                case_ids,
                teacher=name.startswith("teacher"),
                large="large" in name,
                findings=found,
            )
            return _file(name, _HTML, body)
        case "handout.docx" | "teacher.docx":
            body = handout_docx(
                content,
                case_ids,
                teacher=name.startswith("teacher"),
                large=False,
                findings=found,
            )
            return _file(name, _WORD, body)
    raise NoFileError(name)


def findings_of(content: Content, case_ids: Sequence[str]) -> dict[str, dict[str, Finding]]:
    """What the rules find on each case, for the teacher's version."""
    cases = [content.cases[case_id] for case_id in case_ids if case_id in content.cases]
    return {
        case.id: dict(
            assess(content.law, case.facts, as_of=case.as_of, circuit=case.circuit).findings
        )
        for case in cases
    }


def _file(name: str, kind: str, body: bytes) -> File:
    return File(name=name, kind=kind, body=body)

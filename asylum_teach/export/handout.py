"""Hand-outs for a class: cases and their questions on paper, for learners or for the teacher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from asylum_teach.export.asking import questions_of
from asylum_teach.export.authorities import cited_in_full
from asylum_teach.export.parts import explanations, key_texts, offers
from asylum_teach.export.questions import (
    COURSE,
    AnyQuestion,
    Arrangement,
    Double,
    Findings,
    Pairing,
    Pick,
    Told,
    notice,
    runs,
)
from asylum_teach.export.sheet import plain
from asylum_teach.models import ELEMENTS, Content

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["runs"] = runs

LARGE, USUAL = 18, 11  # points


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A numbered list to choose from, under a label where there are two."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reasoned:
    """A part of a question, and why it is right or not."""

    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question on paper; the last three stand in the teacher's version alone."""

    heading: str
    stem: str
    offered: tuple[Offered, ...]
    blanks: tuple[str, ...]  # what is to be filled in
    key: tuple[str, ...] = ()
    reasoned: tuple[Reasoned, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the board found on one element."""

    element: str
    status: str
    reason: str
    other_side: tuple[str, ...]
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A case, then its questions, then, for the teacher, the board's findings."""

    told: Told
    asked: tuple[Asked, ...]
    found: tuple[Found, ...]


@dataclass(frozen=True, kw_only=True)
class Handout:
    """Everything on the paper, in the order in which it is read."""

    title: str
    notice: str
    teacher: bool
    size: int  # of its letters, in points
    law_as_of: str  # a day, as in 2026-11-25
    pages: tuple[Page, ...]


def handout_html(
    content: Content,
    case_ids: Iterable[str],
    *,
    teacher: bool,
    large: bool,
    findings: Findings | None = None,
) -> bytes:
    """The hand-out as one HTML file that needs nothing else, made for print.

    *teacher* adds the key, the reasons, the authorities and *findings*, and *large* prints in
    18 points.  Raises ValueError for a case that there is not.
    """
    handout = handout_of(content, case_ids, teacher=teacher, large=large, findings=findings)
    return _PAGES.get_template("handout.html").render(handout=handout).encode()


def handout_of(
    content: Content,
    case_ids: Iterable[str],
    *,
    teacher: bool,
    large: bool,
    findings: Findings | None = None,
) -> Handout:
    """What stands on the paper; a learner's holds no key."""
    found = (findings or {}) if teacher else {}
    asked = questions_of(content, case_ids, found)
    return Handout(
        title=f"{COURSE}: {'for the teacher' if teacher else 'for class'}",
        notice=notice(content),
        teacher=teacher,
        size=LARGE if large else USUAL,
        law_as_of=content.law_as_of.isoformat(),
        pages=tuple(
            Page(
                told=told,
                asked=tuple(_asked(question, teacher=teacher) for question in group),
                found=_found(content, found, told.id),
            )
            for told, group in groupby(asked, key=lambda question: question.told)
        ),
    )


def _asked(question: AnyQuestion, *, teacher: bool) -> Asked:
    paper = Asked(
        heading=f"Question {question.number}",
        stem=f"{question.stem} {question.help}".strip(),
        offered=tuple(Offered(label=o.label, texts=o.texts) for o in offers(question)),
        blanks=_blanks(question),
    )
    return _with_key(paper, question) if teacher else paper


def _with_key(paper: Asked, question: AnyQuestion) -> Asked:
    return Asked(
        heading=paper.heading,
        stem=paper.stem,
        offered=paper.offered,
        blanks=(),
        key=key_texts(question),
        reasoned=tuple(
            Reasoned(
                text=f"{each.mark}: {each.text}" if each.text else "Why",
                lines=each.comment.lines,
            )
            for each in explanations(question)
        ),
        hints=question.hints,
    )


def _blanks(question: AnyQuestion) -> tuple[str, ...]:
    """What a learner writes, by the numbers of the lists."""
    match question:
        case Pick(several=True):
            return ("Your numbers:",)
        case Pick():
            return ("Your number:",)
        case Double():
            return ("Your conclusion, its number:", "Because, its number:")
        case Arrangement():
            return ("Your order, by number:",)
        case Pairing():
            return tuple(f"{place}. goes with:" for place in range(1, len(question.rows) + 1))


def _found(content: Content, findings: Findings, case_id: str) -> tuple[Found, ...]:
    of_case = findings.get(case_id, {})
    known = content.law.authorities
    return tuple(
        Found(
            element=plain(content.law.elements[element].title),
            status=of_case[element].status.label,
            reason=plain(of_case[element].reason),
            other_side=tuple(plain(other.reason) for other in of_case[element].other_side),
            authorities=tuple(
                plain(cited_in_full(known[each])) for each in of_case[element].authorities
            ),
        )
        for element in ELEMENTS
        if element in of_case
    )

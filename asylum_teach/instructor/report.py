"""What the records say of a cohort, or of everybody: one value that pages and files are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from asylum_teach import analysis, guidance
from asylum_teach.models import ELEMENTS, Content
from asylum_teach.store import Store

Row = dict[str, Any]
NOBODY = "Learner"  # one without a name in the cohort, with a number behind it


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Whose answers, to what, and when."""

    cohort: str = ""  # an id; empty: everybody
    lesson: str = ""  # an id; empty: all of the course
    since: date | None = None  # the first day
    until: date | None = None  # the last day


@dataclass(frozen=True, kw_only=True)
class Report:
    """What first and last attempts say, with the words to act on it."""

    chosen: Chosen
    cohort: str  # its name
    asked: int  # how many questions there are
    attempts: int
    learners: int
    began: datetime | None  # the first answer
    ended: datetime | None  # the last one
    members: tuple[Row, ...]  # learner, name, attempts, items, first, last, …, ready
    elements: tuple[Row, ...]  # element, learners, first, last
    points: tuple[Row, ...]
    wrong: tuple[analysis.ConfidentlyWrong, ...]
    items: tuple[analysis.ItemStatistics, ...]
    reliability: analysis.Reliability
    outcomes: tuple[analysis.Outcome, ...]


def report(store: Store, content: Content, chosen: Chosen, now: datetime) -> Report:
    """The report on what was *chosen*.  Raises KeyError for a cohort that there is not."""
    names, title = _names(store, chosen.cohort)
    read = store.answers(
        learners=[*names] if chosen.cohort else None,
        since=_start(chosen.since),
        until=_start(chosen.until + timedelta(days=1)) if chosen.until else None,
    )
    asked = analysis.items_of_lessons(content)
    answers = analysis.frame(read)
    if chosen.lesson:
        answers = analysis.only(answers, asked.get(chosen.lesson, ()))
    learners = analysis.learners_of(answers)
    known = names or {each: f"{NOBODY} {each}" for each in learners}
    whole = [item for items in asked.values() for item in items]
    all_asked = asked.get(chosen.lesson, ()) if chosen.lesson else whole
    return Report(
        chosen=chosen,
        cohort=title,
        asked=len(all_asked),
        attempts=len(answers),
        learners=len(learners),
        began=analysis.began(answers),
        ended=analysis.ended(answers),
        members=tuple(
            _members(
                analysis.rows(analysis.by_member(answers, content, known)),
                content,
                store,
                now,
                ready=bool(chosen.cohort),
            )
        ),
        elements=tuple(
            analysis.compared(
                analysis.by_element(answers, content),
                "element",
                {element: content.law.elements[element].title for element in ELEMENTS},
            )
        ),
        points=tuple(
            analysis.compared(
                analysis.by_point(answers, content),
                "point",
                {point.id: f"{point.id} {point.text}" for point in content.points.values()},
            )
        ),
        wrong=analysis.confidently_wrong(answers, content),
        items=analysis.item_statistics(answers, content),
        reliability=analysis.reliability(answers, all_asked),
        outcomes=analysis.outcomes(answers, content),
    )


def _names(store: Store, cohort: str) -> tuple[dict[int, str], str]:
    """The members by learner, two of one name told apart, and the cohort's name."""
    if not cohort:
        return {}, "Everybody who answers on this site"
    titles = {each.id: each.name for each in store.cohorts()}
    title = titles[cohort]
    names: dict[int, str] = {}
    for member in store.members(cohort):
        names[member.learner] = _unlike(member.name, set(names.values()))
    return names, title


def _unlike(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where another has it already."""
    if name not in taken:
        return name
    return next(each for n in count(2) if (each := f"{name} ({n})") not in taken)


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _members(
    rows: Iterable[Row], content: Content, store: Store, now: datetime, *, ready: bool
) -> Iterable[Row]:
    """What each did; for a cohort, also whether its rules of readiness are met."""
    for row in rows:
        standing = _standing(store, int(row["learner"]), content) if ready else None
        yield {**row, **_readiness(standing, content, now)}


def _standing(store: Store, learner: int, content: Content) -> guidance.Standing:
    """Folded from sealed attempts alone, as a training record is."""
    sealed = [attempt for attempt in store.attempts(learner) if attempt.sealed]
    return guidance.fold(sealed, content)


def _readiness(standing: guidance.Standing | None, content: Content, now: datetime) -> Row:
    """Whether a training record would say "ready" today, and how many critical errors are open."""
    if standing is None:
        return {"ready": None, "open_errors": None}
    still = [error for error in guidance.critical_errors(standing, content) if error.open]
    rules = guidance.readiness(standing, content, now)
    return {"ready": all(rule.met for rule in rules), "open_errors": len(still)}


# --- As tables ---


def tables(found: Report, content: Content) -> dict[str, list[Row]]:
    """Every table of the report, by name: rows with the same named columns."""
    return {
        "learners": [
            {
                "name": row["name"],
                "answers": row["attempts"],
                "questions": row["items"],
                "first attempt": _share(row["first"]),
                "last attempt": _share(row["last"]),
                "critical errors": row["critical_errors"],
                "ready for supervised intake": {True: "yes", False: "not yet", None: ""}[
                    row["ready"]
                ],
            }
            for row in found.members
        ],
        "elements": [_compared(row, "element") for row in found.elements],
        "points": [_compared(row, "point") for row in found.points],
        "misconceptions": [
            {
                "idea": each.text,
                "what clears it up": each.correction,
                "learners": each.learners,
                "certain": each.certain,
                "mean sureness (1 to 3)": _number(each.confidence.value),
            }
            for each in found.wrong
        ],
        "items": [
            {
                "case": content.cases[each.case].title if each.case in content.cases else each.case,
                "question": each.item,
                "learners": each.n,
                "facility": _number(each.facility.value),
                "item discrimination": _number(each.discrimination.value),
                "discriminative efficiency": _number(each.efficiency.value),
                "idle distractors": sum(not d.works for d in each.distractors),
                "what to do": each.advice,
            }
            for each in found.items
        ],
    }


def _compared(row: Row, group: str) -> Row:
    return {
        group: row[group],
        "learners": row["learners"],
        "first attempt": _share(row["first"]),
        "last attempt": _share(row["last"]),
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

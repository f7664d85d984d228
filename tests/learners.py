"""A small course and what learners do in it, for the tests of guidance."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asylum_teach.models import Attempt, Choice, ElementAssessment, LessonPlan, Option, Status
from asylum_teach.scoring import key_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LESSONS = ("first", "second", "capstone")
CASES = 4  # in each lesson


def _option(name, credit=0.0, **fields):
    return Option(
        id=name, text=name, reason=f"Why {name}.", authorities=(), credit=credit, **fields
    )


ASK = Choice(
    id="ask",
    kind="next_question",
    stem="What do you ask?",
    elements=("nexus", "ground", "state_protection", "future_risk", "proof", "torture"),
    options=(
        _option("open", 1),
        _option("fair", 0.5),
        _option("leading", critical_error="leads_the_client", misconception="danger_is_enough"),
        _option("promise", critical_error="promises_outcome"),
        _option("job", misconception="a_job_is_a_ground"),
    ),
)
JUDGE = ElementAssessment(
    id="judge",
    kind="element_assessment",
    stem="Judge each element.",
    key={"bars": Status.MET, "harm": Status.NOT_MET},
)


def course(small, *, items=(ASK, JUDGE)):
    """Three lessons of four cases, each with the same items; and the one decision."""
    plan = {"subtitle": "", "minutes": 9, "points": ("2.4",)}
    base = small.cases["base"]
    return replace(
        small,
        lessons={
            lesson: LessonPlan(
                id=lesson, number=i, title=lesson.title(), notebook=f"{i:02}_{lesson}", **plan
            )
            for i, lesson in enumerate(LESSONS, 1)
        },
        cases={
            f"{lesson}-{n}": replace(
                base, id=f"{lesson}-{n}", title=f"{lesson} {n}", lesson=lesson, items=items
            )
            for lesson in LESSONS
            for n in range(CASES)
        },
    )


def attempt(case="first-0", item="ask", response="open", **fields):
    """One answer; right and at noon, unless told otherwise."""
    made = {"case_version": 1, "credit": float(response == "open"), "at": NOON, **fields}
    return Attempt(case=case, item=item, response=response, **made)


def everything_right(content, at=NOON, **fields):
    """A right answer to every item of every case, and to all that is played."""
    asked = [(case.id, item, case.lesson) for case in content.cases.values() for item in case.items]
    asked += [(each.id, each.item, each.lesson) for each in content.interviews.values()]
    asked += [(each.id, each.item, each.lesson) for each in content.scripts.values()]
    return [
        attempt(name, item.id, key_of(item), credit=1.0, at=at, lesson=lesson, **fields)
        for name, item, lesson in asked
    ]

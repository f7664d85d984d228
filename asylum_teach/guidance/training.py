"""The body of a training record: what was done, by which rules it is judged, and what it is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asylum_teach.guidance.course import places
from asylum_teach.guidance.standing import MOST_SECONDS, Standing
from asylum_teach.guidance.summary import (
    Count,
    critical_errors,
    element_standings,
    lesson_counts,
)
from asylum_teach.models import Content, LessonPlan
from asylum_teach.scoring import Mastery

TITLE = "Record of training: U.S. asylum claims by people from Mexico"
MODE = "Online, self-paced"
MINUTES_HOW = (
    "Counted while the page was in view before an answer, "
    f"at most {MOST_SECONDS // 60} minutes for one answer."
)
NOTICE = (
    "This is a record of practice with teaching material: no accreditation, and no "
    "authorization under any law to advise anybody."
)

CAPSTONE = "capstone"  # the lesson of mixed cases
ENOUGH_ANSWERED = 0.8  # of the items of the lessons before it
ENOUGH_RIGHT = 0.7  # of the credit of the capstone, on first tries

_IN_WORDS = {
    Mastery.NEW: "Not practiced yet",
    Mastery.PRACTISING: "Practicing",
    Mastery.HELD: "Held: three clean answers in a row on different cases",
    Mastery.DUE: "Held before; its review is due",
    Mastery.FIRM: "Firm: held, and right again when its review fell due",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One condition of being ready for supervised intake, and what was found."""

    rule: str
    met: bool
    found: str


def training_record(
    sealed: Standing,
    content: Content,
    *,
    name: str,
    provider: str,
    kit: str,
    now: datetime,
) -> dict[str, Any]:
    """The body of the training record, as JSON holds it.

    *sealed* is folded from sealed attempts alone: what came in a file that anybody can edit
    guides the learner and proves nothing.  How sure the learner was never enters.
    """
    rules = readiness(sealed, content, now)
    return {
        "title": TITLE,
        "kit": kit,
        "provider": provider,
        "name": name,
        "began": _day(sealed.began, now),
        "ended": _day(sealed.ended, now),
        "minutes": sealed.seconds // 60,
        "minutes_how": MINUTES_HOW,
        "mode": MODE,
        "topics": list(_topics(sealed, content)),
        "elements": [
            {"element": each.title, "standing": _IN_WORDS[each.mastery]}
            for each in element_standings(sealed, content, now)
        ],
        "law_as_of": content.law_as_of.isoformat(),
        "critical_errors": [
            {"sentence": each.sentence, "times": each.times, "open": each.open}
            for each in critical_errors(sealed, content)
        ],
        "ready": all(rule.met for rule in rules),
        "rules": [{"rule": r.rule, "met": r.met, "found": r.found} for r in rules],
        "notice": NOTICE,
        "issued": now.date().isoformat(),
    }


def readiness(sealed: Standing, content: Content, now: datetime) -> tuple[Rule, ...]:
    """The rules by which somebody is ready for supervised intake; all of them together."""
    return (
        _answered(sealed, content),
        _held(sealed, content, now),
        _no_open_error(sealed, content),
        _capstone(sealed, content),
    )


def _answered(sealed: Standing, content: Content) -> Rule:
    counts = [count for plan, count in _taught(sealed, content) if plan.id != CAPSTONE]
    answered, of = sum(c.answered for c in counts), sum(c.of for c in counts)
    return Rule(
        rule=f"At least {ENOUGH_ANSWERED:.0%} of the questions of the lessons are answered.",
        met=of > 0 and answered / of >= ENOUGH_ANSWERED,
        found=f"{answered} of {of} are answered.",
    )


def _held(sealed: Standing, content: Content, now: datetime) -> Rule:
    standings = element_standings(sealed, content, now)
    missing = [e.title for e in standings if e.mastery not in (Mastery.HELD, Mastery.FIRM)]
    return Rule(
        rule="Every element of the claim is held, with no review of it due.",
        met=not missing,
        found=f"Not yet: {', '.join(missing)}." if missing else "All are held.",
    )


def _no_open_error(sealed: Standing, content: Content) -> Rule:
    still = [each for each in critical_errors(sealed, content) if each.open]
    return Rule(
        rule=(
            "Every question whose answer would have hurt a client was answered again, "
            "on another day, without such an error."
        ),
        met=not still,
        found=" ".join(each.sentence for each in still) if still else "None is open.",
    )


def _capstone(sealed: Standing, content: Content) -> Rule:
    names = [name for name, place in places(content).items() if place.lesson == CAPSTONE]
    firsts = [sealed.items[name].first for name in names if name in sealed.items]
    share = sum(firsts) / len(names) if names else 0.0
    return Rule(
        rule=(
            f"First answers to the mixed cases of the last lesson earn at least "
            f"{ENOUGH_RIGHT:.0%} of the credit; a question not answered earns none."
        ),
        met=share >= ENOUGH_RIGHT,
        found=f"They earn {share:.1%}; {len(firsts)} of {len(names)} are answered.",
    )


def _topics(sealed: Standing, content: Content) -> Iterator[dict[str, Any]]:
    for plan, count in _taught(sealed, content):
        yield {
            "lesson": plan.title,
            "number": plan.number,
            "answered": count.answered,
            "of": count.of,
            "right": count.right,
            "points": [content.points[point].text for point in plan.points],
        }


def _taught(sealed: Standing, content: Content) -> Iterable[tuple[LessonPlan, Count]]:
    """The lessons that ask something, in their order."""
    counts = lesson_counts(sealed, content)
    plans = sorted(content.lessons.values(), key=lambda plan: plan.number)
    return [(plan, counts[plan.id]) for plan in plans if counts[plan.id].of]


def _day(at: datetime | None, now: datetime) -> str:
    """The day of *at*, which no wrong clock puts after today; empty where there is none."""
    return min(at, now).date().isoformat() if at else ""

"""What the start page and the end of a lesson tell a learner: plain values, nothing to look up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asylum_teach.guidance.basis import digest_today
from asylum_teach.guidance.course import Place, places
from asylum_teach.guidance.mastery import mastery
from asylum_teach.guidance.review import Due, due_items, interleaved, next_due
from asylum_teach.guidance.standing import Standing
from asylum_teach.models import CRITICAL_ERRORS, ELEMENTS, Content, LessonPlan
from asylum_teach.scoring import Mastery

ENOUGH = 5  # answers with one confidence; a share of fewer would say nothing
TWICE = 2  # a misconception met once may be a slip


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many items were answered, of how many, and how many are right today."""

    answered: int
    of: int
    right: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left to answer."""
        return self.answered == self.of


@dataclass(frozen=True, kw_only=True)
class GoOn:
    """Where to go on: a lesson, and the item to open it at (none: at its top)."""

    lesson: str
    title: str
    notebook: str
    case: str
    item: str


@dataclass(frozen=True, kw_only=True)
class ElementStanding:
    """How firmly an element is held."""

    element: str
    title: str
    mastery: Mastery
    in_a_row: int  # clean answers on different cases; no more than mastery takes are counted


@dataclass(frozen=True, kw_only=True)
class Sure:
    """Of the answers given with one confidence: how many, and the share that was right."""

    confidence: int
    answers: int
    share: float | None  # None: too few to say


@dataclass(frozen=True, kw_only=True)
class Mistaken:
    """A misconception that was met more than once."""

    misconception: str
    text: str
    correction: str
    times: int
    items: int
    cleared: bool  # every item in which it was met is right by now


@dataclass(frozen=True, kw_only=True)
class CriticalError:
    """What would have hurt a client, and whether it still stands."""

    kind: str
    sentence: str
    times: int
    open: bool


@dataclass(frozen=True, kw_only=True)
class Changed:
    """An item that no longer rests on what its last answer rested on."""

    case: str
    item: str
    title: str
    then: float  # the credit by the key of that day
    now: float
    basis: str  # the digest of what the answer rested on


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Everything that a learner is told about their record."""

    go_on: GoOn | None  # None: every lesson is finished
    lessons: dict[str, Count]
    points: dict[str, Count]
    decisions: Count  # they belong to no lesson
    elements: tuple[ElementStanding, ...]
    due: tuple[Due, ...]
    next_due: datetime | None
    calibration: tuple[Sure, ...]
    misconceptions: tuple[Mistaken, ...]
    critical_errors: tuple[CriticalError, ...]
    changed: tuple[Changed, ...]
    answered: int
    minutes: int


def summary(standing: Standing, content: Content, now: datetime) -> Progress:
    """What *standing* says at *now*, by the content of today."""
    known = places(content)
    lessons = lesson_counts(standing, content)
    return Progress(
        go_on=_go_on(standing, content, lessons),
        lessons=lessons,
        points=_counts(standing, known, content.points, lambda place: place.points),
        decisions=_counts(standing, known, [""], lambda place: (place.lesson,))[""],
        elements=element_standings(standing, content, now),
        due=interleaved(due_items(standing, content, now)),
        next_due=next_due(standing, content, now),
        calibration=_calibration(standing),
        misconceptions=tuple(_mistaken(standing, content)),
        critical_errors=critical_errors(standing, content),
        changed=_changed(standing, content),
        answered=sum(name in known for name in standing.items),
        minutes=standing.seconds // 60,
    )


def lesson_counts(standing: Standing, content: Content) -> dict[str, Count]:
    """How far each lesson is answered."""
    return _counts(standing, places(content), content.lessons, lambda place: (place.lesson,))


def element_standings(
    standing: Standing, content: Content, now: datetime
) -> tuple[ElementStanding, ...]:
    """How firmly each element is held."""
    rows = {element: standing.elements.get(element) for element in ELEMENTS}
    return tuple(
        ElementStanding(
            element=element,
            title=content.law.elements[element].title,
            mastery=mastery(row, now),
            in_a_row=len(row.cases) if row else 0,
        )
        for element, row in rows.items()
    )


def critical_errors(standing: Standing, content: Content) -> tuple[CriticalError, ...]:
    """Each kind that was made; open as long as an item waits to be answered without it."""
    known = places(content)
    still = {kind for name, t in standing.items.items() if name in known for kind in t.open}
    return tuple(
        CriticalError(
            kind=kind,
            sentence=sentence,
            times=standing.critical_errors[kind],
            open=kind in still,
        )
        for kind, sentence in CRITICAL_ERRORS.items()
        if kind in standing.critical_errors
    )


def _counts(
    standing: Standing,
    known: dict[str, Place],
    groups: Iterable[str],
    groups_of: Callable[[Place], tuple[str, ...]],
) -> dict[str, Count]:
    found: dict[str, list[int]] = {group: [0, 0, 0] for group in groups}
    for name, place in known.items():
        tried = standing.items.get(name)
        for group in groups_of(place):
            if group in found:
                found[group][0] += tried is not None
                found[group][1] += 1
                found[group][2] += tried is not None and tried.credit == 1
    return {g: Count(answered=a, of=of, right=right) for g, (a, of, right) in found.items()}


# --- Where to go on ---


def _go_on(standing: Standing, content: Content, lessons: dict[str, Count]) -> GoOn | None:
    """The lesson of the last answer while it is unfinished, or the next that is."""
    plans = sorted(content.lessons.values(), key=lambda plan: plan.number)
    if not standing.attempts:
        return next((_opened(plan, "", "") for plan in plans if plan.notebook), None)
    here = content.lessons.get(standing.lesson)
    number = here.number if here else 0
    in_turn = [p for p in plans if p.number >= number] + [p for p in plans if p.number < number]
    for plan in in_turn:
        if plan.notebook and not lessons[plan.id].whole:
            return _opened(plan, *_next_item(standing, content, plan))
    return None


def _opened(plan: LessonPlan, case: str, item: str) -> GoOn:
    return GoOn(lesson=plan.id, title=plan.title, notebook=plan.notebook, case=case, item=item)


def _next_item(standing: Standing, content: Content, plan: LessonPlan) -> tuple[str, str]:
    """The item that follows the lesson's last answer in its case, or the one last answered."""
    known = places(content)
    last = standing.last
    if last not in known or known[last].lesson != plan.id:
        times = {n: t.at for n, t in standing.items.items() if n in known}
        here = [name for name in times if known[name].lesson == plan.id]
        if not here:
            return "", ""
        last = max(here, key=lambda name: times[name])
    of_case = [name for name in known if known[name].case == known[last].case]
    left = [name for name in of_case if name not in standing.items]
    after = [name for name in left if of_case.index(name) > of_case.index(last)]
    place = known[(after or left or [last])[0]]
    return place.case, place.item


# --- How sure, what is mixed up, what changed ---


def _calibration(standing: Standing) -> tuple[Sure, ...]:
    counted = {level: standing.sureness.get(str(level), (0, 0)) for level in (1, 2, 3)}
    return tuple(
        Sure(
            confidence=level,
            answers=answers,
            share=right / answers if answers >= ENOUGH else None,
        )
        for level, (answers, right) in counted.items()
    )


def _mistaken(standing: Standing, content: Content) -> Iterator[Mistaken]:
    known = places(content)
    for name, met in standing.misconceptions.items():
        named = content.misconceptions.get(name)
        if named is None or met.times < TWICE:
            continue
        yield Mistaken(
            misconception=named.id,
            text=named.text,
            correction=named.correction,
            times=met.times,
            items=len(met.items),
            cleared=all(standing.items[i].credit == 1 for i in met.items if i in known),
        )


def _changed(standing: Standing, content: Content) -> tuple[Changed, ...]:
    """Those whose credit changed stand first."""
    known = places(content)
    found = [
        Changed(
            case=known[name].case,
            item=known[name].item,
            title=known[name].title,
            then=tried.stored,
            now=tried.credit,
            basis=tried.basis,
        )
        for name, tried in standing.items.items()
        if name in known
        and tried.basis not in ("", digest_today(content, known[name].case, known[name].item))
    ]
    return tuple(sorted(found, key=lambda each: each.then == each.now))

"""What is due for review, mixed across lessons: mixed practice is remembered longer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from asylum_teach.guidance.course import Place, places
from asylum_teach.guidance.mastery import mastery
from asylum_teach.guidance.memory import is_due
from asylum_teach.guidance.standing import Standing, Tried
from asylum_teach.models import Content
from asylum_teach.scoring import Mastery


@dataclass(frozen=True, kw_only=True)
class Due:
    """An item to be answered again."""

    case: str
    item: str
    title: str
    lesson: str  # empty for a decision
    due: datetime


def review(standing: Standing, content: Content, now: datetime, limit: int = 20) -> tuple[Due, ...]:
    """The items that have been due for longest, mixed across lessons."""
    return interleaved(due_items(standing, content, now)[:limit])


def due_items(standing: Standing, content: Content, now: datetime) -> tuple[Due, ...]:
    """Every item that is due at *now*, the oldest first.

    For an element whose review is due while none of its items is, the next of them comes early.
    """
    tried = _in_course(standing, content)
    due = {name for name, (_, t) in tried.items() if is_due(t.card.seen, t.card.due, now)}
    due |= set(_early(standing, tried, due, now))
    return tuple(sorted((_due(*tried[name]) for name in due), key=_oldest_first))


def next_due(standing: Standing, content: Content, now: datetime) -> datetime | None:
    """When the next item or element falls due after *now*; None when nothing will."""
    later = [tried.card.due for _, tried in _in_course(standing, content).values()]
    later += [row.due for row in standing.elements.values() if row.due and not row.firm]
    return min((day for day in later if day > now), default=None)


def interleaved(due: Iterable[Due]) -> tuple[Due, ...]:
    """The same items, with no two neighbors of one lesson where that can be helped."""
    waiting: dict[str, deque[Due]] = {}
    for each in due:
        waiting.setdefault(each.lesson, deque()).append(each)
    mixed: list[Due] = []
    while waiting:
        lesson = _next_lesson(waiting, mixed[-1].lesson if mixed else None)
        mixed.append(waiting[lesson].popleft())
        waiting = {name: items for name, items in waiting.items() if items}
    return tuple(mixed)


def _next_lesson(waiting: Mapping[str, deque[Due]], last: str | None) -> str:
    """The lesson of the oldest item, unless another would then have to follow itself."""
    others = [lesson for lesson in waiting if lesson != last] or [*waiting]
    fullest = max(others, key=lambda lesson: len(waiting[lesson]))
    if 2 * len(waiting[fullest]) > sum(map(len, waiting.values())):
        return fullest
    return min(others, key=lambda lesson: _oldest_first(waiting[lesson][0]))


_Known = Mapping[str, tuple[Place, Tried]]


def _in_course(standing: Standing, content: Content) -> _Known:
    """The items that were answered, are still part of the content and come back as cards."""
    known = {name: place for name, place in places(content).items() if place.reviewed}
    return {n: (known[n], tried) for n, tried in standing.items.items() if n in known}


def _early(standing: Standing, tried: _Known, due: set[str], now: datetime) -> Iterator[str]:
    """For each element whose review is due without an item: its item that falls due next."""
    served = {element for name in due for element in tried[name][0].elements}
    for element, row in standing.elements.items():
        if element in served or mastery(row, now) != Mastery.DUE:
            continue
        # One whose key was shown today would prove nothing.
        about = [
            (t.card.due, name)
            for name, (place, t) in tried.items()
            if element in place.elements and t.at.date() != now.date()
        ]
        if about:
            yield min(about)[1]


def _due(place: Place, tried: Tried) -> Due:
    return Due(
        case=place.case,
        item=place.item,
        title=place.title,
        lesson=place.lesson,
        due=tried.card.due,
    )


def _oldest_first(due: Due) -> tuple[datetime, str, str]:
    return due.due, due.case, due.item

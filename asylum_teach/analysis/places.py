"""Where each item stands in the course, by its name: what it teaches, and in which lesson."""

from __future__ import annotations

from asylum_teach.analysis.frame import name_of
from asylum_teach.models import ELEMENTS, Content, Interview, Script, elements_of


def by_lesson(content: Content) -> dict[str, tuple[str, ...]]:
    """The items of each lesson's cases; the decisions and what is played belong to none here.

    An interview or a script takes half an hour, and is no item among others.
    """
    found: dict[str, list[str]] = {lesson: [] for lesson in content.lessons}
    for case in content.cases.values():
        found[case.lesson] += [name_of(case.id, item.id) for item in case.items]
    return {lesson: tuple(names) for lesson, names in found.items()}


def by_point(content: Content) -> dict[str, tuple[str, ...]]:
    """The items, interviews and scripts that teach each point of the source document."""
    found: dict[str, list[str]] = {point: [] for point in content.points}
    for case in content.cases.values():
        for point in case.points:
            found[point] += [name_of(case.id, item.id) for item in case.items]
    played: tuple[Interview | Script, ...] = (
        *content.interviews.values(),
        *content.scripts.values(),
    )
    for each in played:
        for point in each.points:
            found[point].append(name_of(each.id, each.id))
    return {point: tuple(names) for point, names in found.items()}


def by_element(content: Content) -> dict[str, tuple[str, ...]]:
    """The items that are about each element, those of decisions included."""
    found: dict[str, list[str]] = {element: [] for element in ELEMENTS}
    for case in content.cases.values():
        for item in case.items:
            for element in elements_of(item):
                found[element].append(name_of(case.id, item.id))
    for decision in content.decisions.values():
        for element in elements_of(decision.item):
            found[element].append(name_of(decision.id, decision.id))
    return {element: tuple(names) for element, names in found.items()}

"""Everything that can be answered, and its place in the course."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from asylum_teach.guidance.standing import name_of
from asylum_teach.models import Content, Interview, Script, elements_of
from asylum_teach.widgets import written_in_words


@dataclass(frozen=True, kw_only=True)
class Place:
    """An item, its lesson (empty for a decision), the points and the elements it is about."""

    case: str
    item: str
    title: str
    lesson: str
    points: tuple[str, ...]
    elements: tuple[str, ...]
    reviewed: bool = True  # whether it comes back as a card of its own


@lru_cache(maxsize=4)
def places(content: Content) -> dict[str, Place]:
    """The place of each item, interview and script, by its name."""
    of_cases = [
        Place(
            case=case.id,
            item=item.id,
            title=case.title,
            lesson=case.lesson,
            points=case.points,
            elements=elements_of(item),
        )
        for case in content.cases.values()
        for item in case.items
    ]
    of_decisions = [
        Place(
            case=decision.id,
            item=decision.id,
            title=f"A real decision of {written_in_words(decision.decided)}",
            lesson="",
            points=(),
            elements=elements_of(decision.item),
        )
        for decision in content.decisions.values()
    ]
    played: tuple[Interview | Script, ...] = (
        *content.interviews.values(),
        *content.scripts.values(),
    )
    held = [
        Place(
            case=each.id,
            item=each.id,
            title=each.title,
            lesson=each.lesson,
            points=each.points,
            elements=(),
            reviewed=False,  # it takes half an hour, and is no card
        )
        for each in played
    ]
    return {name_of(p.case, p.item): p for p in (*of_cases, *of_decisions, *held)}

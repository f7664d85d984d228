"""What a lesson asks, read from the widgets of its page, and responses that learners give to it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asylum_teach.models import (
    AnyTask,
    Choice,
    Content,
    Conversation,
    ElementAssessment,
    Flip,
    Matching,
    Ordering,
    Rationale,
    Stopping,
    Tagging,
)
from asylum_teach.scoring import key_of

ONCE_WRONG = 0.3  # of the answers


@dataclass(frozen=True)
class Task:
    """One item of a page, or an interview or a script in it; its key is worked out once."""

    case: str
    item: str
    task: AnyTask
    key: Any

    def response(self, chance: random.Random) -> Any:
        """The key, or now and then what a learner gets wrong."""
        return wrong_of(self.task, chance) if chance.random() < ONCE_WRONG else self.key

    def turns(self, response: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """What the page asks of the record's routes before it hands the response in."""
        if isinstance(self.task, Conversation):
            for upto in range(len(response["asked"]) + 1):
                yield "record/turn", {"interview": self.case, "asked": response["asked"][:upto]}
        elif isinstance(self.task, Stopping):
            yield "record/script", {"script": self.case}


class Tasks:
    """The tasks of *content*, by what pages ask."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._known: dict[tuple[str, str], Task] = {}

    def of(self, widgets: Mapping[str, Mapping[str, Any]]) -> list[Task]:
        """Everything that the widgets of a page ask."""
        return [self._task(*name) for state in widgets.values() for name in _names(state)]

    def _task(self, case: str, item: str) -> Task:
        if (case, item) not in self._known:
            task = self._content.item(case, item)
            self._known[case, item] = Task(case, item, task, key_of(task))
        return self._known[case, item]


def _names(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The case and the item of each thing that a widget asks."""
    if "feedback" in state:
        yield from ((view["case"], view["id"]) for view in state["items"])
    elif "about" in state:
        yield state["about"]["id"], state["about"]["id"]


def wrong_of(task: AnyTask, chance: random.Random) -> Any:
    """A response that the page offers and that does not earn full credit."""
    match task:
        case Choice(kind="several_choice") | Tagging():
            return [_option(task, chance)]
        case Choice():
            return _option(task, chance)
        case ElementAssessment():
            return {e: "arguable" if key != "arguable" else "met" for e, key in task.key.items()}
        case Rationale():
            key = key_of(task)
            others = [each.id for each in task.reasons if each.id != key["reason"]]
            return {**key, "reason": chance.choice(others)}
        case Matching():
            targets = [each.id for each in task.targets]
            return {each.id: _another(targets, each.key) for each in task.entries}
        case Ordering():
            return [step.id for step in reversed(task.steps)]
        case Flip():
            return [] if task.key else ["harm"]
        case _:  # interviews and scripts are played to their end
            return key_of(task)


def _option(task: Choice | Tagging, chance: random.Random) -> str:
    """An option that is no key."""
    ids = [getattr(option, "id", option) for option in task.options]
    return str(chance.choice([each for each in ids if each not in task.key]))


def _another(targets: list[str], key: str) -> str:
    return targets[(targets.index(key) + 1) % len(targets)]

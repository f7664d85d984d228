"""What a class sees: a case read sentence by sentence, a question, a vote, its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from asylum_teach.models import CIRCUITS, Case, Change, Content, Record

FLIP = "flip"  # the item of a vote on a change that the teacher made


class ActionError(ValueError):
    """The teacher asks for what cannot be done now; the message is a sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Asked(Record):
    """One vote."""

    round: int  # from 1
    case: str
    item: str  # an item of the case, or FLIP
    change: Change = field(default_factory=Change)

    def same_question(self, other: Asked) -> bool:
        """Whether it asks the very same."""
        return (self.case, self.item, self.change) == (other.case, other.item, other.change)


@dataclass(frozen=True, kw_only=True)
class Scene(Record):
    """What is on the screen of a session."""

    case: str = ""
    sentences: int = 0  # of the story, read so far
    rounds: tuple[Asked, ...] = ()  # every vote; the last is on the screen
    asking: bool = False  # a question is on the screen
    voting: bool = False  # it can be voted on
    revealed: bool = False  # its key is shown

    @property
    def asked(self) -> Asked | None:
        """The vote on the screen."""
        return self.rounds[-1] if self.asking else None

    @property
    def times(self) -> int:
        """How often the question on the screen was voted on, this time included."""
        asked = self.asked
        return sum(each.same_question(asked) for each in self.rounds) if asked else 0

    @property
    def before(self) -> Asked | None:
        """An earlier vote on the same question, to be shown beside it."""
        if not self.asked:
            return None
        same = [each for each in self.rounds[:-1] if each.same_question(self.asked)]
        return same[-1] if same else None


def after(scene: Scene, action: Mapping[str, Any], content: Content) -> Scene:
    """The scene after what the teacher did: {do, and what it needs}.

    Raises ActionError.
    """
    match action.get("do"):
        case "put":
            case = _case(content, str(action.get("case")))
            return replace(scene, case=case.id, sentences=1, asking=False, voting=False)
        case "read":
            case = _case(content, scene.case)
            far = len(case.story) if action.get("all") else scene.sentences + 1
            return replace(scene, sentences=min(far, len(case.story)))
        case "ask":
            return _ask(scene, content, str(action.get("item")), Change())
        case "flip":
            return _ask(scene, content, FLIP, _change(content, scene, action))
        case "again":
            if not scene.asked or scene.voting:
                raise ActionError("Close a vote first; then the same question can be voted on.")
            return _open(scene, scene.asked.item, scene.asked.change)
        case "close":
            if not scene.voting:
                raise ActionError("No vote is open.")
            return replace(scene, voting=False)
        case "reveal":
            if not scene.asked or scene.voting:
                raise ActionError("Close the vote first; then the answer can be shown.")
            return replace(scene, revealed=True)
        case "story":
            if scene.voting:
                raise ActionError("Close the vote first.")
            return replace(scene, asking=False)
        case _:
            raise ActionError("This page is of another version of the kit; reload it.")


def _ask(scene: Scene, content: Content, item: str, change: Change) -> Scene:
    case = _case(content, scene.case)
    if scene.voting:
        raise ActionError("A vote is open; close it first.")
    if item != FLIP and item not in {each.id for each in case.items}:
        raise ActionError("This case has no such question; reload the page.")
    return _open(replace(scene, sentences=len(case.story)), item, change)


def _open(scene: Scene, item: str, change: Change) -> Scene:
    asked = Asked(round=len(scene.rounds) + 1, case=scene.case, item=item, change=change)
    rounds = (*scene.rounds, asked)
    return replace(scene, rounds=rounds, asking=True, voting=True, revealed=False)


def _case(content: Content, name: str) -> Case:
    if not name:
        raise ActionError("Put a case on first.")
    if name not in content.cases:
        raise ActionError("This case is no longer part of the kit; choose another.")
    return content.cases[name]


def _change(content: Content, scene: Scene, action: Mapping[str, Any]) -> Change:
    """The one thing that a teacher changes: a fact, the day or the circuit."""
    case = _case(content, scene.case)
    named = [key for key in ("add", "remove", "as_of", "circuit") if action.get(key)]
    if len(named) != 1:
        raise ActionError("Change one thing at a time: a fact, the day or the circuit.")
    (kind,), value = named, str(action[named[0]])
    if kind == "as_of":
        try:
            return Change(as_of=date.fromisoformat(value))
        except ValueError:
            raise ActionError("Write the day as 2021-06-16.") from None
    if kind == "circuit":
        if value not in (*CIRCUITS, "none"):
            raise ActionError("Choose one of the circuits, or national law alone.")
        return Change(circuit=value)  # type: ignore[arg-type]
    if value not in content.law.facts:
        raise ActionError("There is no such fact; choose one from the list.")
    if kind == "remove":
        if value not in case.facts:
            raise ActionError("This case does not have that fact.")
        return Change(remove=(value,))
    if value in content.law.closed(case.facts):
        raise ActionError("This case has that fact already.")
    gone = [fact for fact in case.facts if content.law.contradictions([value, fact])]
    return Change(add=(value,), remove=tuple(sorted(gone)))

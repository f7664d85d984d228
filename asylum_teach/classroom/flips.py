"""A question that a teacher makes by changing one thing: which findings move then."""

from __future__ import annotations

from asylum_teach.law import assess
from asylum_teach.models import Case, Change, Content, Finding, Flip, Status
from asylum_teach.models.words import circuit_name, in_words


def flip_item(content: Content, case: Case, change: Change) -> Flip:
    """The question which elements move when *change* is made; its key is what the engine finds."""
    moves = flip_moves(content, case, change)
    after = _assessed(content, case, change)
    reasons = [f"{content.law.elements[e].title}: {after[e].reason}" for e in moves]
    authorities = dict.fromkeys(a for e in moves for a in after[e].authorities)
    return Flip(
        id="flip",
        kind="flip",
        stem=f"{_supposed(content, change)} Which findings change?",
        change=change,
        key=tuple(moves),
        reason=" ".join(reasons) or "No finding changes with it.",
        authorities=tuple(authorities),
    )


def flip_moves(content: Content, case: Case, change: Change) -> dict[str, tuple[Status, Status]]:
    """How each element moves, by element: before and after."""
    before = _assessed(content, case, Change())
    after = _assessed(content, case, change)
    return {
        element: (old.status, after[element].status)
        for element, old in before.items()
        if old.status != after[element].status
    }


def _assessed(content: Content, case: Case, change: Change) -> dict[str, Finding]:
    facts, day, circuit = case.flipped(change)
    return assess(content.law, facts, as_of=day, circuit=circuit).findings


def _supposed(content: Content, change: Change) -> str:
    facts = content.law.facts
    if change.add:
        return f"Suppose that this is true as well: {facts[change.add[0]].text}"
    if change.remove:
        return f"Suppose that the record does not say this: {facts[change.remove[0]].text}"
    if change.as_of:
        return f"Suppose that it is judged on {in_words(change.as_of)}."
    if change.circuit == "none":
        return "Suppose that national law alone decides it."
    return f"Suppose that the case belongs to the {circuit_name(change.circuit)}."

"""What the question card shows of an item: everything but its key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from asylum_teach.models import (
    ELEMENTS,
    AnyItem,
    Case,
    Choice,
    Decision,
    ElementAssessment,
    Flip,
    Law,
    Matching,
    Ordering,
    Rationale,
    Status,
    Tagging,
    shown_order,
)
from asylum_teach.models.words import written_in_words

View = dict[str, Any]

_ELEMENT_HELP = "From the applicant's side. For bars, met means that no bar stands in the way."


def lines_of(item: View) -> list[str]:
    """What a card says, line by line."""
    shown = [f"[{item['eyebrow']}]"] if item["eyebrow"] else []
    shown += [*item["before"], item["stem"]]
    shown += [_line(option) for option in item.get("options", [])]
    for part in item.get("parts", []):
        shown += [part["text"], *(_line(option) for option in part["options"])]
    if item.get("rows"):
        offered = " / ".join(choice["text"] for choice in item["choices"])
        shown += [f"  {row['text']}: {offered}" for row in item["rows"]]
    return shown


def _line(option: Mapping[str, str]) -> str:
    return f"  ( ) {option['text']}" if option.get("id") else f"  {option['text']}"


def view_of(item: AnyItem, case: Case, law: Law, *, eyebrow: str = "") -> View:
    """What the card shows of *item*: everything but its key."""
    return {
        "id": item.id,
        "case": case.id,
        "kind": item.kind,
        "stem": item.stem,
        "help": "",
        "eyebrow": eyebrow,
        "before": [],
        "ask_confidence": item.ask_confidence,
        "hints": list(item.hints),
        **_inputs(item, case, law),
    }


def decision_view(decision: Decision, law: Law) -> View:
    """What the card shows of a reported decision: its story, and what there is to predict."""
    item = decision.item
    return {
        "id": item.id,
        "case": decision.id,
        "kind": item.kind,
        "stem": item.stem,
        "help": "Could go either way: here, sent back because the agency had got it wrong.",
        "eyebrow": f"A real decision of {written_in_words(decision.decided)}",
        "before": [decision.story],
        "ask_confidence": False,
        "hints": [],
        "input": "rows",
        **element_rows(decision.outcomes, law),
    }


def _inputs(item: AnyItem, case: Case, law: Law) -> View:
    match item:
        case Choice(kind="several_choice"):
            options = _texts(shown_order(item.id, item.options))
            return {"input": "many", "help": "Pick all that fit.", "options": options}
        case Choice():
            return {"input": "one", "options": _texts(shown_order(item.id, item.options))}
        case Rationale():
            parts = (
                ("conclusion", "Your conclusion", item.conclusions),
                ("reason", "Because", item.reasons),
            )
            return {
                "input": "two",
                "parts": [
                    {"id": name, "text": text, "options": _texts(shown_order(item.id, options))}
                    for name, text, options in parts
                ],
            }
        case ElementAssessment():
            return {"input": "rows", "help": _ELEMENT_HELP, **element_rows(item.key, law)}
        case Matching():
            return {
                "input": "rows",
                "rows": _texts(shown_order(item.id, item.entries)),
                "choices": _texts(item.targets),
            }
        case Ordering():
            steps = _texts(shown_order(item.id, item.steps))
            if [step["id"] for step in steps] == [step.id for step in item.steps]:
                steps.reverse()
            return {"input": "order", "help": "Move the steps with the arrows.", "options": steps}
        case Tagging():
            return {"input": "many", "options": _sentences(item, case)}
        case Flip():
            titles = [{"id": e, "text": law.elements[e].title} for e in ELEMENTS]
            return {
                "input": "many",
                "help": "Pick each element whose finding changes. If none does, leave all open.",
                "may_be_empty": True,
                "options": titles,
            }


def element_rows(elements: Collection[str], law: Law) -> View:
    """Rows to judge elements on the scale of three."""
    return {
        "rows": [
            {"id": e, "text": law.elements[e].title, "help": law.elements[e].question}
            for e in ELEMENTS
            if e in elements
        ],
        "choices": [{"id": s.value, "text": s.label} for s in reversed(Status)],
    }


def _sentences(item: Tagging, case: Case) -> list[dict[str, str]]:
    """The whole story; only the sentences that the item explains can be picked."""
    return [{"id": s.id if s.id in item.options else "", "text": s.text} for s in case.story]


def _texts(parts: Sequence[Any]) -> list[dict[str, str]]:
    return [{"id": part.id, "text": part.text} for part in parts]
